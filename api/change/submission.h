// One request for a change on its way to a decision, as stages in a fixed order; each either passes or answers:
//   identify        the turn is live, its user active, rights as they are now; or 401
//   read_request    arguments are valid, or 400            (before anything else is looked at)
//   recall          the same call again gets its stored answer
//   find_cluster    the project is one of the workspace in which the user has a role, or 404
//   look_and_plan   the object as it is now, and what would be done to it
//   judge           policy::decide on the caller's rights as last read: a deny costs no more look-ups
//   guard           the object's surroundings speak against it: 422
//   rehearse        dryRun=All on the API server: its admission speaks before the intent does
//   commit          in one durable transaction: rights read anew, decided again, intent and audit written
// Owner: Change::submit, on its frame.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "api/caller/caller.h"
#include "api/change/change.h"
#include "api/policy/decide.h"

namespace api::change {

inline constexpr std::size_t kMaxCallIdBytes = 64;
inline constexpr int kMaxRounds = 3;

class Submission {
 public:
  Submission(const Parts& parts, async::Context& ctx, foundation::jwt::InternalClaims claims, std::string operation,
             std::string body)
      : parts_(parts), ctx_(ctx), claims_(std::move(claims)), name_(std::move(operation)), body_(std::move(body)) {}

  struct Ended {
    Answer answer{};                                          // when there is nothing to perform
    std::optional<OperationRow> row{};                        // the durable intent to be performed
    std::optional<policy::AuthorizedOperation> authorized{};  // with it
    std::string running{};                                    // the operation that the same call started before
  };
  async::Task<Ended> run();

 private:
  using Stop = std::optional<Ended>;  // none: on to the next stage
  async::Task<Stop> identify();
  async::Task<Stop> read_request();
  async::Task<Stop> recall();
  async::Task<Stop> find_cluster();
  async::Task<Stop> pass(std::span<async::Task<Stop> (Submission::* const)()> stages);

  async::Task<Stop> look_and_plan();
  async::Task<Stop> judge();
  async::Task<Stop> guard();
  async::Task<Stop> rehearse();
  async::Task<Stop> commit();
  async::Task<Stop> deny();
  // Stores and audits an answer that ends the call without a write, and shows it in the user's stream.
  async::Task<Stop> end_with(Answer answer, std::string state);
  Answer denial() const;
  async::asio::awaitable<std::string> who_can();  // " Who can: ada, erin."

  const Parts& parts_;
  async::Context& ctx_;
  foundation::jwt::InternalClaims claims_;
  std::string name_;
  std::string body_;
  caller::Caller caller_;
  const operations::Operation* operation_ = nullptr;
  OperationRow row_;
  cluster::Cluster* cluster_ = nullptr;
  json::Value object_;
  policy::Decision decision_;
  bool moved_ = false;  // the object changed under the round: look again
};

}  // namespace api::change
