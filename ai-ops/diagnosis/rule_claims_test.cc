#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::cites;
using sample::findings_of;
using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kWaitsForItsVolume = R"({"phase": "Pending",
  "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
    "message": "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims."}]})";
constexpr std::string_view kMountsData =
    R"(, "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}])";
constexpr std::string_view kPlain =
    R"("accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}})";

sample::Cluster db(std::string_view status = kWaitsForItsVolume) {
  sample::Cluster cluster;
  cluster.deployment("db", {.status = status, .more_pod = std::string(kMountsData)});
  return cluster;
}

sample::Cluster& claim(sample::Cluster& cluster, std::string_view spec = kPlain, std::string_view phase = "Pending",
                       std::string_view name = "data") {
  return cluster.add(fmt::format(R"({{"kind": "PersistentVolumeClaim", "metadata": {{"name": "{}", "namespace": "shop",
    "creationTimestamp": "2026-01-02T11:30:00Z"}}, "spec": {{{}}}, "status": {{"phase": "{}"}}}})",
                                 name, spec, phase));
}

sample::Cluster& volume(sample::Cluster& cluster, std::string_view name, std::string_view spec = {},
                        std::string_view phase = "Available") {
  return cluster.add(fmt::format(
      R"({{"kind": "PersistentVolume", "metadata": {{"name": "{}", "labels": {{"env": "product"}}}},
    "spec": {{"accessModes": ["ReadWriteOnce"], "capacity": {{"storage": "1Gi"}}{}}}, "status": {{"phase": "{}"}}}})",
      name, spec, phase));
}

sample::Cluster& storage_class(sample::Cluster& cluster, std::string_view name, std::string_view provisioner,
                               std::string_view mode = "Immediate") {
  return cluster.add(fmt::format(R"({{"kind": "StorageClass", "metadata": {{"name": "{}"}}, "provisioner": "{}",
    "volumeBindingMode": "{}"}})",
                                 name, provisioner, mode));
}

TEST(Claims, NamesAClaimThatIsNotThere) {
  sample::Cluster cluster = db();
  claim(cluster, kPlain, "Bound", "another");
  EXPECT_THAT(told(cluster), ElementsAre("critical Deployment/db claim-missing: waits for a volume: there is no claim "
                                         "data in shop"));
}

TEST(Claims, BelievesTheSchedulerWhereNoClaimsAreSeen) {
  sample::Cluster cluster = db(R"({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False",
    "reason": "Unschedulable", "message": "persistentvolumeclaim \"data\" not found"}]})");
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("Deployment/db claim-missing")));
  EXPECT_THAT(told(db()), ElementsAre(HasSubstr("unbound immediate PersistentVolumeClaims"))) << "nothing says missing";
}

TEST(Claims, AClaimThatIsThereByNowIsNotMissing) {
  sample::Cluster cluster = db(sample::kReady);
  cluster.event("e1", "db-5d9c-0", "FailedScheduling", "persistentvolumeclaim data not found");
  claim(cluster, kPlain, "Bound");
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Claims, AnotherNamespacesClaimsDoNotTellThatOneIsMissing) {
  sample::Cluster cluster = db();
  cluster.add(R"({"kind": "PersistentVolumeClaim", "metadata": {"name": "x", "namespace": "lab"}})");
  for (const std::string& line : told(cluster)) EXPECT_THAT(line, Not(HasSubstr("claim-missing")));
}

constexpr std::string_view kDeletedClaim = R"({"kind": "PersistentVolumeClaim", "metadata": {"name": "data",
  "namespace": "shop", "deletionTimestamp": "2026-01-02T11:59:00Z", "finalizers": ["kubernetes.io/pvc-protection"]},
  "spec": {"volumeName": "pv-1"}, "status": {"phase": "Bound"}})";

TEST(Claims, OneThatIsBeingDeletedIsNotMissing) {
  sample::Cluster cluster = db(R"({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False",
    "reason": "Unschedulable",
    "message": "0/2 nodes are available: persistentvolumeclaim \"data\" is being deleted."}]})");
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("stuck-terminating: cannot be scheduled: its claim is being deleted")))
      << "it is not in view";
  cluster.add(kDeletedClaim);
  EXPECT_THAT(told(cluster), ElementsAre("critical Deployment/db stuck-terminating: waits for a volume: claim data is "
                                         "being deleted, and no new pod gets it any more"));
  cluster.add(R"({"kind": "Pod", "metadata": {"name": "old", "namespace": "shop"}, "spec": {"nodeName": "n1", "volumes":
    [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}, "status": {"phase": "Running",
    "conditions": [{"type": "Ready", "status": "True"}]}})");
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].title, HasSubstr("any more; old still uses it"));
  EXPECT_TRUE(cites(found[0], "PersistentVolumeClaim/data metadata.deletionTimestamp"));
  EXPECT_TRUE(cites(found[0], "Pod/old spec.volumes[0].persistentVolumeClaim.claimName"));
}

