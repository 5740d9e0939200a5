// The public API for tests of the commands: real HTTP on a thread of its own, answers from contracts/examples. It knows
// one user, erin, with the password "only-an-example" and one session at a time. Owner: a test. Threads: its methods
// may be called from any; what it saw is read through seen().
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cli::commands {

class FakeControlPlane {
 public:
  FakeControlPlane();
  ~FakeControlPlane();

  std::string url() const;

  // What a message is answered with: frames, then the end of the stream; `hang` keeps it open instead.
  struct Answer {
    std::vector<std::string> frames;
    bool hang = false;
  };
  void answer(std::string message, Answer answer);
  // What a request ("GET /api/v1/me", without its query) is answered with: these in turn, the last one again and again.
  // Without them it is the example of the contract, or 404.
  struct Scripted {
    int status = 200;
    std::string body = {};
  };
  void reply(std::string request, std::vector<Scripted> replies);
  static std::string example(const std::string& name);  // of contracts/examples
  void set_workspaces(std::vector<std::string> names);
  void end_session();

  // "POST /path body" of every request, in order.
  std::vector<std::string> seen() const;
  // Calls `then` on the fake's thread when this request has come.
  void when_asked(std::string request, std::function<void()> then);
  // Calls `then` on the fake's thread when a hanging answer has sent its frames.
  void when_hanging(std::function<void()> then);
  // Waits until the one hanging answer has been cut by its client, at most 10 s.
  bool was_cut();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cli::commands
