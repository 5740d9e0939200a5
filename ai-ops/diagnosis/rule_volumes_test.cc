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

constexpr std::string_view kMultiAttach =
    R"(Multi-Attach error for volume \"pvc-7\" Volume is already used by pod(s) db-old)";

sample::Cluster with_holder(std::string_view node, std::string_view phase = "Running") {
  sample::Cluster cluster;
  std::string creating = sample::waiting("ContainerCreating", "");
  cluster.deployment("db", {.status = creating, .more_pod = R"(, "nodeName": "n2",
    "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}])"});
  cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "db-old", "namespace": "shop"}},
    "spec": {{"nodeName": "{}", "volumes": [{{"name": "x", "persistentVolumeClaim": {{"claimName": "data"}}}}]}},
    "status": {{"phase": "{}", "conditions": [{{"type": "Ready", "status": "True"}}]}}}})",
                          node, phase));
  cluster.add(R"({"kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "shop"},
    "spec": {"accessModes": ["ReadWriteOnce"]}, "status": {"phase": "Bound"}})");
  return cluster;
}

TEST(Volumes, NamesThePodThatHoldsAVolumeOnAnotherNode) {
  sample::Cluster cluster = with_holder("n1");
  cluster.event("e1", "db-5d9c-0", "FailedAttachVolume", kMultiAttach);
  EXPECT_THAT(told(cluster),
              ElementsAre("critical Deployment/db volume-not-attached: a volume cannot be attached: claim data is held "
                          "by pod db-old on node n1"));
  EXPECT_TRUE(cites(findings_of(cluster)[0], "PersistentVolumeClaim/data spec.accessModes", "ReadWriteOnce"));
}

TEST(Volumes, OneThatNobodyElseHoldsIsLeftToTheEvent) {
  for (auto [node, phase] : {std::pair("n2", "Running"), std::pair("n1", "Succeeded")}) {
    sample::Cluster cluster = with_holder(node, phase);
    cluster.event("e1", "db-5d9c-0", "FailedAttachVolume", kMultiAttach);
    for (const std::string& line : told(cluster)) EXPECT_THAT(line, Not(HasSubstr("is held by")));
  }
}

TEST(Volumes, WhatHasBeenAttachedByNowIsNotHeld) {
  sample::Cluster cluster = with_holder("n1");
  cluster.event("e1", "db-5d9c-0", "FailedAttachVolume", kMultiAttach);
  cluster.event("e2", "db-5d9c-0", "SuccessfulAttachVolume", "AttachVolume.Attach succeeded", "2026-01-02T11:59:30Z");
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Volumes, AnotherVolumeThatWasAttachedDoesNotEndTheWait) {
  sample::Cluster cluster = with_holder("n1");
  cluster.event("e1", "db-5d9c-0", "FailedAttachVolume", kMultiAttach);
  cluster.event("e2", "db-5d9c-0", "SuccessfulAttachVolume", R"(AttachVolume.Attach succeeded for volume \"pvc-9\")",
                "2026-01-02T11:59:30Z");
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("is held by pod db-old")));
  cluster.event("e3", "db-5d9c-0", "SuccessfulAttachVolume", R"(AttachVolume.Attach succeeded for volume \"pvc-7\")",
                "2026-01-02T11:59:40Z");
  EXPECT_THAT(told(cluster), IsEmpty());
}

// A pod with two claims, both of which a pod on another node mounts as well.
sample::Cluster with_two_claims(std::string_view first, std::string_view second) {
  sample::Cluster cluster;
  std::string creating = sample::waiting("ContainerCreating", "");
  cluster.deployment("db", {.status = creating, .more_pod = R"(, "nodeName": "n2",
    "volumes": [{"name": "a", "persistentVolumeClaim": {"claimName": "first"}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "second"}}])"});
  for (auto [claim, spec] : {std::pair("first", first), std::pair("second", second)}) {
    cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "holds-{0}", "namespace": "shop"}},
      "spec": {{"nodeName": "n1", "volumes": [{{"name": "x", "persistentVolumeClaim": {{"claimName": "{0}"}}}}]}},
      "status": {{"phase": "Running", "conditions": [{{"type": "Ready", "status": "True"}}]}}}})",
                            claim));
    cluster.add(fmt::format(R"({{"kind": "PersistentVolumeClaim", "metadata": {{"name": "{}", "namespace": "shop"}},
      "spec": {{{}}}, "status": {{"phase": "Bound"}}}})",
                            claim, spec));
  }
  return std::move(cluster.event("e1", "db-5d9c-0", "FailedAttachVolume", kMultiAttach));
}

TEST(Volumes, TheClaimThatIsMeantIsTheOneOfTheEventsVolume) {
  constexpr std::string_view kOther = R"("volumeName": "pvc-1", "accessModes": ["ReadWriteOnce"])";
  constexpr std::string_view kMeant = R"("volumeName": "pvc-7", "accessModes": ["ReadWriteOnce"])";
  for (auto [first, second, name] : {std::tuple(kOther, kMeant, "second"), std::tuple(kMeant, kOther, "first")}) {
    auto found = findings_of(with_two_claims(first, second));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_THAT(found[0].title, HasSubstr(fmt::format("claim {0} is held by pod holds-{0} on node n1", name)));
    EXPECT_TRUE(cites(found[0], fmt::format("PersistentVolumeClaim/{} spec.volumeName", name), "pvc-7"));
  }
}

