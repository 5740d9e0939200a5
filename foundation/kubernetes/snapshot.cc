#include "foundation/kubernetes/snapshot.h"

#include <fmt/format.h>

#include <utility>

#include "foundation/json/fields.h"
#include "foundation/kubernetes/event_form.h"

namespace foundation::kubernetes {
namespace {

constexpr std::size_t kMaxHeadTextBytes = 256;
constexpr std::size_t kPoolBytes = 64 << 10;  // of its first piece; each next one is larger
constexpr std::size_t kMaxObjectBytes = 64 << 20;
constexpr std::size_t kMaxObjectDepth = 64;

struct Head {
  std::string version;
  WallTime at;
};

std::string line_of(const json::Value& value) { return json::to_text(value) + '\n'; }

Result<Head> parse_head(std::string_view line) {
  auto value = json::parse_strict(line);
  if (!value) return std::unexpected(value.error());
  json::Fields fields(*value);
  Head head;
  head.version = fields.text("version", kMaxHeadTextBytes);
  fields.text("workspace", kMaxHeadTextBytes);
  std::string at = fields.text("at", kMaxHeadTextBytes);
  fields.ignore_unknown();
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  auto time = parse_rfc3339(at);
  if (!time) return std::unexpected(time.error());
  head.at = *time;
  return head;
}

std::unexpected<Error> corrupt(std::size_t line_number, std::string cause) {
  return fail(Code::corrupt, fmt::format("read line {} of a snapshot", line_number), std::move(cause));
}

}  // namespace

void Snapshot::add(json::Value object) {
  if (auto* members = object.if_object()) to_core_event(*members);
  ObjectView view{json::View(object)};
  if (view.kind().empty() || view.name().empty()) return;
  Key key(view.kind(), view.namespace_name(), view.name());
  objects_.insert_or_assign(std::move(key), std::move(object));
}

void Snapshot::remove(const ObjectRef& object) { objects_.erase(Key(object.kind, object.namespace_name, object.name)); }

Done Snapshot::read(std::string_view text) {
  if (!pool_) pool_ = std::make_shared<json::Pool>(kPoolBytes);
  auto object = json::parse_tolerant(text, {.bytes = kMaxObjectBytes, .depth = kMaxObjectDepth}, *pool_);
  if (!object) return std::unexpected(object.error());
  if (!object->is_object()) return fail(Code::corrupt, "read an object", "not an object");
  add(*std::move(object));
  return {};
}

std::vector<ObjectView> Snapshot::of_kind(std::string_view kind) const {
  std::vector<ObjectView> out;
  for (auto at = objects_.lower_bound(Key(kind, "", "")); at != objects_.end() && std::get<0>(at->first) == kind; ++at)
    out.emplace_back(json::View(at->second));
  return out;
}

std::vector<std::string_view> Snapshot::kinds() const {
  std::vector<std::string_view> out;
  for (auto at = objects_.begin(); at != objects_.end();) {
    const std::string& kind = std::get<0>(at->first);
    out.push_back(kind);
    at = objects_.lower_bound(Key(kind + '\0', "", ""));  // the least text that is greater
  }
  return out;
}

std::optional<ObjectView> Snapshot::find(std::string_view kind, std::string_view namespace_name,
                                         std::string_view name) const {
  auto found = objects_.find(Key(kind, namespace_name, name));
  if (found == objects_.end()) return std::nullopt;
  return ObjectView(json::View(found->second));
}

std::vector<ObjectView> Snapshot::all() const {
  std::vector<ObjectView> out;
  out.reserve(objects_.size());
  for (const auto& [key, object] : objects_) out.emplace_back(json::View(object));
  return out;
}

std::string head_line(const std::string& version, std::string_view workspace, WallTime at) {
  return line_of(json::Object{{"version", version}, {"workspace", workspace}, {"at", to_rfc3339(at)}});
}

std::string object_line(const json::Value& object) { return line_of(object); }

Done SnapshotParser::push(std::string_view bytes) {
  for (;;) {
    std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) {
      begun_ += bytes;
      return {};
    }
    Done taken;
    if (begun_.empty()) {
      taken = take(bytes.substr(0, end));
    } else {
      begun_ += bytes.substr(0, end);
      taken = take(std::exchange(begun_, {}));
    }
    if (!taken) return taken;
    bytes.remove_prefix(end + 1);
  }
}

Done SnapshotParser::take(std::string_view line) {
  ++lines_;
  if (!snapshot_) {
    auto head = parse_head(line);
    if (!head) return corrupt(lines_, head.error().text());
    snapshot_.emplace(std::move(head->version), head->at);
    return {};
  }
  if (line.empty()) return {};
  if (auto done = snapshot_->read(line); !done) return corrupt(lines_, done.error().text());
  return {};
}

Result<Snapshot> SnapshotParser::finish() {
  if (!begun_.empty() || !snapshot_)
    if (auto taken = take(std::exchange(begun_, {})); !taken) return std::unexpected(taken.error());
  return *std::exchange(snapshot_, {});
}

Result<Snapshot> parse_snapshot(std::string_view ndjson) {
  SnapshotParser parser;
  if (auto done = parser.push(ndjson); !done) return std::unexpected(done.error());
  return parser.finish();
}

}  // namespace foundation::kubernetes
