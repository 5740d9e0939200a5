#include "ai-ops/reader/names.h"

#include <algorithm>
#include <array>

#include "ai-ops/reader/words.h"
#include "foundation/base/ascii.h"
#include "foundation/kubernetes/kinds.h"

namespace ai_ops::reader {

using foundation::lowered;

namespace {

// Best first: what a person means when several objects have one name.
constexpr std::array<std::string_view, 14> kRank{"Deployment",
                                                 "StatefulSet",
                                                 "DaemonSet",
                                                 "CronJob",
                                                 "Job",
                                                 "Service",
                                                 "Ingress",
                                                 "Node",
                                                 "ConfigMap",
                                                 "PersistentVolumeClaim",
                                                 "PodDisruptionBudget",
                                                 "HorizontalPodAutoscaler",
                                                 "ReplicaSet",
                                                 "Pod"};
constexpr std::string_view kNeverNamed = "Event|Endpoints|EndpointSlice|Namespace";
constexpr std::string_view kWorkloadKinds = "Deployment|StatefulSet|DaemonSet|CronJob|Job|ReplicaSet|Pod";
constexpr std::string_view kOwnedKinds = "Pod|ReplicaSet";
constexpr std::string_view kAnyWorkloadWords = "workload|workloads|app|apps|application|applications";

constexpr std::size_t kMinPrefix = 3;
constexpr std::size_t kMinSlipName = 5;

// Words of the language and of our own questions. One is a name only beside a kind word, or exactly that of an object.
constexpr std::string_view kEveryday =
    "a|about|after|again|all|also|am|an|and|any|anything|are|as|at|be|because|been|before|being|but|by|can|cannot|cant|"
    "check|cluster|come|could|currently|debug|describe|detail|details|diagnose|did|didnt|do|does|doesnt|doing|done|"
    "dont|"
    "down|each|error|errors|event|events|every|everything|explain|fail|failed|failing|fails|fine|fix|for|from|get|give|"
    "go|going|gone|good|had|happen|happened|happening|has|have|he|health|healthy|hello|help|her|here|hey|hi|him|his|"
    "how|"
    "hows|i|if|image|images|in|into|investigate|is|isnt|issue|issues|it|its|just|keep|keeps|last|later|latest|less|let|"
    "lets|like|list|log|logs|look|make|many|matter|may|me|more|most|much|my|need|never|new|no|not|nothing|now|of|off|"
    "ok|"
    "okay|old|on|one|only|or|other|our|out|over|please|pls|previous|print|problem|problems|project|ready|recent|"
    "recently|"
    "replica|replicas|resize|restart|restarts|restarted|restarting|right|run|running|runs|same|scale|see|set|she|"
    "should|"
    "show|since|slow|so|some|something|start|started|starting|state|status|still|stop|stuck|summary|tail|tell|than|"
    "thanks|thank|that|the|their|them|then|there|these|they|thing|things|think|this|those|time|to|today|too|trouble|"
    "troubleshoot|two|up|us|use|used|version|want|was|we|well|went|were|what|whats|when|where|which|while|who|why|will|"
    "with|without|wont|work|working|works|workspace|would|wrong|yes|yesterday|yet|you|your|crash|crashed|crashes|"
    "crashing|broken|unhealthy|pending|unavailable|available|healthy|overview|namespace|alright|analyze|inspect|"
    "dead|dying|unreachable|responding|respond|repair|solve|heal|cause|reason|dying|kill|killed|oom|oomkilled|memory|"
    "cpu|big|bigger|small|smaller|line|lines|stdout|stderr|traceback|output|who|changed|change|changes|history|count|"
    "number|instances|display|exist|exists|up|lately|ago|minutes|hour|hours|minute|five|three|four|ten|twenty|bit|"
    "back|roll|rollback|rollout|revert|revision|request|requests|limit|limits";

// A name may be expected after these.
constexpr std::string_view kBeforeAName =
    "with|of|about|for|to|is|are|does|did|on|from|called|named|has|show|describe|get";

std::size_t rank_of(const ObjectRef& object) {
  return static_cast<std::size_t>(std::ranges::find(kRank, object.kind) - kRank.begin());
}

bool is_owned(const ObjectRef& object) { return is_one_of(object.kind, kOwnedKinds); }

std::vector<ObjectRef> with_kind(std::span<const ObjectRef> objects, std::string_view kind) {
  std::vector<ObjectRef> out;
  std::ranges::copy_if(objects, std::back_inserter(out), [&](const ObjectRef& o) { return fits_kind(o, kind); });
  return out;
}

// One message being looked through.
class Search {
 public:
  Search(std::span<const std::string> words, const Names& names) : words_(words), names_(names) {}

  Named run() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::size_t known = out_.targets.size();
      look_at(i);
      if (out_.targets.size() > known) out_.at.push_back(i);
    }
    if (!out_.targets.empty()) out_.kind.clear();
    if (!out_.project.empty()) keep_project();
    return std::move(out_);
  }

 private:
  std::string_view word(std::size_t i) const { return i < words_.size() ? std::string_view(words_[i]) : ""; }
  std::string_view before(std::size_t i) const { return i == 0 ? std::string_view() : word(i - 1); }

  // "web deployment" too, unless the kind word begins a name of its own: "web pod checkout-1".
  std::string kind_beside(std::size_t i) const {
    std::string kind = kind_of_word(before(i));
    if (kind.empty() && names_.exactly(word(i + 2)).empty()) kind = kind_of_word(word(i + 1));
    return kind;
  }

