#include "demo-cluster/world/selectors.h"

#include <fmt/format.h>

#include <algorithm>

#include "demo-cluster/world/editing.h"

namespace demo_cluster::world {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// At commas outside of parentheses.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    char c = i < text.size() ? text[i] : ',';
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c != ',' || (depth > 0 && i < text.size())) continue;
    if (auto part = trimmed(text.substr(begin, i - begin)); !part.empty()) parts.push_back(part);
    begin = i + 1;
  }
  return parts;
}

struct Comparison {
  std::string_view left, right;
  bool negated = false;
};

// "a=b", "a==b", "a!=b"; nothing when there is no such sign.
std::optional<Comparison> comparison(std::string_view part) {
  auto sign = part.find('=');
  if (sign == std::string_view::npos) return std::nullopt;
  Comparison out{.left = part.substr(0, sign), .right = part.substr(sign + 1)};
  if (out.left.ends_with('!')) {
    out.negated = true;
    out.left.remove_suffix(1);
  } else if (out.right.starts_with('=')) {
    out.right.remove_prefix(1);
  }
  out.left = trimmed(out.left);
  out.right = trimmed(out.right);
  if (out.right.find_first_of("=!") != std::string_view::npos) return std::nullopt;
  return out;
}

// "env in (a,b)" and "env notin (a,b)"
std::optional<std::pair<Comparison, std::vector<std::string>>> membership(std::string_view part) {
  auto open = part.find('(');
  if (open == std::string_view::npos || !part.ends_with(')')) return std::nullopt;
  auto head = trimmed(part.substr(0, open));
  auto space = head.rfind(' ');
  if (space == std::string_view::npos) return std::nullopt;
  auto word = head.substr(space + 1);
  if (word != "in" && word != "notin") return std::nullopt;
  std::vector<std::string> values;
  for (auto value : split(part.substr(open + 1, part.size() - open - 2))) values.emplace_back(value);
  if (values.empty()) return std::nullopt;
  Comparison out{.left = trimmed(head.substr(0, space)), .right = {}, .negated = word == "notin"};
  return std::pair(out, std::move(values));
}

std::unexpected<Refusal> unreadable(std::string_view what, std::string_view text) {
  return bad_request(fmt::format("unable to parse {} selector: {}", what, text));
}

}  // namespace

Outcome<LabelSelector> LabelSelector::parse(std::string_view text) {
  LabelSelector out;
  for (auto part : split(text)) {
    if (auto set = membership(part)) {
      out.requirements_.push_back({std::string(set->first.left), std::move(set->second), set->first.negated});
    } else if (auto equal = comparison(part); equal && !equal->left.empty()) {
      out.requirements_.push_back({std::string(equal->left), {std::string(equal->right)}, equal->negated});
    } else if (part.find_first_of(" ()=") == std::string_view::npos && part != "!") {
      bool negated = part.starts_with('!');
      out.requirements_.push_back({std::string(trimmed(part.substr(negated ? 1 : 0))), {}, negated});
    } else {
      return unreadable("label", text);
    }
  }
  return out;
}

bool LabelSelector::matches(json::View object) const {
  auto labels = object["metadata"]["labels"];
  return std::ranges::all_of(requirements_, [&](const Requirement& wanted) {
    auto label = labels[wanted.label];
    bool has =
        label && (wanted.values.empty() || std::ranges::find(wanted.values, label.text()) != wanted.values.end());
    return has != wanted.negated;
  });
}

Outcome<FieldSelector> FieldSelector::parse(std::string_view text) {
  FieldSelector out;
  for (auto part : split(text)) {
    auto equal = comparison(part);
    if (!equal || equal->left.empty()) return unreadable("field", text);
    out.requirements_.push_back({std::string(equal->left), std::string(equal->right), equal->negated});
  }
  return out;
}

bool FieldSelector::matches(json::View object) const {
  return std::ranges::all_of(requirements_, [&](const Requirement& wanted) {
    return (text_of(object.path(wanted.path)) == wanted.value) != wanted.negated;
  });
}

}  // namespace demo_cluster::world
