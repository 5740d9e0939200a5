// What waits for an approval, written from the control plane's own records. Pure.
#pragma once
#include <string>

#include "cli/render/flow.h"
#include "foundation/base/clock.h"
#include "foundation/json/view.h"

namespace cli::render {

using foundation::WallTime;
using foundation::json::View;

// Of a `proposal` event. A person who decides reads approval_text, which is of the approvals route.
std::string proposal_text(const Look& look, View proposal);
// What exactly would be done, why it waits, and until when.
std::string approval_text(const Look& look, View approval, WallTime now);
// Everything else of it.
std::string approval_details_text(const Look& look, View approval, WallTime now);
// Of {approvals}: a line each.
std::string approvals_text(const Look& look, View page, WallTime now);

}  // namespace cli::render
