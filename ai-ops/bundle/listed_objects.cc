#include "ai-ops/bundle/listed_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/lines.h"
#include "ai-ops/bundle/listed_rows.h"
#include "ai-ops/bundle/table.h"

namespace ai_ops::bundle {
namespace {

// Columns that any table may have, by what kubectl was asked for.
constexpr std::array<std::string_view, 6> kOfAnyTable{"NAMESPACE",  "NAME",   "LABELS",
                                                      "CONTAINERS", "IMAGES", "SELECTOR"};

bool is_of_any_table(std::string_view column) { return std::ranges::find(kOfAnyTable, column) != kOfAnyTable.end(); }

bool fits(const ListedKind& kind, const Table& table) {
  auto is_needed = [&](std::string_view column) {
    return std::ranges::find(kind.columns, column) != kind.columns.end();
  };
  if (!kind.is_namespaced && table.has("NAMESPACE")) return false;
  if (kind.has_no_others && !std::ranges::all_of(table.columns(), [&](std::string_view column) {
        return is_needed(column) || is_of_any_table(column) || column == "AGE";
      }))
    return false;
  return std::ranges::all_of(kind.columns, [&](std::string_view c) { return c.empty() || table.has(c); });
}

// "NAME  CREATED AT" is of LimitRanges, Roles or CustomResourceDefinitions, which it does not tell apart, and says
// nothing else of them.
bool says_nothing(const Table& table) {
  return table.has("CREATED AT") && std::ranges::all_of(table.columns(), [](std::string_view column) {
           return column == "CREATED AT" || is_of_any_table(column);
         });
}

const ListedKind* kind_of(const Table& table) {
  auto found = std::ranges::find_if(listed_kinds(), [&](const ListedKind& kind) { return fits(kind, table); });
  return found == listed_kinds().end() ? nullptr : &*found;
}

// "pod/web-1" -> Pod; the API's word in lower case.
const ListedKind* kind_named(std::string_view resource) {
  auto is_it = [&](const ListedKind& kind) {
    return kind.resource == resource || kind.resource.substr(0, kind.resource.find('.')) == resource;
  };
  auto found = std::ranges::find_if(listed_kinds(), is_it);
  return found == listed_kinds().end() ? nullptr : &*found;
}

struct ListedEvent {
  std::string_view space, last_seen, type, reason, object, message, name, count;
};

// A row without a head above it (--no-headers): "2m  Warning  BackOff  pod/web-1  Back-off restarting...", perhaps with
// a namespace before it.
std::optional<ListedEvent> event_row(std::string_view line) {
  constexpr std::size_t kMostCells = 5;
  std::array<std::string_view, kMostCells> cells;
  std::string_view rest = line;
  auto next = [&] {
    std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
    std::string_view cell = rest.substr(0, end);
    rest = trimmed(rest.substr(end));
    return cell;
  };
  for (std::size_t i = 0; i < kMostCells - 1; ++i) cells[i] = next();
  ListedEvent event{};
  bool has_space = cells[2] == "Normal" || cells[2] == "Warning";
  if (has_space) event.space = cells[0], std::ranges::rotate(cells, cells.begin() + 1), cells[3] = next();
  event.last_seen = cells[0], event.type = cells[1], event.reason = cells[2], event.object = cells[3];
  event.message = rest;
  bool is_event = (event.type == "Normal" || event.type == "Warning") && event.object.contains('/') &&
                  ago(event.last_seen, foundation::WallTime());
  return is_event ? std::optional(event) : std::nullopt;
}

ListedEvent event_row(const Row& row) {
  return {.space = row["NAMESPACE"],
          .last_seen = row["LAST SEEN"],
          .type = row["TYPE"],
          .reason = row["REASON"],
          .object = row["OBJECT"],
          .message = row["MESSAGE"],
          .name = row["NAME"],
          .count = row["COUNT"]};
}

void add_event(const ListedEvent& told, std::string_view home, foundation::WallTime now, Listed& out) {
  json::Object event{{"kind", "Event"}};
  std::string_view resource = told.object.substr(0, told.object.find('/'));
  std::string_view name = told.object.substr(told.object.find('/') + 1);
  const ListedKind* kind = kind_named(resource);
  std::string_view space = told.space.empty() ? home : told.space;
  std::string made_up = fmt::format("{}.listed-{}", name, out.objects.size() + 1);
  put(event, "metadata.name", json::Value(told.name.empty() ? std::string_view(made_up) : told.name));
  put(event, "metadata.namespace", json::Value(space));
  put(event, "involvedObject.kind", json::Value(kind == nullptr ? resource : kind->name));
  put(event, "involvedObject.name", json::Value(name));
  if (kind == nullptr || kind->is_namespaced) put(event, "involvedObject.namespace", json::Value(space));
  put(event, "type", json::Value(told.type));
  put(event, "reason", json::Value(told.reason));
  put(event, "message", json::Value(told.message));
  put(event, "count", integer(told.count));
  if (auto last = ago(told.last_seen, now)) put(event, "lastTimestamp", json::Value(foundation::to_rfc3339(*last)));
  out.objects.push_back(std::move(event));
}

void read_table(const std::vector<std::string_view>& lines, std::string_view home, foundation::WallTime now,
                Listed& out) {
  Table table(lines);
  bool is_events = table.has("OBJECT") && table.has("REASON");
  const ListedKind* of_all = is_events ? nullptr : kind_of(table);
  if (!is_events && of_all == nullptr) {
    if (!says_nothing(table)) ++out.unknown_tables;
    return;
  }
  for (std::size_t number = 0; number < table.size(); ++number) {
    Row row{table, number, now};
    if (is_events) {
      add_event(event_row(row), home, now, out);
      continue;
    }
    std::string_view name = row["NAME"];
    std::size_t slash = name.find('/');
    const ListedKind* kind = slash == name.npos ? of_all : kind_named(name.substr(0, slash));
    if (kind == nullptr || name.empty()) continue;
    json::Object object{{"kind", kind->name}};
    put(object, "metadata.name", json::Value(name.substr(slash == name.npos ? 0 : slash + 1)));
    if (kind->is_namespaced)
      put(object, "metadata.namespace", json::Value(row["NAMESPACE"].empty() ? home : row["NAMESPACE"]));
    if (auto made = ago(row["AGE"], now))
      put(object, "metadata.creationTimestamp", json::Value(foundation::to_rfc3339(*made)));
    put(object, "metadata.labels", pairs({std::string(row["LABELS"])}));
    kind->put(object, row);
    out.objects.push_back(std::move(object));
  }
}

}  // namespace

Listed read_listed(std::string_view text, std::string_view home, foundation::WallTime now) {
  Listed out;
  std::vector<std::string_view> lines;
  auto flush = [&] {
    if (!lines.empty()) read_table(lines, home, now, out);
    lines.clear();
  };
  for (Lines each(text); auto line = each.next();) {
    bool begins = is_head(*line);
    if (begins) flush();
    if (begins || !lines.empty()) {
      lines.push_back(*line);
    } else if (auto event = event_row(*line)) {
      add_event(*event, home, now, out);
    }
  }
  flush();
  return out;
}

bool begins_listed(std::string_view line) { return is_head(line) || event_row(line); }

}  // namespace ai_ops::bundle
