#include "api/change/submission.h"

#include "api/change/replies.h"
#include "api/change/surroundings.h"
#include "api/operations/catalogue.h"
#include "foundation/base/uuid.h"
#include "foundation/crypto/digest.h"
#include "foundation/json/fields.h"

namespace api::change {

using foundation::Code;
using foundation::Error;
using foundation::WallTime;
using foundation::database::Durability;
using foundation::kubernetes::ObjectRef;
using foundation::kubernetes::ObjectView;
using policy::Effect;

namespace {

// Until approvals exist, a change that nobody commanded ends here.
constexpr std::string_view kNotCommanded =
    "A change runs only when your whole message commands it, such as \"scale web to 5\". Nothing was changed.";

// The reply of a call_id that stands for another request.
Answer call_id_reused() {
  return refusal(409, "call_id_reused", "This call_id was used for another request in this turn.");
}

// A member without a role in a project may not learn whether it, or anything in it, exists. (Whoever has lost the last
// role in the workspace is told so by policy::decide.)
bool may_know(const caller::Caller& caller, const tenancy::ProjectName& project) {
  return caller.bindings.empty() ||
         !tenancy::effective(caller.bindings, tenancy::Ceiling{}, caller.turn.workspace, project).empty();
}

policy::DecisionInput decision_input(const caller::Caller& caller, const OperationRow& row,
                                     const operations::Operation& operation, WallTime now) {
  return {.user = caller.turn.user,
          .user_active = !caller.user.disabled,
          .workspace = caller.turn.workspace,
          .organization = caller.turn.organization,
          .bindings = caller.bindings,
          .ceiling = caller.turn.ceiling,
          .policy = caller.workspace.policy,
          .turn_kind = caller.turn.kind == turns::Kind::chat ? policy::TurnKind::chat : policy::TurnKind::read,
          .turn = caller.turn.id,
          .commands = caller.open_commands,
          .operation = &operation,
          .arguments = row.arguments,
          .plan = row.plan,
          .now = now};
}

struct Committed {
  caller::Caller caller;
  policy::Decision decision;  // of this transaction
  OperationRow row;           // intended, or already_so with its answer; not stored unless allowed
};

// The transaction that the whole design stands on: rights as they are now, the decision on them, and the intent with
// its audit entry, or none of it.
Result<Committed> commit_intent(Session& session, const foundation::jwt::InternalClaims& claims,
                                const OperationRow& planned, const operations::Operation& operation) {
  auto caller = caller::load_caller(session, claims);
  if (!caller) return std::unexpected(caller.error());
  auto decision = policy::decide(decision_input(*caller, planned, operation, session.now()));
  Committed out{std::move(*caller), std::move(decision), planned};
  if (out.decision.effect != Effect::allow) return out;
  OperationRow& row = out.row;
  bool already = row.plan.already_so;
  row.state = already ? "already_so" : "intended";
  auto kind = already ? audit::Kind::operation_outcome : audit::Kind::operation_intent;
  auto entry = entry_of(kind, row, out.caller, out.decision);
  entry.before = audit::ObjectState{row.plan.target.uid, row.written_on.resource_version, row.plan.before};
  if (already) entry.outcome = row.state;
  auto record = audit::append(session, entry, session.now());
  if (!record) return std::unexpected(record.error());
  if (already) row.answer = success(row, row.state, record->seq);
  if (auto added = add_operation(session, row); !added) return std::unexpected(added.error());
  std::size_t position = out.caller.command_positions[*out.decision.command];
  if (auto used = turns::consume_command(session, row.turn, position, row.id); !used)
    return std::unexpected(used.error());
  return out;
}

}  // namespace

async::Task<Submission::Ended> Submission::run() {
  using Stage = async::Task<Stop> (Submission::*)();
  static constexpr Stage kOnce[] = {&Submission::identify, &Submission::read_request, &Submission::recall,
                                    &Submission::find_cluster};
  static constexpr Stage kEachRound[] = {&Submission::look_and_plan, &Submission::judge, &Submission::guard,
                                         &Submission::rehearse, &Submission::commit};
  auto stop = co_await pass(kOnce);
  for (int i = 0; stop && !*stop && i < kMaxRounds; ++i) {
    moved_ = false;
    stop = co_await pass(kEachRound);
  }
  if (stop && !*stop)
    stop = co_await end_with(refusal_of(Error{Code::conflict, "plan", "the object kept moving"}), "failed");
  if (!stop) co_return std::unexpected(stop.error());
  co_return std::move(**stop);
}

// Until a stage answers, or finds that the object moved.
async::Task<Submission::Stop> Submission::pass(std::span<async::Task<Stop> (Submission::* const)()> stages) {
  for (auto stage : stages) {
    auto stop = co_await (this->*stage)();
    if (!stop || *stop || moved_) co_return stop;
  }
  co_return std::nullopt;
}

async::Task<Submission::Stop> Submission::identify() {
  auto loaded = co_await parts_.database.read(
      [claims = claims_](Session& session) { return caller::load_caller(session, claims); });
  if (!loaded) co_return std::unexpected(loaded.error());
  caller_ = std::move(*loaded);
  co_return std::nullopt;
}

async::Task<Submission::Stop> Submission::read_request() {
  operation_ = operations::find_operation(name_);
  if (!operation_) co_return Ended{.answer = refusal(404, "not_found", "There is no such operation.")};
  auto value = json::parse_strict(body_, {.bytes = 16 << 10, .depth = 8});
  if (!value) co_return Ended{.answer = refusal(400, "invalid_argument", value.error().text())};
  json::Fields fields(*value);
  row_.call_id = fields.text("call_id", kMaxCallIdBytes);
  const json::Value& arguments = fields.any("arguments");
  if (auto done = fields.finish(); !done)
    co_return Ended{.answer = refusal(400, "invalid_argument", done.error().text())};
  if (row_.call_id.empty()) co_return Ended{.answer = refusal(400, "invalid_argument", "$.call_id is empty")};
  auto valid = operation_->validate(arguments);
  if (!valid) co_return Ended{.answer = refusal(400, "invalid_argument", valid.error().text())};
  row_.id = foundation::new_uuid(foundation::SystemClock().wall());
  row_.turn = caller_.turn.id;
  row_.body_digest = foundation::crypto::sha256_text(name_ + "\n" + json::to_text(*valid));
  row_.organization = caller_.turn.organization.str();
  row_.workspace = caller_.turn.workspace.str();
  row_.user = caller_.turn.user.str();
  row_.name = name_;
  row_.arguments = std::move(*valid);
  row_.plan.target = operations::target_of(row_.arguments);
  co_return std::nullopt;
}

async::Task<Submission::Stop> Submission::recall() {
  auto found = co_await parts_.database.read(
      [turn = row_.turn, call = row_.call_id](Session& session) { return find_call(session, turn, call); });
  if (!found) co_return std::unexpected(found.error());
  if (!*found) co_return std::nullopt;
  if ((*found)->body_digest != row_.body_digest) co_return Ended{.answer = call_id_reused()};
  if ((*found)->answer) co_return Ended{.answer = *(*found)->answer};
  co_return Ended{.running = (*found)->id};
}

async::Task<Submission::Stop> Submission::find_cluster() {
  const ObjectRef target = operations::target_of(row_.arguments);
  bool known = false;
  for (const auto& project : caller_.workspace.projects) known = known || project.str() == target.namespace_name;
  cluster_ = parts_.clusters.find(row_.workspace);
  if (known && cluster_ && may_know(caller_, tenancy::ProjectName(target.namespace_name))) co_return std::nullopt;
  std::string text = "There is no project " + target.namespace_name + " in this workspace.";
  decision_ = policy::Decision();
  decision_.rule = "project-known";
  decision_.reason = {"not_found", text};
  co_return co_await end_with(refusal(404, "not_found", text), "refused");
}

async::Task<Submission::Stop> Submission::look_and_plan() {
  auto object = co_await cluster_->reader->get(ctx_, operations::target_of(row_.arguments));
  if (!object) co_return Ended{.answer = refusal_of(object.error())};
  object_ = std::move(*object);
  ObjectView view{json::View(object_)};
  auto plan = operation_->plan(row_.arguments, view);
  if (!plan) co_return Ended{.answer = refusal(400, "invalid_argument", plan.error().text())};
  row_.plan = std::move(*plan);
  row_.written_on = {std::string(view.resource_version()), view.generation()};
  co_return std::nullopt;
}

async::Task<Submission::Stop> Submission::judge() {
  decision_ = policy::decide(decision_input(caller_, row_, *operation_, foundation::SystemClock().wall()));
  row_.op_hash = decision_.op_hash;
  if (decision_.effect == Effect::allow) co_return std::nullopt;
  co_return co_await deny();
}

async::Task<Submission::Stop> Submission::deny() {
  if (decision_.effect == Effect::needs_approval) decision_.reason.text = std::string(kNotCommanded);
  if (decision_.reason.code == "missing_permission") decision_.reason.text += co_await who_can();
  co_return co_await end_with(denial(), "refused");
}

// What a user without a role in the project gets looks like what is not there.
Answer Submission::denial() const {
  if (decision_.reason.code == "not_found") return refusal(404, "not_found", decision_.reason.text);
  return refusal(403, "denied", decision_.reason.text, decision_.reason);
}

async::asio::awaitable<std::string> Submission::who_can() {
  tenancy::ProjectName project(row_.plan.target.namespace_name);
  auto users = co_await parts_.database.read(
      [workspace = caller_.turn.workspace, project, permission = operation_->permission](Session& session) {
        return tenancy::store::who_can(session, workspace, project, permission);
      });
  if (!users || users->empty()) co_return std::string();
  std::string names;
  for (const auto& user : *users) names += (names.empty() ? "" : ", ") + user.str();
  co_return " Who can: " + names + ".";
}

async::Task<Submission::Stop> Submission::guard() {
  if (row_.plan.already_so) co_return std::nullopt;
  auto around = co_await surroundings(ctx_, *cluster_->reader, row_.plan.target.namespace_name);
  if (!around) co_return Ended{.answer = refusal_of(around.error())};
  auto refused = operation_->guard(row_.plan, ObjectView{json::View(object_)}, *around);
  if (!refused) co_return std::nullopt;
  co_return co_await end_with(
      refusal(422, "guard_refused", refused->text, policy::Reason{refused->code, refused->text}), "refused");
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
  co_return co_await end_with(refusal_of(done.error()), "failed");
}

async::Task<Submission::Stop> Submission::commit() {
  auto committed = co_await parts_.database.write(
      Durability::durable, [claims = claims_, row = row_, operation = operation_](Session& session) {
        return commit_intent(session, claims, row, *operation);
      });
  if (!committed && committed.error().code == Code::conflict)
    co_return co_await recall();  // the same call ran beside us
  if (!committed) co_return std::unexpected(committed.error());
  caller_ = std::move(committed->caller);
  decision_ = std::move(committed->decision);
  row_ = std::move(committed->row);
  if (decision_.effect != Effect::allow) co_return co_await deny();
  if (row_.answer) {
    parts_.open_turns.announce(row_.turn, turns::Outcome::executed, operation_event(row_, "already_so", *row_.answer));
    co_return Ended{.answer = *row_.answer};
  }
  co_return Ended{.row = row_, .authorized = std::move(decision_.authorized)};
}

async::Task<Submission::Stop> Submission::end_with(Answer answer, std::string state) {
  row_.state = state;
  row_.answer = std::move(answer);
  auto stored = co_await parts_.database.write(
      Durability::durable, [row = row_, caller = caller_, decision = decision_](Session& session) -> foundation::Done {
        auto kind = decision.effect == Effect::allow ? audit::Kind::operation_outcome : audit::Kind::operation_decision;
        auto entry = entry_of(kind, row, caller, decision);
        entry.outcome = row.state;
        entry.reason = std::string(row.answer->body.at("code").as_string());
        auto record = audit::append(session, entry, session.now());
        if (!record) return std::unexpected(record.error());
        return add_operation(session, row);
      });
  if (!stored && stored.error().code == Code::conflict) {
    auto recalled = co_await recall();  // the same call ran beside us
    if (!recalled || *recalled) co_return recalled;
  }
  if (!stored) co_return std::unexpected(stored.error());
  parts_.open_turns.announce(row_.turn, turns::Outcome::refused, operation_event(row_, state, *row_.answer));
  co_return Ended{.answer = *row_.answer};
}

}  // namespace api::change
