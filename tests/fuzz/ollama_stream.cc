// What a model says over Ollama's protocol.
#include "ai-ops/llm/ollama_protocol.h"
#include "tests/fuzz/model_stream.h"
#include "tests/fuzz/targets.h"

namespace fuzz {

void ollama_stream(std::string_view input) { model_stream<ai_ops::llm::ollama::Lines>(input); }

}  // namespace fuzz