TEST(Volumes, AClaimThatManyNodesMayMountOrThatIsNotKnownIsNotBlamed) {
  constexpr std::string_view kUnknown = R"("accessModes": ["ReadWriteOnce"])";
  EXPECT_THAT(told(with_two_claims(R"("volumeName": "pvc-7", "accessModes": ["ReadWriteMany"])",
                                   R"("volumeName": "pvc-7", "accessModes": ["ReadOnlyMany"])")),
              ElementsAre(Not(HasSubstr("is held by"))));
  EXPECT_THAT(told(with_two_claims(kUnknown, kUnknown)), ElementsAre(Not(HasSubstr("is held by"))));
}

TEST(Volumes, TellsOneThatFailed) {
  auto volume = [](std::string_view phase) {
    sample::Cluster cluster;
    cluster.add(fmt::format(R"({{"kind": "PersistentVolume", "metadata": {{"name": "pv-1"}},
      "status": {{"phase": "{}", "message": "error deleting the disk: in use"}}}})",
                            phase));
    return told(cluster);
  };
  EXPECT_THAT(volume("Failed"),
              ElementsAre("warning PersistentVolume/pv-1 volume-failed: has failed: error deleting the disk: in use"));
  EXPECT_THAT(volume("Released"), IsEmpty()) << "kept for whoever wants its data";
  EXPECT_THAT(volume("Available"), IsEmpty());
}

// ---- rights on volumes

struct Mounts {
  std::string_view volume = R"("hostPath": {"path": "/mnt/data"})";
  std::string_view mount = "";  // members of the mount
  std::string_view more_pod = "";
};

sample::Cluster mounting(const Mounts& mounts, std::string_view status = sample::kCrashing) {
  sample::Cluster cluster;
  cluster.deployment(
      "db",
      {.status = status,
       .more_container = fmt::format(
           R"(, "volumeMounts": [{{"name": "data", "mountPath": "/data"{}}}, {{"name": "tmp", "mountPath": "/tmp"}}])",
           mounts.mount),
       .more_pod = fmt::format(R"(, "volumes": [{{"name": "data", {}}}, {{"name": "tmp", "emptyDir": {{}}}}]{})",
                               mounts.volume, mounts.more_pod)});
  return cluster;
}

std::vector<std::string> told_with(const Mounts& mounts, std::string line,
                                   std::string_view status = sample::kCrashing) {
  bool is_previous = status == sample::kCrashing;
  return told(mounting(mounts, status), {sample::log("db-5d9c-0", {"starting", std::move(line), "bye"}, is_previous)});
}

TEST(VolumePermissions, NamesTheMountThatTheLogSpeaksOf) {
  EXPECT_THAT(
      told_with({}, "mkdir() \"/data/index\" failed (13: Permission denied)"),
      ElementsAre("critical Deployment/db volume-permission-denied: crashes at start: exit 1, 6 restarts; it has "
                  "no rights on /data, volume data, a folder of the node"));
  EXPECT_THAT(told_with({.volume = R"("persistentVolumeClaim": {"claimName": "data"})",
                         .more_pod = R"(, "securityContext": {"runAsUser": 1000})"},
                        "open /data/db.lock: permission denied"),
              ElementsAre(HasSubstr("no rights as user 1000 on /data, volume data, and the pod sets no fsGroup")));
}

TEST(VolumePermissions, AFileWithoutAFolderMeansTheOneVolumeThatKeepsData) {
  EXPECT_THAT(told_with({}, "Fatal error: can't open the RDB file dump.rdb for reading: Permission denied"),
              ElementsAre(HasSubstr("volume-permission-denied")));
  EXPECT_THAT(told_with({.volume = R"("emptyDir": {})"}, "can't open the file dump.rdb: Permission denied"),
              ElementsAre(HasSubstr(" crash: ")));
}

TEST(VolumePermissions, TellsAMountThatTakesNoWrites) {
  std::string line = "open /data/db.lock: read-only file system";
  EXPECT_THAT(told_with({.mount = R"(, "readOnly": true)"}, line),
              ElementsAre(HasSubstr("it may not write to /data, volume data, which takes no writes")));
  EXPECT_THAT(told_with({.volume = R"("configMap": {"name": "c"})"}, line),
              ElementsAre(HasSubstr("volume-permission-denied")));
  EXPECT_THAT(told_with({}, line), ElementsAre(HasSubstr(" crash: "))) << "the mount takes writes";
}

TEST(VolumePermissions, OtherThingsThatAreDeniedAreNoVolumes) {
  for (std::string line : {"listen tcp :80: bind: permission denied", "root@host: Permission denied (publickey).",
                           "ERROR: permission denied for table orders", "open /etc/shadow: permission denied",
                           "exec /data-tools/run: permission denied", "open /tmp/x: permission denied",
                           "open /database/x: permission denied"})
    EXPECT_THAT(told_with({}, line), ElementsAre(Not(HasSubstr("volume-permission-denied")))) << line;
}

TEST(VolumePermissions, AWorkloadThatRunsByNowIsFine) {
  EXPECT_THAT(told_with({}, "open /data/x: permission denied", sample::kReady), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
