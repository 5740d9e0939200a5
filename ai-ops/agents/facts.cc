#include "ai-ops/agents/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "ai-ops/agents/analysis_answers.h"
#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::agents {
namespace {

using diagnosis::Cluster;
using diagnosis::Evidence;
using diagnosis::EvidenceKind;
using diagnosis::Finding;
using diagnosis::ObjectRef;
using diagnosis::ObjectView;
using diagnosis::quote;
using grounding::Fact;

// A field with more words than this is a message that somebody wrote.
constexpr std::ptrdiff_t kMaxFieldWords = 4;

bool is_quoted(const Evidence& evidence) {
  if (evidence.kind != EvidenceKind::field || evidence.ref.ends_with(".message")) return true;
  return std::ranges::count(evidence.text, ' ') >= kMaxFieldWords;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// "Pod/web-1 status.containerStatuses[0].restartCount" -> "Pod web-1 status container statuses restart count"
std::string words_of_ref(const Evidence& evidence) {
  if (evidence.kind != EvidenceKind::field) return evidence.ref;
  std::size_t path = std::min(evidence.ref.find(' '), evidence.ref.size());
  std::string out = evidence.ref.substr(0, path);
  std::ranges::replace(out, '/', ' ');
  bool in_index = false;
  for (std::size_t i = path; i < evidence.ref.size(); ++i) {
    char c = evidence.ref[i];
    if (c == '[') in_index = true;
    bool begins_word = is_upper(c) && i > 0 && is_lower(evidence.ref[i - 1]);
    if (begins_word && !in_index) out += ' ';
    if (!in_index) out += c == '.' ? ' ' : is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    if (c == ']') in_index = false;
  }
  return out;
}

// What a reference names, by its form (diagnosis/finding.h): "Pod/web-1 status...", "Node/n1 ...", "Kind/project/name
// ...", "log web-1/app line 3", "Event web-1.17".
std::optional<ObjectView> object_of(const Cluster& cluster, const Finding& finding, const Evidence& evidence) {
  const auto& snapshot = cluster.snapshot();
  std::string_view ref = evidence.ref, home = finding.object.namespace_name;
  std::size_t space = std::min(ref.find(' '), ref.size());
  std::string_view first = ref.substr(0, space), rest = ref.substr(std::min(space + 1, ref.size()));
  if (evidence.kind == EvidenceKind::log) return snapshot.find("Pod", home, rest.substr(0, rest.find('/')));
  if (evidence.kind == EvidenceKind::event) {
    auto event = snapshot.find("Event", home, rest);
    if (!event) return std::nullopt;
    foundation::json::View of = event->root()["involvedObject"];
    return snapshot.find(of["kind"].text(), home, of["name"].text());
  }
  std::size_t kind = std::min(first.find('/'), first.size()), name = first.rfind('/');
  if (name == std::string_view::npos) return std::nullopt;
  if (name > kind) home = first.substr(kind + 1, name - kind - 1);
  auto found = snapshot.find(first.substr(0, kind), home, first.substr(name + 1));
  return found ? found : snapshot.find(first.substr(0, kind), "", first.substr(name + 1));  // a Node has no project
}

// The workload rather than its pod, as findings name their objects.
ObjectRef subject_of(const Cluster& cluster, const Finding& finding, const Evidence& evidence) {
  auto object = object_of(cluster, finding, evidence);
  if (!object) return finding.object;
  const diagnosis::Workload* workload = cluster.workload_of(*object);
  return workload == nullptr ? object->ref() : workload->ref;
}

Fact fact_of(const Cluster& cluster, const Finding& finding, const Evidence& evidence) {
  ObjectRef subject = subject_of(cluster, finding, evidence);
  Fact out{evidence.id, words_of_ref(evidence), subject.name, {}, subject.kind, finding.object.name};
  bool says_whose = out.text.starts_with(fmt::format("{} {} ", subject.kind, subject.name));
  out.text = quote(says_whose ? out.text : fmt::format("{}: {}", subject.name, out.text));
  if (is_quoted(evidence))
    out.quoted = quote(evidence.text);
  else
    out.text += fmt::format(": {}", quote(evidence.text));
  return out;
}

// Its title may end in what a message of the cluster says, perhaps cut off: that is no word of ours.
Fact fact_of(const Cluster& cluster, const std::vector<Finding>& findings, const Finding& finding) {
  constexpr std::size_t kLeast = 8, kTelling = 24;  // bytes of a message that do not stand there by chance
  std::string line = problem_line(cluster, findings, finding);
  std::size_t end = line.size();
  for (const Evidence& evidence : finding.evidence)
    if (std::string said = quote(evidence.text); is_quoted(evidence) && said.size() >= kLeast)
      end = std::min(end, line.find(said.substr(0, kTelling)));
  std::string ours = line.substr(0, end);
  if (end < line.size()) ours.erase(ours.find_last_not_of(": ") + 1);
  return {finding.id, std::move(ours), finding.object.name, line.substr(end), finding.object.kind};
}

}  // namespace

std::vector<Fact> facts_of(const Cluster& cluster, const std::vector<Finding>& findings) {
  std::vector<Fact> out;
  for (const Finding& finding : findings)
    if (out.size() < kMaxFacts) out.push_back(fact_of(cluster, findings, finding));
  for (const Finding& finding : findings)
    for (const Evidence& evidence : finding.evidence)
      if (out.size() < kMaxFacts) out.push_back(fact_of(cluster, finding, evidence));
  return out;
}

}  // namespace ai_ops::agents
