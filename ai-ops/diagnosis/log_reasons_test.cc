#include "ai-ops/diagnosis/log_reasons.h"

#include <gtest/gtest.h>

namespace ai_ops::diagnosis {
namespace {

std::optional<LogReason> reason_of(std::vector<LogLine> lines, std::size_t earlier = 0) {
  return reason_in({.of = {}, .lines = std::move(lines), .earlier = earlier});
}

TEST(LogReasons, ReadsWhatServersAndRuntimesSay) {
  struct Row {
    std::string_view line, fault, server;
  };
  constexpr Row kRows[] = {
      {"listen tcp :8080: bind: address already in use", "port-conflict", ""},
      {"Error: listen EADDRINUSE: address already in use :::3000", "port-conflict", ""},
      {"Web server failed to start. Port 8080 was already in use.", "port-conflict", ""},
      {"write /data/wal: no space left on device", "disk-full", ""},
      {"OSError: [Errno 28] No space left on device", "disk-full", ""},
      {"Error 1045 (28000): Access denied for user 'shop'@'10.0.0.7' (using password: YES)", "wrong-credentials",
       "mysql"},
      {"FATAL:  password authentication failed for user \"shop\"", "wrong-credentials", "postgres"},
      {"WRONGPASS invalid username-password pair or user is disabled.", "wrong-credentials", "redis"},
      {"NOAUTH Authentication required.", "wrong-credentials", "redis"},
      {"pymongo.errors.OperationFailure: Authentication failed., full error: {'codeName': 'AuthenticationFailed'}",
       "wrong-credentials", "mongo"},
      {"MongoServerError: Authentication failed.", "wrong-credentials", "mongo"},
      {"Error 1290: The MySQL server is running with the --read-only option so it cannot execute this statement",
       "database-read-only", "mysql"},
      {"The MySQL server is running with the --super-read-only option", "database-read-only", "mysql"},
      {"ERROR: cannot execute INSERT in a read-only transaction", "database-read-only", "postgres"},
      {"READONLY You can't write against a read only replica.", "database-read-only", "redis"},
      {"Error 1040: Too many connections", "connections-exhausted", "mysql"},
      {"FATAL:  sorry, too many clients already", "connections-exhausted", "postgres"},
      {"FATAL: remaining connection slots are reserved for non-replication superuser connections",
       "connections-exhausted", "postgres"},
      {"FATAL:  too many connections for database \"shop\"", "connections-exhausted", "postgres"},
      {"ERR max number of clients reached", "connections-exhausted", "redis"},
      {"connection refused because too many open connections: 819", "connections-exhausted", "mongo"},
      {"dial tcp: lookup db on 10.96.0.10:53: read udp 10.0.0.7:4711->10.96.0.10:53: i/o timeout", "dns-failure", ""},
      {"socket.gaierror: [Errno -3] Temporary failure in name resolution", "dns-failure", ""},
      {"Error: getaddrinfo EAI_AGAIN db", "dns-failure", ""},
      {"lookup db on 10.96.0.10:53: server misbehaving", "dns-failure", ""},
      {"com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure", "endpoint-port-mismatch",
       "mysql"},
      {"ERROR 2003 (HY000): Can't connect to MySQL server on 'db' (111)", "endpoint-port-mismatch", "mysql"},
      {"Is the server running on that host and accepting TCP/IP connections?", "endpoint-port-mismatch", "postgres"},
      {"MongoNetworkError: failed to connect to server", "endpoint-port-mismatch", "mongo"},
      {"io.lettuce.core.RedisConnectionException: Unable to connect to redis:6380", "endpoint-port-mismatch", "redis"},
      {"exec: \"serve\": executable file not found in $PATH", "command-not-found", ""},
      {"/docker-entrypoint.sh: exec: line 5: serve: not found", "command-not-found", ""},
      {"/docker-entrypoint.sh: exec: /app/serve: Permission denied", "command-not-executable", ""},
      {"exec /app/serve: permission denied", "command-not-executable", ""},
  };
  for (const Row& row : kRows) {
    auto reason = reason_of({"starting", std::string(row.line), "bye"});
    ASSERT_TRUE(reason) << row.line;
    EXPECT_EQ(reason->fault, row.fault) << row.line;
    EXPECT_EQ(reason->server, row.server) << row.line;
    EXPECT_EQ(reason->line, 1u) << row.line;
  }
}

TEST(LogReasons, LeavesAloneWhatOnlySoundsLikeOne) {
  for (std::string_view line :
       {"failed to execute migration: ERROR: permission denied for schema public (SQLSTATE 42501)",
        "could not execute query: order 7: not found", "executor: user: not found", "connection refused",
        "lookup db on 10.96.0.10:53: no such host", "starting in read-only mode", "Password changed for user shop", ""})
    EXPECT_FALSE(reason_of({std::string(line)})) << line;
  EXPECT_FALSE(reason_of({}));
}

TEST(LogReasons, WhatNamesACauseComesBeforeItsEffectThenTheLast) {
  auto reason = reason_of({"no space left on device", "Communications link failure", "address already in use",
                           "Communications link failure"});
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->fault, "port-conflict");
  reason = reason_of({"Communications link failure", "no space left on device", "x", "no space left on device"});
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->fault, "disk-full");
  EXPECT_EQ(reason->line, 3u);
}

TEST(LogReasons, WhatCameEarlierTellsOnlyWhereTheLastLinesDoNot) {
  auto reason = reason_of({"address already in use", "starting", "no space left on device"}, 1);
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->fault, "disk-full");
  // It was tried again and went well; what it died of is another thing.
  EXPECT_FALSE(reason_of({"address already in use, trying again", "listening", "panic: nil map"}, 1));
  reason = reason_of({"address already in use", "starting", "bye"}, 1);
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->fault, "port-conflict");
  EXPECT_EQ(reason->line, 0u);
}

TEST(LogReasons, AStackTraceTellsNothingButItsHead) {
  EXPECT_FALSE(reason_of({"\tat io.lettuce.core.RedisConnectionException.create(RedisConnectionException.java:78)"}));
  EXPECT_TRUE(reason_of({"io.lettuce.core.RedisConnectionException: no"}));
}

}  // namespace
}  // namespace ai_ops::diagnosis
