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

struct AuditPage {
  std::string workspace;
  std::optional<std::int64_t> limit = {};
  std::optional<std::int64_t> before = {};
};

class Api {
 public:
  static Result<std::unique_ptr<Api>> create(async::asio::any_io_executor on, std::string server, Secret token = {});

  async::Task<SavedSession> sign_in(Login login);
  async::Task<void> sign_out();
  async::Task<std::vector<std::string>> workspaces();
  async::Task<std::unique_ptr<Chat>> open_chat(Question question);
  async::Task<json::Value> audit(AuditPage page);  // {entries, next_before}

  const std::string& server() const { return server_; }

 private:
  Api(std::unique_ptr<http::Client> client, std::string server, Secret token)
      : client_(std::move(client)), server_(std::move(server)), token_(std::move(token)) {}
  http::Request request(http::Method method, std::string target, const json::Object* body = nullptr) const;
  foundation::Error unreached(foundation::Error error) const;
  // Sends it and takes a 2xx; anything else is an Error.
  async::Task<http::Response> send(std::string doing, http::Request request);

  std::unique_ptr<http::Client> client_;
  std::string server_;
  Secret token_;
};

}  // namespace cli::client
