#include "ai-ops/app/model_setup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace ai_ops::app {
namespace {

namespace async = foundation::async;

class ModelSetup : public testing::Test {
 protected:
  ~ModelSetup() override { std::filesystem::remove(key_); }
  foundation::Result<std::unique_ptr<llm::ReplicaSet>> set_up(const ModelConfig& config) {
    return set_up_model(config, metrics_, {}, background_);
  }
  std::string refusal(const ModelConfig& config) {
    auto made = set_up(config);
    return made ? "set up" : made.error().text();
  }
  std::filesystem::path key(const char* text) {
    std::ofstream(key_) << text;
    return key_;
  }

 private:
  async::asio::io_context io_{1};
  foundation::telemetry::Metrics metrics_;
  async::TaskGroup background_{io_.get_executor(), {}};
  std::filesystem::path key_ = testing::TempDir() + "hks-model-key-" + std::to_string(::getpid());
};

TEST_F(ModelSetup, EitherApiWithUrlsOrAName) {
  for (auto api : {ModelApi::ollama, ModelApi::openai}) {
    EXPECT_EQ(refusal({.name = "tiny", .api = api, .urls = {"http://127.0.0.1:1", "http://10.0.0.1:2"}}), "set up");
    EXPECT_EQ(refusal({.name = "tiny", .api = api, .discover = "ollama-headless.ai-ops-llm.svc:11434"}), "set up");
  }
  EXPECT_STREQ(to_string(ModelApi::openai), "openai");
}

TEST_F(ModelSetup, PromptsGoNowhereElseUnlessThatIsAllowed) {
  for (ModelConfig config : {ModelConfig{.name = "tiny", .urls = {"http://127.0.0.1:1", "https://api.example.com/v1"}},
                             ModelConfig{.name = "tiny", .discover = "llm.example.com:443"}})
    EXPECT_NE(refusal(config).find("--model-external"), std::string::npos);
  EXPECT_NE(refusal({.name = "tiny", .discover = "llm.example.com:443", .external = true}).find("https"),
            std::string::npos);
}

TEST_F(ModelSetup, AnExternalServerIsTrustedByThePublicAuthorities) {
  ModelConfig config{.name = "tiny", .api = ModelApi::openai, .urls = {"https://api.example.com/v1"}, .external = true};
  ::setenv("SSL_CERT_FILE", "/no/such/file", 1);
  EXPECT_NE(refusal(config).find("/no/such/file"), std::string::npos);
  ::unsetenv("SSL_CERT_FILE");
  if (std::filesystem::exists("/etc/ssl/certs/ca-certificates.crt")) {
    EXPECT_EQ(refusal(config), "set up");
  }
}

TEST_F(ModelSetup, AKeysFileHoldsOneKeyThatNoErrorShows) {
  ModelConfig config{.name = "tiny", .urls = {"http://127.0.0.1:1"}};
  config.key_file = key("sk-secret\n");
  EXPECT_EQ(refusal(config), "set up");
  for (const char* bad : {"", "\n", "sk-secret\nsk-other\n", "sk-secret comment"}) {
    config.key_file = key(bad);
    EXPECT_NE(refusal(config).find("one key"), std::string::npos) << bad;
    EXPECT_EQ(refusal(config).find("sk-secret"), std::string::npos);
  }
  config.key_file = "/no/such/key";
  EXPECT_NE(refusal(config).find("/no/such/key"), std::string::npos);
}

TEST_F(ModelSetup, WhatIsNoAddressIsRefusedAtStart) {
  for (const char* bad : {"localhost", "localhost:", "localhost:0", "localhost:http", "localhost:65536"})
    EXPECT_NE(refusal({.name = "tiny", .discover = bad}), "set up") << bad;
  EXPECT_NE(refusal({.name = "tiny", .urls = {"http://127.0.0.1:99999"}}), "set up");
}

}  // namespace
}  // namespace ai_ops::app
