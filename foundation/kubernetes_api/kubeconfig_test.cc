#include "foundation/kubernetes_api/kubeconfig.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "foundation/kubernetes_api/kubeconfig_document.h"

namespace foundation::kubernetes_api {
namespace {

constexpr std::string_view kGood = R"(apiVersion: v1
kind: Config
current-context: shop
contexts:
- name: other
  context: {cluster: other, user: plugin}
- name: shop
  context: {cluster: demo, user: hks, namespace: shop}
clusters:
- name: other
  cluster: {server: "https://10.0.0.1", insecure-skip-tls-verify: true}
- name: demo
  cluster:
    server: https://127.0.0.1:6443
    certificate-authority-data: Q0E=
    tls-server-name: demo-cluster
users:
- name: plugin
  user: {exec: {command: aws}}
- name: hks
  user:
    client-certificate-data: Q0VS
      VA==
    client-key-data: S0VZ
    token: s3cr3t-t0ken
)";

// `kGood` with one text replaced.
std::string with(std::string_view from, std::string_view to) {
  std::string text(kGood);
  auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Kubeconfig, ReadsTheCurrentContextAndNothingElse) {
  auto config = parse_kubeconfig(kGood, {});
  ASSERT_TRUE(config) << config.error().text();
  EXPECT_EQ(config->server, "https://127.0.0.1:6443");
  EXPECT_EQ(config->authority_pem, "CA");
  EXPECT_EQ(config->server_name, "demo-cluster");
  EXPECT_EQ(config->namespace_name, "shop");
  EXPECT_EQ(config->token.reveal(), "s3cr3t-t0ken");
  ASSERT_TRUE(config->identity);
  EXPECT_EQ(config->identity->certificate_pem, "CERT");
  EXPECT_EQ(config->identity->key_pem.reveal(), "KEY");
}

struct Refused {
  std::string_view name, from, to, place;
};

class RefusedKubeconfig : public testing::TestWithParam<Refused> {};

TEST_P(RefusedKubeconfig, NamesThePlaceAndNeverAValue) {
  const auto& row = GetParam();
  auto config = parse_kubeconfig(with(row.from, row.to), {});
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, Code::invalid);
  EXPECT_NE(config.error().text().find(row.place), std::string::npos) << config.error().text();
  EXPECT_EQ(config.error().text().find("s3cr3t"), std::string::npos) << config.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedKubeconfig,
    testing::Values(
        Refused{"exec_plugin", "    token: s3cr3t-t0ken", "    exec: {command: s3cr3t}", "users[1].user.exec, line 25"},
        Refused{"auth_provider", "    token: s3cr3t-t0ken", "    auth-provider: {name: gcp}",
                "users[1].user.auth-prov"},
        Refused{"password", "    token: s3cr3t-t0ken", "    password: s3cr3t", "users[1].user.password"},
        Refused{"impersonation", "    token: s3cr3t-t0ken", "    as: s3cr3t", "users[1].user.as"},
        Refused{"unknown_user_key", "    token:", "    tokne:", "users[1].user.tokne"},
        Refused{"skip_verify", "    tls-server-name: demo-cluster", "    insecure-skip-tls-verify: true",
                "clusters[1].cluster.insecure-skip-tls-verify, line 16"},
        Refused{"proxy", "    tls-server-name: demo-cluster", "    proxy-url: http://p",
                "clusters[1].cluster.proxy-url"},
        Refused{"no_such_context", "current-context: shop", "current-context: nowhere", "contexts"},
        Refused{"no_context", "current-context: shop\n", "", "current-context, line 1: missing"},
        Refused{"no_such_cluster", "{cluster: demo,", "{cluster: gone,", "clusters"},
        Refused{"no_such_user", "user: hks,", "user: gone,", "users"},
        Refused{"two_of_a_name", "- name: other\n  context", "- name: shop\n  context", "two entries have this name"},
        Refused{"key_twice", "    token: s3cr3t-t0ken", "    token: a\n    token: s3cr3t", "users[1].user.token"},
        Refused{"contexts_no_list", "contexts:\n", "contexts: 5\nx:\n", "contexts"},
        Refused{"server_a_list", "server: https://127.0.0.1:6443", "server: [1]", "clusters[1].cluster.server"},
        Refused{"server_ftp", "https://127.0.0.1:6443", "ftp://127.0.0.1", "server"},
        Refused{"server_plain_remote", "https://127.0.0.1:6443", "http://10.0.0.1", "server"},
        Refused{"server_plain_lookalike", "https://127.0.0.1:6443", "http://127.0.0.1.evil.net", "server"},
        Refused{"server_user_info", "https://127.0.0.1:6443", "https://u:s3cr3t@h", "server"},
        Refused{"no_authority", "    certificate-authority-data: Q0E=\n", "", "certificate-authority"},
        Refused{"authority_not_base64", "Q0E=", "s3cr3t!", "certificate-authority-data"},
        Refused{"key_without_certificate", "    client-certificate-data: Q0VS\n      VA==\n", "", "client-certificate"},
        Refused{"certificate_without_key", "    client-key-data: S0VZ\n", "", "client-certificate"},
        Refused{"both_token_and_file", "    token: s3cr3t-t0ken", "    token: s3cr3t\n    tokenFile: f", "tokenFile"},
        Refused{"token_with_line_break", "token: s3cr3t-t0ken", "token: \"s3cr3t\\r\\nX: y\"", "tokenFile"},
        Refused{"file_named_by_a_stranger", "    token: s3cr3t-t0ken", "    tokenFile: /etc/hostname", "tokenFile"},
        Refused{"namespace_with_slash", "namespace: shop", "namespace: ../x", "namespace"},
        Refused{"another_kind", "kind: Config", "kind: Secret", "kind"},
        Refused{"broken_yaml", "contexts:\n", "contexts: [s3cr3t\n", "not YAML"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Kubeconfig, AnyBytesEndInAValueOrAnError) {
  for (std::string bytes : {std::string(), std::string("null"), std::string("[]"), std::string("\0\0", 2),
                            std::string(100'000, '['), std::string(100'000, '{'), std::string("a: &a [*a]"),
                            std::string("? [1]\n: 2"), std::string("\xff\xfe"), std::string("--- !!binary x")})
    EXPECT_FALSE(parse_kubeconfig(bytes, {})) << bytes.substr(0, 20);
  EXPECT_EQ(parse_kubeconfig(std::string(kMaxKubeconfigBytes + 1, ' '), {}).error().code, Code::too_large);
}

TEST(Kubeconfig, EveryPrefixOfAGoodOneIsRefusedOrRead) {
  for (std::size_t i = 0; i < kGood.size(); ++i) (void)read_kubeconfig_document(kGood.substr(0, i));
}

class KubeconfigFiles : public testing::Test {
 protected:
  KubeconfigFiles() { std::filesystem::create_directories(folder_); }
  ~KubeconfigFiles() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, std::string_view text) { std::ofstream(folder_ / name) << text; }
  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("kubeconfig-" + std::to_string(getpid()));
};

TEST_F(KubeconfigFiles, FileNamesAreRelativeToTheKubeconfig) {
  auto text = with("    token: s3cr3t-t0ken", "    tokenFile: token");
  text.replace(text.find("certificate-authority-data: Q0E="), 32, "certificate-authority: ca.crt   ");
  write("config", text);
  write("ca.crt", "CA of a file");
  write("token", "from-file\n");
  auto config = read_kubeconfig(folder_ / "config");
  ASSERT_TRUE(config) << config.error().text();
  EXPECT_EQ(config->authority_pem, "CA of a file");
  EXPECT_EQ(config->token.reveal(), "from-file");
  EXPECT_EQ(config->token_file, folder_ / "token");
}

TEST_F(KubeconfigFiles, AMissingFileIsNamedWithItsKey) {
  write("config", with("    token: s3cr3t-t0ken", "    tokenFile: token"));
  auto config = read_kubeconfig(folder_ / "config");
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().text().find("users[1].user.tokenFile"), std::string::npos) << config.error().text();
  EXPECT_NE(config.error().text().find("token"), std::string::npos);
  EXPECT_FALSE(read_kubeconfig(folder_ / "nowhere"));
  EXPECT_FALSE(read_kubeconfig("/dev/zero"));
}

TEST_F(KubeconfigFiles, ThePodsServiceAccountIsAKubeconfigToo) {
  write("ca.crt", "CA");
  write("token", "pod-token");
  auto config = in_cluster_kubeconfig("fd00::1", "443", folder_);
  ASSERT_TRUE(config) << config.error().text();
  EXPECT_EQ(config->server, "https://[fd00::1]:443");
  EXPECT_EQ(config->token_file, folder_ / "token");
  EXPECT_FALSE(in_cluster_kubeconfig("", "443", folder_ / "missing"));
}

}  // namespace
}  // namespace foundation::kubernetes_api
