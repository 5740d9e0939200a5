#include "ai-ops/diagnosis/log_reasons.h"

namespace ai_ops::diagnosis {
namespace {

using enum Blames;

constexpr LogReason kPortTaken{"port-conflict", "another process of the pod listens on its port", itself, false, ""};
constexpr LogReason kFull{"disk-full", "its disk is full", itself, true, ""};
constexpr LogReason kMySqlDenied{"wrong-credentials", "the database refuses its user or password", itself, true,
                                 "mysql"};
constexpr LogReason kPostgresDenied{"wrong-credentials", "the database refuses its user or password", itself, true,
                                    "postgres"};
constexpr LogReason kRedisDenied{"wrong-credentials", "the server refuses its password", itself, true, "redis"};
constexpr LogReason kMongoDenied{"wrong-credentials", "the database refuses its user or password", itself, true,
                                 "mongo"};
constexpr LogReason kMySqlReadOnly{"database-read-only", "its database takes no writes", its_server, true, "mysql"};
constexpr LogReason kPostgresReadOnly{"database-read-only", "its database takes no writes", its_server, true,
                                      "postgres"};
constexpr LogReason kRedisReadOnly{"database-read-only", "its server takes no writes", its_server, true, "redis"};
constexpr LogReason kMySqlFull{"connections-exhausted", "its database has no connection left", its_server, true,
                               "mysql"};
constexpr LogReason kPostgresFull{"connections-exhausted", "its database has no connection left", its_server, true,
                                  "postgres"};
constexpr LogReason kRedisFull{"connections-exhausted", "its server has no connection left", its_server, true, "redis"};
constexpr LogReason kMongoFull{"connections-exhausted", "its database has no connection left", its_server, true,
                               "mongo"};
constexpr LogReason kMySqlAway{"endpoint-port-mismatch", "its database does not answer at the address it has", its_way,
                               false, "mysql"};
constexpr LogReason kPostgresAway{"endpoint-port-mismatch", "its database does not answer at the address it has",
                                  its_way, false, "postgres"};
constexpr LogReason kMongoAway{"endpoint-port-mismatch", "its database does not answer at the address it has", its_way,
                               false, "mongo"};
constexpr LogReason kRedisAway{"endpoint-port-mismatch", "its server does not answer at the address it has", its_way,
                               false, "redis"};
constexpr LogReason kNoNames{"dns-failure", "names do not resolve in its pod", itself, false, ""};
constexpr LogReason kNoCommand{"command-not-found", "it starts a command that its image does not have", itself, false,
                               ""};
constexpr LogReason kNoExecute{"command-not-executable", "it may not execute its command", itself, false, ""};

// In order of strength; sources: the servers' error message references.
constexpr ReasonRow kRows[] = {
    {{"address already in use", ""}, kPortTaken},
    {{"port ", "already in use"}, kPortTaken},
    {{"eaddrinuse", ""}, kPortTaken},
    {{"no space left on device", ""}, kFull, "inotify"},  // of which ENOSPC means too many watches
    {{"access denied for user", ""}, kMySqlDenied},
    {{"password authentication failed", ""}, kPostgresDenied},
    {{"wrongpass", ""}, kRedisDenied},
    {{"noauth authentication required", ""}, kRedisDenied},
    {{"authenticationfailed", "mongo"}, kMongoDenied},
    {{"mongoservererror: authentication failed", ""}, kMongoDenied},
    {{"--read-only option", ""}, kMySqlReadOnly},
    {{"--super-read-only option", ""}, kMySqlReadOnly},
    {{"read-only transaction", ""}, kPostgresReadOnly},
    {{"readonly you can't write against a read only replica", ""}, kRedisReadOnly},
    {{"too many connections for ", ""}, kPostgresFull},  // a role or a database
    {{"too many connections", ""}, kMySqlFull},
    {{"too many clients already", ""}, kPostgresFull},
    {{"remaining connection slots are reserved", ""}, kPostgresFull},
    {{"max number of clients reached", ""}, kRedisFull},
    {{"connection refused because too many open connections", ""}, kMongoFull},
    {{"lookup ", "i/o timeout"}, kNoNames},
    {{"temporary failure in name resolution", ""}, kNoNames},
    {{"eai_again", ""}, kNoNames},
    {{"lookup ", "server misbehaving"}, kNoNames},
    {{"communications link failure", ""}, kMySqlAway},
    {{"can't connect to mysql server", ""}, kMySqlAway},
    {{"is the server running on", "accepting"}, kPostgresAway},
    {{"mongonetworkerror", ""}, kMongoAway},
    {{"mongosocketopenexception", ""}, kMongoAway},
    {{"redisconnectionexception", ""}, kRedisAway},
    {{"unable to connect to redis", ""}, kRedisAway},
    {{"executable file not found", ""}, kNoCommand},
    {{": not found", "exec: "}, kNoCommand},
    {{"exec: ", "permission denied"}, kNoExecute},
    {{"exec /", "permission denied"}, kNoExecute},
};

}  // namespace

std::span<const ReasonRow> reason_rows() { return kRows; }

std::optional<LogReason> reason_in(const LogExcerpt& log) {
  std::optional<std::size_t> best;
  for (std::size_t i = first_telling(log); i < log.lines.size(); ++i) {
    auto row = log.lines[i].says.reason;
    if (row && (!best || *row <= *log.lines[*best].says.reason)) best = i;
  }
  if (!best) return std::nullopt;
  LogReason out = kRows[*log.lines[*best].says.reason].reason;
  out.line = *best;
  return out;
}

}  // namespace ai_ops::diagnosis
