// What became of a change: lines written from the control plane's own records. Pure.
#pragma once
#include <string>

#include "cli/render/flow.h"
#include "foundation/base/clock.h"
#include "foundation/json/view.h"

namespace cli::render {

using foundation::WallTime;
using foundation::json::View;

// Of an `operation` event, of the reply to an approval or an undo, or of a record.
std::string operation_text(const Look& look, View operation);
// A record with who asked, when, and how its rollout went.
std::string operation_record_text(const Look& look, View record, WallTime now);
// Of {operations}: a line each.
std::string operations_text(const Look& look, View page, WallTime now);

// "3 → 5 replicas"; "image a → b" where the values are no numbers; empty when no field changed.
std::string change_words(View before, View after);
std::string value_words(View value);
// What names a UUIDv7 in practice and can be typed: its first two groups, the millisecond.
std::string short_id(std::string_view id);
// In a list, where several may be of one millisecond: as many groups as it takes to tell it from the others.
std::string short_id(std::string_view id, View items, std::string_view member);

}  // namespace cli::render
