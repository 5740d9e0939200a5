// For tests: plays a turn over values that stand for what the shell would bring.
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "ai-ops/agents/turn.h"
#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::agents {

namespace sample = diagnosis::sample;
using foundation::Code;
using foundation::fail;
using foundation::Result;
using foundation::kubernetes::Snapshot;

using SnapshotResult = Result<std::shared_ptr<const Snapshot>>;

inline sample::Cluster healthy_shop() {
  sample::Cluster cluster;
  cluster.node("n1", "8").node("n2", "4");
  cluster.deployment("postgres").service("postgres", 5432);
  cluster.deployment("web", {.replicas = 3}).service("web", 80);
  return cluster;
}

inline sample::Cluster broken_shop() {
  sample::Cluster cluster = healthy_shop();
  cluster.deployment("checkout", {.replicas = 3,
                                  .status = sample::kCrashing,
                                  .env = sample::endpoint("DATABASE_URL", "postgres", "postgres.shop", 5433)});
  cluster.service("checkout", 8080);
  cluster.deployment("cart", {.env = sample::endpoint("CHECKOUT", "http", "checkout", 8080)});
  cluster.deployment("report", {.status = sample::kUnschedulable, .resources = R"({"requests": {"cpu": "64"}})"});
  return cluster;
}

// The shell's part, answered from values: what stands behind each step in a test.
struct Shell {
  SnapshotResult snapshot;
  std::vector<diagnosis::LogExcerpt> logs = {};
  Result<json::Value> tool = json::Value(json::Object{{"items", json::Array()}});
  std::vector<OperationAnswered> operations = {};  // in order; the last one again when they run out
  std::vector<Result<prompts::Reply>> model = {};  // in order; when they run out, it does not answer
};

struct Played {
  std::vector<std::string> steps;  // "FetchSnapshot", "RequestOperation o1 scale", ...
  std::string said;
  std::vector<diagnosis::Finding> findings;
  std::vector<json::Object> arguments;  // of tools and operations
  std::vector<AskModel> asked;
};

class Player {
 public:
  Player(TurnInput input, Shell shell) : turn_(std::move(input)), shell_(std::move(shell)) {}

  // `fail_at`: the step of that number (from 0) fails in the worst way that it can.
  Played play(int fail_at = -1) {
    constexpr int kTooMany = 100;
    Happened happened = Started{};
    for (int number = 0; number < kTooMany; ++number) {
      Step step = turn_.resume(std::move(happened));
      if (std::holds_alternative<Finish>(step)) {
        out_.steps.emplace_back("Finish");
        return out_;
      }
      happened = std::visit([&](const auto& s) { return perform(s, number == fail_at); }, step);
    }
    ADD_FAILURE() << "the turn does not end";
    return out_;
  }

 private:
  Happened perform(const FetchSnapshot&, bool fails) {
    out_.steps.emplace_back("FetchSnapshot");
    return SnapshotFetched{
        fails ? SnapshotResult(fail(Code::unavailable, "read the snapshot", "connection refused")) : shell_.snapshot,
        sample::kNow};
  }
  Happened perform(const FetchLogs& step, bool fails) {
    out_.steps.push_back(fmt::format("FetchLogs {}", step.wanted.size()));
    return LogsFetched{fails ? std::vector<diagnosis::LogExcerpt>() : shell_.logs};
  }
  Happened perform(const CallTool& step, bool fails) {
    out_.steps.push_back(fmt::format("CallTool {} {}", step.call_id, step.tool));
    out_.arguments.push_back(step.arguments);
    return ToolAnswered{fails ? Result<json::Value>(fail(Code::denied, "read logs", "you may not")) : shell_.tool};
  }
  Happened perform(const RequestOperation& step, bool fails) {
    out_.steps.push_back(fmt::format("RequestOperation {} {}", step.call_id, step.operation));
    out_.arguments.push_back(step.arguments);
    if (fails || shell_.operations.empty()) return OperationAnswered{};
    OperationAnswered answer = shell_.operations.front();
    if (shell_.operations.size() > 1) shell_.operations.erase(shell_.operations.begin());
    return answer;
  }
  Happened perform(const ShowAgent& step, bool) {
    out_.steps.push_back("ShowAgent " + step.name);
    return Shown{};
  }
  Happened perform(const ShowFindings& step, bool) {
    out_.steps.push_back(fmt::format("ShowFindings {}", step.findings.size()));
    out_.findings = step.findings;
    return Shown{};
  }
  Happened perform(const AskModel& step, bool fails) {
    out_.steps.push_back(step.purpose == Purpose::plan ? "AskModel plan" : "AskModel narrate");
    out_.asked.push_back(step);
    if (fails || shell_.model.empty()) return ModelAnswered{fail(Code::unavailable, "ask the model", "it is down")};
    ModelAnswered answered{std::move(shell_.model.front())};
    shell_.model.erase(shell_.model.begin());
    return answered;
  }
  Happened perform(const Say& step, bool) {
    out_.steps.emplace_back("Say");
    out_.said += step.text;
    return Shown{};
  }
  Happened perform(const Finish&, bool) { return Shown{}; }

  Turn turn_;
  Shell shell_;
  Played out_;
};

inline Shell over(const sample::Cluster& cluster) {
  return {.snapshot = std::make_shared<const Snapshot>(cluster.snapshot())};
}

inline Played play(std::string message, Shell shell, Budget budget = {}) {
  return Player({.message = std::move(message), .commands = {}, .budget = budget}, std::move(shell)).play();
}

}  // namespace ai_ops::agents
