#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::cites;
using sample::codes;
using sample::findings_of;
using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Said {
  std::string_view message;
  std::string_view fault;
};

sample::Cluster waits(std::string_view reason, std::string_view message = "") {
  sample::Cluster cluster;
  std::string status = sample::waiting(reason, message);
  cluster.deployment("web", {.status = status});
  return cluster;
}

// What a registry or containerd says stands in the event; the container says only that it backs off.
sample::Cluster pull_fails(std::string_view said) {
  sample::Cluster cluster = waits("ImagePullBackOff", R"(Back-off pulling image \"shop/web:1\")");
  cluster.event("e1", "web-5d9c-0", "BackOff", R"(Back-off pulling image \"shop/web:1\")", "2026-01-02T11:59:00Z");
  return std::move(cluster.event("e2", "web-5d9c-0", "Failed", fmt::format("Failed to pull image: {}", said)));
}

TEST(Waiting, TellsWhyAnImageCannotBePulled) {
  constexpr Said kCases[] = {
      {"rpc error: code = NotFound desc = failed to resolve reference registry.example/shop/web:1: not found",
       "image-not-found"},
      {"manifest unknown: manifest unknown", "image-not-found"},
      {"name unknown: repository name not known to registry", "image-not-found"},
      {"dial tcp: lookup registry.example on 10.96.0.10:53: no such host", "registry-unresolvable"},
      {"dial tcp: lookup registry.example on 10.96.0.10:53: read udp: i/o timeout", "registry-unresolvable"},
      {"lookup registry.example: server misbehaving", "registry-unresolvable"},
      {"no match for platform in manifest: not found", "image-wrong-platform"},
      {"no matching manifest for linux/arm64/v8 in the manifest list entries", "image-wrong-platform"},
      {"unexpected status from HEAD request to https://registry.example/v2/: 401 Unauthorized",
       "image-pull-unauthorized"},
      {"failed to authorize: failed to fetch oauth token", "image-pull-unauthorized"},
      {"pull access denied, repository does not exist or may require authorization", "image-pull-unauthorized"},
      {"unexpected status: 403 Forbidden", "image-pull-unauthorized"},
      {"dial tcp 192.0.2.7:443: connect: connection refused", "registry-unreachable"},
      {"dial tcp 192.0.2.7:443: i/o timeout", "registry-unreachable"},
      {"toomanyrequests: You have reached your pull rate limit", "registry-unreachable"},
      {"tls: failed to verify certificate: x509: certificate signed by unknown authority", "registry-unreachable"},
      {"something else", "image-not-pulled"},
  };
  for (const Said& row : kCases) {
    sample::Cluster cluster = pull_fails(row.message);
    EXPECT_THAT(codes(cluster), ElementsAre(fmt::format("F1 Deployment/web {}", row.fault))) << row.message;
    auto found = findings_of(cluster);
    ASSERT_FALSE(found.empty());
    EXPECT_TRUE(cites(found[0], "Event e2")) << row.message;
    EXPECT_TRUE(cites(found[0], "Pod/web-5d9c-0 spec.containers[0].image", "shop/web:1")) << row.message;
  }
}

TEST(Waiting, ADigestThatHolds401IsNoRefusal) {
  EXPECT_THAT(codes(pull_fails("registry.example/web@sha256:a4014c: not found")),
              ElementsAre("F1 Deployment/web image-not-found"));
}

TEST(Waiting, WhatThePublicLibraryRefusesIsNotThere) {
  EXPECT_THAT(codes(pull_fails("registry.io/library/ngingx:1: pull access denied, repository does not exist or may "
                               "require authorization")),
              ElementsAre("F1 Deployment/web image-not-found"));
}

TEST(Waiting, AnImagesOwnReasonsTellTheFault) {
  EXPECT_THAT(codes(waits("InvalidImageName", R"(couldn't parse image name \"shop/Web:1\": invalid reference format)")),
              ElementsAre("F1 Deployment/web image-name-invalid"));
  EXPECT_THAT(codes(waits("ErrImageNeverPull", "Container image is not present with pull policy of Never")),
              ElementsAre("F1 Deployment/web image-not-found"));
}

TEST(Waiting, AnOlderEventOfAnotherStepDoesNotTellWhyAnImageIsNotPulled) {
  sample::Cluster cluster = waits("ErrImagePull", "rpc error: code = Unknown");
  cluster.event("e1", "web-5d9c-0", "FailedScheduling", R"(persistentvolumeclaim \"data\" not found)");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web image-not-pulled"));
}

TEST(Waiting, TellsWhatAConfigurationLacks) {
  constexpr Said kCases[] = {
      {R"(configmap \"web-env\" not found)", "config-map-missing"},
      {R"(secret \"web-db\" not found)", "secret-missing"},
      {"couldn't find key DB_HOST in ConfigMap shop/web-env", "config-key-missing"},
      {"couldn't find key password in Secret shop/web-db", "config-key-missing"},
      {"container has runAsNonRoot and image will run as root", "must-not-run-as-root"},
      {"container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root",
       "must-not-run-as-root"},
      {R"(failed to prepare subPath for volumeMount \"data\")", "container-not-configured"},
  };
  for (const Said& row : kCases) {
    sample::Cluster cluster = waits("CreateContainerConfigError", row.message);
    EXPECT_THAT(codes(cluster), ElementsAre(fmt::format("F1 Deployment/web {}", row.fault))) << row.message;
    EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("its configuration is incomplete: "))) << row.message;
  }
}

