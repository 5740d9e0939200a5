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
      {"toomanyrequests: You have reached your pull rate limit", "image-not-pulled"},
      {"unexpected status from HEAD request: 429 Too Many Requests", "image-not-pulled"},
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

// Of an image without a host and a path the default registry's own library is meant, which is public.
TEST(Waiting, AnOfficialImageThatIsRefusedIsNotThere) {
  constexpr std::string_view kDenied =
      "registry.io/library/x:1: pull access denied, repository does not exist or may require authorization";
  auto refused = [&](std::string_view image) {
    sample::Cluster cluster;
    std::string status = sample::waiting("ImagePullBackOff", "Back-off pulling image");
    cluster.deployment("web", {.status = status, .more_container = fmt::format(R"(, "image": "{}")", image)});
    return codes(cluster.event("e1", "web-5d9c-0", "Failed", kDenied));
  };
  EXPECT_THAT(refused("ngingx:1"), ElementsAre("F1 Deployment/web image-not-found"));
  EXPECT_THAT(refused("shop/x:1"), ElementsAre("F1 Deployment/web image-pull-unauthorized"));
  EXPECT_THAT(refused("registry.io/library/x:1"), ElementsAre("F1 Deployment/web image-pull-unauthorized"))
      << "any registry may have a project of that name";
  EXPECT_THAT(codes(pull_fails(kDenied)), ElementsAre("F1 Deployment/web image-pull-unauthorized"));
}

TEST(Waiting, ARegistryThatIsAskedTooOftenHasAnswered) {
  auto found = findings_of(pull_fails("toomanyrequests: You have reached your pull rate limit"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].title, HasSubstr("shop/web:1, Failed to pull image: toomanyrequests: You have reached"));
}

// The kubelet goes on without a pull secret that is not there, so that the registry refuses.
struct Pulling {
  std::string_view pod_spec = R"(, "imagePullSecrets": [{"name": "login"}])";
  std::string_view secret = "another";  // that is there; empty: none is in view
  std::string_view lacked_at = {};      // by the kubelet's event
};
sample::Cluster refused(const Pulling& as) {
  sample::Cluster cluster;
  std::string status = sample::waiting("ImagePullBackOff", "Back-off pulling image");
  cluster.deployment("web", {.status = status, .more_pod = std::string(as.pod_spec)});
  cluster.event("e1", "web-5d9c-0", "Failed", "failed to authorize: 401 Unauthorized");
  if (!as.secret.empty())
    cluster.add(fmt::format(R"({{"kind": "Secret", "metadata": {{"name": "{}", "namespace": "shop"}}}})", as.secret));
  if (!as.lacked_at.empty())
    cluster.event(
        "e2", "web-5d9c-0", "FailedToRetrieveImagePullSecret",
        "Unable to retrieve some image pull secrets (old, login); attempting to pull the image may not succeed.",
        as.lacked_at);
  return cluster;
}
const auto kRefusedForIt =
    ElementsAre("F1 Deployment/web pull-secret-missing", "F2 Deployment/web image-pull-unauthorized <- F1");
const auto kOnlyRefused = ElementsAre("F1 Deployment/web image-pull-unauthorized");

TEST(Waiting, APullSecretThatIsNotThereExplainsTheRefusal) {
  EXPECT_THAT(codes(refused({})), kRefusedForIt);
  auto found = findings_of(refused({}));
  EXPECT_THAT(found[0].title, HasSubstr("there is no Secret login in shop, which imagePullSecrets names"));
  EXPECT_TRUE(cites(found[0], "Pod/web-5d9c-0 spec.imagePullSecrets[0].name", "login"));
  EXPECT_THAT(codes(refused({.secret = "login"})), kOnlyRefused);
  EXPECT_THAT(codes(refused({.secret = ""})), kOnlyRefused) << "Secrets are not in view";
  EXPECT_THAT(codes(refused({.pod_spec = ""})), kOnlyRefused) << "none is named";
}

