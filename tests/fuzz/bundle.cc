// A support bundle that somebody was sent: whatever stands in its files, what is taken out is bounded, visible, and
// holds no configuration value; no file spoils another; and what the engine says of it may be looked at in a terminal.
#include "ai-ops/bundle/bundle.h"

#include <algorithm>
#include <string>
#include <vector>

#include "ai-ops/bundle/facts.h"
#include "ai-ops/diagnose/report.h"
#include "ai-ops/diagnosis/diagnose.h"
#include "ai-ops/diagnosis/log_intake.h"
#include "foundation/base/unicode.h"
#include "foundation/json/view.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {
namespace {

namespace json = foundation::json;
using ai_ops::bundle::Bundle;
using ai_ops::bundle::File;

constexpr char kNextFile = '\f';  // in the input; then comes a line with its path

std::vector<File> files_of(std::string_view input) {
  std::vector<File> files;
  while (!input.empty()) {
    std::size_t end = std::min(input.find(kNextFile), input.size());
    auto [path, text] = first_line(input.substr(0, end));
    files.push_back({std::string(path), std::string(text)});
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  return files;
}

Bundle read(const std::vector<File>& files) {
  static const auto now = *foundation::parse_rfc3339("2026-01-02T12:00:00Z");
  return ai_ops::bundle::read_bundle(files, {.files_at = now});
}

std::string objects_text(const Bundle& bundle) {
  std::string out;
  for (const auto& object : bundle.objects.all()) out += json::to_text(*object.root().value()) + "\n";
  return out;
}

void object_laws(const foundation::kubernetes::ObjectView& view) {
  json::Object object = view.root().value()->as_object();
  ai_ops::bundle::keep_facts_only(object);
  must(json::Value(object) == *view.root().value(), "what is kept are facts", json::to_text(json::Value(object)));
  for (const auto& container : view.spec()["containers"].array())
    for (const auto& variable : json::View(container)["env"].array())
      must(!json::View(variable)["value"] || json::View(variable)["fact"], "no variable keeps its value");
  if (view.kind() != "Secret") return;
  for (const auto& member : view.root()["data"].object()) must(member.value().is_null(), "a Secret keeps nothing");
}

void log_laws(const Bundle& bundle) {
  for (const auto& log : bundle.logs) {
    must(bundle.objects.find("Pod", log.of.project, log.of.pod).has_value(), "a log is that of a pod", log.of.pod);
    must(log.lines.size() - log.earlier <= ai_ops::diagnosis::kMaxLogLines, "a log is bounded");
    must(log.earlier <= ai_ops::diagnosis::kMaxEarlierPatterns, "what is kept of an earlier log is bounded");
    for (const auto& line : log.lines)
      must(foundation::visible_text(line.text) == line.text, "a line is visible", line.text);
  }
}

// Tabs and line feeds move a cursor no further than text does.
void print_laws(const ai_ops::diagnose::Report& report) {
  using ai_ops::diagnose::Output;
  auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == '\x7f'; };
  for (Output output : {Output::text, Output::json, Output::findings}) {
    std::string printed = ai_ops::diagnose::print(report, output);
    must(std::ranges::none_of(printed, is_control), "what is printed has no control character", printed);
    must(foundation::visible_text(printed) == printed, "what is printed is visible text", printed);
  }
}

}  // namespace

void bundle(std::string_view input) {
  auto files = files_of(input);
  Bundle whole = read(files);
  must(whole.unread.size() <= ai_ops::bundle::kMaxUnread + 1, "what does not read is bounded");
  for (const auto& object : whole.objects.all()) object_laws(object);
  log_laws(whole);
  std::string told = objects_text(whole);
  files.push_back({"cut.json", "{\"kind\":\"Pod\",\"metadata\":{"});
  files.push_back({"binary", std::string("\0\x01", 2)});
  must(objects_text(read(files)) == told, "no file spoils another", told);
  ai_ops::diagnosis::Cluster cluster(whole.objects);
  ai_ops::diagnose::Report report{.at = whole.objects.at(), .kinds = ai_ops::diagnose::count_kinds(whole.objects)};
  for (const auto& each : whole.unread) report.skipped.push_back({each.path, each.why});
  report.findings = ai_ops::diagnosis::diagnose({.cluster = &cluster, .logs = whole.logs, .now = whole.objects.at()});
  print_laws(report);
}

}  // namespace fuzz
