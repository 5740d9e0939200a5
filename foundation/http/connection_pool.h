// Connections to one origin: those in use are counted, those at rest are kept, the last returned first.
// Owner: the client. Threads: one executor.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "foundation/http/client.h"
#include "foundation/http/connection.h"

namespace foundation::http {

struct Origin {
  std::string host;    // without brackets
  std::string port;    // digits
  std::string header;  // for Host
  std::string prefix;  // the base URL's path without its last slash
};

class ConnectionPool {
 public:
  // A connection in use; dropped without give_back, it is closed.
  class Used {
   public:
    Used(ConnectionPool& pool, std::unique_ptr<Connection> connection, bool fresh);
    Used(Used&& other) noexcept;
    Used& operator=(Used&&) = delete;
    ~Used();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }
    explicit operator bool() const { return connection_ != nullptr; }
    bool fresh() const { return fresh_; }  // made for this use, not kept from an earlier one
    void give_back();

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
    bool fresh_;
  };
  enum class Want { any, fresh };

  ConnectionPool(Client::Options options, Origin origin) : options_(std::move(options)), origin_(std::move(origin)) {}
  ~ConnectionPool();  // aborts the process when one is still in use: it would outlive its pool
  async::Task<Used> take(SteadyTime deadline, Want want);
  const Origin& origin() const { return origin_; }
  const Client::Options& options() const { return options_; }

 private:
  std::unique_ptr<Connection> take_kept();

  Client::Options options_;
  Origin origin_;
  std::vector<std::unique_ptr<Connection>> kept_;
  std::size_t used_ = 0;  // being made, leased or streaming
};

Result<Origin> parse_origin(const Client::Options& options);

}  // namespace foundation::http