TEST(Waiting, AnotherNamespacesSecretsSayNothingOfAPullSecret) {
  sample::Cluster cluster = refused({.secret = ""});
  cluster.add(R"({"kind": "Secret", "metadata": {"name": "x", "namespace": "lab"}})");
  EXPECT_THAT(codes(cluster), kOnlyRefused);
}

TEST(Waiting, TheKubeletTellsWhichPullSecretsItLacks) {
  constexpr std::string_view kJustNow = "2026-01-02T11:58:00Z", kLongAgo = "2026-01-02T11:30:00Z";
  sample::Cluster cluster = refused({.secret = "", .lacked_at = kJustNow});
  EXPECT_THAT(codes(cluster), kRefusedForIt);
  EXPECT_TRUE(cites(findings_of(cluster)[0], "Event e2"));
  EXPECT_THAT(codes(refused({.pod_spec = "", .secret = "", .lacked_at = kJustNow})), kRefusedForIt)
      << "a description of a pod leaves them out";
  EXPECT_THAT(codes(refused({.secret = "", .lacked_at = kLongAgo})), kOnlyRefused) << "it would have said so again";
}

// The admission of ServiceAccounts gives them to pods that name none.
TEST(Waiting, APullSecretMayStandInTheServiceAccount) {
  for (std::string_view name : {"default", "builder"}) {
    std::string spec = name == "default" ? "" : fmt::format(R"(, "serviceAccountName": "{}")", name);
    sample::Cluster cluster = refused({.pod_spec = spec});
    cluster.add(fmt::format(R"({{"kind": "ServiceAccount", "metadata": {{"name": "{}", "namespace": "shop"}},
      "imagePullSecrets": [{{"name": "another"}}, {{"name": "login"}}]}})",
                            name));
    EXPECT_THAT(codes(cluster), kRefusedForIt) << name;
    EXPECT_TRUE(
        cites(findings_of(cluster)[0], fmt::format("ServiceAccount/{} imagePullSecrets[1].name", name), "login"));
  }
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

TEST(Waiting, AVolumeThatWasAttachedByNowIsNotHeld) {
  sample::Cluster cluster = waits("ContainerCreating");
  cluster.event("e1", "web-5d9c-0", "FailedAttachVolume", R"(AttachVolume.Attach failed for volume \"pv-1\")");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web volume-not-attached"));
  cluster.event("e2", "web-5d9c-0", "SuccessfulAttachVolume", R"(AttachVolume.Attach succeeded for volume \"pv-1\")",
                "2026-01-02T11:59:58Z");
  EXPECT_THAT(codes(cluster), IsEmpty());
  cluster.event("e3", "web-5d9c-0", "FailedMount", "MountVolume.SetUp failed", "2026-01-02T11:58:30Z");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web volume-not-mounted")) << "what is attached is not mounted";
}

// The kubelet tries again after half a second, and then waits twice as long each time.
TEST(Waiting, AMountThatFailedOnceAMomentAgoMayStillCome) {
  constexpr std::string_view kMessage = "failed to sync configmap cache: timed out waiting for the condition";
  auto failed = [&](std::string_view at, int count) {
    sample::Cluster cluster = waits("ContainerCreating");
    return codes(cluster.add(fmt::format(R"({{"kind": "Event", "metadata": {{"name": "e1", "namespace": "shop"}},
      "involvedObject": {{"kind": "Pod", "namespace": "shop", "name": "web-5d9c-0"}}, "reason": "FailedMount",
      "message": "{}", "count": {}, "lastTimestamp": "2026-01-02T{}Z"}})",
                                         kMessage, count, at)));
  };
  EXPECT_THAT(failed("11:59:58", 1), IsEmpty());
  EXPECT_THAT(failed("11:59:58", 3), ElementsAre("F1 Deployment/web volume-not-mounted")) << "repeated";
  EXPECT_THAT(failed("11:59:00", 1), ElementsAre("F1 Deployment/web volume-not-mounted")) << "it has stood a minute";
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
