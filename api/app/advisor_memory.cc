#include "api/app/advisor_memory.h"

#include <algorithm>

#include "api/turns/events.h"
#include "api/turns/forward.h"
#include "foundation/base/unicode.h"
#include "foundation/base/uuid.h"
#include "foundation/json/fields.h"

namespace api::app {

using foundation::Code;
using foundation::Result;
namespace json = foundation::json;

namespace {

constexpr std::size_t kMaxConversations = 200, kMaxTurns = 200, kMaxObjects = 20, kMaxOperations = 20;
constexpr std::size_t kMaxTitleBytes = 400, kMaxMessageBytes = 8 << 10, kMaxAnswerBytes = 64 << 10;
constexpr std::size_t kMaxNameBytes = 253, kMaxWordBytes = 64, kUuidBytes = 36, kTimeBytes = 40;

constexpr std::string_view kBecame[] = {"executed", "waiting", "refused", "unknown"};

std::string text(json::Fields& fields, std::string_view name, std::size_t max_bytes) {
  return foundation::visible_text(fields.text(name, max_bytes));
}

std::string id(json::Fields& fields, std::string_view name) {
  std::string said = fields.text(name, kUuidBytes);
  if (!foundation::is_uuid(said)) fields.refuse(name, "must be a UUID");
  return said;
}

std::string moment(json::Fields& fields, std::string_view name) {
  auto at = foundation::parse_rfc3339(fields.text(name, kTimeBytes));
  if (at) return foundation::to_rfc3339(*at);
  fields.refuse(name, "must be a time");
  return {};
}

json::Value summary(json::Fields& fields) {
  fields.ignore_unknown();
  return json::Object{{"id", id(fields, "id")},
                      {"title", text(fields, "title", kMaxTitleBytes)},
                      {"began_at", moment(fields, "began_at")},
                      {"last_at", moment(fields, "last_at")},
                      {"turns", fields.integer("turns", 0, kMaxTurns)}};
}

json::Value object(json::Fields& fields) {
  fields.ignore_unknown();
  return json::Object{{"kind", text(fields, "kind", kMaxWordBytes)},
                      {"project", text(fields, "project", kMaxNameBytes)},
                      {"name", text(fields, "name", kMaxNameBytes)}};
}

json::Value operation(json::Fields& fields) {
  fields.ignore_unknown();
  const json::Value& arguments = fields.any("arguments");
  if (!arguments.is_object()) fields.refuse("arguments", "must be an object");
  std::string became = fields.text("became", kMaxWordBytes);
  if (std::ranges::find(kBecame, became) == std::end(kBecame)) fields.refuse("became", "is no such word");
  return json::Object{{"operation", text(fields, "operation", kMaxWordBytes)},
                      {"arguments", turns::cleaned(arguments)},
                      {"became", became}};
}

json::Value turn(json::Fields& fields) {
  fields.ignore_unknown();
  json::Array objects, operations;
  for (auto& one : fields.objects("objects", kMaxObjects)) objects.push_back(object(one));
  for (auto& one : fields.objects("operations", kMaxOperations)) operations.push_back(operation(one));
  return json::Object{{"turn_id", id(fields, "turn_id")},
                      {"at", moment(fields, "at")},
                      {"message", text(fields, "message", kMaxMessageBytes)},
                      {"answer", text(fields, "answer", kMaxAnswerBytes)},
                      {"objects", std::move(objects)},
                      {"operations", std::move(operations)}};
}

// The member `name` of the body, an array of what `read` makes of each.
Result<json::Array> rows_of(std::string_view body, std::string_view name, std::size_t most,
                            json::Value (*read)(json::Fields&)) {
  auto unreadable = [] { return foundation::fail(Code::unavailable, "The advisor's answer was not readable."); };
  auto value = json::parse_strict(body, {.bytes = turns::kMaxConsultedBytes});
  if (!value) return unreadable();
  json::Fields fields(*value);
  fields.ignore_unknown();
  json::Array out;
  for (auto& row : fields.objects(name, most)) out.push_back(read(row));
  if (!fields.finish()) return unreadable();
  return out;
}

}  // namespace

Result<json::Object> read_conversation_list(std::string_view body) {
  auto rows = rows_of(body, "conversations", kMaxConversations, &summary);
  if (!rows) return std::unexpected(rows.error());
  return json::Object{{"conversations", std::move(*rows)}};
}

Result<json::Object> read_one_conversation(std::string_view body, std::string_view id) {
  auto rows = rows_of(body, "turns", kMaxTurns, &turn);
  if (!rows) return std::unexpected(rows.error());
  return json::Object{{"id", id}, {"turns", std::move(*rows)}};
}

}  // namespace api::app
