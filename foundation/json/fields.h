// Strict reading of an object of our own contracts. Ask for every member, then finish(): the first missing, mistyped,
// out-of-range or unknown member is the error, with its path ("$.arguments.replicas"). After an error the readers
// return empty values, so that a reader needs no check after each line:
//
//   Fields f(body);
//   request.call_id = f.text("call_id", kMaxCallIdBytes);
//   Fields arguments = f.object("arguments");
//   request.replicas = arguments.integer("replicas", 0, kMaxReplicas);
//   if (auto done = f.finish(); !done) return std::unexpected(done.error());
//
// Borrows the value. A child shares its parent's error; the parent's finish() covers the children's unknown members
// too.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"

namespace foundation::json {

class Fields {
 public:
  explicit Fields(const Value& value, std::string path = "$");

  std::string text(std::string_view name, std::size_t max_bytes);
  std::optional<std::string> optional_text(std::string_view name, std::size_t max_bytes);  // absent or null
  std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);  // 5.0, "5" and 1e1 are refused
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t min, std::int64_t max);
  bool boolean(std::string_view name);
  std::optional<bool> optional_boolean(std::string_view name);
  Fields object(std::string_view name);
  std::optional<Fields> optional_object(std::string_view name);
  std::vector<std::string> texts(std::string_view name, std::size_t max_items, std::size_t max_bytes);
  std::vector<Fields> objects(std::string_view name, std::size_t max_items);
  const Value& any(std::string_view name);  // a static null when missing, which is then the error
  bool has(std::string_view name) const;    // of any value, null too; does not count as asked
  void ignore_unknown();                    // for claims and other shapes that may grow
  // A rule of the reader's own, with the member's path in the error.
  void refuse(std::string_view name, std::string why);

  Done finish() const;

 private:
  struct State;  // shared by a reader and its children: the first error and every object opened
  Fields(const Value* value, std::string path, std::shared_ptr<State> state);
  const Value* member(std::string_view name);
  const Value* required(std::string_view name, std::string_view want);
  const Array* array(std::string_view name, std::size_t max_items);

  std::string path_;
  const Object* object_ = nullptr;
  std::shared_ptr<State> state_;
  std::size_t slot_ = 0;
};

}  // namespace foundation::json
