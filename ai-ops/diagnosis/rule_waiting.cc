// A container that never started: what the kubelet waits for, by its reason; and of an image that its registry refuses,
// the Secret that is not there to pull it with.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/event_history.h"
#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/pull_secret.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

// What the detail of the title is taken from, and by which words the fault is told apart.
enum class About { image, configuration, command };

struct WaitingReason {
  std::string_view reason;
  std::string_view fault;  // unless the message tells it more exactly
  std::string_view headline;
  About about;
};

// The kubelet's reasons for a container that cannot start. ContainerCreating and PodInitializing are how every
// container begins: an event must tell that they are stuck.
constexpr std::array kWaitingReasons{
    WaitingReason{"ImagePullBackOff", "image-not-pulled", "its image cannot be pulled", About::image},
    WaitingReason{"ErrImagePull", "image-not-pulled", "its image cannot be pulled", About::image},
    WaitingReason{"ErrImageNeverPull", "image-not-found", "its image is not on the node and may not be pulled",
                  About::image},
    WaitingReason{"InvalidImageName", "image-name-invalid", "its image name is not valid", About::image},
    WaitingReason{"ImageInspectError", "image-not-pulled", "its image cannot be read", About::image},
    WaitingReason{"RegistryUnavailable", "registry-unreachable", "its image cannot be pulled", About::image},
    WaitingReason{"CreateContainerConfigError", "container-not-configured", "its configuration is incomplete",
                  About::configuration},
    WaitingReason{"CreateContainerError", "container-not-configured", "its container cannot be created",
                  About::command},
    WaitingReason{"RunContainerError", "container-not-configured", "its container cannot be started", About::command},
    WaitingReason{"PreStartHookError", "start-hook-failed", "its container cannot be started", About::command},
    WaitingReason{"PostStartHookError", "start-hook-failed", "its start hook fails", About::command},
};

// containerd and the registries behind it.
constexpr Phrase kPullPhrases[] = {
    {{"toomanyrequests", ""}, "image-not-pulled"},  // it answers, and wants to be asked less often
    {{"429 too many requests", ""}, "image-not-pulled"},
    {{"no such host", ""}, "registry-unresolvable"},
    {{"server misbehaving", ""}, "registry-unresolvable"},
    {{"lookup ", "i/o timeout"}, "registry-unresolvable"},
    {{"no match for platform", ""}, "image-wrong-platform"},
    {{"no matching manifest", ""}, "image-wrong-platform"},
    {{"unauthorized", ""}, "image-pull-unauthorized"},
    {{"authentication required", ""}, "image-pull-unauthorized"},
    {{"access denied", ""}, "image-pull-unauthorized"},
    {{"failed to authorize", ""}, "image-pull-unauthorized"},
    {{"403 forbidden", ""}, "image-pull-unauthorized"},
    {{"not found", ""}, "image-not-found"},
    {{"manifest unknown", ""}, "image-not-found"},
    {{"name unknown", ""}, "image-not-found"},
    {{"does not exist", ""}, "image-not-found"},
    {{"connection refused", ""}, "registry-unreachable"},
    {{"timeout", ""}, "registry-unreachable"},
    {{"deadline exceeded", ""}, "registry-unreachable"},
    {{"x509", ""}, "registry-unreachable"},
    {{"no route to host", ""}, "registry-unreachable"},
};
// The kubelet, before it starts a container.
constexpr Phrase kConfigurationPhrases[] = {
    {{"couldn't find key", ""}, "config-key-missing"},
    {{"references non-existent secret key", ""}, "config-key-missing"},
    {{"references non-existent config key", ""}, "config-key-missing"},
    {{"secret \"", "not found"}, "secret-missing"},
    {{"configmap \"", "not found"}, "config-map-missing"},
    {{"runasnonroot", ""}, "must-not-run-as-root"},
    {{"non-root", ""}, "must-not-run-as-root"},
};
std::span<const Phrase> phrases_about(About about) {
  switch (about) {
    case About::image: return kPullPhrases;
    case About::configuration: return kConfigurationPhrases;
    case About::command: return start_failures();
  }
  return {};
}

struct Meaning {
  std::string_view fault;
  std::string_view words;  // what the title says of it
};
constexpr Meaning kMeanings[] = {
    {"image-not-found", "the registry does not have it"},
    {"image-pull-unauthorized", "the registry wants credentials that the pod does not give"},
    {"registry-unresolvable", "the registry's name does not resolve"},
    {"registry-unreachable", "the registry does not answer"},
    {"image-wrong-platform", "it is not made for the node's platform"},
};

struct StuckStep {
  std::string_view fails_as;
  std::string_view fault;
  std::string_view headline;
};
constexpr std::array kStuckSteps{
    StuckStep{kMounting.fails_as, "volume-not-mounted", "a volume cannot be mounted"},
    StuckStep{kAttaching.fails_as, "volume-not-attached", "a volume cannot be attached"},
    StuckStep{kSettingUpSandbox.fails_as, "sandbox-not-created", "its pod cannot be set up on the node"},
};
constexpr std::array kSetUpSteps{kAttaching, kMounting, kSettingUpSandbox};
// Of what keeps a pod from being set up: mounts name what is missing, the runtime what it cannot do.
constexpr Phrase kStuckPhrases[] = {
    {{"secret \"", "not found"}, "secret-missing"},
    {{"configmap \"", "not found"}, "config-map-missing"},
    {{"references non-existent secret key", ""}, "config-key-missing"},
    {{"references non-existent config key", ""}, "config-key-missing"},
    {{"container init was oom-killed", ""}, "out-of-memory"},
    {{"container init was", "memory limit too low"}, "out-of-memory"},
};

