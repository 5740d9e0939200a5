#include "ai-ops/diagnose/report.h"

#include <gtest/gtest.h>

#include "ai-ops/diagnosis/fault.h"

namespace ai_ops::diagnose {
namespace {

using diagnosis::EvidenceKind;
using diagnosis::Finding;
using diagnosis::Severity;

Finding finding(const char* id, Severity severity, const char* kind, const char* space, const char* name,
                const char* title, std::vector<std::string> causes = {}) {
  Finding out;
  out.id = id;
  out.severity = severity;
  out.object = {kind, space, name, ""};
  out.title = title;
  out.causes = std::move(causes);
  return out;
}

Report report() {
  Report out{.at = *foundation::parse_rfc3339("2026-01-02T12:00:00Z"), .kinds = {{"Node", 1}, {"Pod", 2}}, .logs = 1};
  Finding crash = finding("F1", Severity::critical, "Deployment", "shop", "web", "crashes at start", {"F2"});
  crash.evidence.push_back(
      {"E1", EvidenceKind::log, "log web-1/app line 3", "token=ghp_kX9canary7QzvR2mWb4Lp8Tn3Ys6Hd1Fg5Jc\nbye"});
  out.findings = {crash, finding("F2", Severity::warning, "Service", "other", "db", "no pod is ready", {"F3", "F1"}),
                  finding("F3", Severity::info, "Node", "", "n1", "is cordoned\x1b[31m")};
  out.skipped = {{"notes.txt", "no objects"}};
  return out;
}

TEST(Report, PeopleSeeEachFindingItsEvidenceAndTheChainOfItsCauses) {
  EXPECT_EQ(print(report(), Output::text),
            "critical  Deployment shop/web: crashes at start\n"
            "          log web-1/app line 3: token=<secret:github#1> bye\n"
            "          because Service other/db: no pod is ready\n"
            "            because Node n1: is cordoned[31m\n"
            "\n"
            "warning   Service other/db: no pod is ready\n"
            "          because Node n1: is cordoned[31m\n"
            "          because Deployment shop/web: crashes at start\n"
            "\n"
            "info      Node n1: is cordoned[31m\n"
            "\n"
            "checked 3 objects (1 Node, 2 Pod) and 1 logs, as of 2026-01-02T12:00:00.000Z\n"
            "skipped:\n"
            "  notes.txt: no objects\n");
}

TEST(Report, ChangesAreToldOneByOne) {
  Report before = report(), after = report();
  before.findings[0].fault = after.findings[0].fault = "crash";
  after.findings.pop_back();
  after.findings[1].severity = Severity::critical;
  EXPECT_EQ(print_changes(before, after, Output::text),
            "2026-01-02T12:00:00.000Z  resolved  Node n1: is cordoned[31m\n\n"
            "2026-01-02T12:00:00.000Z  changed\n"
            "critical  Service other/db: no pod is ready\n"
            "          because Deployment shop/web: crashes at start\n\n");
  auto line = foundation::json::parse_tolerant(
      print_changes({}, {.at = after.at, .findings = {after.findings[0]}}, Output::json));
  ASSERT_TRUE(line);
  foundation::json::View change(*line);
  EXPECT_EQ(change["change"].text(), "new");
  EXPECT_EQ(change["at"].text(), "2026-01-02T12:00:00.000Z");
  EXPECT_EQ(change["finding"]["evidence"][0]["text"].text(), "token=<secret:github#1> bye");
  EXPECT_EQ(print_changes(after, after, Output::json), "");
}

TEST(Report, AFaultSaysWhatWouldConfirmIt) {
  Report one = report();
  const diagnosis::Fault& fault = diagnosis::faults().front();
  one.findings = {finding("F1", Severity::warning, "Pod", "shop", "a", "t")};
  one.findings[0].fault = fault.code;
  EXPECT_TRUE(print(one, Output::text).contains("          to check: " + std::string(fault.check) + "\n"));
}

TEST(Report, NothingWrongSaysWhatWasChecked) {
  Report fine = report();
  fine.findings.clear();
  fine.skipped = {{"Gateway", "the cluster has no such kind", false}};
  EXPECT_TRUE(print(fine, Output::text).starts_with("nothing is wrong\n"));
  fine.skipped.assign(25, {"a", "b"});
  std::string text = print(fine, Output::text);
  EXPECT_TRUE(text.starts_with("nothing is wrong in what could be read\nchecked 3 objects")) << text;
  EXPECT_TRUE(text.ends_with("  a: b\n  and 5 more\n")) << text;
  EXPECT_EQ(exit_of(fine), Exit::fine);
  fine.is_whole = false;
  EXPECT_EQ(exit_of(fine), Exit::warning) << "a rule that did not end may have missed something";
}

// Names and kinds of a bundle are whoever's wrote it; what is printed is looked at in a terminal.
TEST(Report, NoTextOfABundleReachesATerminalAsItIs) {
  const std::string evil = "a\x1b[31m\u009b1m\u202e\rb";
  Report one = report();
  one.kinds = {{evil, 1}};
  one.skipped = {{evil, evil}};
  one.findings = {finding("F1", Severity::warning, evil.c_str(), evil.c_str(), evil.c_str(), evil.c_str())};
  for (const std::string& text : {print(one, Output::text), print(one, Output::json), print(one, Output::findings),
                                  print_skipped(one), print_changes({}, one, Output::text)}) {
    for (std::string_view bad : {"\x1b", "\u009b", "\u202e", "\r"}) EXPECT_FALSE(text.contains(bad)) << text;
    EXPECT_TRUE(text.contains("[31m"));
  }
}

TEST(Report, ProgramsGetEverythingOrAPlainList) {
  auto whole = foundation::json::parse_strict(print(report(), Output::json));
  ASSERT_TRUE(whole) << whole.error().text();
  EXPECT_EQ(whole->at_pointer("/at"), "2026-01-02T12:00:00.000Z");
  EXPECT_EQ(whole->at_pointer("/checked/kinds/Pod"), 2);
  EXPECT_EQ(whole->at_pointer("/skipped/0/what"), "notes.txt");
  EXPECT_EQ(whole->at_pointer("/findings/0/object/kind"), "Deployment");
  EXPECT_EQ(whole->at_pointer("/findings/0/evidence/0/text"), "token=<secret:github#1> bye");
  auto plain = foundation::json::parse_strict(print(report(), Output::findings));
  ASSERT_TRUE(plain) << plain.error().text();
  EXPECT_EQ(foundation::json::to_text(plain->at(0)),
            R"x({"id":"F1","severity":"critical","fault":"","kind":"Deployment","namespace":"shop","name":"web",)x"
            R"x("text":"crashes at start (token=<secret:github#1> bye)","causes":["F2"]})x");
}

TEST(Shown, TheSeverityAndTheNamespacesAskedForAndWhatCausesThem) {
  auto ids = [](const Options& options) {
    std::string out;
    for (const Finding& each : shown(report().findings, options)) out += each.id + " ";
    return out;
  };
  EXPECT_EQ(ids({}), "F1 F2 F3 ");
  EXPECT_EQ(ids({.severity = Severity::critical}), "F1 F2 F3 ") << "the chain stays whole";
  EXPECT_EQ(ids({.namespaces = {"nowhere"}}), "");
  auto alone = std::vector{finding("F1", Severity::warning, "Pod", "shop", "a", "t"),
                           finding("F2", Severity::critical, "Pod", "shop", "b", "t")};
  EXPECT_EQ(shown(alone, {.severity = Severity::critical}).size(), 1u);
  EXPECT_EQ(exit_of({.findings = alone}), Exit::critical);
  EXPECT_EQ(exit_of({.findings = {alone[0]}}), Exit::warning);
}

}  // namespace
}  // namespace ai_ops::diagnose
