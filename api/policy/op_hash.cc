#include "api/policy/op_hash.h"

#include "foundation/crypto/digest.h"

namespace api::policy {

foundation::Result<std::string> op_hash(const operations::Operation& operation,
                                        const operations::json::Object& arguments, const operations::Plan& plan,
                                        std::string_view workspace, std::string_view proposer, std::string_view turn) {
  namespace json = foundation::json;
  json::Object change{{"subresource", plan.subresource}, {"patch", plan.patch},
                      {"before", plan.before},           {"after", plan.after},
                      {"risk", to_string(plan.risk)},    {"already_so", plan.already_so}};
  if (plan.form != operations::PatchForm::apply) change["form"] = to_string(plan.form);
  json::Value signed_off = {{"version", kOpHashVersion},     {"operation", operation.name},
                            {"arguments", arguments},        {"workspace", workspace},
                            {"proposer", proposer},          {"turn", turn},
                            {"target_uid", plan.target.uid}, {"fields_read", plan.fields_read},
                            {"change", std::move(change)}};
  auto bytes = json::canonical(signed_off);
  if (!bytes) return foundation::fail_with("hash the operation", bytes.error());
  return foundation::crypto::sha256_text(*bytes);
}

}  // namespace api::policy
