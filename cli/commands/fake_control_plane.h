// The public API for tests of the commands: real HTTP on a thread of its own, answers from contracts/examples. It knows
// one user, erin, with the password "only-an-example" and one session at a time. Owner: a test. Threads: its methods
// may be called from any; what it saw is read through seen().
#pragma once
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "foundation/http/server.h"

namespace cli::commands {

class FakeControlPlane {
 public:
  FakeControlPlane();
  ~FakeControlPlane();

  std::string url() const { return "http://" + server_->address(); }

  // What a message is answered with: frames, then the end of the stream; `hang` keeps it open instead.
  struct Answer {
    std::vector<std::string> frames;
    bool hang = false;
  };
  void answer(std::string message, Answer answer);
  void set_workspaces(std::vector<std::string> names);
  void end_session();

  // "POST /path body" of every request, in order.
  std::vector<std::string> seen() const;
  // Waits until a hanging answer has been cut by its client, at most 10 s.
  bool was_cut();
  // Calls `then` on another thread when a hanging answer has sent its frames.
  void when_hanging(std::function<void()> then);

 private:
  foundation::async::Task<foundation::http::Reply> sessions(foundation::async::Context&, foundation::http::Exchange&);
  foundation::async::Task<foundation::http::Reply> sign_out(foundation::async::Context&, foundation::http::Exchange&);
  foundation::async::Task<foundation::http::Reply> workspaces(foundation::async::Context&, foundation::http::Exchange&);
  foundation::async::Task<foundation::http::Reply> chat(foundation::async::Context&, foundation::http::Exchange&);
  foundation::async::Task<foundation::http::Reply> audit(foundation::async::Context&, foundation::http::Exchange&);
  bool admits(foundation::http::Exchange& exchange);  // notes the request too
  foundation::async::asio::awaitable<void> stop();

  foundation::async::asio::io_context loop_{1};
  foundation::telemetry::Metrics metrics_;
  std::unique_ptr<foundation::http::Server> server_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Answer> answers_;
  std::vector<std::string> workspaces_{"shop"};
  std::vector<std::string> seen_;
  std::function<void()> when_hanging_;
  bool has_session_ = false;
  std::promise<void> cut_;
  std::thread thread_;
};

}  // namespace cli::commands
