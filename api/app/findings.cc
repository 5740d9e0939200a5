// What is wrong in a workspace, as the advisor's diagnosis finds it: in a turn that may only read, without a model, and
// nothing of it is remembered.
#include <algorithm>
#include <utility>

#include "api/app/advisor_findings.h"
#include "api/app/handlers.h"
#include "api/app/list_sink.h"
#include "api/app/sse_sink.h"
#include "api/app/too_many.h"
#include "api/app/turn_opening.h"
#include "foundation/base/uuid.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using foundation::database::Session;

namespace {

constexpr foundation::Milliseconds kFindingsTime{60'000};  // of the turn, under its route's

// Begun with the first word of the answer: where there is none, the reply is a problem and not a stream.
class LateSink final : public turns::EventSink {
 public:
  explicit LateSink(http::Exchange& exchange) : stream_(exchange) {}
  async::Task<void> begin() override { co_return Done{}; }
  async::Task<void> events(std::vector<turns::Event> some) override {
    if (!begun_ && some.front().name == "error") {
      error = std::move(some.front());
      co_return Done{};
    }
    if (auto done = co_await begin_stream(); !done) co_return std::unexpected(done.error());
    co_return co_await stream_.events(std::move(some));
  }
  async::Task<void> heartbeat() override {
    if (auto done = co_await begin_stream(); !done) co_return std::unexpected(done.error());
    co_return co_await stream_.heartbeat();
  }

  std::optional<turns::Event> error;  // instead of a stream

 private:
  async::Task<void> begin_stream() {
    if (std::exchange(begun_, true)) co_return Done{};
    co_return co_await stream_.begin();
  }
  SseSink stream_;
  bool begun_ = false;
};

bool wants_events(const http::Headers& headers) {
  return std::ranges::any_of(headers.all("Accept"),
                             [](std::string_view types) { return types.contains("text/event-stream"); });
}

// That the member may read what the question is about. What does not exist and what is not for them look alike.
Done may_ask(Services& services, const caller::Member& member, const FindingsAsked& asked) {
  auto projects =
      caller::projects_with(tenancy::Permission::objects_read, member.workspace, member.bindings, member.ceiling);
  if (projects.empty())
    return fail(Code::denied, "find faults",
                "You may not read objects in workspace " + member.workspace.name.str() + " (needs objects.read).");
  const std::string& project = asked.object.namespace_name;
  if (!project.empty() && std::ranges::find(projects, tenancy::ProjectName(project)) == projects.end())
    return fail(Code::not_found, "find project", "there is none of that name that you may read");
  if (asked.object.name.empty()) return Done{};
  auto refs = services.reads.called(member.workspace, member.bindings, member.ceiling, asked.object);
  if (!refs) return std::unexpected(refs.error());
  if (refs->empty()) return fail(Code::not_found, "find object", "there is none of that name that you may read");
  return Done{};
}

http::Reply problem_in(const async::Context& ctx, const turns::Event& error) {
  return http::problem_reply(findings_problem(error), ctx.request_id);
}

}  // namespace

async::Task<http::Reply> list_findings(Services& services, async::Context& ctx, http::Exchange& exchange,
                                       identity::SessionUser user) {
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto member = co_await services.database.read(
      [user, workspace](Session& session) { return caller::load_member(session, user, workspace); });
  if (!member) co_return std::unexpected(member.error());
  auto asked = read_findings_query(exchange.target());
  if (!asked) co_return std::unexpected(asked.error());
  if (auto may = may_ask(services, *member, *asked); !may) co_return std::unexpected(may.error());
  if (auto no = held_back(services.read_limit, user.user.name.str(), services, ctx, "Too many; wait a moment."))
    co_return std::move(*no);
  auto turn = new_turn(services, *member, user, turns::Kind::read, foundation::new_uuid(services.clock.wall()));
  turn.deadline = services.clock.wall() + kFindingsTime;
  turns::Question question{"/v1/findings", findings_body(turn.id, *asked), &refuses_as_finding, kCheckedEvent};
  auto roles = role_claims(member->bindings);
  if (wants_events(exchange.request().headers)) {
    LateSink sink(exchange);
    auto ran = co_await services.forwarder.run(ctx, std::move(turn), std::move(roles), std::move(question), sink);
    if (!ran) co_return not_opened(ctx, ran.error());
    if (sink.error) co_return problem_in(ctx, *sink.error);
    co_return http::Reply{.streamed = true};
  }
  ListSink sink;
  auto ran = co_await services.forwarder.run(ctx, std::move(turn), std::move(roles), std::move(question), sink);
  if (!ran) co_return not_opened(ctx, ran.error());
  if (!sink.all.empty() && sink.all.back().name == "error") co_return problem_in(ctx, sink.all.back());
  auto reply = findings_reply(std::move(sink.all));
  reply["workspace"] = workspace.str();
  co_return http::json_reply(200, reply);
}

}  // namespace api::app
