// The public API of the control plane (contracts/public.openapi.yaml) as functions. A problem becomes an Error whose
// `cause` is its detail, or its reason where it has one. Owner: one command; outlives its streams. Threads: one loop.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/client/session_file.h"
#include "cli/events/event.h"
#include "foundation/async/task.h"
#include "foundation/http/client.h"
#include "foundation/http/sse.h"
#include "foundation/json/value.h"

namespace cli::client {

namespace async = foundation::async;
namespace http = foundation::http;
namespace json = foundation::json;

struct Login {
  std::string user;
  Secret password;
  std::vector<std::string> permissions = {};  // of the session at most; none: all that the user has
};

struct Invitation {
  Secret token;     // of the one-time link
  Secret password;  // that the user will have
};

struct Question {
  std::string workspace;
  std::string message;
  std::optional<std::string> conversation = {};  // none begins a new one
};

// The events of one answer. Dropped before the terminal event, it closes the connection, which stops the turn.
class Chat {
 public:
  explicit Chat(std::unique_ptr<http::ResponseStream> stream) : stream_(std::move(stream)) {}
  // The next event; none when the stream has ended. Code::io when it broke off, Code::deadline when it fell silent.
  async::Task<std::optional<events::Event>> next();

 private:
  std::unique_ptr<http::ResponseStream> stream_;
  http::SseParser parser_;
  std::deque<events::Event> ready_;
};

// Something of a workspace or of an organization, by its id or name.
struct Item {
  std::string parent;
  std::string id;
};

struct Decision {
  Item approval;
  std::string op_hash;  // of what the approver saw
  bool approve = false;
  bool unattended = false;  // no person looks at it
};

struct AuditPage {
  std::string workspace;
  std::optional<std::int64_t> limit = {};
  std::optional<std::int64_t> before = {};
};

struct FindingsQuery {
  std::string workspace;
  std::string project = {};   // each empty: any
  std::string object = {};    // "Deployment/web"
  std::string severity = {};  // at least
};

class Api {
 public:
  static Result<std::unique_ptr<Api>> create(async::asio::any_io_executor on, std::string server, Secret token = {});

  async::Task<SavedSession> sign_in(Login login);
  async::Task<void> sign_out();
  async::Task<SavedSession> accept(Invitation invitation);
  async::Task<json::Value> me();          // {user, expires_at, organizations}
  async::Task<json::Value> workspaces();  // {workspaces}: the user's own
  async::Task<std::vector<std::string>> workspace_names();
  async::Task<std::unique_ptr<Chat>> open_chat(Question question);

  // changes.cc
  async::Task<json::Value> names(std::string workspace);      // {names}
  async::Task<json::Value> approvals(std::string workspace);  // {approvals}: the open ones, oldest first
  async::Task<json::Value> approval(Item approval);
  async::Task<json::Value> decide(Decision decision);  // what became of it, or {approval_id, state: "rejected"}
  async::Task<json::Value> operations(std::string workspace, int limit);  // {operations}: newest first
  async::Task<json::Value> operation(Item operation);
  async::Task<json::Value> undo(Item operation);                 // what became of it
  async::Task<json::Value> audit(AuditPage page);                // {entries, next_before}
  async::Task<json::Value> verify_audit(std::string workspace);  // {ok, seq, hash | why}

  async::Task<json::Value> findings(FindingsQuery query);  // {workspace, at, version, checked, skipped?, findings}

  async::Task<json::Value> conversations(std::string workspace);  // {conversations}: the last used first
  async::Task<json::Value> conversation(Item conversation);
  async::Task<json::Value> delete_conversation(Item conversation);  // null

  // tenancy.cc
  async::Task<json::Value> members(std::string workspace);  // {members}
  async::Task<json::Value> add_member(std::string workspace, json::Object member);
  async::Task<json::Value> remove_member(Item member);                             // null
  async::Task<json::Value> roles(std::string organization);                        // {roles}: the built-in ones first
  async::Task<json::Value> add_role(std::string organization, json::Object role);  // {name, permissions}
  async::Task<json::Value> change_role(Item role, json::Object changes);           // {permissions}
  async::Task<json::Value> remove_role(Item role);                                 // null
  async::Task<json::Value> users(std::string organization);                        // {users}
  async::Task<json::Value> add_user(std::string organization, json::Object user);  // {user, invitation?}
  async::Task<json::Value> change_user(Item user, json::Object changes);
  async::Task<json::Value> workspaces_of(std::string organization);  // {workspaces}: all of them
  async::Task<json::Value> add_workspace(std::string organization, json::Object workspace);
  async::Task<json::Value> change_workspace(Item workspace, json::Object changes);

  const std::string& server() const { return server_; }

 private:
  Api(std::unique_ptr<http::Client> client, std::string server, Secret token)
      : client_(std::move(client)), server_(std::move(server)), token_(std::move(token)) {}
  http::Request request(http::Method method, std::string target, const json::Object* body = nullptr) const;
  foundation::Error unreached(foundation::Error error) const;
  // Sends it and takes a 2xx; anything else is an Error.
  async::Task<http::Response> send(std::string doing, http::Request request);
  // The JSON of its 2xx; null of one without a body.
  async::Task<json::Value> fetch(std::string doing, http::Method method, std::string target,
                                 std::optional<json::Object> body = {});
  async::Task<SavedSession> new_session(std::string doing, std::string target, json::Object body);

  std::unique_ptr<http::Client> client_;
  std::string server_;
  Secret token_;
};

}  // namespace cli::client
