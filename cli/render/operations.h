// What became of a change, and what a change would do: lines written from the control plane's own records. Pure.
#pragma once
#include <string>

#include "cli/render/flow.h"
#include "foundation/json/view.h"

namespace cli::render {

using foundation::json::View;

std::string operation_text(const Look& look, View operation);
std::string proposal_text(const Look& look, View proposal);

// "3 → 5 replicas"; "image a → b" where the values are no numbers; empty when no field changed.
std::string change_words(View before, View after);
// What names a UUIDv7 in practice and can be typed: its first two groups, the millisecond.
std::string short_id(std::string_view id);

}  // namespace cli::render
