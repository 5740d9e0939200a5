#include "cli/commands/live_names.h"

#include "cli/commands/slash_commands.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using namespace std::chrono_literals;
using foundation::json::View;

constexpr foundation::Milliseconds kFreshFor = 10s;
constexpr foundation::Milliseconds kWaitAtMost = 1s;  // whoever presses Tab waits
constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-";

template <class T>
foundation::Result<T> soon(Visit& visit, async::Task<T> task) {
  return visit.loop.run(async::with_deadline(std::chrono::steady_clock::now() + kWaitAtMost, std::move(task)));
}

}  // namespace

const std::vector<std::string>& LiveNames::names() {
  auto at = std::chrono::steady_clock::now();
  if (place_ == visit_.place && at < fresh_until_) return names_;
  auto listed = soon(visit_, visit_.api.names(visit_.place));
  if (!listed && place_ == visit_.place) return names_;  // the old ones are better than none
  names_.clear();
  place_ = visit_.place;
  fresh_until_ = at + kFreshFor;
  if (!listed) return names_;
  for (const auto& row : View(*listed)["names"].array()) {
    auto name = View(row)["name"].text();
    if (name.find_first_not_of(kNameCharacters) == name.npos) names_.emplace_back(name);
  }
  return names_;
}

std::vector<std::string> LiveNames::complete(std::string_view before, std::string_view word) {
  if (before.empty() && word.starts_with('/')) return slash_names();
  if (before == "/workspace ") return soon(visit_, visit_.api.workspace_names()).value_or(std::vector<std::string>());
  return names();
}

}  // namespace cli::commands
