// What a model says over the protocol of OpenAI.
#include "ai-ops/llm/openai_protocol.h"
#include "tests/fuzz/model_stream.h"
#include "tests/fuzz/targets.h"

namespace fuzz {

void openai_stream(std::string_view input) { model_stream<ai_ops::llm::openai::Frames>(input); }

}  // namespace fuzz
