// The route table: {verb, path, who may, body limit, deadline, handler}. One row a route; the order does not matter,
// since a pattern's literal segments win over its parameters and two rows that match the same path are refused at
// start.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foundation/async/context.h"
#include "foundation/async/task.h"
#include "foundation/http/message.h"

namespace foundation::http {

class Exchange;
// Returns the reply to send, or streamed() after it has streamed one. An Error becomes its problem (message.h) in the
// server.
using Handler = std::function<async::Task<Reply>(async::Context&, Exchange&)>;

struct Route {
  Method method;
  std::string pattern;  // "/api/v1/workspaces/{workspace}/ai/chat"; a last segment "{rest...}" takes all that follows
  std::string access;  // who may: "anonymous", "session", "internal_token"...: the unauthorized test is derived from it
  std::size_t body_limit = 64 << 10;
  Milliseconds deadline{30'000};
  Handler handler = {};
};

struct Match {
  const Route* route = nullptr;  // null: none
  bool path_known = false;       // another verb would have matched: 405, not 404
  std::vector<Method> allowed;   // for the Allow header
  std::map<std::string, std::string, std::less<>> values;
};

class RouteTable {
 public:
  struct Segment {
    enum Kind { literal, parameter, rest } kind;  // in the order of precedence
    std::string text;                             // the literal, or the parameter's name
  };
  using Pattern = std::vector<Segment>;

  static Result<RouteTable> create(std::vector<Route> routes);
  Match match(Method method, std::string_view path) const;  // path is percent-decoded (parse_target)
  const std::vector<Route>& routes() const { return routes_; }

 private:
  RouteTable(std::vector<Route> routes, std::vector<Pattern> patterns)
      : routes_(std::move(routes)), patterns_(std::move(patterns)) {}
  const Pattern* best(Method method, const std::vector<std::string_view>& segments) const;

  std::vector<Route> routes_;
  std::vector<Pattern> patterns_;  // of the route with the same index
};

}  // namespace foundation::http
