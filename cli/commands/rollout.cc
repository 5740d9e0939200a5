#include "cli/commands/rollout.h"

#include <chrono>
#include <utility>

#include "cli/render/rollout.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using namespace std::chrono_literals;
using foundation::Milliseconds;
using foundation::json::View;

constexpr Milliseconds kWaitAtMost = 60s;
constexpr Milliseconds kLookEvery = 500ms;

class Rollout {
 public:
  Rollout(Visit& visit, Heard::Change change) : visit_(visit), change_(std::move(change)) {}

  async::Task<void> follow() {
    for (;;) {
      auto record = co_await visit_.api.operation(visit_.item(change_.operation_id));
      if (!record) co_return std::unexpected(record.error());
      record_ = std::move(*record);
      bool following = View(record_)["readiness"].text() == "following";
      if (!following || since() >= kWaitAtMost) co_return foundation::Done{};
      visit_.shell.out << render::rollout_progress(visit_.shell.terminal.look, View(record_), since()) << std::flush;
      if (auto slept = co_await async::sleep_for(kLookEvery); !slept) co_return slept;
    }
  }
  // What is left to say, however it ended.
  void end() {
    if (View(record_)["readiness"].is_null()) return;
    visit_.shell.out << render::rollout_end(visit_.shell.terminal.look, View(record_), since(), change_.undoable)
                     << std::flush;
  }

 private:
  Milliseconds since() const {
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begun_);
  }

  Visit& visit_;
  Heard::Change change_;
  json::Value record_;
  foundation::SteadyTime begun_ = std::chrono::steady_clock::now();
};

}  // namespace

void follow_rollout(Visit& visit, const Heard::Change& change) {
  Rollout rollout(visit, change);
  (void)visit.loop.run(rollout.follow());  // a person who asks again sees it in the operations
  rollout.end();
}

}  // namespace cli::commands
