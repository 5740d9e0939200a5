#include "ai-ops/bundle/described.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "ai-ops/bundle/lines.h"

namespace ai_ops::bundle {
namespace {

constexpr std::string_view kNothing[] = {"<none>", "<nil>", "<unset>", "<unknown>"};
constexpr std::string_view kFirstKey = "Name:";

struct Keyed {
  std::string_view key, value;
  std::size_t value_column = 0;  // 0: there is no value
};

// "Service Account:  web": a key holds no two spaces side by side, else the line is the row of a table.
std::optional<Keyed> keyed(std::string_view line, std::size_t indent) {
  std::size_t gap = std::min(line.find("  ", indent), line.size());
  for (std::size_t colon = line.find(':', indent); colon < gap && colon > indent; colon = line.find(':', colon + 1)) {
    bool ends_key = colon + 1 == line.size() || line[colon + 1] == ' ';
    if (!ends_key) continue;
    std::string_view key = line.substr(indent, colon - indent);
    std::size_t value = line.find_first_not_of(' ', colon + 1);
    if (value == line.npos) return Keyed{key, {}, 0};
    return Keyed{key, line.substr(value), value};
  }
  return std::nullopt;
}

// An entry that is still open: lines that stand deeper belong to it.
struct Open {
  Entry entry;
  std::size_t indent = 0;
  std::size_t value_column = 0;
};

class Tree {
 public:
  Tree() { open_.push_back({}); }

  void take(std::string_view line) {
    std::size_t indent = indent_of(line);
    Open& last = open_.back();
    bool goes_on = open_.size() > 1 && last.value_column != 0 && indent == last.value_column;
    if (goes_on) return last.entry.values.emplace_back(line.substr(indent)), void();
    while (open_.size() > 1 && (open_.back().indent >= indent || open_.size() > kMaxDepth)) close();
    Open next{.entry = {.line = std::string(line)}, .indent = indent};
    if (auto found = keyed(line, indent)) {
      next.entry.key = found->key;
      next.value_column = found->value_column;
      if (!found->value.empty() && std::ranges::find(kNothing, found->value) == std::end(kNothing))
        next.entry.values.emplace_back(found->value);
    } else {
      next.entry.values.emplace_back(line.substr(indent));
    }
    open_.push_back(std::move(next));
  }
  Entry finish() && {
    while (open_.size() > 1) close();
    return std::move(open_.front().entry);
  }

 private:
  void close() {
    Entry done = std::move(open_.back().entry);
    open_.pop_back();
    open_.back().entry.entries.push_back(std::move(done));
  }

  std::vector<Open> open_;  // the root first, the deepest last
};

}  // namespace

const Entry* Entry::find(std::string_view wanted) const {
  auto found = std::ranges::find(entries, wanted, &Entry::key);
  return found == entries.end() ? nullptr : &*found;
}

std::string_view Entry::value(std::string_view wanted) const {
  const Entry* found = find(wanted);
  return found == nullptr ? std::string_view() : found->value();
}

std::vector<std::string_view> rows_of(const std::vector<Entry>& entries) {
  std::vector<std::string_view> out;
  for (const Entry& entry : entries)
    if (entry.key.empty()) out.push_back(entry.line);
  return out;
}

Entry parse_described(std::string_view text) {
  Tree tree;
  std::size_t count = 0;
  for (Lines lines(text); auto line = lines.next();) {
    if (++count > kMaxLines) break;
    if (!is_blank(*line)) tree.take(*line);
  }
  return std::move(tree).finish();
}

std::vector<std::string_view> split_described(std::string_view text) {
  std::vector<std::size_t> begins;
  bool after_blank = true;
  for (Lines lines(text); auto line = lines.next();) {
    if (after_blank && line->starts_with(kFirstKey))
      begins.push_back(static_cast<std::size_t>(line->data() - text.data()));
    after_blank = is_blank(*line);
  }
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < begins.size(); ++i)
    out.push_back(text.substr(begins[i], i + 1 < begins.size() ? begins[i + 1] - begins[i] : text.npos));
  return out;
}

}  // namespace ai_ops::bundle
