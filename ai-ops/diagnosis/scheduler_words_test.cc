#include "ai-ops/diagnosis/scheduler_words.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ai_ops::diagnosis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "3 insufficient-cpu"
std::vector<std::string> read(std::string_view message) {
  std::vector<std::string> out;
  for (const Obstacle& it : obstacles_in(message)) out.push_back(fmt::format("{} {}", it.nodes, it.fault));
  return out;
}

TEST(SchedulerWords, CountsTheNodesOfEachReason) {
  EXPECT_THAT(read("0/6 nodes are available: 1 Insufficient memory, 2 node(s) were unschedulable, 3 Insufficient cpu."),
              ElementsAre("1 insufficient-memory", "2 node-cordoned", "3 insufficient-cpu"));
}

TEST(SchedulerWords, ReadsTheReasonsOfEveryFilter) {
  struct Row {
    std::string_view words, fault;
  };
  constexpr Row kRows[] = {
      {"1 node(s) were unschedulable", "node-cordoned"},
      {"1 node(s) had untolerated taint {spot: true}", "untolerated-taint"},
      {"1 node(s) didn't match Pod's node affinity/selector", "node-affinity-mismatch"},
      {"1 node(s) didn't match node selector", "node-selector-mismatch"},
      {"1 Insufficient cpu", "insufficient-cpu"},
      {"1 Insufficient memory", "insufficient-memory"},
      {"1 Insufficient ephemeral-storage", "insufficient-resource"},
      {"1 Insufficient nvidia.com/gpu", "insufficient-resource"},
      {"1 Too many pods", "too-many-pods"},
      {"1 node(s) didn't have free ports for the requested pod ports", "host-port-conflict"},
      {"1 node(s) didn't match pod anti-affinity rules", "pod-anti-affinity-conflict"},
      {"1 node(s) didn't satisfy existing pods anti-affinity rules", "pod-anti-affinity-conflict"},
      {"1 node(s) didn't match pod affinity rules", "pod-affinity-unsatisfied"},
      {"1 node(s) didn't match pod topology spread constraints", "topology-spread-unsatisfied"},
      {"1 node(s) didn't match pod topology spread constraints (missing required label)",
       "topology-spread-unsatisfied"},
      {"1 node(s) had volume node affinity conflict", "volume-node-mismatch"},
      {"1 node(s) didn't match PersistentVolume's node affinity", "volume-node-mismatch"},
      {"1 node(s) didn't find available persistent volumes to bind", "claim-pending"},
      {"1 node(s) exceed max volume count", "unschedulable"},
  };
  for (const Row& row : kRows)
    EXPECT_THAT(
        read(fmt::format("0/1 nodes are available: {}. preemption: 0/1 nodes are available: 1 Preemption is not "
                         "helpful for scheduling.",
                         row.words)),
        ElementsAre(fmt::format("1 {}", row.fault)))
        << row.words;
}

TEST(SchedulerWords, AReasonWithoutANumberIsThatOfThePod) {
  EXPECT_THAT(read("0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/2 nodes "
                   "are available: 2 Preemption is not helpful for scheduling."),
              ElementsAre("1 claim-pending"));
  EXPECT_THAT(read("0/2 nodes are available: persistentvolumeclaim \"data\" not found. no new claims to deallocate, "
                   "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."),
              ElementsAre("1 claim-missing"));
  EXPECT_THAT(read("0/2 nodes are available: waiting for ephemeral volume controller to create the "
                   "persistentvolumeclaim \"web-1-tmp\"."),
              ElementsAre("1 claim-missing"));
  EXPECT_THAT(read("0/2 nodes are available: persistentvolumeclaim \"data\" is being deleted."),
              ElementsAre("1 stuck-terminating"));
}

TEST(SchedulerWords, LeavesOutWhatIsSaidOfPreemption) {
  EXPECT_THAT(
      read("0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are "
           "available: 1 Insufficient memory."),
      ElementsAre("1 insufficient-cpu"));
}

TEST(SchedulerWords, ATaintMayHoldAnything) {
  EXPECT_THAT(read("0/3 nodes are available: 1 node(s) had untolerated taint {team: a, b}, 2 Insufficient cpu."),
              ElementsAre("1 untolerated-taint", "2 insufficient-cpu"));
  EXPECT_THAT(
      read("0/3 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }, 2 node(s) "
           "had untolerated taint {k: v. w}."),
      ElementsAre("1 untolerated-taint", "2 untolerated-taint"));
}

// Kubernetes before 1.24.
TEST(SchedulerWords, ReadsTheTaintsOfOlderSchedulers) {
  EXPECT_THAT(read("0/3 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod "
                   "didn't tolerate, 2 Insufficient cpu."),
              ElementsAre("1 untolerated-taint", "2 insufficient-cpu"));
}

TEST(SchedulerWords, ReadsAnyText) {
  for (std::string_view text :
       {"", "available: ", "no nodes available to schedule pods", "nodes are available: {", "are available: , , .",
        "are available: 99999999999999999999 Insufficient cpu", "}{, {"})
    EXPECT_NO_THROW(obstacles_in(text)) << text;
  EXPECT_THAT(read("no nodes available to schedule pods"), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
