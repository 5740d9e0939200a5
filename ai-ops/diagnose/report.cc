#include "ai-ops/diagnose/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "ai-ops/diagnose/changes.h"
#include "ai-ops/diagnosis/fault.h"
#include "foundation/json/value.h"
#include "foundation/redaction/patterns.h"

namespace ai_ops::diagnose {
namespace {

namespace json = foundation::json;
using diagnosis::Evidence;
using diagnosis::Finding;
using diagnosis::ObjectRef;
using diagnosis::Severity;

constexpr std::size_t kMaxChain = 8;           // links of a chain of causes that are told
constexpr std::size_t kMaxSkippedInText = 20;  // told one by one
constexpr std::size_t kEvidenceInPlainText = 3;

class Printer {
 public:
  explicit Printer(const Report& report) : report_(report) {}

  std::string text();
  json::Object everything();
  json::Array plain();
  std::string change_text(const Change& change, foundation::WallTime at);
  json::Object change_json(const Change& change, foundation::WallTime at);
  void add_skipped(std::string_view indent, std::string& out);

 private:
  // Line feeds too: each fact stands on its line.
  std::string clean(std::string_view text) {
    std::string out = foundation::redaction::redact_text(text, pseudonyms_).str();
    std::ranges::replace(out, '\n', ' ');
    return out;
  }
  json::Value cleaned(json::Value value) {
    if (auto* said = value.if_string()) return json::Value(clean(*said));
    if (auto* array = value.if_array())
      for (auto& item : *array) item = cleaned(std::move(item));
    if (auto* object = value.if_object())
      for (auto& member : *object) member.value() = cleaned(std::move(member.value()));
    return value;
  }
  std::string name(const ObjectRef& object) {
    bool is_scoped = !object.namespace_name.empty();
    return clean(fmt::format("{} {}{}{}", object.kind, object.namespace_name, is_scoped ? "/" : "", object.name));
  }
  const Finding* find(std::string_view id) const {
    auto found = std::ranges::find(report_.findings, id, &Finding::id);
    return found == report_.findings.end() ? nullptr : &*found;
  }
  void add_finding(const Finding& finding, std::string& out);
  void add_causes(const Finding& finding, std::size_t depth, std::set<std::string>& told, std::string& out);
  void add_checked(std::string& out);

  const Report& report_;
  foundation::redaction::Pseudonyms pseudonyms_;
};

void Printer::add_finding(const Finding& finding, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{:<8}  {}: {}\n", diagnosis::to_string(finding.severity),
                 name(finding.object), clean(finding.title));
  for (const Evidence& evidence : finding.evidence)
    fmt::format_to(std::back_inserter(out), "          {}: {}\n", clean(evidence.ref), clean(evidence.text));
  std::set<std::string> told{finding.id};
  add_causes(finding, 0, told, out);
  if (const diagnosis::Fault* fault = diagnosis::find_fault(finding.fault))
    fmt::format_to(std::back_inserter(out), "          to check: {}\n", fault->check);
  out += '\n';
}

void Printer::add_causes(const Finding& finding, std::size_t depth, std::set<std::string>& told, std::string& out) {
  if (depth == kMaxChain) return;
  for (const std::string& id : finding.causes) {
    const Finding* cause = find(id);
    if (cause == nullptr || !told.insert(id).second) continue;
    fmt::format_to(std::back_inserter(out), "{:>{}}because {}: {}\n", "", 10 + 2 * depth, name(cause->object),
                   clean(cause->title));
    add_causes(*cause, depth + 1, told, out);
  }
}

void Printer::add_checked(std::string& out) {
  std::size_t objects = 0;
  std::string kinds;
  for (const auto& [kind, count] : report_.kinds) {
    objects += count;
    fmt::format_to(std::back_inserter(kinds), "{}{} {}", kinds.empty() ? "" : ", ", count, clean(kind));
  }
  fmt::format_to(std::back_inserter(out), "checked {} objects ({}) and {} logs, as of {}\n", objects, kinds,
                 report_.logs, foundation::to_rfc3339(report_.at));
}

void Printer::add_skipped(std::string_view indent, std::string& out) {
  std::size_t count = std::min(report_.skipped.size(), kMaxSkippedInText);
  for (std::size_t i = 0; i < count; ++i) {
    const Skipped& skipped = report_.skipped[i];
    fmt::format_to(std::back_inserter(out), "{}{}{}{}\n", indent, clean(skipped.what), skipped.what.empty() ? "" : ": ",
                   clean(skipped.why));
  }
  if (count < report_.skipped.size())
    fmt::format_to(std::back_inserter(out), "{}and {} more\n", indent, report_.skipped.size() - count);
}

std::string Printer::text() {
  std::string out;
  for (const Finding& finding : report_.findings) add_finding(finding, out);
  bool has_missed = std::ranges::any_of(report_.skipped, &Skipped::is_there);
  if (report_.findings.empty()) out += has_missed ? "nothing is wrong in what could be read\n" : "nothing is wrong\n";
  add_checked(out);
  if (!report_.skipped.empty()) out += "skipped:\n";
  add_skipped("  ", out);
  return out;
}

double milliseconds(std::chrono::nanoseconds took) {
  return std::round(std::chrono::duration<double, std::micro>(took).count()) / 1000;
}

json::Object Printer::everything() {
  json::Object kinds;
  std::size_t objects = 0;
  for (const auto& [kind, count] : report_.kinds) kinds[clean(kind)] = count, objects += count;
  json::Array skipped, findings;
  for (const Skipped& each : report_.skipped)
    skipped.push_back(json::Object{{"what", clean(each.what)}, {"why", clean(each.why)}});
  for (const Finding& finding : report_.findings) findings.push_back(cleaned(json::Value(diagnosis::to_json(finding))));
  return {{"at", foundation::to_rfc3339(report_.at)},
          {"checked", json::Object{{"objects", objects}, {"logs", report_.logs}, {"kinds", std::move(kinds)}}},
          {"took_ms",
           json::Object{{"read", milliseconds(report_.took.read)}, {"diagnose", milliseconds(report_.took.diagnose)}}},
          {"skipped", std::move(skipped)},
          {"findings", std::move(findings)}};
}

json::Array Printer::plain() {
  json::Array out;
  for (const Finding& finding : report_.findings) {
    std::string text = clean(finding.title);
    for (std::size_t i = 0; i < std::min(finding.evidence.size(), kEvidenceInPlainText); ++i)
      fmt::format_to(std::back_inserter(text), "{}{}", i == 0 ? " (" : "; ", clean(finding.evidence[i].text));
    if (!finding.evidence.empty()) text += ")";
    out.push_back(json::Object{{"id", finding.id},
                               {"severity", diagnosis::to_string(finding.severity)},
                               {"fault", finding.fault},
                               {"kind", clean(finding.object.kind)},
                               {"namespace", clean(finding.object.namespace_name)},
                               {"name", clean(finding.object.name)},
                               {"text", std::move(text)},
                               {"causes", json::Array(finding.causes.begin(), finding.causes.end())}});
  }
  return out;
}

std::string Printer::change_text(const Change& change, foundation::WallTime at) {
  const Finding& finding = *change.finding;
  std::string out = fmt::format("{}  {}", foundation::to_rfc3339(at), to_string(change.kind));
  if (change.kind == ChangeKind::resolved)
    return fmt::format("{}  {}: {}\n\n", out, name(finding.object), clean(finding.title));
  out += '\n';
  add_finding(finding, out);
  return out;
}

// A line stands for itself: the ids of causes are those of one look, so the causes are told with it.
json::Object Printer::change_json(const Change& change, foundation::WallTime at) {
  json::Array because;
  for (const std::string& id : change.finding->causes)
    if (const Finding* cause = find(id))
      because.push_back(cleaned(json::Object{{"fault", cause->fault},
                                             {"kind", cause->object.kind},
                                             {"namespace", cause->object.namespace_name},
                                             {"name", cause->object.name}}));
  return {{"at", foundation::to_rfc3339(at)},
          {"change", to_string(change.kind)},
          {"because", std::move(because)},
          {"finding", cleaned(json::Value(diagnosis::to_json(*change.finding)))}};
}

}  // namespace

