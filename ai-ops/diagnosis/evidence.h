// Evidence is read from the snapshot by its own reference, so what is cited is what stands there.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "ai-ops/diagnosis/diagnose.h"
#include "ai-ops/diagnosis/finding.h"
#include "foundation/json/view.h"
#include "foundation/kubernetes/object.h"

namespace ai_ops::diagnosis {

namespace json = foundation::json;
using foundation::kubernetes::ObjectView;

// A step of a path for a member whose name may hold dots: `["nvidia.com/gpu"]`, or `.cpu`.
std::string member_step(std::string_view name);
// Follows "spec.containers[0].env" and ["..."] steps; an empty view when the path leads nowhere.
json::View at_path(json::View root, std::string_view path);

// "postgres://postgres.shop:5433" for an endpoint fact, the text of a string, compact JSON for the rest.
std::string shown(json::View value);

// None when nothing stands at the path. `home` is the namespace of the finding.
std::optional<Evidence> field_evidence(const ObjectView& object, const std::string& path, std::string_view home);
Evidence event_evidence(const ObjectView& event, std::string_view home);
Evidence log_evidence(const LogExcerpt& log, std::size_t index);

}  // namespace ai_ops::diagnosis
