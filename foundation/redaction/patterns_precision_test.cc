// What stands in clusters and is no secret stays as it is.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "foundation/crypto/encoding.h"
#include "foundation/redaction/made_up.h"
#include "foundation/redaction/patterns.h"

namespace foundation::redaction {
namespace {

constexpr const char* kHarmless[] = {
    "Successfully assigned shop/web-7d4b9c6f5-x2x9k to node-1",
    "Back-off restarting failed container checkout in pod "
    "checkout-5f7d8c9b6-abcde_shop(0199c0de-0000-7000-8000-000000000001)",
    "Error: secret \"db-credentials\" not found",
    "Error: couldn't find key password in Secret shop/db-credentials",
    "MountVolume.SetUp failed for volume \"token\" : secret \"shop-token\" not found",
    "references non-existent secret key: password",
    "Failed to pull image \"registry.example.com/shop/web:v1.2.3\": unauthorized: authentication required",
    "Get \"https://registry.example.com/v2/\": Bearer realm=\"https://auth.example.com/token\",service=\"registry\"",
    "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope",
    "FATAL: password authentication failed for user \"app\"",
    "error: password: must not be empty",
    "token: expired",
    "token has expired, please sign in again",
    "invalid token",
    "token=null",
    "password=***",
    "password=",
    "unknown flag: --token",
    "flag --password is required",
    "basic authentication is not enabled",
    "Basic auth2 is fine",
    "DB_PASSWORD=$(DB_PASSWORD) postgres",
    "using token file: /var/run/secrets/token",
    "tokenPath=/var/run/secrets/kubernetes.io/serviceaccount/token",
    "PWD=/app",
    "0/3 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, 2 Insufficient cpu.",
    "taint key=node.kubernetes.io/not-ready effect=NoExecute",
    "Liveness probe failed: Get \"http://10.1.2.3:8080/healthz\": dial tcp 10.1.2.3:8080: connect: connection refused",
    "dial tcp: lookup postgres.shop on 10.96.0.10:53: no such host",
    "connect to postgres://postgres.shop:5433/app: connection refused",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "Container image "
    "\"registry.example/library/nginx@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"",
    "containerd://0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "Scaled up replica set web-7d4b9c6f5 to 5",
    "max_tokens=4096 tokens=12",
    "secretName: db",
    "passed 5 of 5",
    "bypass=1",
    "GET /api/v1/pods?limit=500 200 12ms trace=4bf92f3577b34da6a3ce929d0e0e4736",
    "user 0199c0de-0000-7000-8000-000000000001 signed in",
    "mail to erin@example.com",
    "run as -u 1000:1000",
    "SK hynix memory at slot 3",
    "task-abcdefghijklmnopqrstuvwxyz started",
    "eyJ is how tokens begin",
    "http://host:8080/users/@me",
    "the sign of design=5",
    "configuration: loaded",
    "2026-01-02T03:04:05.006Z INFO ready",
    "config-hash: 5d41402abc4b2a76b9719d911017c592",
    "checksum/config: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "pod-template-hash=7d4b9c6f5",
    "controller-revision-hash: web-6c8bd7f9dd",
    "deployment.kubernetes.io/revision: 12",
    "resourceVersion: \"184467440\"",
    "commit 3b18e512dba79e4c8300dd08aeb37f8e728b8dad merged",
    "built from 3b18e51 on branch main",
    "integrity sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    "ETag: \"33a64df551425fcc55e4d42a148795d9f25f89d4\"",
    "ETag: W/\"67ab43\"",
    "If-None-Match: \"686897696a7c876b7e\"",
    "md5 of body: 1B2M2Y8AsgTpgAmY7PhCfg==",
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7",
    "x-request-id: 8f4e2b6c-1f6d-4a7b-9d53-0a1b2c3d4e5f",
    "layer sha256:6c37da2ee7de579a0bf5495df32ba3e7807b0a42e2a02779206d165f55f1ba70 already exists",
    "container docker-3f1c8b0a9d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a.scope started",
    "cgroup /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0199c0de_0000_7000_8000_000000000001.slice",
    "volume pvc-0f8fad5b-d9cb-469f-a165-70867728950e is bound",
    "web-7d4b9c6f5-x2x9k",
    "kube-proxy-ds-node-1",
    "sk-learn-7d4b9c6f5-x2x9k is ready",
    "task-runner-64d9f7c6b8-q7zrw evicted",
    "gh-pages-5b7c9d8f6d-lm2np",
    "ip-10-0-12-34.eu-central-1.compute.internal",
    "gke-shop-default-pool-1a2b3c4d-x9z8",
    "web.17a1b2c3d4e5f607",
    "worker.17a1b2c3d4e5f607",
    "token-refresher-69f7cdbb75-2xk8w",
    "secret-operator-7c9d5f6b8-abcde",
    "password-reset-worker-0",
    "auth-service-5f7d8c9b6-abcde",
    "deploy/auth",
    "service/session-store",
    "basic-auth-ingress",
    "jwt-issuer.shop.svc.cluster.local:8443",
    "system:serviceaccount:shop:web",
    "system:node:ip-10-0-12-34",
    "kubernetes.io/service-account-token",
    "helm.sh/release.v1",
    "issuer CN=kubernetes-ca, serial 14:6a:8b:2f:90:11:22:33",
    "SHA256 Fingerprint=AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl erin@laptop",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7vbqajDhA5x0iYl2Qp3f4Q8kz1mC6v ci",
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE REQUEST-----",
    "x509: certificate signed by unknown authority",
    "x509: certificate has expired or is not yet valid: current time 2026-01-02T03:04:05Z is after "
    "2026-01-01T00:00:00Z",
    "tls: failed to verify certificate: x509: certificate is valid for web.shop, not api.shop",
    "2026-01-02T03:04:05.006007Z",
    "2026-01-02 03:04:05,006 INFO",
    "Fri Jan  2 03:04:05 UTC 2026",
    "1767323045.006",
    "02/Jan/2026:03:04:05 +0000",
    "*/5 * * * *",
    "0 3 * * 1-5",
    "15 14 1 * *",
    "@hourly",
    "TZ=Europe/Berlin 30 2 * * 0",
    "cpu: 250m",
    "memory: 512Mi",
    "ephemeral-storage: 2Gi",
    "limits: {cpu: 1500m, memory: 1.5Gi}",
    "used 1073741824 of 2147483648 bytes (50.0%)",
    "latency 12.345ms p99 87.6ms",
    "3.14159e-05",
    "replicas=3 ready=2 updated=3",
    "exit code 137",
    "oom_score_adj 985",
    "at com.example.shop.checkout.OrderService.placeOrder(OrderService.java:142)",
    "Caused by: java.net.ConnectException: Connection refused (Connection refused)",
    "org.springframework.security.authentication.UsernamePasswordAuthenticationToken",
    "org.springframework.security.core.userdetails.PasswordEncoder",
    "com.zaxxer.hikari.pool.HikariPool$PoolInitializationException",
    "javax.crypto.BadPaddingException: Given final block not properly padded",
    "io.jsonwebtoken.security.SignatureException was thrown",
    "java.lang.NullPointerException: Cannot invoke \"com.example.Token.getValue()\" because \"this.token\" is null",
    "goroutine 1 [running]: main.main() /app/main.go:42 +0x1d",
    "panic: runtime error: index out of range [3] with length 3",
    "github.com/example/shop/internal/auth.(*Handler).ServeHTTP(0xc0001a2000, {0x7f1c2b3a4d58, 0xc000123456})",
    "Traceback (most recent call last): File \"/app/main.py\", line 12, in <module>",
    "TypeError: Cannot read properties of undefined (reading 'token')",
    "Error: Cannot find module './password'",
    "node:internal/modules/cjs/loader:1080",
    "SyntaxError: Unexpected token < in JSON at position 0",
    "unexpected token '}' at line 3",
    "com.fasterxml.jackson.core.JsonParseException: Unrecognized token 'hello': was expecting (JSON String, Number)",
    "C:\\Users\\erin\\AppData\\Local\\Temp\\new",
    "regexp \\d+\\.\\d+ does not match",
    "printf \\\"%s\\\\n\\\" \\\"$HOME\\\"",
    "GET /api/v1/orders?id=12345&sort=created%20desc 200",
    "GET /search?q=red%20shoes%2C%20size%2042 200 12ms",
    "https://shop.example.com/p/1234?utm_source=mail&utm_campaign=2026-01",
    "redirect to https://auth.example.com/authorize?response_type=code&client_id=shop-web&scope=openid%20profile",
    "https://auth.example.com/realms/shop/.well-known/openid-configuration",
    "Referer: https://shop.example.com/cart",
    "POST /oauth/token 401",
    "GET /reset-password 200",
    "http://[fd00::1]:8080/healthz",
    "postgres://app@postgres.shop:5432/app?sslmode=require",
    "redis://cache.shop:6379/0",
    "amqp://rabbit.shop:5672",
    "git clone git@github.com:example/shop.git",
    "ssh://git@git.example.com:22/shop.git",
    "mailto:erin@example.com?subject=token%20expired",
    "jdbc:postgresql://postgres.shop:5432/app",
    "secret/db-credentials configured",
    "Error: secrets \"db-credentials\" is forbidden: User \"vic\" cannot get resource \"secrets\" in API group \"\"",
    "Failed to mount volume: references non-existent config key: token",
    "imagePullSecrets: [registry-login]",
    "secretKeyRef: {name: db, key: password}",
    "serviceAccountToken: {path: token, expirationSeconds: 3607}",
    "authentication is disabled",
    "auth: none",
    "auth=disabled",
    "password authentication failed",
    "password has expired",
    "password is too short",
    "Please enter your password:",
    "password policy: minimum length",
    "bad credentials",
    "credentials: missing",
    "no credentials found for registry.example.com",
    "login attempt with wrong password for user erin",
    "Authorization header is missing",
    "Authorization: required",
    "missing bearer token",
    "Bearer error=\"invalid_token\"",
    "WWW-Authenticate: Basic realm=\"shop\"",
    "token expired at 2026-01-02T03:04:05Z",
    "token review failed",
    "tokens per second: 42",
    "max_tokens: 4096",
    "prompt_tokens=812 completion_tokens=64",
    "csrf token mismatch",
    "tokenizer loaded in 12ms",
    "session closed",
    "session_id missing",
    "cookie: none",
    "Set-Cookie header dropped",
    "signature verification failed",
    "signature: invalid",
    "key not found: web",
    "primary key violation on orders_pkey",
    "duplicate key value violates unique constraint \"orders_pkey\"",
    "Key (id)=(12345) already exists.",
    "foreign key constraint fails",
    "partition key: customer",
    "cache key user:1234:profile",
    "keyspace events enabled",
    "key=web value=3",
    "api_key is not set",
    "apiKey: null",
    "API key required",
    "kubectl create secret generic db --from-literal=username=app",
    "vault agent: renewed lease",
    "pass 3 of 5",
    "passed=12 failed=0",
    "compass: north",
    "bypass: true",
    "author: erin",
    "authority: kubernetes-ca",
    "oauth2-proxy started",
    "passthrough enabled",
    "secretly: no",
    "password: {",
    "credentials: >-",
    "nsswitch: files",
    "dockerconfigjson is invalid",
    "type: kubernetes.io/dockerconfigjson",
    "kubernetes.io/tls",
    "{\"level\":\"info\",\"ts\":1767323045.006,\"msg\":\"ready\",\"addr\":\":8080\"}",
    "level=warn msg=\"retrying\" attempt=3 backoff=1.5s",
    "10.244.1.17 - - [02/Jan/2026:03:04:05 +0000] \"GET / HTTP/1.1\" 200 612 \"-\" \"kube-probe/1.33\"",
    "MAC 02:42:ac:11:00:02",
    "inet6 fe80::42:acff:fe11:2/64",
    "eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500",
    "hks_turns_total{outcome=\"executed\"} 42",
    "up{instance=\"10.0.0.1:9090\",job=\"kubernetes-nodes\"} 1",
    "data:image/"
    "png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "VVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVV",
    "aGVsbG8gd29ybGQsIHRoaXMgaXMgaGFybWxlc3M=",
    "base64: SGVsbG8sIHdlYiBoYXMgMyByZXBsaWNhcw==",
    "nodeSelector: {kubernetes.io/arch: amd64}",
    "annotation kubectl.kubernetes.io/restartedAt: 2026-01-02T03:04:05Z",
    "lorem ipsum dolor sit amet, consectetur adipiscing elit",
    "100%",
    "50%25",
    "%s: %d",
    "a%2Fb%2Fc",
    "caf\\u00e9 ouvert",
    "\\u65e5\\u672c\\u8a9e",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
};

// Public: of an authority whose key nobody kept.
constexpr const char* kCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBqTCCAU+gAwIBAgIUfffurHCF3IzP65OL5uD7BVZBPkwwCgYIKoZIzj0EAwIw\n"
    "KjEWMBQGA1UEAwwNa3ViZXJuZXRlcy1jYTEQMA4GA1UECgwHZXhhbXBsZTAeFw0y\n"
    "NjExMjMwMDMxMjZaFw0zNjExMjAwMDMxMjZaMCoxFjAUBgNVBAMMDWt1YmVybmV0\n"
    "ZXMtY2ExEDAOBgNVBAoMB2V4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
    "AAShXLpChouL8UzKRNsId7nP9xdus2lWvYvQ/fWk8iG6tILVi0K9oxb8ZdAhhtdr\n"
    "wmnxjAE3vUWBexIZXsH7Fvgwo1MwUTAdBgNVHQ4EFgQUzlMP1vFc7mnf4DeNlgsC\n"
    "oTMZ41YwHwYDVR0jBBgwFoAUzlMP1vFc7mnf4DeNlgsCoTMZ41YwDwYDVR0TAQH/\n"
    "BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiB1BhUZYcs2My0A2OzUNrGBfVEwLVs4\n"
    "WtDO/IeBsNaL4AIhAN1pNK+svIkkditacpJ52FO2MNP1fEH1tIoEv/Af0H+n\n"
    "-----END CERTIFICATE-----\n";

constexpr std::uint32_t kOfEachKind = 8;

// So many of each kind of identifier that clusters make up.
std::vector<std::string> identifiers() {
  constexpr std::string_view kHex = "0123456789abcdef", kDigits = "0123456789";
  constexpr std::string_view kSafe = "bcdfghjklmnpqrstvwxz2456789";  // of generated names
  std::vector<std::string> out;
  for (std::uint32_t seed = 1; seed <= kOfEachKind; ++seed) {
    auto hex = [&](std::size_t length) {
      return made_up(length, kHex, seed * 31 + static_cast<std::uint32_t>(length));
    };
    auto digits = [&](std::size_t length) { return made_up(length, kDigits, seed); };
    auto safe = [&](std::size_t length) { return made_up(length, kSafe, seed); };
    std::string uuid = fmt::format("{}-{}-4{}-a{}-{}", hex(8), hex(4), hex(3), hex(3), hex(12));
    out.push_back("uid: " + uuid);
    out.push_back(fmt::format("turn 0199{}-{}-7{}-8{}-{} is over", hex(4), hex(4), hex(3), hex(3), hex(12)));
    out.push_back("registry.example/shop/web@sha256:" + hex(64));
    out.push_back("containerd://" + hex(64));
    out.push_back("commit " + hex(40));
    out.push_back("image: shop/web:" + hex(7));
    out.push_back("resourceVersion: " + digits(9));
    out.push_back(fmt::format("web-{}-{}", hex(9), safe(5)));
    out.push_back(fmt::format("checkout-{}-{}.{} BackOff", hex(10), safe(5), hex(16)));
    out.push_back(fmt::format("ETag: \"{}\"", hex(32)));
    out.push_back(fmt::format("traceparent: 00-{}-{}-01", hex(32), hex(16)));
    out.push_back("sha512-" + crypto::to_base64url(hex(64)).substr(0, 86) + "==");
    out.push_back("pvc-" + uuid);
    out.push_back("config checksum " + hex(32));
  }
  return out;
}

std::vector<std::string> certificates() {
  std::string pem = kCertificate, folded;
  std::string base64 = crypto::to_base64url(pem);
  for (std::size_t at = 0; at < base64.size(); at += 76) folded += base64.substr(at, 76) + "\n";
  return {pem, "certificate-authority-data: " + base64, "ca.crt: |\n" + folded};
}

TEST(Precision, WhatIsNoSecretStaysAsItIs) {
  std::vector<std::string> all(std::begin(kHarmless), std::end(kHarmless));
  for (std::string& text : identifiers()) all.push_back(std::move(text));
  for (std::string& text : certificates()) all.push_back(std::move(text));
  std::size_t cut = 0;
  for (const std::string& text : all) {
    Pseudonyms pseudonyms;
    RedactedText out = redact_text(text, pseudonyms);
    EXPECT_EQ(out.str(), text);
    cut += out.secrets() > 0;
  }
  fmt::print("redaction precision: {} of {} harmless texts cut ({} written out, {} kinds made up)\n", cut, all.size(),
             std::size(kHarmless), identifiers().size() / kOfEachKind);
  EXPECT_GE(std::size(kHarmless), 200u);
}

// All of them in one log: neither what stands beside nor what follows makes a secret of them.
TEST(Precision, NorDoTheyTogetherMakeOne) {
  std::string log;
  for (const char* text : kHarmless) log += fmt::format("2026-01-02T03:04:05Z web-7d4b9c6f5-x2x9k {}\n", text);
  for (const std::string& text : identifiers()) log += text + "\n";
  Pseudonyms pseudonyms;
  EXPECT_EQ(redact_text(log, pseudonyms).str(), log);
}

}  // namespace
}  // namespace foundation::redaction
