// A server that lies: it plays a script of raw bytes, pauses and hang-ups on each connection, so that clients can be
// tested against everything that a real origin does wrong. Owner: a test, which stops it. Threads: one executor.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "foundation/async/task_group.h"
#include "foundation/http/connection.h"

namespace foundation::http {

class Imposter {
 public:
  struct Act {
    enum What { await_request, send, pause, hold, reset } what;
    std::string bytes = {};
    std::size_t piece = 0;  // bytes a write; 0: all at once
    Milliseconds time{0};
  };
  using Script = std::vector<Act>;
  // The acts of a script. After the last one the connection is closed.
  static Act await_request() { return {Act::await_request}; }  // a whole one, by Content-Length
  static Act send(std::string bytes, std::size_t piece = 0) { return {Act::send, std::move(bytes), piece}; }
  static Act pause(Milliseconds time) { return {.what = Act::pause, .time = time}; }
  static Act hold() { return {Act::hold}; }    // until the client has gone
  static Act reset() { return {Act::reset}; }  // RST instead of FIN

  // The n-th connection plays the n-th script; the last script is played by all that follow.
  Imposter(async::asio::any_io_executor on, std::vector<Script> scripts);
  async::asio::awaitable<void> stop();

  std::string url() const;
  const std::vector<std::string>& requests() const { return requests_; }  // as received: head and body
  std::size_t connections() const { return connections_; }
  std::size_t live() const { return live_; }

 private:
  async::Task<void> accept_all();
  async::Task<void> play(Tcp::socket socket, Script script);
  async::Task<void> perform(Connection& connection, const Act& act, std::string& received);
  async::Task<void> receive_request(Connection& connection, std::string& received);

  std::vector<Script> scripts_;
  Tcp::acceptor acceptor_;
  std::vector<std::string> requests_;
  std::size_t connections_ = 0;
  std::size_t live_ = 0;
  async::TaskGroup group_;
};

}  // namespace foundation::http