TEST(Waiting, TellsWhyARuntimeCannotStartAContainer) {
  constexpr Said kCases[] = {
      {R"(runc create failed: exec: \"serve\": executable file not found in $PATH: unknown)", "command-not-found"},
      {R"(exec: \"/app/serve\": stat /app/serve: no such file or directory: unknown)", "command-not-found"},
      {R"(exec: \"/app/serve\": permission denied: unknown)", "command-not-executable"},
      {"container init was OOM-killed (memory limit too low?)", "out-of-memory"},
      {R"(error mounting \"/data\" to rootfs: not a directory: unknown)", "container-not-configured"},
  };
  for (const Said& row : kCases)
    EXPECT_THAT(codes(waits("RunContainerError", row.message)),
                ElementsAre(fmt::format("F1 Deployment/web {}", row.fault)))
        << row.message;
  EXPECT_THAT(codes(waits("CreateContainerError", "no command specified")),
              ElementsAre("F1 Deployment/web container-not-configured"));
}

TEST(Waiting, AStartHookThatFails) {
  sample::Cluster cluster = waits("PostStartHookError", "Exec lifecycle hook failed: exit status 1");
  cluster.event("e1", "web-5d9c-0", "FailedPostStartHook", "PostStartHook failed");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web start-hook-failed"));
  auto found = findings_of(cluster);
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(cites(found[0], "Event e1"));
}

struct Stuck {
  std::string_view reason, message, fault;
};

TEST(Waiting, TellsWhatKeepsAPodFromBeingSetUp) {
  constexpr Stuck kCases[] = {
      {"FailedMount", R"(MountVolume.SetUp failed for volume \"env\" : configmap \"web-env\" not found)",
       "config-map-missing"},
      {"FailedMount", R"(MountVolume.SetUp failed for volume \"tls\" : secret \"web-tls\" not found)",
       "secret-missing"},
      {"FailedMount", R"(MountVolume.SetUp failed for volume \"tls\" : references non-existent secret key: tls.key)",
       "config-key-missing"},
      {"FailedMount", "Unable to attach or mount volumes: timed out waiting for the condition", "volume-not-mounted"},
      {"FailedAttachVolume", "AttachVolume.Attach failed for volume pv-1", "volume-not-attached"},
      {"FailedCreatePodSandBox", "plugin type=calico failed (add): error getting ClusterInformation",
       "sandbox-not-created"},
  };
  for (const Stuck& row : kCases) {
    sample::Cluster cluster = waits("ContainerCreating");
    cluster.event("e1", "web-5d9c-0", row.reason, row.message);
    EXPECT_THAT(codes(cluster), ElementsAre(fmt::format("F1 Deployment/web {}", row.fault))) << row.message;
  }
}

// The kubelet says both, in turns: what fails, and that it has waited for it.
TEST(Waiting, TheEventThatNamesWhatIsMissingSaysMoreThanANewerOneThatWaits) {
  sample::Cluster cluster = waits("ContainerCreating");
  cluster.event("e1", "web-5d9c-0", "FailedMount", R"(MountVolume.SetUp failed: secret \"web-tls\" not found)",
                "2026-01-02T11:57:00Z");
  cluster.event("e2", "web-5d9c-0", "FailedMount",
                "Unable to attach or mount volumes: timed out waiting for the condition", "2026-01-02T11:59:00Z");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web secret-missing"));
}

// The kubelet pulls images once the volumes are mounted and the sandbox stands.
TEST(Waiting, APodThatPullsItsImageHasItsVolumesByNow) {
  for (std::string_view reason : {"FailedMount", "FailedCreatePodSandBox", "FailedAttachVolume"}) {
    sample::Cluster cluster = waits("ContainerCreating");
    cluster.event("e1", "web-5d9c-0", reason, "failed to sync configmap cache", "2026-01-02T11:57:00Z");
    cluster.event("e2", "web-5d9c-0", "Pulling", "Pulling image", "2026-01-02T11:59:00Z");
    EXPECT_THAT(codes(cluster), IsEmpty()) << reason;
  }
}

TEST(Waiting, AContainerThatRunsByNowIsWell) {
  sample::Cluster cluster;
  cluster.deployment("web");
  cluster.event("e1", "web-5d9c-0", "Failed", "Failed to pull image: not found");
  cluster.event("e2", "web-5d9c-0", "FailedMount", "configmap web-env not found");
  EXPECT_THAT(codes(cluster), IsEmpty());
  EXPECT_THAT(codes(waits("ContainerCreating")), IsEmpty());
  EXPECT_THAT(codes(waits("PodInitializing")), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
