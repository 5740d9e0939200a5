#include "ai-ops/app/memory.h"

namespace ai_ops::app {

using conversations::Entry;
using foundation::Code;

conversations::Owner owner_of(const control_plane::Caller& caller) { return {caller.workspace, caller.user}; }

async::asio::awaitable<std::vector<Entry>> recall(Services& services, async::Context& ctx,
                                                  const control_plane::Caller& caller,
                                                  std::optional<std::string> conversation) {
  if (!services.conversations || !conversation) co_return std::vector<Entry>();
  auto entries = co_await services.conversations->read(ctx, owner_of(caller), *conversation, kRecalledTurns);
  if (!entries) {
    if (entries.error().code != Code::not_found)
      ctx.log.error("conversation_not_read", {{"cause", entries.error().text()}});
    co_return std::vector<Entry>();
  }
  auto snapshot = co_await services.upstream->reads.snapshot(ctx, caller);
  if (!snapshot) co_return std::vector<Entry>();  // nobody knows what may be shown; the turn says why by itself
  co_return conversations::withheld(std::move(*entries), **snapshot);
}

async::asio::awaitable<void> remember(Services& services, async::Context& ctx, const control_plane::Caller& caller,
                                      std::optional<std::string> conversation, chat::Remembered remembered) {
  Entry entry = chat::entry_of(std::move(remembered));
  bool has_something = !entry.answer.empty() || !entry.done.empty();
  if (!services.conversations || !conversation || !has_something) co_return;
  auto kept = co_await services.conversations->append(ctx, owner_of(caller), *conversation, std::move(entry));
  if (!kept) ctx.log.error("turn_not_remembered", {{"cause", kept.error().text()}});
}

}  // namespace ai_ops::app
