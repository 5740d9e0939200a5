#include "ai-ops/agents/status_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/agents/sentences.h"
#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/evidence.h"
#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::agents {
namespace {

using diagnosis::Cluster;
using diagnosis::ObjectView;
using diagnosis::quote;
using foundation::json::View;

constexpr std::size_t kMaxListed = 30;
constexpr std::size_t kMaxImages = 3;

std::string images_of(View pod_spec) {
  std::vector<std::string> images;
  for (const auto& container : pod_spec["containers"].array())
    if (images.size() < kMaxImages) images.push_back(quote(View(container)["image"].text()));
  return images.empty() ? std::string() : fmt::format(", image {}", joined(images));
}

std::string workload_words(const Cluster& cluster, const ObjectView& object) {
  const diagnosis::Workload* workload = cluster.workload_of(object);
  std::string images = images_of(diagnosis::at_path(object.root(), diagnosis::pod_spec_path(object.kind())));
  if (workload == nullptr || workload->ref != object.ref()) return "runs for another workload" + images;
  auto [ready, desired] = readiness_of(*workload);
  return fmt::format("{}, {} ready{}", counted(desired, "replica"), ready, images);
}

std::string job_words(const Cluster&, const ObjectView& job) {
  if (job.condition("Complete")["status"].text() == "True") return "completed";
  return job.condition("Failed")["status"].text() == "True" ? "failed" : "not finished";
}

std::string cron_job_words(const Cluster&, const ObjectView& job) {
  bool suspended = job.spec()["suspend"].boolean_or(false);
  return fmt::format("{}runs at \"{}\"", suspended ? "suspended, " : "", quote(job.spec()["schedule"].text()));
}

std::string pod_words(const Cluster&, const ObjectView& pod) {
  std::int64_t restarts = 0;
  std::string waiting;
  for (const diagnosis::Container& container : diagnosis::containers_of(pod)) {
    restarts += container.restarts();
    if (!container.waiting_reason().empty()) waiting = ", " + quote(container.waiting_reason());
  }
  std::string node = quote(pod.spec()["nodeName"].text());
  return fmt::format("{}{}, {}, {}{}", quote(pod.status()["phase"].text("Unknown")), waiting,
                     diagnosis::is_ready(pod) ? "ready" : "not ready", counted(restarts, "restart"),
                     node.empty() ? "" : ", on " + node);
}

std::string service_words(const Cluster& cluster, const ObjectView& service) {
  std::string ports = diagnosis::ports_text(service);
  auto ready = cluster.ready_endpoints(service);
  std::string behind = ready ? ", " + counted(static_cast<std::int64_t>(*ready), "ready endpoint") : "";
  return (ports.empty() ? std::string("declares no port") : "listens on " + ports) + behind;
}

std::string node_words(const Cluster&, const ObjectView& node) {
  View has = node.status()["allocatable"];
  return fmt::format("{}, {} CPU, {} of memory",
                     node.condition("Ready")["status"].text() == "True" ? "ready" : "not ready",
                     diagnosis::shown(has["cpu"]), diagnosis::shown(has["memory"]));
}

struct Row {
  std::string_view kind;
  std::string (*words)(const Cluster&, const ObjectView&);
};
constexpr std::array kRows{Row{"Deployment", workload_words},
                           Row{"StatefulSet", workload_words},
                           Row{"DaemonSet", workload_words},
                           Row{"ReplicaSet", workload_words},
                           Row{"Job", job_words},
                           Row{"CronJob", cron_job_words},
                           Row{"Pod", pod_words},
                           Row{"Service", service_words},
                           Row{"Node", node_words}};

// "web: 3 replicas, 3 ready, image shop/web:1"
std::string line_of(const Cluster& cluster, const ObjectView& object) {
  auto row = std::ranges::find(kRows, object.kind(), &Row::kind);
  std::string words = row == kRows.end() ? fmt::format("a {}", object.kind()) : row->words(cluster, object);
  return fmt::format("{}: {}", object.name(), words);
}

std::vector<ObjectView> objects_of(const Cluster& cluster, std::string_view kind, std::string_view project) {
  std::vector<ObjectView> out;
  if (kind.empty()) {
    for (const auto& workload : cluster.workloads()) out.push_back(workload.object);
  } else {
    out = cluster.snapshot().of_kind(kind);
  }
  std::erase_if(out, [&](const ObjectView& o) {
    return !project.empty() && !o.namespace_name().empty() && o.namespace_name() != project;
  });
  return out;
}

}  // namespace

std::string status_answer(const Cluster& cluster, const std::vector<diagnosis::ObjectRef>& subjects,
                          const std::vector<diagnosis::Finding>& findings) {
  std::string out;
  for (const diagnosis::ObjectRef& subject : subjects) {
    auto object = cluster.snapshot().find(subject.kind, subject.namespace_name, subject.name);
    if (!object) continue;
    out += (out.empty() ? "" : "\n") + line_of(cluster, *object);
    auto problem = std::ranges::find(findings, subject, &diagnosis::Finding::object);
    if (problem != findings.end()) out += fmt::format("\n  {}", problem->title);
  }
  return out;
}

std::string list_answer(const Cluster& cluster, std::string_view kind, std::string_view project) {
  auto objects = objects_of(cluster, kind, project);
  std::string what = kind.empty() ? "workload" : std::string(kind);
  std::string where = project.empty() ? std::string() : fmt::format(" in {}", project);
  if (objects.empty()) return fmt::format("There is no {}{} that you may see.", what, where);
  std::string out = fmt::format("{} of kind {}{}:", objects.size(), what, where);
  if (kind.empty()) out = fmt::format("{}{}:", counted(static_cast<std::int64_t>(objects.size()), what), where);
  for (std::size_t i = 0; i < objects.size() && i < kMaxListed; ++i) out += "\n  " + line_of(cluster, objects[i]);
  if (objects.size() > kMaxListed) out += fmt::format("\n  and {} more", objects.size() - kMaxListed);
  return out;
}

}  // namespace ai_ops::agents
