// Which live names a message may mean, by likeness of letters; and whether it may be meant as an operation.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "ai-ops/agents/model_plan.h"
#include "ai-ops/agents/reported_speech.h"
#include "ai-ops/reader/names.h"
#include "ai-ops/reader/operate.h"
#include "ai-ops/reader/words.h"

namespace ai_ops::agents {
namespace {

using foundation::kubernetes::ObjectView;
using foundation::kubernetes::Snapshot;
using reader::ObjectRef;

// The first kind of a name stands for it.
constexpr std::array<std::string_view, 7> kKinds{"Deployment", "StatefulSet", "DaemonSet", "CronJob",
                                                 "Job",        "Service",     "Node"};
constexpr std::size_t kMinWord = 3;
constexpr std::size_t kMaxNameBytes = 63;  // what is longer is no name of a workload

// Likeness of one word to one name.
constexpr int kSame = 100, kSamePart = 60, kRecent = 50, kSamePrefix = 40, kOneSlip = 30, kSharedLetters = 20;

// Told not to, supposed, asked about: whatever else stands there, no operation. What somebody else says or wants is
// looked for apart (reported_speech.h).
constexpr std::string_view kHoldsBack =
    "dont|not|never|no|wont|without|cancel|avoid|if|should|suppose|imagine|pretend|why|how|what|when|who|did|was|were|"
    "has|have|had|would|might|ignore|instead|undo|explain|example|hypothetically|"
    "shouldnt|didnt|wouldnt|cant|cannot|stop|unless|until|whether|which|before|after|delete|remove";

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> out;
  while (!name.empty()) {
    std::size_t end = std::min(name.find('-'), name.size());
    out.push_back(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return out;
}

std::set<std::string_view> triples_of(std::string_view word) {
  std::set<std::string_view> out;
  for (std::size_t i = 0; i + 3 <= word.size(); ++i) out.insert(word.substr(i, 3));
  return out;
}

int shared_letters(std::string_view a, std::string_view b) {
  auto left = triples_of(a), right = triples_of(b);
  if (left.empty() || right.empty()) return 0;
  auto shared = std::ranges::count_if(left, [&](std::string_view t) { return right.contains(t); });
  return static_cast<int>(2 * shared * kSharedLetters / static_cast<std::ptrdiff_t>(left.size() + right.size()));
}

int likeness(std::string_view word, std::string_view name) {
  if (word == name) return kSame;
  int best = 0;
  for (std::string_view part : parts_of(name)) {
    if (part.size() < kMinWord || word.size() < kMinWord) continue;
    if (part == word) best = std::max(best, kSamePart);
    if (part.starts_with(word) || word.starts_with(part)) best = std::max(best, kSamePrefix);
    if (part.size() > kMinWord && reader::is_one_slip_from(word, part)) best = std::max(best, kOneSlip);
  }
  return std::max(best, shared_letters(word, name));
}

// What is offered to a model stands outside the data too, in the schema of its answer and of its calls.
bool is_object_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

struct Scored {
  int score = 0;
  std::size_t rank = 0;
  ObjectView object;
};

std::vector<Scored> scored_objects(const Snapshot& snapshot, const std::vector<std::string>& words,
                                   const std::vector<ObjectRef>& recent) {
  std::vector<Scored> out;
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t rank = 0; rank < kKinds.size(); ++rank) {
    for (const ObjectView& object : snapshot.of_kind(kKinds[rank])) {
      if (!is_object_name(object.name())) continue;
      if (!object.namespace_name().empty() && !is_object_name(object.namespace_name())) continue;
      if (!seen.emplace(object.namespace_name(), object.name()).second) continue;
      int score = 0;
      for (const std::string& word : words) score = std::max(score, likeness(word, object.name()));
      bool is_recent = std::ranges::any_of(recent, [&](const ObjectRef& r) {
        return r.name == object.name() && r.namespace_name == object.namespace_name();
      });
      out.push_back({score + (is_recent ? kRecent : 0), rank, object});
    }
  }
  std::ranges::sort(out, {}, [](const Scored& s) {
    return std::tuple(-s.score, s.rank, s.object.name(), s.object.namespace_name());
  });
  return out;
}

bool may_operate(const reader::Message& message, const reader::Named& named, std::size_t bytes) {
  return message.is_plain && bytes <= reader::kMaxOperateBytes && !reader::only_asks(message) &&
         !is_reported(message.words, named.at) &&
         std::ranges::none_of(message.words, [](const auto& w) { return reader::is_one_of(w, kHoldsBack); });
}

// What the words name without doubt leaves no other choice.
bool is_excluded(const ObjectRef& object, const reader::Named& named) {
  bool in_project = named.project.empty() || object.namespace_name.empty() || object.namespace_name == named.project;
  bool is_named = named.targets.empty() || std::ranges::any_of(named.targets, [&](const ObjectRef& t) {
                    return t.name == object.name && t.namespace_name == object.namespace_name;
                  });
  return !in_project || !is_named;
}

}  // namespace

PlanChoices choices_for(std::string_view text, const Snapshot& snapshot, const std::vector<ObjectRef>& recent) {
  PlanChoices out;
  out.message = text;
  reader::Message message = reader::words_of(text);
  reader::Named named = reader::named_in(message.words, reader::Names(snapshot));
  out.project = named.project;
  out.may_operate = may_operate(message, named, text.size());
  out.words = message.words;
  for (const std::string& word : message.words)
    if (auto count = reader::count_of(word)) out.counts.push_back(*count);
  for (const Scored& scored : scored_objects(snapshot, message.words, recent)) {
    if (out.candidates.size() == kMaxCandidates) break;
    ObjectRef object = scored.object.ref();
    if (is_excluded(object, named)) continue;
    out.replicas_now.push_back(scored.object.spec()["replicas"].integer_or(1));
    out.candidates.push_back({object.name, std::move(object)});
  }
  std::map<std::string, int> uses;
  for (const Candidate& candidate : out.candidates) ++uses[candidate.label];
  for (Candidate& candidate : out.candidates) {
    const ObjectRef& object = candidate.object;
    if (uses[object.name] > 1) candidate.label = fmt::format("{}/{}", object.namespace_name, object.name);
    std::string where = object.namespace_name.empty() ? std::string() : " in " + object.namespace_name;
    out.lines.emplace_back(fmt::format("{}: {}{}", candidate.label, object.kind, where));
  }
  return out;
}

}  // namespace ai_ops::agents
