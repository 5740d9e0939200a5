// Small models, and servers without a parser for their model, write a tool call as text: {"name": ..., "arguments":
// ...}, in <tool_call> tags, behind [TOOL_CALLS] or in a code fence, alone or among words. Pure.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/prompts/prompt.h"

namespace ai_ops::llm {

class WrittenCalls {
 public:
  // Only calls of these tools are found; where none is offered all text passes.
  explicit WrittenCalls(const std::vector<prompts::ToolOffer>& offered);
  // What of the text so far cannot belong to a call. From the first mark of one on it is kept back.
  std::string push(std::string_view text);

  struct Rest {
    std::string words;
    std::vector<prompts::ToolCall> calls;
  };
  Rest end();  // of what was kept back; words as they were when no call is in them

 private:
  std::set<std::string, std::less<>> offered_;
  std::string kept_ = "\n";  // a call may begin an answer as it may begin a line
  bool keeping_ = false;
  bool begun_ = false;  // the line break above is gone
};

}  // namespace ai_ops::llm