TEST(Claims, APodThatHasAClaimThatIsBeingDeletedRunsOn) {
  sample::Cluster cluster = db(sample::kReady);
  EXPECT_THAT(told(cluster.add(kDeletedClaim)), IsEmpty());
}

// The ephemeral volume controller makes the claim of such a volume, once the pod is there.
TEST(Claims, APodsOwnClaimIsMadeAMomentAfterIt) {
  auto waits = [](std::string_view made, std::string_view message) {
    sample::Cluster cluster;
    return told(cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "job", "namespace": "shop",
      "creationTimestamp": "2026-01-02T{}Z"}}, "spec": {{"containers": [{{"name": "app"}}], "volumes": [
        {{"name": "tmp", "ephemeral": {{"volumeClaimTemplate": {{"spec": {{}}}}}}}}]}}, "status": {{"phase": "Pending",
      "conditions": [{{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "{}"}}]}}}})",
                                        made, message)));
  };
  constexpr std::string_view kWaits =
      R"(waiting for ephemeral volume controller to create the persistentvolumeclaim \"job-tmp\")";
  constexpr std::string_view kNotFound = R"(persistentvolumeclaim \"job-tmp\" not found)";
  const std::string kTold = "critical Pod/job claim-missing: waits for a volume: there is no claim job-tmp in shop";
  for (std::string_view message : {kWaits, kNotFound}) {
    std::string whole = fmt::format("0/2 nodes are available: {}.", message);
    EXPECT_THAT(waits("11:59:50", whole), IsEmpty()) << message;
    EXPECT_THAT(waits("11:58:00", whole), ElementsAre(kTold)) << message;
  }
}

struct Misfitting {
  std::string_view claim;
  std::string_view volume;
  std::string_view fault;
  std::string_view words;
};

TEST(Claims, NamesTheOneThingThatKeepsAVolumeFromFitting) {
  constexpr Misfitting kCases[] = {
      {R"("accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}})", "",
       "claim-capacity-mismatch", "claim data asks for 10Gi, and volume pv-1, which would fit, has 1Gi"},
      {R"("accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}})", "",
       "claim-access-mode-mismatch",
       "claim data asks for ReadWriteMany, and volume pv-1, which would fit, offers ReadWriteOnce"},
      {R"("accessModes": ["ReadWriteOnce"], "selector": {"matchLabels": {"env": "test"}})", "",
       "claim-selector-mismatch", "claim data selects labels that volume pv-1, which would fit, does not have"},
      {R"("accessModes": ["ReadWriteOnce"], "storageClassName": "")", R"(, "storageClassName": "manual")",
       "claim-class-mismatch",
       "claim data asks for no storage class, and volume pv-1, which would fit, has the storage class manual"},
      {R"("accessModes": ["ReadWriteOnce"])", R"(, "claimRef": {"namespace": "other", "name": "first", "uid": "7"})",
       "volume-already-bound", "claim data would fit volume pv-1, which belongs to claim other/first"},
      {R"("accessModes": ["ReadWriteOnce"], "volumeMode": "Block")", "", "claim-pending",
       "claim data asks for a Block volume, and volume pv-1 is one of Filesystem"},
  };
  for (const Misfitting& row : kCases) {
    sample::Cluster cluster = db();
    volume(claim(cluster, row.claim), "pv-1", row.volume);
    EXPECT_THAT(told(cluster),
                ElementsAre(fmt::format("critical Deployment/db {}: waits for a volume: {}", row.fault, row.words)));
  }
}

TEST(Claims, AVolumeThatFitsWillBeBound) {
  sample::Cluster cluster = db();
  volume(claim(cluster), "pv-1");
  cluster.event_about("PersistentVolumeClaim", "data", "e1", "FailedBinding", "no persistent volumes available");
  for (const std::string& line : told(cluster)) EXPECT_THAT(line, Not(HasSubstr("waits for a volume"))) << line;
}

TEST(Claims, AFreeVolumeThatNearlyFitsSaysMoreThanOneThatIsTaken) {
  sample::Cluster cluster = db();
  claim(cluster, R"("accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}})");
  volume(cluster, "a-taken", R"(, "claimRef": {"namespace": "shop", "name": "x", "uid": "1"})", "Bound");
  volume(cluster, "b-free");
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("volume b-free, which would fit, has 1Gi")));
}

TEST(Claims, AVolumeThatIsWrongInTwoWaysIsNotNamed) {
  sample::Cluster cluster = db();
  claim(cluster, R"("accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "5Gi"}})");
  volume(cluster, "pv-1");
  cluster.event_about("PersistentVolumeClaim", "data", "e1", "FailedBinding",
                      "no persistent volumes available for this claim and no storage class is set");
  EXPECT_THAT(told(cluster),
              ElementsAre("critical Deployment/db claim-pending: waits for a volume: claim data has no volume: no "
                          "persistent volumes available for this claim and no storage class is set"));
}

