// What is asked of the diagnosis, and what of its answer is believed.
#include "api/app/advisor_findings.h"

#include <gtest/gtest.h>

#include "foundation/json/view.h"

namespace api::app {
namespace {

using foundation::Code;
namespace http = foundation::http;
namespace json = foundation::json;

foundation::Result<FindingsAsked> asked(const std::string& query) {
  return read_findings_query(http::parse_target("/x" + query).value());
}

TEST(AdvisorFindings, EachPartOfTheQueryIsOptional) {
  auto all = asked("");
  ASSERT_TRUE(all);
  EXPECT_EQ(findings_body("turn-1", *all), R"({"turn":"turn-1"})");
  auto one = asked("?project=shop&object=Deployment/web.v2&severity=warning");
  ASSERT_TRUE(one) << one.error().text();
  EXPECT_EQ(
      *json::parse_strict(findings_body("turn-1", *one)),
      *json::parse_strict(
          R"({"turn":"turn-1","project":"shop","object":{"kind":"Deployment","name":"web.v2"},"severity":"warning"})"));
}

TEST(AdvisorFindings, WhatIsWrongWithTheQueryIsSaid) {
  const std::pair<const char*, const char*> wrong[] = {
      {"?namespace=shop", "query namespace: is not known; there are project, object, severity"},
      {"?project=", "query project: must be a name"},
      {"?project=..%2Fglobex", "query project: must be a name"},
      {"?severity=bad", "query severity: must be one of critical, warning, info"},
      {"?severity=", "query severity: must be one of critical, warning, info"}};
  for (auto [query, why] : wrong) {
    auto refused = asked(query);
    ASSERT_FALSE(refused) << query;
    EXPECT_EQ(refused.error().code, Code::invalid);
    EXPECT_EQ(refused.error().text(), why);
  }
  for (const char* object : {"", "web", "/web", "Deployment/", "deployment/web", "Deployment/Web", "Deployment/web/1",
                             "Deployment%20/web", "Deployment/..", "../web"}) {
    auto refused = asked(std::string("?object=") + object);
    ASSERT_FALSE(refused) << object;
    EXPECT_EQ(refused.error().text(), "query object: must be of the form Deployment/web");
  }
}

turns::Event finding() {
  return {"finding",
          {{"id", "F1"},
           {"severity", "critical"},
           {"object", {{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}}},
           {"title", "crashes"},
           {"evidence", {json::Object{{"id", "E1"}, {"kind", "log"}, {"ref", "log web/app line 1"}, {"text", ""}}}},
           {"causes", {"F2"}}}};
}
turns::Event checked(json::Array skipped = {}) {
  return {"checked", {{"version", "v1"}, {"objects", 7}, {"workloads", 2}, {"skipped", std::move(skipped)}}};
}
turns::Event with(turns::Event event, std::string_view member, json::Value value) {
  event.data[member] = std::move(value);
  return event;
}

TEST(AdvisorFindings, WhatFitsTheContractIsTaken) {
  EXPECT_EQ(refuses_as_finding(finding()), "");
  EXPECT_EQ(refuses_as_finding(with(finding(), "evidence", json::Array())), "");
  auto of_a_node = json::Object{{"project", nullptr}, {"kind", "Node"}, {"name", "node-1"}};
  EXPECT_EQ(refuses_as_finding(with(finding(), "object", of_a_node)), "");
  EXPECT_EQ(refuses_as_finding(checked({"log of web/app: none"})), "");
}

TEST(AdvisorFindings, OtherEventsOfItsAreUnasked) {
  for (const char* name : {"delta", "agent", "tool", "usage"})
    EXPECT_EQ(refuses_as_finding({name, {{"text", "all is well"}}}), "unasked");
}

TEST(AdvisorFindings, WhatIsOtherwiseInsideIsMalformed) {
  const json::Value evidence[] = {5,
                                  "x",
                                  json::Object{{"id", "E1"}},
                                  json::Object{{"id", "E1"}, {"kind", "rumour"}, {"ref", "r"}, {"text", "t"}},
                                  json::Object{{"id", "E1"}, {"kind", "log"}, {"ref", ""}, {"text", "t"}},
                                  json::Object{{"id", "E1"}, {"kind", "log"}, {"ref", "r"}, {"text", 5}}};
  for (const auto& one : evidence)
    EXPECT_EQ(refuses_as_finding(with(finding(), "evidence", json::Array{one})), "malformed") << json::to_text(one);
  const json::Value objects[] = {json::Object{}, json::Object{{"kind", "Pod"}},
                                 json::Object{{"project", 5}, {"kind", "Pod"}, {"name", "x"}},
                                 json::Object{{"project", "shop"}, {"kind", ""}, {"name", "x"}}};
  for (const auto& one : objects)
    EXPECT_EQ(refuses_as_finding(with(finding(), "object", one)), "malformed") << json::to_text(one);
  EXPECT_EQ(refuses_as_finding(with(finding(), "severity", "fatal")), "malformed");
  EXPECT_EQ(refuses_as_finding(with(finding(), "title", "")), "malformed");
  EXPECT_EQ(refuses_as_finding(with(finding(), "causes", json::Array{5})), "malformed");
  EXPECT_EQ(refuses_as_finding(checked({5})), "malformed");
}

TEST(AdvisorFindings, TheReplyIsTheFindingsAndWhatWasChecked) {
  auto stamped = [](turns::Event event, int seq) {
    return with(with(with(std::move(event), "seq", seq), "turn_id", "t"), "at", "2026-01-02T03:04:05.000Z");
  };
  auto reply = findings_reply({stamped(finding(), 1), stamped(checked(), 2), stamped({"done", {}}, 3)});
  EXPECT_EQ(json::Value(reply), json::Value(json::Object{{"at", "2026-01-02T03:04:05.000Z"},
                                                         {"version", "v1"},
                                                         {"checked", {{"objects", 7}, {"workloads", 2}}},
                                                         {"findings", json::Array{finding().data}}}));
  reply = findings_reply({stamped(checked({"a log"}), 1)});
  EXPECT_EQ(reply.at("findings"), json::Array());
  EXPECT_EQ(reply.at("skipped"), json::Array{"a log"});
}

TEST(AdvisorFindings, AnErrorIsAProblem) {
  auto status = [](std::string_view code) {
    return findings_problem({"error", {{"code", code}, {"text", "x"}}}).status;
  };
  EXPECT_EQ(status("advisor_unavailable"), 503);
  EXPECT_EQ(status("advisor_failed"), 503);
  EXPECT_EQ(status("cancelled"), 503);
  EXPECT_EQ(status("deadline"), 504);
  EXPECT_EQ(status("internal"), 500);
}

}  // namespace
}  // namespace api::app
