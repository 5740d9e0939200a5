#include "ai-ops/bundle/sections.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace ai_ops::bundle {
namespace {

// "listed:2 described:3": the forms, and how many lines of each that are not blank.
std::string told(std::string_view text) {
  static constexpr const char* kForms[] = {"json", "yaml", "described", "listed", "services", "dumped", "plain"};
  std::string out;
  for (const Section& section : sections_of(text)) {
    std::size_t lines = 0;
    bool blank = true;
    for (char c : section.text) {
      if (c == '\n') lines += blank ? 0 : 1, blank = true;
      if (c != '\n' && c != ' ') blank = false;
    }
    out += fmt::format("{}{}:{}", out.empty() ? "" : " ", kForms[static_cast<int>(section.form)], lines + !blank);
  }
  return out;
}

struct Case {
  const char* text;
  const char* forms;
};

class Sections : public testing::TestWithParam<Case> {};

TEST_P(Sections, AreKnownByTheirContents) { EXPECT_EQ(told(GetParam().text), GetParam().forms) << GetParam().text; }

INSTANTIATE_TEST_SUITE_P(
    Of, Sections,
    testing::Values(
        Case{"", ""}, Case{"\n\n", ""}, Case{"No resources found in shop namespace.\n", ""},
        Case{"{\"kind\":\"Pod\"}", "json:1"}, Case{"{\"kind\":\"Pod\"}\n{\"kind\":\"Pod\"}\n", "json:1 json:1"},
        Case{"[\n {\"kind\":\"Pod\"}\n]\n", "json:3"},
        // What programs log as JSON says no kind.
        Case{"{\"level\":\"error\"}\n{\"level\":\"info\"}\n", "plain:2"}, Case{"[2026-01-02] started\n", "plain:1"},
        Case{"listening on :8080\n{\"a\":1}\n", "plain:2"},
        Case{"apiVersion: v1\nkind: Pod\n---\nkind: Pod\n", "yaml:4"}, Case{"# ours\n---\nkind: Pod\n", "yaml:2"},
        Case{"Name:  a\nNode:  n1/10.0.0.1\n\nName:  b\n", "described:3"},
        Case{"NAME   READY   STATUS\na      1/1     Running\n", "listed:2"},
        Case{"2m  Warning  BackOff  pod/a  Back-off\n", "listed:1"},
        Case{"$ kubectl get pods\nNAME   READY   STATUS\na      1/1     Running\n$ kubectl describe pods\nName:  a\n",
             "listed:3 described:1"},
        // The values of a described ConfigMap stand at the margin, whatever they hold.
        Case{"Name:  a\n\nData\n====\nconf:\n----\nkind: Pod\n\nNAME   READY\n{\"kind\":\"Pod\"}\nEvents:  <none>\n\n"
             "Name:  b\n",
             "described:10"},
        Case{"Node: n1\n● kubelet.service - Kubelet\n   Active: active (running)\nNode: n2\n", "services:4"},
        Case{"{\"kind\":\"NodeList\",\"items\":[]}\n==== START logs for container a of pod n/p ====\nNAME   READY\n"
             "==== END logs for container a of pod n/p ====\n{\"kind\":\"Pod\"}\n",
             "json:1 dumped:3 json:1"},
        // A document that was cut spoils none that begins after it.
        Case{"{\"kind\":\"Pod\",\n{\"kind\":\"Pod\"}\n", "json:1 json:1"}));

TEST(Sections, ADumpedLogSaysWhoseItIs) {
  DumpedLog log = read_dumped_log(
      "==== START logs for container app of pod shop/web-1 ====\none\ntwo\n"
      "==== END logs for container app of pod shop/web-1 ====\n");
  EXPECT_EQ(log.namespace_name, "shop");
  EXPECT_EQ(log.pod, "web-1");
  EXPECT_EQ(log.container, "app");
  EXPECT_EQ(log.text, "one\ntwo\n");
  EXPECT_EQ(read_dumped_log("==== START logs for container ").pod, "");
}

TEST(Sections, ManyDocumentsWithoutAnEndAreReadInLinearTime) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "{\"kind\":\"Pod\"\n";
  EXPECT_LE(sections_of(text).size(), 16u);
}

}  // namespace
}  // namespace ai_ops::bundle
