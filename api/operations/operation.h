// An operation: a typed change, as data and pure functions over live objects. One file an operation, one row in the
// table. From the rows come the router, the validator, the command reader, the catalogue that the advisor is offered,
// and the help.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/tenancy/tenancy.h"
#include "foundation/base/error.h"
#include "foundation/json/value.h"
#include "foundation/kubernetes/object.h"

namespace api::operations {

using foundation::Result;
using foundation::kubernetes::ObjectRef;
using foundation::kubernetes::ObjectView;
namespace json = foundation::json;

using tenancy::Risk;

// How a write says what is to be so.
enum class PatchForm {
  apply,      // server-side apply: owns what it names, be it changed or not; takes nothing away
  strategic,  // strategic merge: a null takes away, {"$patch": "replace"} puts one value in the place of another
};

std::string_view to_string(PatchForm form);  // "strategic"
std::optional<PatchForm> parse_patch_form(std::string_view text);

// Why an operation may not run although its user may: a code of a closed set and a sentence that says what would make
// it pass.
struct Refusal {
  std::string code;  // of guard_reason in contracts/events.schema.json: "hpa_owned", "quota_exceeded", "no_revision"
  std::string text;
};

// What would be done to one object, computed from its live state. Everything in it but `diff` is part of op_hash.
struct Plan {
  ObjectRef target;          // with the uid that was read
  std::string subresource;   // "scale"; empty: the object itself
  json::Object fields_read;  // JSON pointer -> value that the plan depends on, null for none: {"/spec/replicas": 3}
  json::Object patch;        // without metadata.resourceVersion
  PatchForm form = PatchForm::apply;
  json::Object before;  // for people and for undo: {"replicas": 3}
  json::Object after;
  std::string diff;  // lines "- replicas: 3" / "+ replicas: 5"
  Risk risk = Risk::low;
  bool already_so = false;           // the object is as asked; nothing is to be written
  std::optional<Refusal> refusal{};  // the arguments are right, but this object has nothing of the kind: then no patch
};

// Live objects beside the target that a plan or a guard looks at, all of its namespace; of the kinds that its operation
// names.
struct Surroundings {
  std::vector<json::Value> autoscalers{};         // HorizontalPodAutoscaler
  std::vector<json::Value> disruption_budgets{};  // PodDisruptionBudget
  std::vector<json::Value> quotas{};              // ResourceQuota
  std::vector<json::Value> limit_ranges{};        // LimitRange
  std::vector<json::Value> replica_sets{};        // ReplicaSet
};

struct Operation {
  std::string_view name;     // "scale"
  std::string_view summary;  // one line, for the advisor and for help
  tenancy::Permission permission;
  std::span<const std::string_view> kinds;  // that it can act on
  // Anchored command forms, words and slots: "scale [kind] <target> to <replicas> [replicas]". [x] is optional, <x> a
  // slot that fills the argument of that name (<target> fills kind, project and name), [kind] a kind word.
  std::span<const std::string_view> command_forms;
  bool undoable;
  std::span<const std::string_view> plan_looks_at{};   // kinds of Surroundings
  std::span<const std::string_view> guard_looks_at{};  // likewise; looked at anew, and only by who may do it
  json::Value (*arguments_schema)();
  // Strict: unknown, missing, mistyped and out-of-range members are Code::invalid with their path. The result is
  // normalised: exactly the schema's members, those that may be left out only where they are said.
  Result<json::Object> (*validate)(const json::Value& arguments);
  Result<Plan> (*plan)(const json::Object& arguments, const ObjectView& object, const Surroundings& around);
  std::optional<Refusal> (*guard)(const Plan& plan, const ObjectView& object, const Surroundings& around);
  // The re-read object shows the change, and its controller has seen it.
  bool (*applied)(const Plan& plan, const ObjectView& object);
  // All pods are as they should be: what "ready after 4 s" means.
  bool (*settled)(const Plan& plan, const ObjectView& object);
  // The arguments of the same operation that take it back; only where undoable.
  json::Object (*undo)(const Plan& plan);
};

// The target that validated arguments name.
ObjectRef target_of(const json::Object& arguments);

}  // namespace api::operations
