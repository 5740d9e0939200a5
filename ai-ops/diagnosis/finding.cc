#include "ai-ops/diagnosis/finding.h"

#include "ai-ops/diagnosis/fault.h"

namespace ai_ops::diagnosis {
namespace json = foundation::json;

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::info: return "info";
    case Severity::warning: return "warning";
    case Severity::critical: return "critical";
  }
  return "info";
}

std::string_view to_string(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::field: return "field";
    case EvidenceKind::event: return "event";
    case EvidenceKind::log: return "log";
    case EvidenceKind::metric: return "metric";
  }
  return "field";
}

json::Object to_json(const Finding& finding) {
  json::Array evidence;
  for (const Evidence& e : finding.evidence)
    evidence.push_back(json::Object{{"id", e.id}, {"kind", to_string(e.kind)}, {"ref", e.ref}, {"text", e.text}});
  json::Value project;  // null for an object outside every project
  if (!finding.object.namespace_name.empty()) project = finding.object.namespace_name;
  json::Object out{{"id", finding.id},
                   {"severity", to_string(finding.severity)},
                   {"fault", finding.fault},
                   {"object", {{"project", project}, {"kind", finding.object.kind}, {"name", finding.object.name}}},
                   {"title", finding.title},
                   {"evidence", std::move(evidence)},
                   {"causes", json::Array(finding.causes.begin(), finding.causes.end())}};
  if (const Fault* fault = find_fault(finding.fault)) {
    out["check"] = fault->check;
    std::string_view operation = fault->operation.empty() ? std::string_view(finding.operation) : fault->operation;
    if (acts_on(operation, finding.object.kind)) out["operation"] = operation;
  }
  return out;
}

}  // namespace ai_ops::diagnosis
