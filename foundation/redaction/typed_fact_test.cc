#include "foundation/redaction/typed_fact.h"

#include <gtest/gtest.h>

namespace foundation::redaction {
namespace {

std::string fact(std::string_view value, std::string_view key = "SETTING") {
  return json::to_text(typed_fact(key, value));
}

TEST(TypedFact, EndpointsLoseTheirUserAndQuery) {
  EXPECT_EQ(fact("postgres://app:hunter2@postgres.shop:5433/orders?sslmode=disable&password=x"),
            R"({"type":"endpoint","scheme":"postgres","host":"postgres.shop","port":5433,"path_class":"name"})");
  EXPECT_EQ(fact("https://api.example.com/"),
            R"({"type":"endpoint","scheme":"https","host":"api.example.com","path_class":"root"})");
  EXPECT_EQ(fact("http://payments-api:8080/v1/charge/abc"),
            R"({"type":"endpoint","scheme":"http","host":"payments-api","port":8080,"path_class":"path"})");
  EXPECT_EQ(fact("jdbc:postgresql://db:5432/app?user=a&password=b"),
            R"({"type":"endpoint","scheme":"postgresql","host":"db","port":5432,"path_class":"name"})");
  EXPECT_EQ(fact("redis://:p/w@rd@cache:6379"),
            R"({"type":"endpoint","scheme":"redis","host":"cache","port":6379,"path_class":"none"})");
  EXPECT_EQ(fact("postgres://app:hunter2@db/x?owner=a@b.example"),
            R"({"type":"endpoint","scheme":"postgres","host":"db","path_class":"name"})");
  EXPECT_EQ(fact("postgres://app:12?34@db/x"), R"({"type":"opaque","length":25})") << "12 is no port";
  EXPECT_EQ(fact("http://web:8080/users/@me?x=a@b"),
            R"({"type":"endpoint","scheme":"http","host":"web","port":8080,"path_class":"path"})");
  EXPECT_EQ(fact("postgres.shop:5433"),
            R"({"type":"endpoint","host":"postgres.shop","port":5433,"path_class":"none"})");
  EXPECT_EQ(fact("10.1.2.3:80"), R"({"type":"endpoint","host":"10.1.2.3","port":80,"path_class":"none"})");
  EXPECT_EQ(fact("http://[::1]:80"),
            R"({"type":"endpoint","scheme":"http","host":"::1","port":80,"path_class":"none"})");
  EXPECT_EQ(fact("kafka-0:9092,kafka-1:9092"),
            R"({"type":"endpoints","items":[{"type":"endpoint","host":"kafka-0","port":9092,"path_class":"none"},)"
            R"({"type":"endpoint","host":"kafka-1","port":9092,"path_class":"none"}]})");
}

TEST(TypedFact, NumbersBooleansMeasuresAndWords) {
  EXPECT_EQ(fact("8080"), R"({"type":"number","value":8080})");
  EXPECT_EQ(fact("-1"), R"({"type":"number","value":-1})");
  EXPECT_EQ(fact("0.5"), R"({"type":"number","value":"0.5"})");
  EXPECT_EQ(fact("true"), R"({"type":"boolean","value":true})");
  EXPECT_EQ(fact("Off"), R"({"type":"boolean","value":false})");
  EXPECT_EQ(fact("30s"), R"({"type":"duration","value":"30s"})");
  EXPECT_EQ(fact("1h30m"), R"({"type":"duration","value":"1h30m"})");
  EXPECT_EQ(fact("64Mi"), R"({"type":"quantity","value":"64Mi"})");
  for (const char* word : {"production", "info", "INFO", "us-east-1", "RollingUpdate", "utf8", "v1.2.3", "read_only"})
    EXPECT_EQ(fact(word), R"({"type":"word","value":")" + std::string(word) + R"("})");
}

TEST(TypedFact, EverythingElseIsItsLength) {
  for (std::string value : {std::string("hunter2"),
                            std::string("wJalrXUtnFEMIK7MDENG"),
                            std::string("4111111111111111"),
                            std::string("a sentence of words"),
                            std::string("/etc/app/config.yaml"),
                            std::string("{\"a\":1}"),
                            std::string(),
                            std::string("a1b2-c3d4-e5f6-a7b8"),
                            std::string("deadbeefdeadbeefdeadbeefdeadbeef"),
                            std::string("5\xe2\x80\x8b"
                                        "0"),
                            std::string("xkcdqwrtzpl"),
                            std::string("AKIA"
                                        "IOSFODNN7EXAMPLE"),
                            std::string("https://"),
                            std::string("http://host:99999/"),
                            std::string("http://ho st/"),
                            std::string("web:v2"),
                            std::string("12:30"),
                            std::string("line\nline"),
                            "https://" + std::string(3000, 'a'),
                            std::string("aGVsbG8gd29ybGQ")}) {
    EXPECT_EQ(fact(value), R"({"type":"opaque","length":)" + std::to_string(value.size()) + "}") << value;
  }
}

TEST(TypedFact, ASecretsNameMakesEverythingOpaqueButUrls) {
  for (const char* key :
       {"DB_PASSWORD", "password", "apiKey", "API_KEY", "STRIPE_KEY", "ACCESS_TOKEN", "clientSecret", "REDIS_AUTH",
        "MYSQL_PWD", "PIN", "session.id", "GITHUB_TOKEN", "--db-password", "PGPASSWORD"}) {
    EXPECT_TRUE(names_a_secret(key)) << key;
    for (const char* value : {"production", "1234", "true", "30s", "db:5432"})
      EXPECT_TRUE(fact(value, key).starts_with(R"({"type":"opaque")")) << key << "=" << value;
  }
  EXPECT_EQ(fact("https://app:x@id.example.com/t", "TOKEN_URL"),
            R"({"type":"endpoint","scheme":"https","host":"id.example.com","path_class":"name"})");
  for (const char* key : {"KEYBOARD_LAYOUT", "DATABASE_URL", "LOG_LEVEL", "AUTHOR", "REPLICAS", "PASSIVE_MODE", ""})
    EXPECT_FALSE(names_a_secret(key)) << key;
}

TEST(EnvFact, KeepsReferences) {
  auto env = [](const char* text) { return json::to_text(env_fact(*json::parse_strict(text))); };
  EXPECT_EQ(
      env(R"({"name":"DATABASE_URL","value":"postgres://a:b@postgres.shop:5433"})"),
      R"({"name":"DATABASE_URL","fact":{"type":"endpoint","scheme":"postgres","host":"postgres.shop","port":5433,)"
      R"("path_class":"none"}})");
  EXPECT_EQ(
      env(R"({"name":"P","valueFrom":{"secretKeyRef":{"name":"db","key":"password","optional":true}}})"),
      R"({"name":"P","fact":{"type":"reference","kind":"secretKeyRef","name":"db","key":"password","optional":true}})");
  EXPECT_EQ(env(R"({"name":"P","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"status.podIP"}}})"),
            R"({"name":"P","fact":{"type":"reference","kind":"fieldRef","fieldPath":"status.podIP"}})");
  EXPECT_EQ(env(R"({"name":"P"})"), R"({"name":"P","fact":{"type":"opaque","length":0}})");
  EXPECT_EQ(env(R"({"name":"P","valueFrom":{"vaultRef":{"path":"x"}}})"),
            R"({"name":"P","fact":{"type":"opaque","length":0}})");
}

