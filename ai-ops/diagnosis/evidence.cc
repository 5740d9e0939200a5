#include "ai-ops/diagnosis/evidence.h"

#include <fmt/format.h>

#include <charconv>

#include "ai-ops/diagnosis/observed.h"
#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::size_t kMaxTextBytes = 500;

// Takes one step off the front of the path: a member name, or an index when `index` is set.
struct PathStep {
  std::string_view member;
  std::optional<std::size_t> index;
};

std::optional<PathStep> take_step(std::string_view& path) {
  if (path.starts_with("[\"")) {
    std::size_t end = path.find("\"]");
    if (end == std::string_view::npos) return std::nullopt;
    PathStep step{path.substr(2, end - 2), {}};
    path.remove_prefix(end + 2);
    return step;
  }
  if (path.starts_with('[')) {
    std::size_t index = 0;
    auto [end, error] = std::from_chars(path.data() + 1, path.data() + path.size(), index);
    if (error != std::errc() || end == path.data() + path.size() || *end != ']') return std::nullopt;
    path.remove_prefix(static_cast<std::size_t>(end - path.data()) + 1);
    return PathStep{{}, index};
  }
  if (path.starts_with('.')) path.remove_prefix(1);
  std::size_t end = std::min(path.find_first_of(".["), path.size());
  if (end == 0) return std::nullopt;
  PathStep step{path.substr(0, end), {}};
  path.remove_prefix(end);
  return step;
}

std::string object_words(const ObjectView& object, std::string_view home) {
  if (object.namespace_name().empty() || object.namespace_name() == home)
    return fmt::format("{}/{}", object.kind(), object.name());
  return fmt::format("{}/{}/{}", object.kind(), object.namespace_name(), object.name());
}

}  // namespace

std::string member_step(std::string_view name) {
  return name.find_first_of(".[") == std::string_view::npos ? fmt::format(".{}", name) : fmt::format("[\"{}\"]", name);
}

json::View at_path(json::View root, std::string_view path) {
  json::View at = root;
  while (at && !path.empty()) {
    auto step = take_step(path);
    if (!step) return {};
    at = step->index ? at[*step->index] : at[step->member];
  }
  return at;
}

std::string shown(json::View value) {
  if (!value) return {};
  if (value.value()->is_string()) return quote(value.text(), kMaxTextBytes);
  if (value["type"].text() == "endpoint") {
    std::string scheme = value["scheme"].text().empty() ? "" : fmt::format("{}://", value["scheme"].text());
    auto port = value["port"].integer();
    return quote(fmt::format("{}{}{}", scheme, value["host"].text(), port ? fmt::format(":{}", *port) : ""));
  }
  return quote(json::to_text(*value.value()), kMaxTextBytes);
}

std::optional<Evidence> field_evidence(const ObjectView& object, const std::string& path, std::string_view home) {
  json::View value = at_path(object.root(), path);
  if (value.is_null()) return std::nullopt;
  EvidenceKind kind = object.kind() == observed::kAlert ? EvidenceKind::metric : EvidenceKind::field;
  return Evidence{{}, kind, fmt::format("{} {}", object_words(object, home), path), shown(value)};
}

Evidence event_evidence(const ObjectView& event, std::string_view home) {
  std::string text = fmt::format("{}: {}", event.root()["reason"].text(), event.root()["message"].text());
  std::string where = event.namespace_name() == home ? "" : fmt::format("{}/", event.namespace_name());
  return {{}, EvidenceKind::event, fmt::format("Event {}{}", where, event.name()), quote(text, kMaxTextBytes)};
}

Evidence log_evidence(const LogExcerpt& log, std::size_t index) {
  std::string ref = fmt::format("log {}/{} {}line {}", log.of.pod, log.of.container, log.of.previous ? "previous " : "",
                                number_of(log, index));
  return {{}, EvidenceKind::log, std::move(ref), quote(log.lines[index].text, kMaxTextBytes)};
}

}  // namespace ai_ops::diagnosis
