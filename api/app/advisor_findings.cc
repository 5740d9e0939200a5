#include "api/app/advisor_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "foundation/http/sse.h"
#include "foundation/json/fields.h"
#include "foundation/json/view.h"
#include "foundation/kubernetes/names.h"

namespace api::app {

using foundation::Code;
using foundation::fail;
using foundation::Result;
namespace http = foundation::http;
namespace json = foundation::json;

namespace {

constexpr std::array<std::string_view, 3> kQuery{"project", "object", "severity"};
constexpr std::array<std::string_view, 3> kSeverities{"critical", "warning", "info"};
constexpr std::array<std::string_view, 4> kEvidenceKinds{"field", "event", "log", "metric"};
constexpr std::size_t kMaxTextBytes = http::kMaxFrameBytes;  // a frame bounds all of a finding
constexpr std::size_t kMaxRows = 1000;                       // the same

bool is_one_of(auto& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

void some_text(json::Fields& fields, std::string_view name) {
  if (fields.text(name, kMaxTextBytes).empty()) fields.refuse(name, "must not be empty");
}

void word_of(json::Fields& fields, std::string_view name, auto& words) {
  if (!is_one_of(words, fields.text(name, kMaxTextBytes))) fields.refuse(name, "is no such word");
}

bool is_finding(const json::Value& said) {
  json::Fields fields(said);
  fields.ignore_unknown();
  some_text(fields, "id");
  some_text(fields, "title");
  word_of(fields, "severity", kSeverities);
  auto object = fields.object("object");
  (void)object.optional_text("project", kMaxTextBytes);
  some_text(object, "kind");
  some_text(object, "name");
  for (auto& one : fields.objects("evidence", kMaxRows)) {
    some_text(one, "id");
    some_text(one, "ref");
    word_of(one, "kind", kEvidenceKinds);
    (void)one.text("text", kMaxTextBytes);
  }
  (void)fields.texts("causes", kMaxRows, kMaxTextBytes);
  return fields.finish().has_value();
}

bool is_checked(const json::Value& said) {
  json::Fields fields(said);
  fields.ignore_unknown();
  (void)fields.texts("skipped", kMaxRows, kMaxTextBytes);
  return fields.finish().has_value();
}

}  // namespace

Result<FindingsAsked> read_findings_query(const http::Target& target) {
  FindingsAsked asked;
  for (const auto& [name, value] : target.query) {
    if (!is_one_of(kQuery, name))
      return fail(Code::invalid, "query " + name, fmt::format("is not known; there are {}", fmt::join(kQuery, ", ")));
    if (name == "project") {
      if (!foundation::kubernetes::is_label(value)) return fail(Code::invalid, "query project", "must be a name");
      asked.object.namespace_name = value;
    } else if (name == "severity") {
      if (!is_one_of(kSeverities, value))
        return fail(Code::invalid, "query severity", fmt::format("must be one of {}", fmt::join(kSeverities, ", ")));
      asked.severity = value;
    } else {
      std::size_t slash = std::min(value.find('/'), value.size());
      asked.object.kind = value.substr(0, slash);
      asked.object.name = value.substr(std::min(slash + 1, value.size()));
      if (!foundation::kubernetes::is_kind(asked.object.kind) ||
          !foundation::kubernetes::is_subdomain(asked.object.name))
        return fail(Code::invalid, "query object", "must be of the form Deployment/web");
    }
  }
  return asked;
}

std::string findings_body(std::string_view turn, const FindingsAsked& asked) {
  json::Object body{{"turn", turn}};
  if (!asked.object.namespace_name.empty()) body["project"] = asked.object.namespace_name;
  if (!asked.object.name.empty())
    body["object"] = json::Object{{"kind", asked.object.kind}, {"name", asked.object.name}};
  if (!asked.severity.empty()) body["severity"] = asked.severity;
  return json::to_text(body);
}

std::string_view refuses_as_finding(const turns::Event& event) {
  if (event.name != "finding" && event.name != kCheckedEvent) return "unasked";
  const json::Value said(event.data);
  return (event.name == "finding" ? is_finding(said) : is_checked(said)) ? "" : "malformed";
}

json::Object findings_reply(std::vector<turns::Event> events) {
  json::Object reply;
  json::Array findings;
  for (turns::Event& event : events) {
    json::Object& data = event.data;
    if (event.name == "finding") {
      for (std::string_view own : {"seq", "turn_id", "at"}) data.erase(own);
      findings.push_back(std::move(data));
    } else if (event.name == kCheckedEvent) {
      reply = {{"at", data["at"]},
               {"version", data["version"]},
               {"checked", {{"objects", data["objects"]}, {"workloads", data["workloads"]}}}};
      if (const json::Value& skipped = data["skipped"]; !json::View(skipped).array().empty())
        reply["skipped"] = skipped;
    }
  }
  reply["findings"] = std::move(findings);
  return reply;
}

http::Problem findings_problem(const turns::Event& error) {
  std::string_view code = json::View(error.data.if_contains("code")).text();
  std::string text(json::View(error.data.if_contains("text")).text());
  if (code == "deadline") return {504, "deadline", std::move(text)};
  if (code == "internal") return {500, "internal", std::move(text)};
  return {503, "unavailable", std::move(text)};
}

}  // namespace api::app
