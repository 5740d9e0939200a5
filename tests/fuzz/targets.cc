#include "tests/fuzz/targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace fuzz {
namespace {

constexpr Target kTargets[] = {
    {"advisor_event", advisor_event},
    {"bundle", bundle},
    {"command", command},
    {"http_request", http_request},
    {"http_response", http_response},
    {"json_text", json_text},
    {"jwks", jwks},
    {"jwt", jwt},
    {"kubeconfig", kubeconfig},
    {"kubernetes_object", kubernetes_object},
    {"ndjson", ndjson},
    {"ollama_stream", ollama_stream},
    {"openai_stream", openai_stream},
    {"protobuf", protobuf},
    {"sse", sse},
};

const Target* chosen = nullptr;

}  // namespace

std::span<const Target> targets() { return kTargets; }

}  // namespace fuzz

// libFuzzer's two entry points. `fuzz --targets` lists them, `fuzz --target=NAME ...` runs one; everything else on the
// command line is libFuzzer's, which passes over what begins with two dashes.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  constexpr std::string_view kOption = "--target=";
  for (std::string_view word : std::span(*argv, static_cast<std::size_t>(*argc)))
    if (word.starts_with(kOption)) {
      auto found = std::ranges::find(fuzz::targets(), word.substr(kOption.size()), &fuzz::Target::name);
      if (found != fuzz::targets().end()) fuzz::chosen = &*found;
    }
  if (fuzz::chosen) return 0;
  for (const auto& target : fuzz::targets()) fmt::print("{}\n", target.name);
  std::fflush(stdout);
  std::_Exit(0);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::chosen->check({reinterpret_cast<const char*>(data), size});
  return 0;
}
