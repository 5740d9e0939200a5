// Findings as trees: a root cause, its evidence, and under it what it brings about. Pure.
#pragma once
#include <string>
#include <vector>

#include "cli/render/flow.h"
#include "foundation/json/value.h"
#include "foundation/json/view.h"

namespace cli::render {

// The data of `finding` events that came one after another. Every finding is printed exactly once, whatever their
// `causes` say (an advisor that lies may send cycles).
std::string findings_text(const Look& look, const std::vector<foundation::json::Object>& findings);

enum class Evidence { shown, left_out };

// Of {checked, skipped?, findings}: the trees, then what was looked at. A line a finding where evidence is left out.
std::string findings_page_text(const Look& look, foundation::json::View page, Evidence evidence);

}  // namespace cli::render
