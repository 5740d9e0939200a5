// One change on its way to a decision, as stages in a fixed order; each either passes or answers:
//   find_cluster    the project is one of the workspace in which the user may read, or do this, or 404
//   look_and_plan   the object as it is now, and what would be done to it
//   judge           policy::decide on the rights as last read: a deny costs no more look-ups
//   guard           the object's surroundings speak against it: 422
//   propose         what needs an approval becomes a proposal that waits: 202
//   rehearse        dryRun=All on the API server: its admission speaks before the intent does
//   commit          in one durable transaction: rights read anew, decided again, intent and audit written
// Owner: Change, on its frame.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "api/change/approval_store.h"
#include "api/change/preparation.h"
#include "api/policy/decide.h"

namespace api::change {

inline constexpr int kMaxRounds = 3;

class Submission {
 public:
  Submission(const Parts& parts, async::Context& ctx, Prepared prepared)
      : parts_(parts),
        ctx_(ctx),
        operation_(prepared.operation),
        mandate_(std::move(prepared.mandate)),
        expected_(std::move(prepared.expected)),
        row_(std::move(prepared.row)),
        grounds_(std::move(prepared.grounds)) {}

  async::Task<Ended> run();

 private:
  using Stop = std::optional<Ended>;  // none: on to the next stage
  using Stage = async::Task<Stop> (Submission::*)();
  async::Task<Stop> pass(std::span<const Stage> stages);

  async::Task<Stop> find_cluster();
  async::Task<Stop> look_and_plan();
  async::Task<Stop> judge();
  async::Task<Stop> guard();
  async::Task<Stop> propose();
  async::Task<Stop> rehearse();
  async::Task<Stop> commit();
  async::Task<Stop> deny();
  // Stores and audits an answer that ends the call without a write, and shows it in the user's stream.
  async::Task<Stop> end_with(Answer answer, std::string state);
  Ended so_already();
  Answer denial() const;
  Answer no_object(const foundation::Error& error) const;
  async::asio::awaitable<std::string> who_can();  // " Who can: ada, erin."

  const Parts& parts_;
  async::Context& ctx_;
  const operations::Operation* operation_;
  std::shared_ptr<const Mandate> mandate_;
  std::optional<Expected> expected_;
  OperationRow row_;
  Grounds grounds_;
  cluster::Cluster* cluster_ = nullptr;
  json::Value object_;
  policy::Decision decision_;
  bool moved_ = false;  // the object changed under the round: look again
};

}  // namespace api::change
