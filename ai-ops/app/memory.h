// What a chat takes from its conversation and leaves in it. Neither stands in the way of an answer: what cannot be read
// or kept is logged.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ai-ops/app/services.h"
#include "ai-ops/chat/run_turn.h"

namespace ai_ops::app {

inline constexpr std::size_t kRecalledTurns = 20;         // the last ones
inline constexpr std::size_t kMaxHistoryBytes = 2 << 10;  // of them in a prompt

conversations::Owner owner_of(const control_plane::Caller& caller);

// The last turns as their user may read them now, oldest first; none of a conversation that is new.
async::asio::awaitable<std::vector<conversations::Entry>> recall(Services& services, async::Context& ctx,
                                                                 const control_plane::Caller& caller,
                                                                 std::optional<std::string> conversation);
// For a caller whom nobody can cancel any more: what was done must be remembered.
async::asio::awaitable<void> remember(Services& services, async::Context& ctx, const control_plane::Caller& caller,
                                      std::optional<std::string> conversation, chat::Remembered remembered);

}  // namespace ai_ops::app
