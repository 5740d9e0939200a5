#include "api/change/submission.h"

#include "api/change/commit.h"
#include "api/change/replies.h"
#include "api/change/steps.h"
#include "api/change/surroundings.h"
#include "foundation/base/uuid.h"

namespace api::change {

using foundation::Code;
using foundation::Error;
using foundation::WallTime;
using foundation::database::Durability;
using foundation::kubernetes::ObjectRef;
using foundation::kubernetes::ObjectView;
using policy::Effect;

namespace {

// Who may neither read in a project nor do there what they ask for may not learn whether it, or anything in it, exists.
bool may_know(const caller::Caller& caller, const tenancy::ProjectName& project, tenancy::Permission needed) {
  auto held = tenancy::effective(caller.bindings, caller.turn.ceiling, caller.turn.workspace, project);
  return policy::may_know(held, needed);
}

}  // namespace

async::Task<Ended> Submission::run() {
  static constexpr Stage kOnce[] = {&Submission::find_cluster};
  static constexpr Stage kEachRound[] = {&Submission::look_and_plan, &Submission::judge,    &Submission::guard,
                                         &Submission::propose,       &Submission::rehearse, &Submission::commit};
  auto stop = co_await pass(kOnce);
  for (int i = 0; stop && !*stop && i < kMaxRounds; ++i) {
    moved_ = false;
    stop = co_await pass(kEachRound);
  }
  if (stop && !*stop)
    stop = co_await end_with(refusal_of(Error{Code::conflict, "plan", "the object kept moving"}, cluster_), "failed");
  if (!stop) co_return std::unexpected(stop.error());
  co_return std::move(**stop);
}

// Until a stage answers, or finds that the object moved.
async::Task<Submission::Stop> Submission::pass(std::span<const Stage> stages) {
  for (auto stage : stages) {
    auto stop = co_await (this->*stage)();
    if (!stop || *stop || moved_) co_return stop;
  }
  co_return std::nullopt;
}

async::Task<Submission::Stop> Submission::find_cluster() {
  const caller::Caller& caller = grounds_.caller;
  // They see the proposal, and so its project; what its proposer may do there is for judge to say.
  const bool by_another = grounds_.approved_by_another();
  if (!by_another &&
      !tenancy::is_member(caller.bindings,
                          caller.turn.workspace)) {  // before anything is looked at: what exists is not theirs to know
    decision_ = policy::deny_outsider(caller.turn.workspace);
    co_return co_await end_with(denial(), "refused");
  }
  const ObjectRef target = operations::target_of(row_.arguments);
  bool known = false;
  for (const auto& project : caller.workspace.projects) known = known || project.str() == target.namespace_name;
  cluster_ = parts_.clusters.find(row_.workspace);
  bool may_ask = by_another || may_know(caller, tenancy::ProjectName(target.namespace_name), operation_->permission);
  if (known && cluster_ && may_ask) co_return std::nullopt;
  decision_ = policy::Decision();
  decision_.rule = "project-known";
  decision_.reason = {"not_found", "There is no project " + target.namespace_name + " in this workspace."};
  co_return co_await end_with(denial(), "refused");
}

async::Task<Submission::Stop> Submission::look_and_plan() {
  auto object = co_await cluster_->reader->get(ctx_, operations::target_of(row_.arguments));
  if (!object && object.error().code == Code::not_found)
    co_return co_await end_with(no_object(object.error()), "refused");
  if (!object) co_return Ended{.answer = refusal_of(object.error(), cluster_)};
  object_ = std::move(*object);
  ObjectView view{json::View(object_)};
  std::string space = operations::target_of(row_.arguments).namespace_name;
  auto around = co_await surroundings(ctx_, *cluster_->reader, std::move(space), of_plan(*operation_));
  if (!around) co_return Ended{.answer = refusal_of(around.error(), cluster_)};
  auto plan = operation_->plan(row_.arguments, view, *around);
  if (!plan && plan.error().code == Code::conflict) {
    policy::Reason reason{"object_deleting", view.ref().text() + " is being deleted. Nothing was changed."};
    co_return co_await end_with(refusal(422, "guard_refused", reason.text, reason), "refused");
  }
  if (!plan) co_return Ended{.answer = refusal(400, "invalid_argument", plan.error().text())};
  if (expected_ && (plan->target.uid != expected_->uid || plan->before != expected_->fields))
    co_return co_await end_with(refusal(409, "conflict", view.ref().text() + kNoLongerAsLeft), "refused");
  row_.plan = std::move(*plan);
  row_.written_on = {std::string(view.resource_version()), view.generation()};
  co_return std::nullopt;
}

// What was there when it was proposed, or done, has gone for good: one of the same name would be another object.
Answer Submission::no_object(const Error& error) const {
  std::string target = operations::target_of(row_.arguments).text();
  if (expected_) return refusal(409, "conflict", target + kNoLongerAsLeft);
  if (mandate_->approval().empty()) return refusal_of(error, cluster_);
  std::string text = target + " is not there any more. Nothing was changed.";
  return refusal(409, "approval_void", text, policy::Reason{"changed", text});
}

async::Task<Submission::Stop> Submission::judge() {
  decision_ = policy::decide(decision_input(grounds_, row_, *operation_, foundation::SystemClock().wall()));
  row_.op_hash = decision_.op_hash;
  bool goes_on =
      decision_.effect == Effect::allow || (decision_.effect == Effect::needs_approval && mandate_->may_propose());
  if (goes_on) co_return std::nullopt;
  co_return co_await deny();
}

async::Task<Submission::Stop> Submission::deny() {
  const std::string& code = decision_.reason.code;
  if (code == "missing_permission" || code == "denied_by_binding") decision_.reason.text += co_await who_can();
  co_return co_await end_with(denial(), "refused");
}

// What a user without a role in the project gets looks like what is not there.
Answer Submission::denial() const {
  const policy::Reason& reason = decision_.reason;
  if (reason.code == "not_found") return refusal(404, "not_found", reason.text);
  if (reason.code == "approval_void")
    return refusal(409, "approval_void", reason.text, policy::Reason{"changed", reason.text});
  return refusal(403, "denied", reason.text, reason);
}

async::asio::awaitable<std::string> Submission::who_can() {
  tenancy::ProjectName project(row_.plan.target.namespace_name);
  auto users = co_await parts_.database.read(
      [workspace = grounds_.caller.turn.workspace, project, permission = operation_->permission](Session& session) {
        return tenancy::store::who_can(session, workspace, project, permission);
      });
  if (!users || users->empty()) co_return std::string();
  std::string names;
  for (const auto& user : *users) names += (names.empty() ? "" : ", ") + user.str();
  co_return " Who can: " + names + ".";
}

async::Task<Submission::Stop> Submission::guard() {
  if (row_.plan.already_so) co_return std::nullopt;
  auto refused = row_.plan.refusal;
  if (!refused) {
    auto around =
        co_await surroundings(ctx_, *cluster_->reader, row_.plan.target.namespace_name, of_guard(*operation_));
    if (!around) co_return Ended{.answer = refusal_of(around.error(), cluster_)};
    refused = operation_->guard(row_.plan, ObjectView{json::View(object_)}, *around);
  }
  if (!refused) co_return std::nullopt;
  co_return co_await end_with(
      refusal(422, "guard_refused", refused->text, policy::Reason{refused->code, refused->text}), "refused");
}

async::Task<Submission::Stop> Submission::propose() {
  if (decision_.effect == Effect::allow) co_return std::nullopt;
  auto committed = co_await parts_.database.write(
      Durability::durable, [mandate = mandate_, row = row_, operation = operation_](Session& session) {
        return commit_proposal(session, *mandate, row, *operation);
      });
  if (!committed && committed.error().code == Code::conflict) co_return Ended{.beaten = true};
  if (!committed && committed.error().code == Code::denied) {
    decision_.effect = Effect::deny;
    decision_.rule = "open-proposals";
    decision_.reason = {"proposals_exhausted",
                        "Too many of your proposals wait already; decide on them first. Nothing was changed."};
    co_return co_await deny();
  }
  if (!committed) co_return std::unexpected(committed.error());
  grounds_ = std::move(committed->grounds);
  decision_ = std::move(committed->decision);
  if (decision_.effect == Effect::allow) {  // the workspace's policy has just changed
    moved_ = true;
    co_return std::nullopt;
  }
  if (decision_.effect == Effect::deny) co_return co_await deny();
  row_ = std::move(committed->row);
  if (row_.state == "already_so") co_return so_already();
  passed(Step::proposed);
  parts_.open_turns.announce(row_.turn, turns::Outcome::waiting, proposal_event(row_, decision_.reason));
  co_return Ended{.answer = *row_.answer};
}

async::Task<Submission::Stop> Submission::rehearse() {
  if (row_.plan.already_so) co_return std::nullopt;
  executor::Executor executor(*cluster_->reader, *cluster_->writer);
  auto done = co_await executor.dry_run(ctx_, *decision_.authorized, row_.id, row_.written_on.resource_version);
  if (done) co_return std::nullopt;
  if (done.error().code == Code::conflict) {
    moved_ = true;
    co_return std::nullopt;
  }
  co_return co_await end_with(refusal_of(done.error(), cluster_), "failed");
}

async::Task<Submission::Stop> Submission::commit() {
  passed(Step::decided);
  auto committed = co_await parts_.database.write(
      Durability::durable, [mandate = mandate_, row = row_, operation = operation_](Session& session) {
        return commit_intent(session, *mandate, row, *operation);
      });
  if (!committed && committed.error().code == Code::conflict) co_return Ended{.beaten = true};
  if (!committed) co_return std::unexpected(committed.error());
  grounds_ = std::move(committed->grounds);
  decision_ = std::move(committed->decision);
  row_ = std::move(committed->row);
  if (decision_.effect == Effect::needs_approval && mandate_->may_propose()) {  // a command that is used up by now
    moved_ = true;
    co_return std::nullopt;
  }
  if (decision_.effect != Effect::allow) co_return co_await deny();
  if (row_.answer) co_return so_already();
  co_return Ended{.row = row_, .authorized = std::move(decision_.authorized)};
}

Ended Submission::so_already() {
  parts_.open_turns.announce(row_.turn, turns::Outcome::executed, operation_event(row_, "already_so", *row_.answer));
  return {.answer = *row_.answer};
}

async::Task<Submission::Stop> Submission::end_with(Answer answer, std::string state) {
  row_.state = state;
  row_.answer = std::move(answer);
  auto stored = co_await parts_.database.write(
      Durability::durable,
      [mandate = mandate_, row = row_, grounds = grounds_, decision = decision_](Session& session) -> foundation::Done {
        auto kind = decision.effect == Effect::allow ? audit::Kind::operation_outcome : audit::Kind::operation_decision;
        auto entry = entry_of(kind, row, grounds, decision, mandate->approval());
        if (grounds.approved_by_another()) tried_by(*grounds.approval, entry);
        entry.outcome = row.state;
        entry.reason = std::string(row.answer->body.at("code").as_string());
        auto record = audit::append(session, entry, session.now());
        if (!record) return std::unexpected(record.error());
        return mandate->end(session, row);
      });
  if (!stored && stored.error().code == Code::conflict) co_return Ended{.beaten = true};
  if (!stored) co_return std::unexpected(stored.error());
  if (mandate_->ends_with(*row_.answer))
    parts_.open_turns.announce(row_.turn, turns::Outcome::refused, operation_event(row_, state, *row_.answer));
  co_return Ended{.answer = *row_.answer};
}

}  // namespace api::change
