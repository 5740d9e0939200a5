#include "ai-ops/agents/sentences.h"

#include <fmt/format.h>

namespace ai_ops::agents {

std::string counted(std::int64_t count, std::string_view singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : i + 1 == items.size() ? " and " : ", ", items[i]);
  return out;
}

std::string ago(foundation::WallTime then, foundation::WallTime now) {
  using namespace std::chrono_literals;
  auto passed = now - then;
  if (passed < 2s) return "just now";
  if (passed < 2min) return fmt::format("{} s ago", passed / 1s);
  if (passed < 2h) return fmt::format("{} min ago", passed / 1min);
  return passed < 48h ? fmt::format("{} h ago", passed / 1h) : fmt::format("{} days ago", passed / 24h);
}

std::string sentence(std::string_view text) {
  std::string out(text);
  if (out.empty()) return out;
  if (out.front() >= 'a' && out.front() <= 'z') out.front() = static_cast<char>(out.front() - 'a' + 'A');
  if (std::string_view(".!?").find(out.back()) == std::string_view::npos) out += '.';
  return out;
}

}  // namespace ai_ops::agents
