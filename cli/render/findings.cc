#include "cli/render/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "foundation/json/view.h"

namespace cli::render {
namespace {

using foundation::json::Object;
using foundation::json::Value;
using foundation::json::View;

constexpr std::size_t kMaxDepth = 6;         // a chain of causes that is longer goes on as a new tree
constexpr std::size_t kMaxTitleColumn = 30;  // a longer name pushes its title to the right

struct Mark {
  std::string_view severity, text;
  Ink ink;
};
constexpr std::array kMarks{Mark{"critical", "●", Ink::bad}, Mark{"warning", "◐", Ink::warning},
                            Mark{"info", "○", Ink::dim}};

const Mark& mark_of(View finding) {
  auto found = std::ranges::find(kMarks, finding["severity"].text(), &Mark::severity);
  return found == kMarks.end() ? kMarks.back() : *found;
}

struct Node {
  Value finding;
  std::string name;  // of its object
  std::vector<std::size_t> effects;
  bool is_root = true;
};

class Forest {
 public:
  Forest(const Look& look, const std::vector<Object>& findings) : look_(look) {
    for (const Object& finding : findings)
      nodes_.push_back({finding, one_line(View(finding.if_contains("object"))["name"].text()), {}, true});
    plant();
  }
  std::string text() {
    for (const Node& node : nodes_)
      if (node.is_root) title_column_ = std::max(title_column_, std::min(width(node.name) + 6, kMaxTitleColumn));
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (nodes_[i].is_root) tell_root(nodes_[i]);
    return std::move(out_);
  }

 private:
  void plant();
  bool comes_from(std::size_t effect, std::size_t cause) const;
  void tell_root(const Node& node);
  void tell_below(const Node& node, const std::string& indent);
  void tell_evidence(View evidence, std::string first, std::string rest);

  const Look look_;
  std::vector<Node> nodes_;
  std::vector<std::optional<std::size_t>> cause_of_;
  std::size_t title_column_ = 0;
  std::string out_;
};

// Each finding goes under the first of its causes that is here, unless that would close a circle or go too deep.
void Forest::plant() {
  std::map<std::string, std::size_t, std::less<>> by_id;
  for (std::size_t i = 0; i < nodes_.size(); ++i) by_id.emplace(View(nodes_[i].finding)["id"].text(), i);
  cause_of_.resize(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    for (const Value& id : View(nodes_[i].finding)["causes"].array()) {
      auto cause = by_id.find(View(id).text());
      if (cause == by_id.end() || comes_from(cause->second, i)) continue;
      cause_of_[i] = cause->second;
      break;
    }
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    std::size_t depth = 0;
    for (auto at = cause_of_[i]; at; at = cause_of_[*at]) ++depth;
    if (depth % kMaxDepth == 0) continue;  // 0: a root; else the chain is cut here
    nodes_[i].is_root = false;
    nodes_[*cause_of_[i]].effects.push_back(i);
  }
}

bool Forest::comes_from(std::size_t effect, std::size_t cause) const {
  for (std::optional<std::size_t> at = effect; at; at = cause_of_[*at])
    if (*at == cause) return true;
  return false;
}

void Forest::tell_root(const Node& node) {
  View finding(node.finding);
  std::size_t named = width(node.name) + 6;
  std::string gap(title_column_ > named ? title_column_ - named + 3 : 3, ' ');
  std::string indent(title_column_, ' ');
  const Mark& mark = mark_of(finding);
  Flow flow(look_, " ", indent);
  flow.add(mark.text, mark.ink).add(" " + node.name, Ink::strong).add(gap + one_line(finding["title"].text()));
  out_ += flow.end();
  tell_below(node, indent);
}

void Forest::tell_evidence(View evidence, std::string first, std::string rest) {
  Flow flow(look_, std::move(first), std::move(rest));
  flow.add(one_line(evidence["ref"].text()), Ink::dim).add("   " + one_line(evidence["text"].text()));
  flow.add("   [" + one_line(evidence["id"].text()) + "]", Ink::dim);
  out_ += flow.end();
}

void Forest::tell_below(const Node& node, const std::string& indent) {
  const auto& evidence = View(node.finding)["evidence"].array();
  std::size_t left = evidence.size() + node.effects.size();
  auto first = [&] { return indent + (--left == 0 ? "└─ " : "├─ "); };
  auto rest = [&] { return indent + (left == 0 ? "   " : "│  "); };
  for (const Value& one : evidence) {
    std::string begin = first();
    tell_evidence(View(one), std::move(begin), rest());
  }
  for (std::size_t index : node.effects) {
    const Node& effect = nodes_[index];
    View finding(effect.finding);
    std::string begin = first();
    const Mark& mark = mark_of(finding);
    Flow flow(look_, std::move(begin), rest());
    flow.add(mark.text, mark.ink);
    if (effect.name != node.name) flow.add(" " + effect.name + "  ", Ink::strong);
    flow.add(" " + one_line(finding["title"].text()));
    out_ += flow.end();
    tell_below(effect, rest());
  }
}

}  // namespace

std::string findings_text(const Look& look, const std::vector<Object>& findings) {
  return Forest(look, findings).text();
}

std::string findings_page_text(const Look& look, View page, Evidence evidence) {
  std::vector<Object> findings;
  for (const Value& finding : page["findings"].array()) {
    findings.push_back(View(finding).object());
    if (evidence == Evidence::left_out) findings.back().erase("evidence");
  }
  std::string out = findings_text(look, findings);
  View checked = page["checked"];
  auto line = [&](const std::string& text) {
    Flow flow(look, " ", "   ");
    out += flow.add(one_line(text), Ink::dim).end();
  };
  auto count = [](std::int64_t number, std::string_view what) {
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
  };
  line(fmt::format("{} in {}, {}.", count(std::int64_t(findings.size()), "finding"),
                   count(checked["objects"].integer_or(0), "object"),
                   count(checked["workloads"].integer_or(0), "workload")));
  for (const Value& skipped : page["skipped"].array()) line("Not looked at: " + std::string(View(skipped).text()));
  return out;
}

}  // namespace cli::render
