// The fixture of this room's tests: a server with a set of telling routes, on one loop that also runs the test.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "foundation/http/client.h"
#include "foundation/http/server.h"
#include "foundation/telemetry/metrics.h"

namespace foundation::http {

class HttpLab : public testing::Test {
 protected:
  using Scenario = async::Task<void> (*)(HttpLab&);
  // Runs a scenario to its end and stops what it started; fails when that takes a minute.
  void run(Scenario scenario);

 public:
  async::asio::any_io_executor on() { return loop_.get_executor(); }
  // Adds a server with the lab's routes; the first is the one that the rest speaks to.
  Server& start_server(Server::Options options = {.name = "lab"});
  std::string address() const { return servers_.front()->address(); }
  std::unique_ptr<Client> client(Client::Options options = {});

  // A connection of its own: sends the bytes and reads until the server closes.
  async::Task<std::string> talk(std::string bytes);
  async::Task<std::unique_ptr<Connection>> dial();
  // Reads until `text` is there, at most 10 s.
  static async::Task<std::string> read_until(Connection& connection, std::string text);
  // Waits until `holds`, at most 10 s.
  static async::Task<bool> becomes(std::function<bool()> holds);
  async::Context context(Milliseconds budget = std::chrono::seconds(20)) const;

  // What the handlers saw.
  int handlers_live = 0;
  int handlers_cancelled = 0;
  int handled = 0;
  std::size_t streamed_bytes = 0;
  std::string relay_to;  // base URL of "/relay"
  std::unique_ptr<Client> relay_client;
  telemetry::Metrics metrics;

 private:
  async::Task<void> run_and_stop(Scenario scenario);

  async::asio::io_context loop_{1};
  std::vector<std::unique_ptr<Server>> servers_;
};

}  // namespace foundation::http
