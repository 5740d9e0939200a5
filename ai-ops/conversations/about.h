// What a turn was about, as the JSON of its row and back. What does not read is left out: a row of another version is
// no reason to lose the conversation.
#pragma once
#include <string>
#include <vector>

#include "ai-ops/conversations/conversations.h"

namespace ai_ops::conversations {

std::string refs_text(const std::vector<ObjectRef>& refs);
std::vector<ObjectRef> refs_of(const std::string& text);

std::string about_text(const Entry& entry);
void read_about(const std::string& text, Entry& into);

}  // namespace ai_ops::conversations
