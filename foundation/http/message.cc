#include "foundation/http/message.h"

#include <algorithm>

#include "foundation/base/ascii.h"

namespace foundation::http {
namespace {

struct MethodName {
  Method method;
  std::string_view text;
};
constexpr MethodName kMethods[] = {{Method::get, "GET"},        {Method::head, "HEAD"},   {Method::post, "POST"},
                                   {Method::put, "PUT"},        {Method::patch, "PATCH"}, {Method::delete_, "DELETE"},
                                   {Method::options, "OPTIONS"}};

struct Reason {
  int status;
  std::string_view phrase;
};
constexpr Reason kReasons[] = {{100, "Continue"},
                               {200, "OK"},
                               {201, "Created"},
                               {202, "Accepted"},
                               {204, "No Content"},
                               {301, "Moved Permanently"},
                               {302, "Found"},
                               {303, "See Other"},
                               {304, "Not Modified"},
                               {307, "Temporary Redirect"},
                               {308, "Permanent Redirect"},
                               {400, "Bad Request"},
                               {401, "Unauthorized"},
                               {403, "Forbidden"},
                               {404, "Not Found"},
                               {405, "Method Not Allowed"},
                               {406, "Not Acceptable"},
                               {408, "Request Timeout"},
                               {409, "Conflict"},
                               {410, "Gone"},
                               {412, "Precondition Failed"},
                               {413, "Content Too Large"},
                               {414, "URI Too Long"},
                               {415, "Unsupported Media Type"},
                               {417, "Expectation Failed"},
                               {422, "Unprocessable Content"},
                               {428, "Precondition Required"},
                               {429, "Too Many Requests"},
                               {431, "Request Header Fields Too Large"},
                               {500, "Internal Server Error"},
                               {501, "Not Implemented"},
                               {502, "Bad Gateway"},
                               {503, "Service Unavailable"},
                               {504, "Gateway Timeout"}};

}  // namespace

std::string_view to_string(Method method) { return kMethods[static_cast<std::size_t>(method)].text; }

std::optional<Method> parse_method(std::string_view name) {
  for (auto& [method, text] : kMethods)
    if (text == name) return method;
  return std::nullopt;
}

std::string_view reason_phrase(int status) {
  for (auto& [known, phrase] : kReasons)
    if (known == status) return phrase;
  return "Other";
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool is_field_text(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  fields_.emplace_back(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (auto& [known, value] : fields_)
    if (same_name(known, name)) return value;
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (auto& [known, value] : fields_)
    if (same_name(known, name)) values.push_back(value);
  return values;
}

Reply json_reply(int status, const json::Value& body) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = json::to_text(body)};
}

Reply text_reply(int status, std::string body, std::string content_type) {
  return {.status = status, .headers = {{"Content-Type", std::move(content_type)}}, .body = std::move(body)};
}

}  // namespace foundation::http
