#include "demo-cluster/world/protobuf.h"

#include <fmt/format.h>

#include <optional>

#include "demo-cluster/world/editing.h"
#include "demo-cluster/world/protobuf_messages.h"
#include "foundation/base/unicode.h"

namespace demo_cluster::world {
namespace {

constexpr std::string_view kMagic{"k8s\0", 4};
constexpr int kDepth = 32;  // messages in messages; a CronJob's probe is at 12

enum class Wire { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct Field {
  std::uint64_t number = 0;
  Wire wire = Wire::varint;
  std::uint64_t varint = 0;
  std::string_view bytes{};
};

// Takes a message apart; `broken` once it is none.
class Reader {
 public:
  explicit Reader(std::string_view message) : rest_(message) {}
  bool broken() const { return broken_; }

  std::optional<Field> next() {
    if (rest_.empty() || broken_) return std::nullopt;
    auto tag = varint();
    Field out{tag >> 3, Wire(tag & 7), 0, {}};
    switch (out.wire) {
      case Wire::varint: out.varint = varint(); break;
      case Wire::bytes: out.bytes = take(varint()); break;
      case Wire::fixed32: take(4); break;
      case Wire::fixed64: take(8); break;
      default: broken_ = true;
    }
    return broken_ ? std::nullopt : std::optional(out);
  }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) broken_ = true;
    if (broken_) return {};
    auto out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      auto byte = take(1);
      if (broken_) return 0;
      auto bits = static_cast<unsigned char>(byte[0]);
      value |= std::uint64_t(bits & 0x7F) << shift;
      if ((bits & 0x80) == 0) return value;
    }
    broken_ = true;
    return 0;
  }

  std::string_view rest_;
  bool broken_ = false;
};

std::unexpected<Refusal> malformed() { return bad_request("the body is not a well-formed protobuf message"); }

std::unexpected<Refusal> unreadable(const std::string& what) {
  return refuse(415, "UnsupportedMediaType", fmt::format("{} is not read from protobuf here: send JSON", what));
}

// The fields 1 to 3 of a small message.
struct Small {
  Field first, second, third;
};
Outcome<Small> small(std::string_view message) {
  Small out;
  Reader reader(message);
  while (auto field = reader.next())
    if (field->number >= 1 && field->number <= 3)
      (field->number == 1 ? out.first : field->number == 2 ? out.second : out.third) = *field;
  if (reader.broken()) return malformed();
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) out += i + j > bytes.size() ? '=' : kDigits[(group >> (18 - 6 * j)) & 63];
  }
  return out;
}

// Protobuf's strings are UTF-8; bytes that are not would make an answer that is no JSON.
Outcome<json::Value> text_of(std::string_view bytes) {
  if (!foundation::is_utf8(bytes)) return malformed();
  return json::Value(bytes);
}

Outcome<json::Value> read_time(std::string_view message) {
  auto parts = small(message);
  if (!parts) return std::unexpected(parts.error());
  if (message.empty()) return json::Value(nullptr);
  return json::Value(time_text(WallTime(std::chrono::seconds(std::int64_t(parts->first.varint)))));
}

Outcome<json::Value> read_int_or_string(std::string_view message) {
  auto parts = small(message);
  if (!parts) return std::unexpected(parts.error());
  if (parts->first.varint == 1) return text_of(parts->third.bytes);
  return json::Value(std::int64_t(parts->second.varint));
}

Outcome<json::Value> read_quantity(std::string_view message) {
  auto parts = small(message);
  if (!parts) return std::unexpected(parts.error());
  return text_of(parts->first.bytes);
}

Outcome<json::Value> read_raw(std::string_view message) {
  auto parts = small(message);
  if (!parts) return std::unexpected(parts.error());
  auto value = json::parse_tolerant(parts->first.bytes);
  if (!value) return malformed();
  return std::move(*value);
}

struct SmallType {
  std::string_view name;
  Outcome<json::Value> (*read)(std::string_view);
};
constexpr SmallType kSmallTypes[] = {
    {"time", read_time}, {"intstr", read_int_or_string}, {"quantity", read_quantity}, {"raw", read_raw}};

