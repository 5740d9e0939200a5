#include "api/policy/op_hash.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "api/operations/scale.h"

namespace api::policy {
namespace {

using operations::json::Object;

struct Hashed {
  operations::Operation operation = operations::kScale;
  Object arguments{{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}, {"replicas", 5}};
  operations::Plan plan{.target = {"Deployment", "shop", "web", "uid-1"},
                        .subresource = "scale",
                        .fields_read = {{"/spec/replicas", 3}},
                        .patch = {{"spec", {{"replicas", 5}}}},
                        .before = {{"replicas", 3}},
                        .after = {{"replicas", 5}},
                        .diff = "- replicas: 3\n+ replicas: 5\n",
                        .risk = operations::Risk::low,
                        .already_so = false};
  std::string workspace = "shop", proposer = "erin", turn = "turn-1";

  std::string hash() const {
    auto out = op_hash(operation, arguments, plan, workspace, proposer, turn);
    return out ? *out : "none";
  }
};

TEST(OpHash, IsStable) {
  // By Python: sha256 of json.dumps(..., sort_keys=True, separators=(',', ':')). Audits hold such values: whoever
  // changes it raises kOpHashVersion.
  EXPECT_EQ(Hashed().hash(), "sha256:f0fb9fefcc6ad6f869ae030c5df3da501d22ff42e7c9749ce3f63d9fa8e85030");
}

TEST(OpHash, ChangesWithEverythingThatAnApproverSignsOff) {
  const std::vector<std::function<void(Hashed&)>> changes{
      [](Hashed& h) { h.operation.name = "restart"; },
      [](Hashed& h) { h.arguments["replicas"] = 6; },
      [](Hashed& h) { h.arguments["name"] = "cart"; },
      [](Hashed& h) { h.workspace = "lab"; },
      [](Hashed& h) { h.proposer = "ada"; },
      [](Hashed& h) { h.turn = "turn-2"; },
      [](Hashed& h) { h.plan.target.uid = "uid-2"; },
      [](Hashed& h) { h.plan.fields_read["/spec/replicas"] = 4; },
      [](Hashed& h) { h.plan.patch["spec"] = Object{{"replicas", 6}}; },
      [](Hashed& h) { h.plan.subresource = ""; },
      [](Hashed& h) { h.plan.form = operations::PatchForm::strategic; },
      [](Hashed& h) { h.plan.before["replicas"] = 4; },
      [](Hashed& h) { h.plan.after["replicas"] = 6; },
      [](Hashed& h) { h.plan.risk = operations::Risk::high; },
      [](Hashed& h) { h.plan.already_so = true; },
  };
  std::set<std::string> seen{Hashed().hash()};
  for (const auto& change : changes) {
    Hashed h;
    change(h);
    seen.insert(h.hash());
  }
  EXPECT_EQ(seen.size(), changes.size() + 1);
}

TEST(OpHash, TextForPeopleAndOrderOfMembersDoNotChangeIt) {
  Hashed h;
  h.plan.diff = "other words";
  h.arguments = {{"replicas", 5}, {"name", "web"}, {"kind", "Deployment"}, {"project", "shop"}};
  EXPECT_EQ(h.hash(), Hashed().hash());
}

TEST(OpHash, RefusesWhatHasNoCanonicalForm) {
  Hashed h;
  h.arguments["replicas"] = 0.5;
  EXPECT_FALSE(op_hash(h.operation, h.arguments, h.plan, h.workspace, h.proposer, h.turn));
}

}  // namespace
}  // namespace api::policy
