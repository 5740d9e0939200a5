// A user's own conversations. The advisor keeps them; it is asked in a turn that may only read, and what it says is
// checked.
#include "api/app/advisor_memory.h"
#include "api/app/handlers.h"
#include "api/app/too_many.h"
#include "api/app/turn_opening.h"
#include "foundation/base/uuid.h"

namespace api::app {

using foundation::Code;
using foundation::fail;
using foundation::Result;
using foundation::database::Session;

namespace {

struct Question {
  http::Method method = http::Method::get;
  std::string conversation;  // empty: all of them
  std::string busy;          // the conversation that must not be answered meanwhile; empty: none
};

Result<std::string> conversation_in(const http::Exchange& exchange) {
  std::string id(exchange.path_value("conversation"));
  if (!foundation::is_uuid(id)) return fail(Code::not_found, "find conversation", "there is none");
  return id;
}

// A reply when there is nothing to read: the question was held back, or the advisor did not answer it.
struct Answered {
  std::string body;
  std::optional<http::Reply> instead;
};

Result<Answered> answered(http::Response response) {
  if (response.status == 200 || response.status == 204) return Answered{std::move(response.body), {}};
  if (response.status == 404) return fail(Code::not_found, "find conversation", "there is none");
  return fail(Code::unavailable, "The advisor cannot tell this now; try again in a moment.");
}

async::Task<Answered> ask(Services& services, async::Context& ctx, http::Exchange& exchange, identity::SessionUser user,
                          Question question) {
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto member = co_await services.database.read(
      [user, workspace](Session& session) { return caller::load_member(session, user, workspace); });
  if (!member) co_return std::unexpected(member.error());
  if (auto no = held_back(services.read_limit, user.user.name.str(), services, ctx, "Too many; wait a moment."))
    co_return Answered{{}, std::move(*no)};
  http::Request request{.method = question.method, .target = "/v1/conversations", .headers = {}, .body = {}};
  if (!question.conversation.empty()) request.target += "/" + question.conversation;
  std::string busy = question.busy.empty() ? foundation::new_uuid(services.clock.wall()) : question.busy;
  auto turn = new_turn(services, *member, user, turns::Kind::read, std::move(busy));
  auto response = co_await services.forwarder.consult(ctx, std::move(turn), role_claims(member->bindings), request);
  if (response) co_return answered(std::move(*response));
  auto reply = not_opened(ctx, response.error());
  if (!reply) co_return std::unexpected(reply.error());
  co_return Answered{{}, std::move(*reply)};
}

}  // namespace

async::Task<http::Reply> list_conversations(Services& services, async::Context& ctx, http::Exchange& exchange,
                                            identity::SessionUser user) {
  auto answer = co_await ask(services, ctx, exchange, std::move(user), {});
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->instead) co_return std::move(*answer->instead);
  auto list = read_conversation_list(answer->body);
  if (!list) co_return std::unexpected(list.error());
  co_return http::json_reply(200, std::move(*list));
}

async::Task<http::Reply> read_conversation(Services& services, async::Context& ctx, http::Exchange& exchange,
                                           identity::SessionUser user) {
  auto id = conversation_in(exchange);
  if (!id) co_return std::unexpected(id.error());
  auto answer = co_await ask(services, ctx, exchange, std::move(user), {http::Method::get, *id, {}});
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->instead) co_return std::move(*answer->instead);
  auto one = read_one_conversation(answer->body, *id);
  if (!one) co_return std::unexpected(one.error());
  co_return http::json_reply(200, std::move(*one));
}

// Not while it is being answered: the answer would come back into what was deleted.
async::Task<http::Reply> delete_conversation(Services& services, async::Context& ctx, http::Exchange& exchange,
                                             identity::SessionUser user) {
  auto id = conversation_in(exchange);
  if (!id) co_return std::unexpected(id.error());
  auto answer = co_await ask(services, ctx, exchange, std::move(user), {http::Method::delete_, *id, *id});
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->instead) co_return std::move(*answer->instead);
  co_return http::Reply{.status = 204};
}

}  // namespace api::app
