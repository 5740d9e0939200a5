// For tests and the bench: random inputs of decide(), drawn from a small universe so that names meet often, and mostly
// "yes", so that all conditions meet often enough. Cheap: a walk, in which each case is the last one with some of its
// bindings, and most of the rest, drawn anew.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/operations/scale.h"
#include "api/policy/decide.h"

namespace api::policy {

// Vigna's splitmix64: without a call into the library, which costs the most in a build with sanitizers.
class SplitMix {
 public:
  using result_type = std::uint64_t;
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~std::uint64_t{0}; }
  result_type operator()() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

class RandomCases {
 public:
  static constexpr const char* kOther = "sha256:of-another";  // the op_hash of an approval of another change
  static constexpr int kPool = 128;                           // bindings that are drawn from

  // `hash`: of an input, as the approvals of this very change carry it.
  using Hash = std::string (*)(const DecisionInput&);
  explicit RandomCases(
      std::uint64_t seed, Hash hash = [](const DecisionInput& in) { return decide(in).op_hash; })
      : random_(seed), hash_(hash) {
    for (int i = 0; i < kPool; ++i) {
      erins_.push_back(binding("erin"));
      adas_.push_back(binding("ada"));
    }
    for (int replicas = 0; replicas < 3; ++replicas)
      for (const char* project : {"shop", "blog"}) arguments_.push_back(scale_web(project, replicas));
    in_.operation = &operation_;
    in_.user = tenancy::UserName("erin");
    in_.organization = tenancy::OrganizationName("demo");
    in_.workspace = tenancy::WorkspaceName("shop");
    in_.turn = "turn-1";
    other_approval_.emplace().approver = tenancy::UserName("ada");
    in_.plan.target.uid = "uid-1";
  }
  RandomCases(const RandomCases&) = delete;
  RandomCases& operator=(const RandomCases&) = delete;

  // Valid until the next one; it borrows the operation of this.
  const DecisionInput& next() {
    operation_.permission = mostly() ? tenancy::Permission::workloads_scale : any_permission();
    in_.user_active = mostly();
    redraw(erins_, 6, in_.bindings);
    in_.ceiling.at_most = mostly() ? tenancy::all_permissions() : permissions();
    for (auto* rule : {&in_.policy.low, &in_.policy.medium, &in_.policy.high})
      *rule = static_cast<tenancy::ApprovalRule>(below(4));
    in_.policy.allow_unattended_approval = mostly();
    in_.turn_kind = mostly() ? TurnKind::chat : TurnKind::read;
    draw_change();
    if (below(2) == 0) in_.approval.swap(other_approval_);
    if (in_.approval) redraw(*in_.approval, in_);
    return in_;
  }

  Approval approval(const DecisionInput& of) {
    Approval out;
    out.approver = below(2) == 0 ? of.user : tenancy::UserName("ada");
    for (int i = 0; i < 6; ++i) redraw(out, of);
    return out;
  }

  tenancy::RoleBinding binding(const std::string& subject = "erin") {
    using tenancy::Role;
    static const std::array kRoles = {Role::viewer, Role::editor, Role::admin,
                                      Role{tenancy::RoleName("scaler"), {tenancy::Permission::workloads_scale}},
                                      Role{tenancy::RoleName("guard"), {tenancy::Permission::approvals_decide}}};
    tenancy::RoleBinding out;
    out.subject = tenancy::UserName(mostly() ? subject : "vic");
    out.role = kRoles[static_cast<std::size_t>(below(static_cast<int>(kRoles.size())))];
    out.scope.organization = tenancy::OrganizationName(mostly() ? "demo" : "globex");
    out.scope.workspace = tenancy::WorkspaceName(mostly() ? "shop" : "lab");
    if (below(3) != 0) out.scope.project = tenancy::ProjectName(mostly() ? "shop" : "blog");
    if (!mostly()) out.effect = tenancy::BindingEffect::deny;
    return out;
  }

  tenancy::Permissions permissions() {
    tenancy::Permissions out;
    for (tenancy::Permission permission : tenancy::all_permissions())
      if (mostly()) out.insert(permission);
    return out;
  }

  // Of the last one: whether the user commanded exactly it, known from how it was drawn.
  bool commanded() const { return std::ranges::find(commanded_, drawn_) != commanded_.end(); }

  int below(int bound) { return static_cast<int>((random_() >> 11) % static_cast<unsigned>(bound)); }
  SplitMix& generator() { return random_; }

 private:
  bool mostly() { return below(8) != 0; }
  tenancy::Permission any_permission() {
    return static_cast<tenancy::Permission>(below(static_cast<int>(tenancy::kPermissions)));
  }

  static operations::json::Object scale_web(const char* project, int replicas) {
    return {{"project", project}, {"kind", "Deployment"}, {"name", "web"}, {"replicas", replicas}};
  }

  // One more, one less, or another one.
  void redraw(const std::vector<tenancy::RoleBinding>& pool, std::size_t most,
              std::vector<tenancy::RoleBinding>& bindings) {
    const auto& drawn = pool[static_cast<std::size_t>(below(kPool))];
    int way = below(3);
    if (way == 0 && bindings.size() < most) {
      bindings.push_back(drawn);
    } else if (way == 1 && !bindings.empty()) {
      bindings.pop_back();
    } else if (!bindings.empty()) {
      bindings[static_cast<std::size_t>(below(static_cast<int>(bindings.size())))] = drawn;
    }
  }

  void redraw(Approval& approval, const DecisionInput& of) {
    if (!mostly()) {  // somebody else, with bindings of their own
      approval.approver = below(2) == 0 ? of.user : tenancy::UserName("ada");
      approval.bindings.clear();
    }
    redraw(approval.approver == of.user ? erins_ : adas_, 5, approval.bindings);
    approval.approver_active = mostly();
    approval.ceiling.at_most = mostly() ? tenancy::all_permissions() : permissions();
    approval.op_hash = mostly() ? hash_(of) : kOther;
    approval.unattended = !mostly();
  }

  // Another one every few cases only: JSON costs the most here, and is the same to the rules.
  void draw_change() {
    in_.plan.risk = static_cast<tenancy::Risk>(below(3));
    commanded_.clear();
    in_.commands.resize(static_cast<std::size_t>(below(3)));
    for (auto& command : in_.commands) {
      commanded_.push_back(any_arguments());
      command = {&operation_, arguments_[commanded_.back()]};
    }
    if (!in_.arguments.empty() && below(16) != 0) return;
    drawn_ = any_arguments();
    in_.arguments = arguments_[drawn_];
    auto uid = std::move(in_.plan.target.uid);
    in_.plan.target = operations::target_of(in_.arguments);
    in_.plan.target.uid = std::move(uid);
    in_.plan.patch = {{"spec", {{"replicas", in_.arguments.at("replicas")}}}};
  }
  std::size_t any_arguments() {
    return mostly() ? 0 : static_cast<std::size_t>(below(static_cast<int>(arguments_.size())));
  }

  SplitMix random_;
  Hash hash_;
  operations::Operation operation_ = operations::kScale;
  std::vector<tenancy::RoleBinding> erins_, adas_;
  std::vector<operations::json::Object> arguments_;  // no two of them equal
  std::size_t drawn_ = 0;                            // those of the input
  std::vector<std::size_t> commanded_;
  DecisionInput in_;
  std::optional<Approval> other_approval_;  // in its place every other time
};

}  // namespace api::policy
