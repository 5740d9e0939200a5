#include "ai-ops/diagnosis/evidence_check.h"

#include <gtest/gtest.h>

#include <charconv>
#include <regex>
#include <set>

#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::diagnosis {
namespace {

namespace json = foundation::json;

// status.a[0]["b/c"] -> /status/a/0/b~1c (RFC 6901)
std::string pointer_of(const std::string& path) {
  static const std::regex kStep(R"re(\["([^"]+)"\]|\[([0-9]+)\]|\.?([^.\[]+))re");
  std::string out;
  for (std::sregex_iterator at(path.begin(), path.end(), kStep), end; at != end; ++at) {
    std::string step = (*at)[1].matched ? (*at)[1] : (*at)[2].matched ? (*at)[2] : (*at)[3];
    out += "/" + std::regex_replace(std::regex_replace(step, std::regex("~"), "~0"), std::regex("/"), "~1");
  }
  return out;
}

bool says(const json::Value& value, const std::string& text) {
  if (value.is_string()) return std::string_view(value.as_string()) == text;
  if (const auto* object = value.if_object(); object && object->contains("host"))
    return text.find(std::string(object->at("host").as_string())) != std::string::npos &&
           (!object->contains("port") || text.ends_with(":" + boost::json::serialize(object->at("port"))));
  return boost::json::serialize(value) == text;
}

std::string check_field(const Finding& finding, const Evidence& evidence, const Material& material) {
  std::smatch parts;
  static const std::regex kRef(R"(([A-Za-z]+)/(?:([^/ ]+)/)?([^/ ]+) (.+))");
  if (!std::regex_match(evidence.ref, parts, kRef)) return "not a field reference";
  std::string home = parts[2].matched ? parts[2].str() : finding.object.namespace_name;
  const auto& snapshot = material.cluster->snapshot();
  auto object = snapshot.find(parts[1].str(), home, parts[3].str());
  if (!object) object = snapshot.find(parts[1].str(), "", parts[3].str());  // of no namespace
  if (!object) return "no such object";
  boost::system::error_code error;
  const json::Value* value = object->root().value()->find_pointer(pointer_of(parts[4]), error);
  if (value == nullptr) return "nothing stands there";
  return says(*value, evidence.text) ? "" : "it says " + boost::json::serialize(*value);
}

std::string check_event(const Finding& finding, const Evidence& evidence, const Material& material) {
  if (!evidence.ref.starts_with("Event ")) return "not an event reference";
  std::string name = evidence.ref.substr(6), home = finding.object.namespace_name;
  if (std::size_t slash = name.find('/'); slash != std::string::npos) {
    home = name.substr(0, slash);
    name = name.substr(slash + 1);
  }
  auto event = material.cluster->snapshot().find("Event", home, name);
  if (!event) return "no such event";
  std::string said(event->root()["reason"].text());
  said += ": " + std::string(event->root()["message"].text());
  return said == evidence.text ? "" : "it says " + said;
}

std::string check_log(const Finding& finding, const Evidence& evidence, const Material& material) {
  static const std::regex kRef(R"(log ([^/ ]+)/([^/ ]+) (previous )?line ([0-9]+))");
  std::smatch parts;
  if (!std::regex_match(evidence.ref, parts, kRef)) return "not a log reference";
  LogWanted of{finding.object.namespace_name, parts[1], parts[2], parts[3].matched};
  std::size_t line = std::stoul(parts[4]);
  for (const LogExcerpt& log : material.logs)
    if (log.of == of && line >= 1 && line <= log.lines.size())
      return log.lines[line - 1].text == evidence.text ? "" : "it says " + log.lines[line - 1].text;
  return "no such line";
}

}  // namespace

std::string false_evidence(const std::vector<Finding>& findings, const Material& material) {
  std::set<std::string> ids;
  for (const Finding& finding : findings) {
    if (finding.evidence.empty()) return finding.id + " has no evidence";
    for (const Evidence& e : finding.evidence) {
      if (!ids.insert(e.id).second) return e.id + " is there twice";
      bool is_field = e.kind == EvidenceKind::field || e.kind == EvidenceKind::metric;
      std::string wrong = is_field                        ? check_field(finding, e, material)
                          : e.kind == EvidenceKind::event ? check_event(finding, e, material)
                                                          : check_log(finding, e, material);
      if (!wrong.empty()) return fmt::format("{} {} \"{}\": {}", e.id, e.ref, e.text, wrong);
    }
  }
  return {};
}

namespace {

TEST(EvidenceCheck, FindsAnInventedField) {
  sample::Cluster cluster;
  cluster.deployment("web");
  Cluster graph(cluster.snapshot());
  Material material{&graph, {}, sample::kNow};
  auto with = [](std::string ref, std::string text) {
    Finding finding{"F1", Severity::warning, {"Deployment", "shop", "web", ""}, "t", {}, {}};
    finding.evidence.push_back({"E1", EvidenceKind::field, std::move(ref), std::move(text)});
    return std::vector{finding};
  };
  EXPECT_EQ(false_evidence(with("Deployment/web spec.replicas", "1"), material), "");
  EXPECT_NE(false_evidence(with("Deployment/web spec.replicas", "2"), material), "");
  EXPECT_NE(false_evidence(with("Deployment/web spec.nothing", "1"), material), "");
  EXPECT_NE(false_evidence(with("Deployment/other spec.replicas", "1"), material), "");
  EXPECT_NE(false_evidence(with("web", "1"), material), "");
}

}  // namespace
}  // namespace ai_ops::diagnosis