TEST(Claims, JudgesOnlyTheVolumeThatTheClaimNames) {
  sample::Cluster cluster = db();
  claim(cluster, R"("accessModes": ["ReadWriteOnce"], "volumeName": "mine")");
  volume(cluster, "mine", R"(, "claimRef": {"namespace": "shop", "name": "other", "uid": "1"})", "Bound");
  volume(cluster, "free");
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fault, "volume-already-bound");
  EXPECT_TRUE(cites(found[0], "PersistentVolume/mine spec.claimRef.name", "other"));
  EXPECT_TRUE(cites(found[0], "PersistentVolumeClaim/data spec.volumeName", "mine"));
}

TEST(Claims, AReservedVolumeIsNotTaken) {
  sample::Cluster cluster = db();
  volume(claim(cluster), "pv-1", R"(, "claimRef": {"namespace": "shop", "name": "data"})");
  for (const std::string& line : told(cluster)) EXPECT_THAT(line, Not(HasSubstr("waits for a volume")));
}

TEST(Claims, TellsAVolumeThatFailed) {
  sample::Cluster cluster = db();
  volume(claim(cluster), "pv-1", "", "Failed");
  EXPECT_THAT(findings_of(cluster)[0].title, HasSubstr("claim data would fit volume pv-1, which has failed"));
  EXPECT_EQ(findings_of(cluster)[0].fault, "volume-failed");
}

TEST(Claims, NamesAStorageClassThatDoesNotExist) {
  sample::Cluster cluster = db();
  storage_class(cluster, "standard", "csi.example.com");
  claim(cluster, R"("accessModes": ["ReadWriteOnce"], "storageClassName": "fast-ssd")");
  volume(cluster, "pv-1");
  EXPECT_THAT(told(cluster), ElementsAre("critical Deployment/db claim-class-missing: waits for a volume: claim data "
                                         "asks for the storage class fast-ssd, which does not exist"));
  storage_class(cluster, "fast-ssd", "csi.example.com", "WaitForFirstConsumer");
  for (const std::string& line : told(cluster)) EXPECT_THAT(line, Not(HasSubstr("claim-class-missing"))) << "by now";
}

TEST(Claims, AClassNeedNotExistForAVolumeOfItsName) {
  sample::Cluster cluster = db();
  storage_class(cluster, "standard", "csi.example.com");
  claim(cluster, R"("accessModes": ["ReadWriteOnce"], "storageClassName": "manual",
    "resources": {"requests": {"storage": "2Gi"}})");
  volume(cluster, "pv-1", R"(, "storageClassName": "manual")");
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("claim-capacity-mismatch")));
}

TEST(Claims, BelievesTheProvisionerWhereNoClassesAreSeen) {
  sample::Cluster cluster = db();
  claim(cluster, R"("storageClassName": "fast-ssd")");
  cluster.event_about("PersistentVolumeClaim", "data", "e1", "ProvisioningFailed",
                      R"(storageclass.storage.k8s.io \"fast-ssd\" not found)");
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("claim-class-missing")));
}

TEST(Claims, QuotesAProvisionerThatFails) {
  sample::Cluster cluster = db();
  storage_class(cluster, "fast", "csi.example.com", "WaitForFirstConsumer");
  claim(cluster, R"("storageClassName": "fast")");
  cluster.event_about("PersistentVolumeClaim", "data", "e1", "ProvisioningFailed", "no room in pool a");
  EXPECT_THAT(told(cluster), ElementsAre("critical Deployment/db claim-pending: waits for a volume: claim data has no "
                                         "volume: no room in pool a"));
}

TEST(Claims, GivesAProvisionerItsTime) {
  sample::Cluster late = db(), early = db();
  for (sample::Cluster* cluster : {&late, &early}) storage_class(*cluster, "fast", "csi.example.com");
  claim(late, R"("storageClassName": "fast")");
  early.add(R"({"kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "shop",
    "creationTimestamp": "2026-01-02T11:59:00Z"}, "spec": {"storageClassName": "fast"}, "status": {"phase": "Pending"}})");
  EXPECT_THAT(told(late), ElementsAre(HasSubstr("has waited for 30 min for csi.example.com to make its volume")));
  for (const std::string& line : told(early)) EXPECT_THAT(line, Not(HasSubstr("waits for a volume")));
}

