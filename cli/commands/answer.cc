#include "cli/commands/answer.h"

#include <chrono>
#include <utility>

#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using namespace std::chrono_literals;
using foundation::Code;
using foundation::fail;

constexpr foundation::Milliseconds kGoodbyeTime = 1s;

async::Task<Exit> tell(Shell& shell, Talk& talk, render::Renderer& renderer, std::string message) {
  auto chat = co_await talk.api.open_chat({talk.workspace, std::move(message), talk.conversation});
  if (!chat) co_return std::unexpected(chat.error());
  for (;;) {
    auto next = co_await (*chat)->next();
    if (!next) co_return std::unexpected(next.error());
    if (!*next) co_return fail(Code::io, "read the answer", "it ended before it was complete");
    const events::Event& event = **next;
    if (event.name == "turn") {
      auto id = foundation::json::View(event.data.if_contains("conversation_id")).text();
      if (!id.empty()) talk.conversation = id;
    }
    shell.out << renderer.event(event) << std::flush;
    if (!shell.out) co_return fail(Code::io, "write the answer", "the output is closed");
    if (!event.is_terminal()) continue;
    Exit exit = exit_of(event);
    // The server ends its side now; to hang up first would look like giving up.
    (void)co_await async::with_deadline(std::chrono::steady_clock::now() + kGoodbyeTime, (*chat)->next());
    co_return exit;
  }
}

}  // namespace

Exit ask(Shell& shell, Loop& loop, Talk& talk, std::string message) {
  auto renderer =
      shell.settings.output == Output::json ? render::for_programs() : render::for_people(shell.terminal.look);
  auto ended = loop.run(tell(shell, talk, *renderer, std::move(message)));
  shell.out << renderer->end() << std::flush;
  return ended ? *ended : complain(shell, ended.error());
}

}  // namespace cli::commands
