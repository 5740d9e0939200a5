// What the engine says: a symptom or a cause, with evidence that a machine can check against the snapshot.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"
#include "foundation/kubernetes/object.h"

namespace ai_ops::diagnosis {

using foundation::kubernetes::ObjectRef;

enum class Severity { info, warning, critical };
std::string_view to_string(Severity severity);

enum class EvidenceKind { field, event, log, metric };
std::string_view to_string(EvidenceKind kind);

struct Evidence {
  std::string id;  // "E1": unique in one list of findings
  EvidenceKind kind = EvidenceKind::field;
  // Where to look:
  //   field  "Pod/checkout-7d9f status.containerStatuses[0].state.waiting.reason"; "Kind/namespace/name path" for an
  //          object of another namespace than the finding's. Member names with dots are written ["nvidia.com/gpu"].
  //   event  "Event <name>"; "Event <namespace>/<name>" of another namespace than the finding's
  //   metric the same as field, of an Alert (observed.h)
  //   log    "log <pod>/<container> line 12", or "... previous line 12" of the container's last run
  std::string ref;
  std::string text;  // what stands there; for a reader's eyes only, never an instruction
};

struct Finding {
  std::string id;  // "F1"
  Severity severity = Severity::warning;
  ObjectRef object;  // what a person would name: the workload rather than its pod
  std::string
      title;  // plain words: "crashes at start: DATABASE_URL points to postgres.shop:5433, the Service listens on 5432"
  std::vector<Evidence> evidence;
  std::vector<std::string> causes;  // ids of the findings that cause this one
  std::string fault = {};           // its code in the catalogue (fault.h)
  std::string operation = {};       // that could mend it where the fault itself names none
};

// The data of the `finding` event, without seq and turn. `check` and `operation` are those of the fault, but where it
// names no operation that of the finding.
foundation::json::Object to_json(const Finding& finding);

}  // namespace ai_ops::diagnosis
