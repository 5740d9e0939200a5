// What is fuzzed: a target takes any bytes and says which law of our own code they broke. One file a target, one row in
// targets.cc, one folder of corpus/. Pure: a target leaves nothing behind, so that an input alone repeats a failure.
#pragma once
#include <span>
#include <string_view>

namespace fuzz {

struct Target {
  std::string_view name;
  void (*check)(std::string_view input);
};
std::span<const Target> targets();

void advisor_event(std::string_view input);
void bundle(std::string_view input);
void command(std::string_view input);
void http_request(std::string_view input);
void http_response(std::string_view input);
void json_text(std::string_view input);
void jwks(std::string_view input);
void jwt(std::string_view input);
void kubeconfig(std::string_view input);
void kubernetes_object(std::string_view input);
void ndjson(std::string_view input);
void ollama_stream(std::string_view input);
void openai_stream(std::string_view input);
void protobuf(std::string_view input);
void sse(std::string_view input);

}  // namespace fuzz
