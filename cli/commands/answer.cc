#include "cli/commands/answer.h"

#include <chrono>
#include <utility>

namespace cli::commands {
namespace {

using namespace std::chrono_literals;
using foundation::Code;
using foundation::fail;
using foundation::json::View;

constexpr foundation::Milliseconds kGoodbyeTime = 1s;

void hear(Talk& talk, const events::Event& event) {
  auto text = [&](std::string_view member) { return std::string(View(event.data.if_contains(member)).text()); };
  if (event.name == "turn") {
    if (auto id = text("conversation_id"); !id.empty()) talk.conversation = std::move(id);
  } else if (event.name == "proposal") {
    talk.heard.proposals.push_back(text("approval_id"));
  } else if (event.name == "operation" && text("state") == "executed") {
    json::Value operation(event.data);
    talk.heard.changes.push_back(change_of(View(operation)));
  }
}

async::Task<Exit> tell_answer(Visit& visit, Talk& talk, render::Renderer& renderer, std::string message) {
  auto chat = co_await visit.api.open_chat({visit.place, std::move(message), talk.conversation});
  if (!chat) co_return std::unexpected(chat.error());
  for (;;) {
    auto next = co_await (*chat)->next();
    if (!next) co_return std::unexpected(next.error());
    if (!*next) co_return fail(Code::io, "read the answer", "it ended before it was complete");
    const events::Event& event = **next;
    hear(talk, event);
    visit.shell.out << renderer.event(event) << std::flush;
    if (!visit.shell.out) co_return fail(Code::io, "write the answer", "the output is closed");
    if (!event.is_terminal()) continue;
    Exit exit = exit_of(event);
    // The server ends its side now; to hang up first would look like giving up.
    (void)co_await async::with_deadline(std::chrono::steady_clock::now() + kGoodbyeTime, (*chat)->next());
    co_return exit;
  }
}

}  // namespace

Heard::Change change_of(View operation) {
  return {std::string(operation["operation_id"].text()), operation["undoable"].boolean_or(false)};
}

Exit ask(Visit& visit, Talk& talk, std::string message) {
  Shell& shell = visit.shell;
  talk.heard = {};
  auto renderer = shell.settings.output == Output::json ? render::for_programs()
                                                        : render::for_people(shell.terminal.look, talk.proposals);
  auto ended = visit.loop.run(tell_answer(visit, talk, *renderer, std::move(message)));
  shell.out << renderer->end() << std::flush;
  return ended ? *ended : visit.complain(ended.error());
}

}  // namespace cli::commands
