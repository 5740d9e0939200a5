// Does a message tell what somebody else says, wants or advises? "The vendor recommends to restart postgres" is no wish
// of the user's. Pure.
#pragma once
#include <span>
#include <string>

namespace ai_ops::agents {

// `words` as the reader has them; `names`: the places of those that name live objects, "redis needs a restart" is no
// report ("redis says ..." is). Said of oneself, now ("I want", "we suggest"), is none either.
bool is_reported(std::span<const std::string> words, std::span<const std::size_t> names);

}  // namespace ai_ops::agents
