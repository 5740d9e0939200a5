// From linked drafts to the findings that leave the engine: severity, order, numbers and titles.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "ai-ops/diagnosis/draft.h"
#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::size_t kMaxTitleBytes = 300;  // contracts/events.schema.json

// What nothing speaks for is not said, however it came about; what it was to explain is explained by its own causes.
std::vector<Draft> spoken_for(std::vector<Draft> drafts) {
  std::vector<std::size_t> place(drafts.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < drafts.size(); ++i)
    if (!drafts[i].evidence.empty()) place[i] = kept++;
  if (kept == drafts.size()) return drafts;
  std::vector<Draft> out;
  for (const Draft& draft : drafts) {
    if (draft.evidence.empty()) continue;
    Draft said = draft;
    std::set<std::size_t> seen, causes;
    std::vector<std::size_t> open = std::exchange(said.causes, {});
    while (!open.empty()) {
      std::size_t cause = open.back();
      open.pop_back();
      if (!seen.insert(cause).second) continue;
      if (!drafts[cause].evidence.empty())
        causes.insert(place[cause]);
      else
        open.insert(open.end(), drafts[cause].causes.begin(), drafts[cause].causes.end());
    }
    said.causes.assign(causes.begin(), causes.end());
    out.push_back(std::move(said));
  }
  return out;
}

// What causes something critical is critical. Links have no cycles, so this ends.
void raise_causes(std::vector<Draft>& drafts) {
  for (bool changed = true; changed;) {
    changed = false;
    for (const Draft& effect : drafts) {
      for (std::size_t cause : effect.causes) {
        if (drafts[cause].severity >= effect.severity) continue;
        drafts[cause].severity = effect.severity;
        changed = true;
      }
    }
  }
}

// How many findings each explains, directly or not. Links have no cycles, so the walk ends.
std::vector<std::size_t> explained_by_each(const std::vector<Draft>& drafts) {
  std::vector<std::size_t> out(drafts.size());
  for (std::size_t effect = 0; effect < drafts.size(); ++effect) {
    std::set<std::size_t> seen;
    std::vector<std::size_t> open = drafts[effect].causes;
    while (!open.empty()) {
      std::size_t cause = open.back();
      open.pop_back();
      if (!seen.insert(cause).second) continue;
      ++out[cause];
      open.insert(open.end(), drafts[cause].causes.begin(), drafts[cause].causes.end());
    }
  }
  return out;
}

auto rank(const Draft& draft, std::size_t explained) {
  return std::tuple(-static_cast<int>(draft.severity), -static_cast<int>(draft.certainty),
                    -static_cast<std::int64_t>(explained), std::string_view(draft.object.namespace_name),
                    std::string_view(draft.object.name), std::string_view(draft.object.kind), draft.is_symptom,
                    std::string_view(draft.headline));
}

// The best-ranked one of those whose causes have all been placed, again and again.
std::vector<std::size_t> order_of(const std::vector<Draft>& drafts) {
  std::vector<std::vector<std::size_t>> effects(drafts.size());
  std::vector<std::size_t> waits_for(drafts.size());
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    waits_for[i] = drafts[i].causes.size();
    for (std::size_t cause : drafts[i].causes) effects[cause].push_back(i);
  }
  std::vector<std::size_t> explained = explained_by_each(drafts);
  auto after = [&](std::size_t a, std::size_t b) {
    return std::pair(rank(drafts[a], explained[a]), a) < std::pair(rank(drafts[b], explained[b]), b);
  };
  std::set<std::size_t, decltype(after)> ready(after);
  for (std::size_t i = 0; i < drafts.size(); ++i)
    if (waits_for[i] == 0) ready.insert(i);
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    std::size_t next = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(next);
    for (std::size_t effect : effects[next])
      if (--waits_for[effect] == 0) ready.insert(effect);
  }
  return order;
}

// A cause tells the symptom that it explains on its own object: "crashes at start: DATABASE_URL points to ...".
std::string title_of(const std::vector<Draft>& drafts, std::size_t index) {
  const Draft& draft = drafts[index];
  std::string title = draft.detail.empty() ? draft.headline : fmt::format("{}: {}", draft.headline, draft.detail);
  if (!draft.is_symptom) {
    auto explained = std::ranges::find_if(
        drafts, [&](const Draft& d) { return d.object == draft.object && std::ranges::count(d.causes, index) > 0; });
    if (explained != drafts.end()) title = fmt::format("{}: {}", explained->headline, title);
  }
  return quote(title, kMaxTitleBytes);
}

}  // namespace

std::vector<Finding> conclude(std::vector<Draft> drafts) {
  drafts = spoken_for(std::move(drafts));
  raise_causes(drafts);
  std::vector<std::size_t> order = order_of(drafts);
  std::vector<std::string> ids(drafts.size());
  for (std::size_t i = 0; i < order.size(); ++i) ids[order[i]] = fmt::format("F{}", i + 1);
  std::vector<Finding> out;
  std::size_t evidence_count = 0;
  for (std::size_t index : order) {
    Draft& draft = drafts[index];
    Finding finding{ids[index], draft.severity,          draft.object, title_of(drafts, index), {},
                    {},         std::string(draft.fault)};
    finding.operation = draft.operation;
    finding.evidence = std::move(draft.evidence);
    for (Evidence& e : finding.evidence) e.id = fmt::format("E{}", ++evidence_count);
    for (std::size_t cause : draft.causes) finding.causes.push_back(ids[cause]);
    out.push_back(std::move(finding));
  }
  return out;
}

}  // namespace ai_ops::diagnosis