TEST(EnvFact, AVariableThatIsCalledLikeASecretIsNotNamed) {
  auto variable = json::parse_strict(R"({"name":"Set-Cookie: session","value":"5"})");
  ASSERT_TRUE(variable);
  EXPECT_EQ(json::to_text(env_fact(*variable)).find("session"), std::string::npos);
}

TEST(EnvFact, AReferenceIsANameAndNothingThatPretendsToBeOne) {
  std::string held = R"({"name":"db","key":"x\nghp_)";
  held += R"(aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789","optional":{"deep":["value"]}})";
  auto variable = json::parse_strict(R"({"name":"P","valueFrom":{"secretKeyRef":)" + held + "}}");
  ASSERT_TRUE(variable);
  EXPECT_EQ(json::to_text(env_fact(*variable)),
            R"({"name":"P","fact":{"type":"reference","kind":"secretKeyRef","name":"db"}})");
}

TEST(ArgumentFacts, JudgeTheValueByItsFlag) {
  auto arguments = [](const char* text) { return json::to_text(argument_facts(*json::parse_strict(text))); };
  EXPECT_EQ(arguments(R"(["serve","--port=8080","--log-level","debug","-v"])"),
            R"([{"fact":{"type":"word","value":"serve"}},{"flag":"--port","fact":{"type":"number","value":8080}},)"
            R"({"flag":"--log-level"},{"fact":{"type":"word","value":"debug"}},{"flag":"-v"}])");
  EXPECT_EQ(arguments(R"(["--password","horse","--token=horse","-p","horse","-phorse","--","-"])"),
            R"([{"flag":"--password"},{"fact":{"type":"opaque","length":5}},)"
            R"({"flag":"--token","fact":{"type":"opaque","length":5}},{"flag":"-p"},)"
            R"({"fact":{"type":"opaque","length":5}},{"fact":{"type":"opaque","length":7}},)"
            R"({"fact":{"type":"opaque","length":2}},{"fact":{"type":"opaque","length":1}}])");
  EXPECT_EQ(arguments(R"(["sh","-c","curl -H 'Authorization: Bearer x' http://a"])"),
            R"([{"fact":{"type":"word","value":"sh"}},{"flag":"-c"},{"fact":{"type":"opaque","length":42}}])");
  EXPECT_EQ(arguments("null"), "[]");
}

}  // namespace
}  // namespace foundation::redaction
