// What people and programs see, as golden files: testdata/<case>.jsonl is rendered to <case>.txt (a pipe), <case>.tty
// (60 columns with colours) and, by for_programs, to JSON lines. HKS_WRITE_GOLDEN=1 writes the files anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "cli/render/audit.h"
#include "cli/render/findings.h"
#include "cli/render/golden.h"
#include "cli/render/operations.h"
#include "cli/render/renderer.h"

namespace cli::render {
namespace {

constexpr Look kTerminal{.color = true, .columns = 60};

std::vector<fs::path> files(const fs::path& folder, std::string_view begin, std::string_view end) {
  std::vector<fs::path> all;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::string name = entry.path().filename();
    if (name.starts_with(begin) && name.ends_with(end)) all.push_back(entry.path());
  }
  std::ranges::sort(all);
  EXPECT_FALSE(all.empty()) << folder;
  return all;
}

std::vector<events::Event> events_in(const fs::path& path) {
  std::vector<events::Event> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    auto event = events::from_line(line);
    EXPECT_TRUE(event) << path;
    if (event) all.push_back(std::move(*event));
  }
  return all;
}

std::string rendered(Renderer& renderer, const std::vector<events::Event>& all) {
  std::string out;
  for (const auto& event : all) out += renderer.event(event);
  return out + renderer.end();
}

TEST(RenderGolden, APipeGetsPlainStableText) {
  for (const auto& path : files("cli/render/testdata", "", ".jsonl")) {
    std::string text = rendered(*for_people({}), events_in(path));
    expect_golden(fs::path(path).replace_extension(".txt"), text);
    EXPECT_EQ(text.find_first_of("\x1b\r\t\b"), std::string::npos) << path;
  }
}

TEST(RenderGolden, ATerminalGetsColoursAndLinesThatFit) {
  for (const auto& path : files("cli/render/testdata", "", ".jsonl"))
    expect_golden(fs::path(path).replace_extension(".tty"), rendered(*for_people(kTerminal), events_in(path)));
}

TEST(RenderGolden, TheExamplesOfTheContract) {
  std::string text;
  for (const auto& path : files("contracts/examples", "event.", ".json")) {
    auto event = events::from_line(read(path));
    ASSERT_TRUE(event) << path;
    text += path.filename().string() + "\n" + rendered(*for_people({}), {*event});
  }
  expect_golden("cli/render/testdata/contract_events.txt", text);
}

TEST(RenderGolden, TheAuditOfTheContract) {
  auto page = json::parse_strict(read("contracts/examples/audit.reply.json"));
  ASSERT_TRUE(page);
  expect_golden("cli/render/testdata/contract_audit.txt", audit_text({}, View(*page)));
}

TEST(ForPrograms, EachEventIsOneLineWithItsNameFirst) {
  for (const auto& path : files("cli/render/testdata", "", ".jsonl")) {
    if (path.stem() == "hostile") continue;
    std::string lines;
    for (const auto& event : events_in(path)) lines += events::to_line(event) + "\n";
    EXPECT_EQ(rendered(*for_programs(), events_in(path)), lines);
    EXPECT_TRUE(lines.starts_with(R"({"event":"turn",)"));
  }
}

TEST(ForPrograms, StringsAndNamesAreCleanedAtEveryDepth) {
  events::Event event{"delta", {{"a\x1b", json::Array{"b\u202e", json::Object{{"c", "\u200bd\ne"}}}}, {"n", 1}}};
  EXPECT_EQ(for_programs()->event(event), "{\"event\":\"delta\",\"a\":[\"b\",{\"c\":\"d\\ne\"}],\"n\":1}\n");
}

// A line of the advisor's text never begins where the control plane's marks stand, whatever the width.
TEST(ForPeople, AnAdvisorCannotForgeARecord) {
  auto hostile = events_in("cli/render/testdata/hostile.jsonl");
  for (std::size_t columns = 0; columns < 100; columns += columns == 0 ? 40 : 1) {
    std::string text = rendered(*for_people({.color = false, .columns = columns}), hostile);
    std::string line;
    for (std::size_t at = 0; at < text.size(); at += line.size() + 1) {
      line = text.substr(at, text.find('\n', at) - at);
      line = line.substr(line.rfind("\x1b[2K") == std::string::npos ? 0 : line.rfind("\x1b[2K") + 4);
      EXPECT_FALSE(line.starts_with(" ✓") || line.starts_with("✓")) << columns << ": " << text;
      if (columns > 0) EXPECT_LE(width(line), columns) << line;
      line = text.substr(at, text.find('\n', at) - at);
    }
  }
}

TEST(ForPeople, WhatIsBeingDoneIsShownOnATerminalAndWiped) {
  auto renderer = for_people({.columns = 40});
  EXPECT_EQ(renderer->event({"turn", {}}), " working …");
  EXPECT_EQ(renderer->event({"tool", {{"name", "read_logs"}, {"state", "started"}}}), "\r\x1b[2K read_logs …");
  EXPECT_EQ(renderer->event({"delta", {{"text", "web is fine \n"}}}), "\r\x1b[2K   web is fine\n");
  EXPECT_EQ(renderer->event({"done", {{"outcome", "answered"}}}), "");
  EXPECT_EQ(renderer->end(), "");
}

TEST(ForPeople, AHalfPrintedLineIsNotDisturbedByProgress) {
  auto renderer = for_people({.columns = 40});
  EXPECT_EQ(renderer->event({"delta", {{"text", "web is "}}}), "   web is");
  EXPECT_EQ(renderer->event({"tool", {{"name", "read_logs"}, {"state", "started"}}}), "");
  EXPECT_EQ(renderer->event({"delta", {{"text", "fine"}}}), "");
  EXPECT_EQ(renderer->end(), " fine\n");
}

TEST(ForPeople, AStatusLineIsNeverWiderThanTheTerminal) {
  auto renderer = for_people({.columns = 20});
  std::string text = renderer->event({"agent", {{"name", "analyst"}, {"task", "在集群中寻找哪里出了问题并报告"}}});
  EXPECT_LE(width(text), 20u) << text;
  EXPECT_NE(text.find("…"), std::string::npos);
}

TEST(Findings, ALongChainOfCausesIsToldWhole) {
  std::vector<json::Object> chain;
  for (int i = 0; i < 200; ++i)
    chain.push_back({{"id", "F" + std::to_string(i)},
                     {"object", json::Object{{"name", "w" + std::to_string(i)}}},
                     {"title", "t"},
                     {"causes", json::Array{"F" + std::to_string(i - 1)}}});
  std::string text = findings_text({}, chain);
  for (int i = 0; i < 200; ++i) EXPECT_NE(text.find("w" + std::to_string(i) + " "), std::string::npos) << i;
  EXPECT_EQ(std::ranges::count(text, '\n'), 200);
}

TEST(ChangeWords, OnlyWhatChangedIsTold) {
  json::Value before{{"replicas", 3}, {"image", "a"}, {"paused", false}};
  json::Value after{{"replicas", 5}, {"image", "b"}, {"paused", false}, {"added", true}};
  EXPECT_EQ(change_words(View(before), View(after)), "3 → 5 replicas, image a → b, added true");
  json::Value asked{{"cpu_request", "64"}}, given{{"cpu_request", "500m"}};
  EXPECT_EQ(change_words(View(asked), View(given)), "cpu request 64 → 500m");
  EXPECT_EQ(change_words(View(after), View(after)), "");
}

}  // namespace
}  // namespace cli::render
