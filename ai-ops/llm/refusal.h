// What a model server's refusal means, by status and words. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace ai_ops::llm {

// {"error": "words"}, {"error": {"message": "words"}} or {"message": "words"}; empty for anything else.
std::string server_words(std::string_view body);
inline constexpr std::size_t kMaxServerWords = 300;  // bytes of them that are kept

// The codes are those of Model::ask; `retry_after` is the header's value.
foundation::Error refusal(int status, std::string_view words, std::optional<std::string_view> retry_after = {});

}  // namespace ai_ops::llm