// Reasons of the kubelet's events about a container that does not start; those of earlier steps (the scheduler's, of
// volumes) say nothing of it.
constexpr std::array<std::string_view, 6> kStartReasons{
    "Failed", "ErrImagePull", "InspectFailed", "ErrImageNeverPull", "FailedPostStartHook", "FailedPreStartHook"};

// The newest event of the pod that says more than that something failed.
std::optional<ObjectView> telling_event(const Case& c, const ObjectView& pod, std::span<const Phrase> rows) {
  std::optional<ObjectView> any;
  for (const ObjectView& event : c.cluster().events_about(pod)) {
    if (std::ranges::find(kStartReasons, event.root()["reason"].text()) == kStartReasons.end()) continue;
    if (phrase_in(event.root()["message"].text(), rows) != nullptr) return event;
    if (!any) any = event;
  }
  return any;
}

std::string image_words(const Container& container, std::string_view fault, std::string_view said) {
  std::string image = shown(container.spec["image"]);
  if (fault == "image-not-pulled" && !said.empty()) return fmt::format("{}, {}", image, quote(said));
  auto meaning = std::ranges::find(kMeanings, fault, &Meaning::fault);
  return meaning == std::end(kMeanings) ? image : fmt::format("{}, {}", image, meaning->words);
}

// A name without a slash is one of the default registry's own library, which is public: what is refused there is not
// there.
bool is_official(const Container& container) {
  std::string_view image = container.spec["image"].text();
  return !image.empty() && !image.contains('/');
}

void explain_refusal(Case& c, const Workload& workload, const ObjectView& pod) {
  auto secret = missing_pull_secret(c.cluster(), pod, c.now());
  if (!secret) return;
  std::size_t refused = c.last_index();
  Draft& draft = c.cause(workload.ref, "pull-secret-missing",
                         fmt::format("there is no Secret {} in {}, which imagePullSecrets names", quote(secret->name),
                                     workload.ref.namespace_name));
  if (!secret->is_seen_missing) draft.certainty = Certainty::told;
  if (secret->named_by) draft.cite(*secret->named_by, secret->path);
  if (secret->event) draft.cite_event(*secret->event);
  c.link(refused, c.last_index());
}

void tell_waiting(Case& c, const Workload& workload, const Container& container, const WaitingReason& row) {
  std::string_view message = container.status["state"]["waiting"]["message"].text();
  std::span<const Phrase> rows = phrases_about(row.about);
  auto event = telling_event(c, container.pod, rows);
  std::string_view said = message;
  const Phrase* told = phrase_in(said, rows);
  if (told == nullptr && event) {
    said = event->root()["message"].text();
    told = phrase_in(said, rows);
  }
  std::string_view fault = told == nullptr ? row.fault : told->fault;
  if (fault == "image-pull-unauthorized" && is_official(container)) fault = "image-not-found";
  Draft& draft = c.symptom(workload, fault, std::string(row.headline));
  if (row.about == About::image) {
    draft.detail = image_words(container, fault, told == nullptr ? std::string_view() : said);
  } else {
    draft.detail = quote(message.empty() && event ? event->root()["message"].text() : message);
  }
  draft.container = container.name;
  draft.cite(container.pod, container.status_path + ".state.waiting.reason");
  if (row.about == About::image && container.spec) draft.cite(container.pod, container.spec_path + ".image");
  draft.cite(container.pod, container.status_path + ".state.waiting.message");
  if (event) draft.cite_event(*event);
  if (fault == "image-pull-unauthorized") explain_refusal(c, workload, container.pod);
}

const Phrase* stuck_phrase(const ObjectView& event) { return phrase_in(event.root()["message"].text(), kStuckPhrases); }

// The newest event that names what is missing, else the newest at all, of those that still stand.
std::optional<ObjectView> stuck_event(const Case& c, const ObjectView& pod) {
  std::optional<ObjectView> newest;
  for (const ObjectView& event : standing_failures(c.cluster().events_about(pod), kSetUpSteps)) {
    if (!has_lasted(event, c.now())) continue;
    if (stuck_phrase(event) != nullptr) return event;
    if (!newest) newest = event;
  }
  return newest;
}

bool tell_stuck(Case& c, const Workload& workload, const Container& container) {
  std::string_view reason = container.waiting_reason();
  if (reason != "ContainerCreating" && reason != "PodInitializing") return false;
  auto event = stuck_event(c, container.pod);
  if (!event) return false;
  const auto* row = std::ranges::find(kStuckSteps, event->root()["reason"].text(), &StuckStep::fails_as);
  const Phrase* told = stuck_phrase(*event);
  Draft& draft = c.symptom(workload, told == nullptr ? row->fault : told->fault, std::string(row->headline));
  draft.detail = quote(event->root()["message"].text());
  draft.cite(container.pod, container.status_path + ".state.waiting.reason");
  draft.cite_event(*event);
  return true;
}

// One finding a workload: its pods share a template, so they share the reason.
void tell_first(Case& c, const Workload& workload) {
  for (const ObjectView& pod : workload.pods) {
    for (const Container& container : containers_of(pod)) {
      auto row = std::ranges::find(kWaitingReasons, container.waiting_reason(), &WaitingReason::reason);
      if (row != kWaitingReasons.end()) return tell_waiting(c, workload, container, *row);
      if (tell_stuck(c, workload, container)) return;
    }
  }
}

}  // namespace

void find_waiting(Case& c) {
  for (const Workload& workload : c.cluster().workloads())
    if (!c.has_symptom(workload.ref)) tell_first(c, workload);
}

}  // namespace ai_ops::diagnosis
