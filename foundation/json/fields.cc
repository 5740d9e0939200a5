#include "foundation/json/fields.h"

#include <fmt/format.h>

#include <utility>

#include "foundation/base/unicode.h"
#include "foundation/json/view.h"

namespace foundation::json {
namespace {

constexpr std::size_t kMaxShownNameBytes = 64;  // a caller's own name comes back in the error, but not all of it

std::string child_path(const std::string& parent, std::string_view name) { return fmt::format("{}.{}", parent, name); }

std::string integer_rule(std::int64_t min, std::int64_t max) {
  return fmt::format("must be an integer between {} and {}", min, max);
}
std::string text_rule(std::size_t max_bytes) { return fmt::format("must be a string of at most {} bytes", max_bytes); }

std::optional<std::string> text_of(const Value& value, std::size_t max_bytes) {
  const boost::json::string* text = value.if_string();
  if (!text || text->size() > max_bytes) return std::nullopt;
  return std::string(text->data(), text->size());
}

std::optional<std::int64_t> integer_of(const Value& value, std::int64_t min, std::int64_t max) {
  std::optional<std::int64_t> integer = View(value).integer();
  if (!integer || *integer < min || *integer > max) return std::nullopt;
  return integer;
}

}  // namespace

struct Fields::State {
  struct Opened {
    const Object* object;
    std::string path;
    std::set<std::string, std::less<>> asked;
    bool ignores_unknown = false;
  };
  std::optional<Error> error;
  std::vector<Opened> opened;

  void refuse(std::string path, std::string why) {
    if (!error) error = Error{Code::invalid, std::move(path), std::move(why)};
  }
};

Fields::Fields(const Value& value, std::string path) : Fields(&value, std::move(path), std::make_shared<State>()) {}

// A null value is a child of a member that is already the error.
Fields::Fields(const Value* value, std::string path, std::shared_ptr<State> state)
    : path_(std::move(path)),
      object_(value ? value->if_object() : nullptr),
      state_(std::move(state)),
      slot_(state_->opened.size()) {
  if (value && !object_) state_->refuse(path_, "must be an object");
  state_->opened.push_back({object_, path_, {}});
}

const Value* Fields::member(std::string_view name) {
  state_->opened[slot_].asked.emplace(name);
  return object_ ? object_->if_contains(name) : nullptr;
}

const Value* Fields::required(std::string_view name, std::string_view want) {
  const Value* value = member(name);
  if (!value) refuse(name, fmt::format("is missing; {}", want));
  return value;
}

void Fields::refuse(std::string_view name, std::string why) { state_->refuse(child_path(path_, name), std::move(why)); }

std::string Fields::text(std::string_view name, std::size_t max_bytes) {
  const Value* value = required(name, "must be a string");
  if (!value) return {};
  auto text = text_of(*value, max_bytes);
  if (!text) refuse(name, text_rule(max_bytes));
  return std::move(text).value_or("");
}

std::optional<std::string> Fields::optional_text(std::string_view name, std::size_t max_bytes) {
  const Value* value = member(name);
  if (!value || value->is_null()) return std::nullopt;
  auto text = text_of(*value, max_bytes);
  if (!text) refuse(name, text_rule(max_bytes));
  return text;
}

std::int64_t Fields::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const Value* value = required(name, "must be an integer");
  if (!value) return 0;
  auto integer = integer_of(*value, min, max);
  if (!integer) refuse(name, integer_rule(min, max));
  return integer.value_or(0);
}

std::optional<std::int64_t> Fields::optional_integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const Value* value = member(name);
  if (!value || value->is_null()) return std::nullopt;
  auto integer = integer_of(*value, min, max);
  if (!integer) refuse(name, integer_rule(min, max));
  return integer;
}

bool Fields::boolean(std::string_view name) {
  const Value* value = required(name, "must be true or false");
  if (value && !value->is_bool()) refuse(name, "must be true or false");
  return value && View(value).boolean_or(false);
}

std::optional<bool> Fields::optional_boolean(std::string_view name) {
  const Value* value = member(name);
  if (!value || value->is_null()) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  refuse(name, "must be true or false");
  return std::nullopt;
}

Fields Fields::object(std::string_view name) {
  const Value* value = required(name, "must be an object");
  return Fields(value, child_path(path_, name), state_);
}

std::optional<Fields> Fields::optional_object(std::string_view name) {
  const Value* value = member(name);
  if (!value || value->is_null()) return std::nullopt;
  return Fields(value, child_path(path_, name), state_);
}

const Array* Fields::array(std::string_view name, std::size_t max_items) {
  const Value* value = required(name, "must be an array");
  if (!value) return nullptr;
  const Array* array = value->if_array();
  if (array && array->size() <= max_items) return array;
  refuse(name, fmt::format("must be an array of at most {} items", max_items));
  return nullptr;
}

std::vector<std::string> Fields::texts(std::string_view name, std::size_t max_items, std::size_t max_bytes) {
  const Array* items = array(name, max_items);
  if (!items) return {};
  std::vector<std::string> out;
  for (const Value& item : *items) {
    auto text = text_of(item, max_bytes);
    if (!text) {
      refuse(fmt::format("{}[{}]", name, out.size()), text_rule(max_bytes));
      return {};
    }
    out.push_back(*std::move(text));
  }
  return out;
}

std::vector<Fields> Fields::objects(std::string_view name, std::size_t max_items) {
  const Array* items = array(name, max_items);
  if (!items) return {};
  std::vector<Fields> out;
  for (const Value& item : *items)
    out.push_back(Fields(&item, fmt::format("{}.{}[{}]", path_, name, out.size()), state_));
  return out;
}

const Value& Fields::any(std::string_view name) {
  static const Value kNull;
  const Value* value = required(name, "must be given");
  return value ? *value : kNull;
}

bool Fields::has(std::string_view name) const { return object_ && object_->contains(name); }

void Fields::ignore_unknown() { state_->opened[slot_].ignores_unknown = true; }

Done Fields::finish() const {
  if (state_->error) return std::unexpected(*state_->error);
  for (const State::Opened& opened : state_->opened) {
    if (!opened.object || opened.ignores_unknown) continue;
    for (const auto& member : *opened.object) {
      std::string_view name(member.key().data(), member.key().size());
      if (opened.asked.contains(name)) continue;
      return fail(Code::invalid, child_path(opened.path, visible_text(name.substr(0, kMaxShownNameBytes))),
                  "is unknown");
    }
  }
  return {};
}

}  // namespace foundation::json
