#include "foundation/json/view.h"

#include <limits>

namespace foundation::json {

View View::operator[](std::string_view member) const {
  const Object* object = value_ ? value_->if_object() : nullptr;
  return object ? View(object->if_contains(member)) : View();
}

View View::operator[](std::size_t index) const {
  const Array* array = value_ ? value_->if_array() : nullptr;
  return array ? View(array->if_contains(index)) : View();
}

View View::path(std::string_view dotted) const {
  View at = *this;
  while (at && !dotted.empty()) {
    std::size_t dot = dotted.find('.');
    at = at[dotted.substr(0, dot)];
    dotted = dot == std::string_view::npos ? std::string_view() : dotted.substr(dot + 1);
  }
  return at;
}

View View::pointer(std::string_view text) const {
  boost::system::error_code none;
  return value_ ? View(value_->find_pointer(text, none)) : View();
}

std::string_view View::text(std::string_view otherwise) const {
  const boost::json::string* text = value_ ? value_->if_string() : nullptr;
  return text ? std::string_view(text->data(), text->size()) : otherwise;
}

std::optional<std::int64_t> View::integer() const {
  if (!value_) return std::nullopt;
  if (const std::int64_t* small = value_->if_int64()) return *small;
  const std::uint64_t* large = value_->if_uint64();
  if (!large || *large > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return static_cast<std::int64_t>(*large);
}

bool View::boolean_or(bool otherwise) const {
  const bool* boolean = value_ ? value_->if_bool() : nullptr;
  return boolean ? *boolean : otherwise;
}

const Array& View::array() const {
  static const Array kNone;
  const Array* array = value_ ? value_->if_array() : nullptr;
  return array ? *array : kNone;
}

const Object& View::object() const {
  static const Object kNone;
  const Object* object = value_ ? value_->if_object() : nullptr;
  return object ? *object : kNone;
}

}  // namespace foundation::json
