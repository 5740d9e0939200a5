#include "ai-ops/llm/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foundation/base/unicode.h"

namespace ai_ops::llm {
namespace {

using foundation::Code;
using testing::EndsWith;
using testing::HasSubstr;

TEST(Refusal, EachStatusAndWordHasItsCode) {
  struct Case {
    int status;
    std::string_view words;
    Code code;
  };
  for (auto [status, words, code] : {
           Case{400, "model is required", Code::invalid},
           {400, "the input length exceeds the context length", Code::too_large},
           {400, "This model's maximum context length is 4096 tokens", Code::too_large},
           {401, "", Code::unavailable},
           {404, "model 'nope' not found", Code::not_found},
           {405, "", Code::invalid},
           {413, "", Code::too_large},
           {422, "", Code::invalid},
           {429, "", Code::rate_limited},
           {499, "request canceled", Code::unavailable},
           {500, "invalid JSON schema in format", Code::invalid},
           {500, "failed to load model: invalid format: \"x\"", Code::invalid},
           {500, "model requires more system memory", Code::unavailable},
           {502, "", Code::unavailable},
           {503, "server busy, please try again.  maximum pending requests exceeded", Code::rate_limited},
           {504, "", Code::unavailable},
           {302, "", Code::corrupt},
       }) {
    EXPECT_EQ(refusal(status, words).code, code) << status << " " << words;
  }
}

TEST(Refusal, ABusyServerSaysWhenToComeAgain) {
  EXPECT_THAT(refusal(503, "full", "7").cause, EndsWith("(503: full); try again in 7 s"));
  EXPECT_THAT(refusal(429, "", "Wed, 21 Oct 2026 07:28:00 GMT").cause,
              EndsWith("(429); try again at Wed, 21 Oct 2026 07:28:00 GMT"));
  EXPECT_THAT(refusal(500, "", "7").cause, EndsWith("(500)"));
}

TEST(Refusal, TheServersWordsAreReadInEveryShapeCleanedAndCut) {
  EXPECT_EQ(server_words(R"({"error":"busy"})"), "busy");
  EXPECT_EQ(server_words(R"({"error":{"message":"busy","type":"x","param":null,"code":null}})"), "busy");
  EXPECT_EQ(server_words(R"({"object":"error","message":"busy"})"), "busy");
  EXPECT_EQ(server_words("<html>"), "");
  EXPECT_EQ(server_words("{}"), "");
  EXPECT_EQ(server_words("{\"error\":\"a\\u001b[31mb\\u202ec\"}"), "a[31mbc");
  std::string body = R"({"error":")";
  for (int i = 0; i < 400; ++i) body += "\xc3\xa4";
  auto cut = server_words("{\"error\":\"x" + body.substr(10) + "\"}");
  EXPECT_LE(cut.size(), kMaxServerWords);
  EXPECT_TRUE(foundation::is_utf8(cut));
}

}  // namespace
}  // namespace ai_ops::llm
