#include "ai-ops/diagnosis/unserved.h"

#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::size_t kMaxNamed = 3;  // paths in a title

bool rests(const Workload& workload) {
  return workload.pods.empty() && workload.object.spec()["replicas"].integer() == 0;
}

}  // namespace

std::optional<Unserved::Silent> Unserved::silent(const Way& way) const {
  const Cluster& cluster = c_.cluster();
  auto service = cluster.snapshot().find("Service", way.backend.namespace_name, way.backend.service);
  bool is_led = service && service->spec()["type"].text() != "ExternalName" &&
                !service->spec()["publishNotReadyAddresses"].boolean_or(false);
  if (!is_led || wrong_with(cluster, way.backend) || cluster.ready_endpoints(*service) != 0) return std::nullopt;
  auto behind = cluster.behind(*service);
  if (!behind.empty() && std::ranges::all_of(behind, [](const Workload* workload) { return rests(*workload); }))
    return std::nullopt;
  auto of_service = c_.symptoms_of(service->ref());
  Silent out{&way, *service, {of_service.begin(), of_service.end()}};
  auto explains_one = [&](std::size_t symptom) {
    return std::ranges::any_of(of_service,
                               [&](std::size_t of) { return std::ranges::count(c_.drafts()[of].causes, symptom) > 0; });
  };
  for (const Workload* workload : behind)
    for (std::size_t symptom : c_.symptoms_of(workload->ref))
      if (!explains_one(symptom)) out.causes.push_back(symptom);
  return out.causes.empty() ? std::nullopt : std::optional(std::move(out));
}

bool Unserved::is_called_otherwise(const ObjectView& service) {
  if (!use_) use_.emplace(c_.cluster());
  auto fails = [](const ObjectView& check) { return !check.status()["reached"].boolean_or(true); };
  return !use_->callers_of(service).empty() || std::ranges::any_of(use_->checks_of(service), fails);
}

void Unserved::look_at(const ObjectView& from, const std::vector<Way>& ways) {
  std::vector<Silent> all;
  for (const Way& way : ways)
    if (auto one = silent(way)) all.push_back(*std::move(one));
  if (!all.empty()) tell(from, all, ways.size());
}

void Unserved::tell(const ObjectView& from, const std::vector<Silent>& silent, std::size_t ways) {
  bool is_all = silent.size() == ways;
  bool is_bad =
      is_all && std::ranges::any_of(silent, [&](const Silent& one) {
        auto is_critical = [&](std::size_t cause) { return c_.drafts()[cause].severity == Severity::critical; };
        return std::ranges::any_of(one.causes, is_critical) && is_called_otherwise(one.service);
      });
  bool is_one = !is_all && silent.size() == 1;
  std::string headline = is_all   ? "answers 503"
                         : is_one ? fmt::format("{} answers 503", silent[0].way->words)
                                  : fmt::format("{} of its {} paths answer 503", silent.size(), ways);
  Draft& draft =
      c_.symptom(from.ref(), "ingress-unserved", is_bad ? Severity::critical : Severity::warning, std::move(headline));
  std::size_t index = c_.last_index();
  for (std::size_t i = 0; i < silent.size(); ++i) {
    if (i < kMaxNamed)
      draft.detail += fmt::format("{}{} goes to Service {}, which has no ready endpoint", i == 0 ? "" : "; ",
                                  is_one ? "it" : silent[i].way->words, quote(silent[i].way->backend.service));
    draft.cite(from, silent[i].way->backend.path);
    draft.cite(silent[i].service, "spec.selector");
  }
  if (silent.size() > kMaxNamed) draft.detail += fmt::format("; and {} more", silent.size() - kMaxNamed);
  for (const Silent& one : silent)
    for (std::size_t cause : one.causes) c_.link(index, cause);
}

}  // namespace ai_ops::diagnosis