bool is_zero(const json::Value& value) {
  if (value.is_string()) return value.as_string().empty();
  if (value.is_object()) return value.as_object().empty();
  return value.is_null() || value == json::Value(false) || value == json::Value(0);
}

Outcome<json::Object> read_message(std::string_view type, std::string_view message, int depth);

Outcome<json::Value> read_value(std::string_view type, const Field& field, int depth) {
  bool is_number = type == "int" || type == "bool";
  if ((field.wire == Wire::varint) != is_number) return malformed();
  if (type == "int") return json::Value(std::int64_t(field.varint));
  if (type == "bool") return json::Value(field.varint != 0);
  if (type == "string") return text_of(field.bytes);
  if (type == "bytes") return json::Value(base64(field.bytes));
  for (const auto& row : kSmallTypes)
    if (row.name == type) return row.read(field.bytes);
  auto object = read_message(type, field.bytes, depth + 1);
  if (!object) return std::unexpected(object.error());
  return json::Value(std::move(*object));
}

// A map's entry is a message of key and value.
Outcome<void> read_entry(json::Object& map, std::string_view type, const Field& field, int depth) {
  auto entry = small(field.bytes);
  if (!entry) return std::unexpected(entry.error());
  auto wire = entry->second.number == 0 ? Field{2, Wire::bytes, 0, {}} : entry->second;
  auto value = read_value(type, wire, depth);
  if (!value) return std::unexpected(value.error());
  if (!foundation::is_utf8(entry->first.bytes)) return malformed();
  map[entry->first.bytes] = std::move(*value);
  return {};
}

Outcome<void> read_field(json::Object& out, const MessageField& row, const Field& field, int depth) {
  if (row.map) {
    auto& map = out[row.name];
    if (!map.is_object()) map = json::Object{};
    return read_entry(map.as_object(), row.type, field, depth);
  }
  auto value = read_value(row.type, field, depth);
  if (!value) return std::unexpected(value.error());
  if (row.repeated) {
    auto& list = out[row.name];
    if (!list.is_array()) list = json::Array{};
    list.as_array().push_back(std::move(*value));
  } else if (row.name == "*") {
    for (auto& [name, member] : value->as_object()) out[name] = std::move(member);
  } else if (row.optional || !is_zero(*value)) {
    out[row.name] = std::move(*value);
  }
  return {};
}

// Zero, or a message of zeros.
bool says_nothing(const Field& field, int depth) {
  if (field.wire != Wire::bytes || depth > kDepth) return field.varint == 0 && field.bytes.empty();
  Reader reader(field.bytes);
  while (auto below = reader.next())
    if (!says_nothing(*below, depth + 1)) return false;
  return !reader.broken();
}

Outcome<json::Object> read_message(std::string_view type, std::string_view message, int depth) {
  json::Object out;
  if (depth > kDepth) return malformed();
  Reader reader(message);
  while (auto field = reader.next()) {
    auto row = field_of(type, field->number);
    if (!row && says_nothing(*field, depth)) continue;  // what the client's encoder writes of a status that nobody set
    if (!row) return unreadable(fmt::format("field {} of {}", field->number, type));
    if (auto read = read_field(out, *row, *field, depth); !read) return std::unexpected(read.error());
  }
  if (reader.broken()) return malformed();
  return out;
}

}  // namespace

Outcome<json::Value> from_protobuf(std::string_view body) {
  if (!body.starts_with(kMagic)) return malformed();
  auto envelope = small(body.substr(kMagic.size()));
  if (!envelope) return std::unexpected(envelope.error());
  auto meta = small(envelope->first.bytes);
  if (!meta) return std::unexpected(meta.error());
  auto version = text_of(meta->first.bytes);
  if (!version) return std::unexpected(version.error());
  auto kind = meta->second.bytes;
  if (!is_message(kind)) return unreadable(foundation::visible_text(kind));
  auto object = read_message(kind, envelope->second.bytes, 0);
  if (!object) return std::unexpected(object.error());
  (*object)["apiVersion"] = std::move(*version);
  (*object)["kind"] = kind;
  return json::Value(std::move(*object));
}

}  // namespace demo_cluster::world
