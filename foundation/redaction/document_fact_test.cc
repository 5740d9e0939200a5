#include "foundation/redaction/document_fact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foundation/json/view.h"

namespace foundation::redaction {
namespace {

std::string fact(std::string_view key, std::string_view value) { return json::to_text(config_fact(key, value)); }

TEST(DocumentFact, OneLineIsATypedFact) {
  EXPECT_EQ(fact("MODE", "production"), R"({"type":"word","value":"production"})");
  EXPECT_EQ(fact("token", "a\nb: c"), R"({"type":"opaque","length":6})");
}

TEST(DocumentFact, TellsTheLinesThatMayBeTold) {
  EXPECT_EQ(fact("application.yml",
                 "routes:\n  - id: cart  # ours\n    uri: lb://${CART_HOST:cart}:7070\n"
                 "    predicates:\n      - Path=/api/cart/**\n"),
            R"({"type":"document","length":108,"lines":[{"line":2,"key":"id","fact":{"type":"word","value":"cart"}},)"
            R"({"line":3,"key":"uri","fact":{"type":"endpoint","scheme":"lb","host":"cart","port":7070,)"
            R"("path_class":"none"}},{"line":5,"key":"Path","fact":{"type":"path","segments":["api","cart","**"]}}]})");
}

TEST(DocumentFact, SaysNothingOfSecretsAndOfWhatLooksRandom) {
  std::string said = fact("app.properties",
                          "password=hunter2\nspring.datasource.password: letmein-please\napiKey: 0f8a7c6b5d4e3f2a1b0c\n"
                          "path: /reset/0f8a7c6b5d4e3f2a1b0c9d8e\nurl: postgres://shop:hunter2@db:5432/shop\n");
  for (std::string_view secret : {"hunter2", "letmein", "0f8a7c6b"})
    EXPECT_EQ(said.find(secret), std::string::npos) << secret << " in " << said;
  EXPECT_NE(said.find(R"("host":"db","port":5432)"), std::string::npos) << said;
}

// What a placeholder is otherwise is the value of the variable that it names.
TEST(DocumentFact, SaysNothingOfWhatASecretVariableIsOtherwise) {
  for (std::string_view line : {"value: ${DB_PASSWORD:letmein}", "value=${apiKey:sesame}", "a: x-${TOKEN:sesame}"}) {
    std::string said = fact("app.yml", "replicas: 3\n" + std::string(line) + "\n");
    EXPECT_EQ(said.find("letmein"), std::string::npos) << said;
    EXPECT_EQ(said.find("sesame"), std::string::npos) << said;
  }
}

// The key says nothing, what it stands under does.
TEST(DocumentFact, SaysNothingOfWhatStandsUnderASecretsName) {
  for (std::string_view text :
       {"db:\n  password:\n    value: letmein\n  replicas: 3\n",
        "credentials:\n  - user: letmein\n\n    name: sesame\n",
        "secrets: {\n  \"first\": \"letmein\"\n}\nreplicas: 3\n", "[tokens]\nadmin = letmein\n[server]\nreplicas = 3\n",
        "password: |\n  first: letmein\n  second: sesame\nreplicas: 3\n",
        "password:\n# not here\n  value: letmein\nreplicas: 3\n",
        "passwords:\n- first: letmein\n- second: sesame\nreplicas: 3\n",
        "- login:\n    value: letmein\n  replicas: 3\n",
        "\"password\": {\n\"first\": \"letmein\",\n\"more\": [\n\"a\": \"sesame\"\n]\n}\nreplicas: 3\n",
        "password=\\\nfirst=letmein\\\nsecond=sesame\nreplicas=3\n"}) {
    std::string said = fact("app.yml", text);
    EXPECT_EQ(said.find("letmein"), std::string::npos) << said;
    EXPECT_EQ(said.find("sesame"), std::string::npos) << said;
    bool has_more = text.find("replicas") != text.npos;
    EXPECT_EQ(said.find(R"("value":3)") != said.npos, has_more) << said;
  }
}

// A list of names and values: the line with the value has a key that says nothing.
TEST(DocumentFact, SaysNothingOfAValueThatAnotherLineNames) {
  for (std::string_view text :
       {"env:\n- name: DB_PASSWORD\n  value: sesame\n  replicas: 3\n",
        "- value: \"48213\"\n  name: PIN\n- replicas: 3\n", "- key: api-token\n  default: sesame\nreplicas: 3\n",
        "name=DB_PASSWORD\nvalue=sesame\nreplicas=3\n", "db.password.value=sesame\nreplicas=3\n"}) {
    std::string said = fact("app.yml", text);
    EXPECT_EQ(said.find("sesame"), std::string::npos) << said;
    EXPECT_EQ(said.find("48213"), std::string::npos) << said;
    EXPECT_NE(said.find(R"("value":3)"), std::string::npos) << said;
  }
  EXPECT_NE(fact("app.yml", "- name: BACKEND\n  value: http://cart:8080\n").find(R"("host":"cart","port":8080)"),
            std::string::npos)
      << "an address is no secret";
}

// As of a variable with a secret's name.
TEST(DocumentFact, AnAddressBelowASecretsNameIsTold) {
  EXPECT_NE(fact("app.yml", "auth:\n  url: http://shop:hunter2@auth:8080/login\n").find(R"("host":"auth","port":8080)"),
            std::string::npos);
}

TEST(DocumentFact, IsBounded) {
  std::string long_document;
  for (int i = 0; i < 5000; ++i) long_document += "replicas: 3\n";
  json::Value told(config_fact("app.yml", long_document));
  EXPECT_EQ(json::View(told)["lines"].array().size(), kMaxDocumentLines);
  EXPECT_EQ(fact("app.yml", std::string(kMaxDocumentBytes, 'a') + "\nb: 1").substr(0, 16), R"({"type":"opaque")");
}

TEST(DocumentFact, ReadsAnyText) {
  for (std::string_view text : {"\n", "${\n${", "a: ${x", ":\n=\n- \n", "\xff\xfe\n: \xff", "- ${:}: }\nb=${a:b"})
    EXPECT_NO_THROW(config_fact("f", text)) << text;
}

}  // namespace
}  // namespace foundation::redaction