  void look_at(std::size_t i) {
    std::string_view w = word(i);
    if (w.find('/') != std::string_view::npos) return take_path(w);
    bool is_said_project = is_one_of(before(i), "in|project|namespace") || is_one_of(word(i + 1), "project|namespace");
    if (names_.is_project(w) && (is_said_project || names_.exactly(w).empty())) {
      out_.project = w;
      return;
    }
    std::string kind = kind_beside(i);
    if (auto found = names_.exactly(w); !found.empty() && (!is_everyday(w) || !kind.empty())) return take(found, kind);
    if (is_everyday(w)) return note_kind(i);
    auto found = names_.by_prefix(w);
    if (found.empty()) found = names_.by_one_slip(w);
    if (!found.empty()) return take(found, kind);
    bool expected = is_one_of(before(i), kBeforeAName) || !kind_of_word(before(i)).empty() ||
                    (before(i) == "the" && is_one_of(before(i - 1), kBeforeAName));
    if (expected && out_.unknown.empty()) out_.unknown = w;
  }

  void note_kind(std::size_t i) {
    std::string kind = kind_of_word(word(i));
    if (!kind.empty() && out_.kind.empty()) out_.kind = kind;
  }

  void take_path(std::string_view path) {
    std::size_t slash = path.find('/');
    std::string_view left = path.substr(0, slash), right = path.substr(slash + 1);
    std::string kind = kind_of_word(left);
    std::vector<ObjectRef> found = with_kind(names_.exactly(right), kind);
    if (kind.empty()) std::erase_if(found, [&](const ObjectRef& o) { return o.namespace_name != left; });
    if (found.empty() && out_.unknown.empty()) out_.unknown = path;
    take(found, {});
  }

  // A kind word beside the name chooses, where there is such an object; "the checkout service" may well be a
  // Deployment.
  void take(std::span<const ObjectRef> found, std::string_view kind) {
    std::vector<ObjectRef> chosen = with_kind(found, kind);
    if (chosen.empty()) chosen.assign(found.begin(), found.end());
    for (ObjectRef& object : chosen)
      if (std::ranges::find(out_.targets, object) == out_.targets.end()) out_.targets.push_back(std::move(object));
  }

  void keep_project() {
    auto elsewhere = [&](const ObjectRef& o) { return o.namespace_name != out_.project; };
    if (!std::ranges::all_of(out_.targets, elsewhere)) std::erase_if(out_.targets, elsewhere);
  }

  std::span<const std::string> words_;
  const Names& names_;
  Named out_;
};

}  // namespace

bool is_everyday(std::string_view word) {
  static const auto kWords = [] {
    auto words = alternatives_of(kEveryday);
    return std::set<std::string_view>(words.begin(), words.end());
  }();
  return kWords.contains(word) || word == "," || count_of(word) || !kind_of_word(word).empty();
}

std::string kind_of_word(std::string_view word) {
  if (is_one_of(word, kAnyWorkloadWords)) return std::string(kAnyWorkload);
  if (is_one_of(word, "no|limits|all")) return {};  // short names of kinds that are words first
  const auto* kind = foundation::kubernetes::find_kind_by_word(word);
  return kind == nullptr || is_one_of(kind->name, kNeverNamed) ? std::string() : std::string(kind->name);
}

bool fits_kind(const ObjectRef& object, std::string_view kind) {
  return kind.empty() || object.kind == kind || (kind == kAnyWorkload && is_one_of(object.kind, kWorkloadKinds));
}

Names::Names(const Snapshot& snapshot) {
  for (const auto& object : snapshot.all()) {
    if (object.kind() == "Namespace") projects_.emplace(object.name());
    if (!object.namespace_name().empty()) projects_.emplace(object.namespace_name());
    if (!is_one_of(object.kind(), kNeverNamed)) by_name_[lowered(object.name())].push_back(object.ref());
  }
  for (auto& [name, objects] : by_name_)
    std::ranges::sort(objects, {}, [](const ObjectRef& o) { return std::tuple(rank_of(o), o.namespace_name, o.kind); });
}

std::span<const ObjectRef> Names::exactly(std::string_view name) const {
  auto found = by_name_.find(name);
  return found == by_name_.end() ? std::span<const ObjectRef>() : found->second;
}

std::span<const ObjectRef> Names::by_first_words(std::string_view words) const {
  return words.size() < kMinPrefix ? std::span<const ObjectRef>() : by_prefix(std::string(words) + "-");
}

std::span<const ObjectRef> Names::by_prefix(std::string_view letters) const {
  if (letters.size() < kMinPrefix) return {};
  const std::vector<ObjectRef>* best = nullptr;
  std::size_t count = 0;
  for (auto at = by_name_.lower_bound(letters); at != by_name_.end() && at->first.starts_with(letters); ++at) {
    bool owned = std::ranges::all_of(at->second, is_owned);
    bool best_is_owned = best != nullptr && std::ranges::all_of(*best, is_owned);
    if (best != nullptr && owned && !best_is_owned) continue;
    count = best != nullptr && owned == best_is_owned ? count + 1 : 1;
    best = &at->second;
  }
  return count == 1 ? std::span<const ObjectRef>(*best) : std::span<const ObjectRef>();
}

std::span<const ObjectRef> Names::by_one_slip(std::string_view word) const {
  const std::vector<ObjectRef>* only = nullptr;
  if (word.size() + 1 < kMinSlipName) return {};
  for (const auto& [name, objects] : by_name_) {
    bool fits = name.size() >= kMinSlipName && !std::ranges::all_of(objects, is_owned) && is_one_slip_from(word, name);
    if (fits && only != nullptr) return {};
    if (fits) only = &objects;
  }
  return only == nullptr ? std::span<const ObjectRef>() : *only;
}

Named named_in(std::span<const std::string> words, const Names& names) { return Search(words, names).run(); }

}  // namespace ai_ops::reader
