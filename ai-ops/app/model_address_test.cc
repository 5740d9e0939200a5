#include "ai-ops/app/model_address.h"

#include <gtest/gtest.h>

#include <tuple>

namespace ai_ops::app {
namespace {

TEST(ModelAddress, AnExternalOneIsRefusedUnlessAllowed) {
  enum Verdict { ours, external, never };
  const std::tuple<const char*, Verdict> rows[] = {
      {"http://127.0.0.1:11434", ours},
      {"http://127.8.8.8", ours},
      {"http://[::1]:11434", ours},
      {"http://localhost:11434/", ours},
      {"http://LOCALHOST", ours},
      {"http://ollama", ours},
      {"http://ollama-service:80", ours},
      {"http://ollama-service.ai-ops-llm.svc", ours},
      {"http://ollama-service.ai-ops-llm.svc.cluster.local", ours},
      {"http://ollama-service.ai-ops-llm.svc.cluster.local.:80/v1", ours},
      {"https://gpu.lab.internal", ours},
      {"http://gpu.local", ours},
      {"http://gpu.home.arpa", ours},
      {"http://10.1.2.3:11434", ours},
      {"http://172.16.0.1", ours},
      {"http://172.31.255.255", ours},
      {"http://192.168.1.1", ours},
      {"http://[fd00::1]:11434", ours},
      {"http://[::ffff:10.0.0.1]", ours},
      {"https://api.example.com/v1", external},
      {"https://svc.example.com", external},
      {"https://mysvc", ours},
      {"https://example.mysvc", external},
      {"https://svc", ours},
      {"https://172.15.255.255", external},
      {"https://172.32.0.1", external},
      {"https://192.169.0.1", external},
      {"https://11.0.0.1", external},
      {"https://8.8.8.8", external},
      {"https://169.254.169.254", external},
      {"https://100.64.0.1", external},
      {"https://0.0.0.0", external},
      {"https://[2001:db8::1]", external},
      {"https://[fe80::1]", external},
      {"https://[::ffff:8.8.8.8]", external},
      {"https://134744072", external},
      {"https://0x08080808", external},
      {"https://8.8.2056", external},
      {"http://api.example.com", never},
      {"http://8.8.8.8", never},
      {"https://127.0.0.1@evil.example", never},
      {"https://user:pass@127.0.0.1", never},
      {"http://evil.example\\@127.0.0.1", never},
      {"ftp://127.0.0.1", never},
      {"127.0.0.1:11434", never},
      {"http://", never},
      {"http://[::1", never},
      {"http://:80", never},
      {"", never},
  };
  for (auto [url, verdict] : rows) {
    EXPECT_EQ(check_model_url(url, false).has_value(), verdict == ours) << url;
    EXPECT_EQ(check_model_url(url, true).has_value(), verdict != never) << url;
  }
}

TEST(ModelAddress, ARefusalSaysWhatAllowsItAndNeverThePassword) {
  EXPECT_NE(check_model_url("https://api.example.com", false).error().text().find("--model-external"),
            std::string::npos);
  EXPECT_EQ(check_model_url("https://me:hunter2@127.0.0.1", false).error().text().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace ai_ops::app