std::map<std::string, std::size_t> count_kinds(const foundation::kubernetes::Snapshot& objects) {
  std::map<std::string, std::size_t> out;
  for (const auto& object : objects.all()) ++out[std::string(object.kind())];
  return out;
}

std::vector<Finding> shown(const std::vector<Finding>& findings, const Options& options) {
  std::set<std::string> wanted;
  auto is_asked_for = [&](const Finding& finding) {
    const auto& names = options.namespaces;
    bool is_there = names.empty() || std::ranges::find(names, finding.object.namespace_name) != names.end();
    return is_there && finding.severity >= options.severity;
  };
  std::vector<const Finding*> open;
  for (const Finding& finding : findings)
    if (is_asked_for(finding)) wanted.insert(finding.id), open.push_back(&finding);
  while (!open.empty()) {
    const Finding& next = *open.back();
    open.pop_back();
    for (const std::string& id : next.causes) {
      auto cause = std::ranges::find(findings, id, &Finding::id);
      if (cause != findings.end() && wanted.insert(id).second) open.push_back(&*cause);
    }
  }
  std::vector<Finding> out;
  std::ranges::copy_if(findings, std::back_inserter(out),
                       [&](const Finding& each) { return wanted.contains(each.id); });
  return out;
}

Exit exit_of(const Report& report) {
  Severity worst = report.is_whole ? Severity::info : Severity::warning;
  for (const Finding& finding : report.findings) worst = std::max(worst, finding.severity);
  switch (worst) {
    case Severity::info: return Exit::fine;
    case Severity::warning: return Exit::warning;
    case Severity::critical: return Exit::critical;
  }
  return Exit::fine;
}

std::string print(const Report& report, Output output) {
  Printer printer(report);
  switch (output) {
    case Output::text: return printer.text();
    case Output::json: return json::to_pretty(json::Value(printer.everything())) + "\n";
    case Output::findings: return json::to_pretty(json::Value(printer.plain())) + "\n";
  }
  return {};
}

std::string print_skipped(const Report& report) {
  std::string out;
  Printer(report).add_skipped("", out);
  return out;
}

std::string print_changes(const Report& before, const Report& after, Output output) {
  std::string out;
  for (const Change& change : changes_between(before.findings, after.findings)) {
    Printer printer(change.kind == ChangeKind::resolved ? before : after);
    if (output == Output::text)
      out += printer.change_text(change, after.at);
    else
      out += json::to_text(json::Value(printer.change_json(change, after.at))) + "\n";
  }
  return out;
}

}  // namespace ai_ops::diagnose
