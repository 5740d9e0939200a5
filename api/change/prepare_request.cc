// What the advisor asks for.
#include "api/change/preparation.h"
#include "api/change/replies.h"
#include "api/operations/catalogue.h"
#include "foundation/base/uuid.h"
#include "foundation/crypto/digest.h"
#include "foundation/json/fields.h"

namespace api::change {

using foundation::Code;

namespace {

constexpr std::size_t kMaxBodyBytes = 16 << 10;
constexpr std::size_t kMaxBodyDepth = 8;

struct Call {
  const operations::Operation* operation = nullptr;
  std::string id{};
  json::Object arguments{};  // validated
};

// The request's body, or the answer that it gets.
std::expected<Call, Answer> read_call(const Request& request) {
  auto wrong = [](std::string_view why) { return std::unexpected(refusal(400, "invalid_argument", why)); };
  Call call{.operation = operations::find_operation(request.operation)};
  if (!call.operation) return std::unexpected(refusal(404, "not_found", "There is no such operation."));
  auto value = json::parse_strict(request.body, {.bytes = kMaxBodyBytes, .depth = kMaxBodyDepth});
  if (!value) return wrong(value.error().text());
  json::Fields fields(*value);
  call.id = fields.text("call_id", kMaxCallIdBytes);
  const json::Value& arguments = fields.any("arguments");
  if (auto done = fields.finish(); !done) return wrong(done.error().text());
  if (call.id.empty()) return wrong("$.call_id is empty");
  auto valid = call.operation->validate(arguments);
  if (!valid) return wrong(valid.error().text());
  call.arguments = std::move(*valid);
  return call;
}

OperationRow row_of(const Call& call, const caller::Caller& caller) {
  std::string name(call.operation->name);
  OperationRow row;
  row.id = foundation::new_uuid(foundation::SystemClock().wall());
  row.turn = caller.turn.id;
  row.call_id = call.id;
  row.organization = caller.turn.organization.str();
  row.workspace = caller.turn.workspace.str();
  row.user = caller.turn.user.str();
  row.name = call.operation->name;
  row.arguments = call.arguments;
  row.body_digest = foundation::crypto::sha256_text(row.name + "\n" + json::to_text(row.arguments));
  row.plan.target = operations::target_of(row.arguments);
  return row;
}

// The same call again gets its stored answer.
Result<std::optional<Ended>> recall(Session& session, const OperationRow& row) {
  auto found = find_call(session, row.turn, row.call_id);
  if (!found) return std::unexpected(found.error());
  if (!*found) return std::nullopt;
  if ((*found)->body_digest != row.body_digest)
    return Ended{.answer = refusal(409, "call_id_reused", "This call_id was used for another request in this turn.")};
  if ((*found)->answer) return Ended{.answer = *(*found)->answer};
  return Ended{.running = (*found)->id};
}

}  // namespace

async::Task<Start> prepare(const Parts& parts, Request request) {
  auto mandate = command_mandate(request.claims);
  auto call = read_call(request);
  co_return co_await parts.database.read([mandate, call](Session& session) -> Result<Start> {
    auto grounds = mandate->grounds(session);  // first: who may not ask is not told what is wrong with the question
    if (!grounds) return std::unexpected(grounds.error());
    if (!call) return Ended{.answer = call.error()};
    OperationRow row = row_of(*call, grounds->caller);
    auto before = recall(session, row);
    if (!before) return std::unexpected(before.error());
    if (*before) return std::move(**before);
    if (auto room = check_turn_has_room(session, row.turn); !room) return std::unexpected(room.error());
    return Prepared{std::move(row), call->operation, std::move(*grounds), mandate};
  });
}

}  // namespace api::change