TEST(Claims, OneThatWaitsForItsFirstConsumerIsNoFault) {
  sample::Cluster cluster;
  storage_class(cluster, "fast", "csi.example.com", "WaitForFirstConsumer");
  claim(cluster, R"("storageClassName": "fast")");
  cluster.event_about("PersistentVolumeClaim", "data", "e1", "WaitForFirstConsumer", "waiting for first consumer");
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Claims, TellsOneThatNoPodUses) {
  sample::Cluster cluster;
  claim(cluster, R"("resources": {"requests": {"storage": "3Gi"}})");
  volume(cluster, "pv-1");
  EXPECT_THAT(told(cluster), ElementsAre("warning PersistentVolumeClaim/data claim-capacity-mismatch: is not bound: it "
                                         "asks for 3Gi, and volume pv-1, which would fit, has 1Gi"));
}

TEST(Claims, TellsALostVolume) {
  sample::Cluster cluster = db(sample::kNotReady), unused;
  claim(cluster, R"("volumeName": "pv-9")", "Lost");
  claim(unused, R"("volumeName": "pv-9")", "Lost");
  EXPECT_THAT(
      told(cluster),
      ElementsAre("critical Deployment/db claim-lost: has lost a volume: claim data was bound to pv-9, which is "
                  "gone"));
  EXPECT_THAT(told(unused), ElementsAre("warning PersistentVolumeClaim/data claim-lost: has lost its volume"));
  sample::Cluster bound = db(sample::kReady);
  claim(bound, R"("volumeName": "pv-9")", "Bound");
  EXPECT_THAT(told(bound), IsEmpty());
}

TEST(Claims, TellsAVolumeWhoseNodeIsGone) {
  auto with_node = [](std::string_view node) {
    sample::Cluster cluster = db();
    claim(cluster, R"("volumeName": "pv-1")", "Bound");
    volume(cluster, "pv-1", R"(, "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions":
      [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["n7"]}]}]}})");
    cluster.add(fmt::format(R"({{"kind": "Node", "metadata": {{"name": "{0}",
      "labels": {{"kubernetes.io/hostname": "{0}"}}}}}})",
                            node));
    return told(cluster);
  };
  EXPECT_THAT(with_node("n1"),
              ElementsAre("critical Deployment/db volume-node-mismatch: waits for a volume: claim data "
                          "has volume pv-1, which no node that is there can reach"));
  EXPECT_THAT(with_node("n7"), ElementsAre(Not(HasSubstr("volume-node-mismatch"))));
}

// v1.NodeSelectorTerm, as of a pod's affinity: numbers compare, and a term without anything takes no node.
TEST(Claims, TheTermsOfAVolumeAreReadAsTheSchedulerReadsThem) {
  auto reached_by = [](std::string_view terms) {
    sample::Cluster cluster = db();
    claim(cluster, R"("volumeName": "pv-1")", "Bound");
    volume(cluster, "pv-1", fmt::format(R"(, "nodeAffinity": {{"required": {{"nodeSelectorTerms": {}}}}})", terms));
    cluster.add(R"({"kind": "Node", "metadata": {"name": "n1", "labels": {"gen": "5"}}})");
    return told(cluster);
  };
  for (std::string_view terms : {R"([{"matchExpressions": [{"key": "gen", "operator": "Gt", "values": ["3"]}]}])",
                                 R"([{"matchExpressions": [{"key": "gen", "operator": "Lt", "values": ["10"]}]}])",
                                 R"([{}, {"matchExpressions": [{"key": "gen", "operator": "Exists"}]}])"})
    EXPECT_THAT(reached_by(terms), ElementsAre(Not(HasSubstr("volume-node-mismatch")))) << terms;
  for (std::string_view terms : {R"([{"matchExpressions": [{"key": "gen", "operator": "Gt", "values": ["5"]}]}])",
                                 R"([{}])", R"([{"matchExpressions": []}])"})
    EXPECT_THAT(reached_by(terms), ElementsAre(HasSubstr("volume-node-mismatch"))) << terms;
}

TEST(Claims, NodesWithoutLabelsSayNothingOfWhatTheyReach) {
  sample::Cluster cluster = db();
  claim(cluster, R"("volumeName": "pv-1")", "Bound");
  volume(cluster, "pv-1", R"(, "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions":
    [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["n7"]}]}]}})");
  cluster.node("n1", "8");
  for (const std::string& line : told(cluster)) EXPECT_THAT(line, Not(HasSubstr("volume-node-mismatch")));
}

TEST(Claims, SurvivesClaimsOfAnyShape) {
  for (std::string_view spec : {R"("accessModes": 3, "selector": [])", R"("volumeName": {}, "storageClassName": 5)",
                                R"("resources": {"requests": {"storage": {"x": 1}}})"}) {
    sample::Cluster cluster = db();
    volume(claim(cluster, spec), "pv-1",
           R"(, "claimRef": 7, "nodeAffinity": {"required": {"nodeSelectorTerms": [3]}})");
    findings_of(cluster);
  }
}

}  // namespace
}  // namespace ai_ops::diagnosis
