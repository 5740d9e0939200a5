#include "ai-ops/diagnosis/verify.h"

#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::diagnosis {
namespace {

class Stands : public testing::Test {
 protected:
  bool stands(EvidenceKind kind, std::string ref, std::string text, std::string_view home = "shop") const {
    return diagnosis::stands(case_, {"Deployment", std::string(home), "web", {}},
                             {"", kind, std::move(ref), std::move(text)});
  }
  bool field(std::string ref, std::string text) const {
    return stands(EvidenceKind::field, std::move(ref), std::move(text));
  }
  bool log(std::string ref, std::string text) const {
    return stands(EvidenceKind::log, std::move(ref), std::move(text));
  }

  static sample::Cluster objects() {
    sample::Cluster out;
    out.deployment("web").node("n1", "8").event("e1", "web-5d9c-0", "BackOff", "again");
    out.add(R"({"kind": "ConfigMap", "metadata": {"name": "gw", "namespace": "edge"},
      "data": {"app.yml": {"type": "document", "lines": [{"line": 3}]}}})");
    out.add(R"({"kind": "Alert", "metadata": {"name": "a1"}, "status": {"text": "slow"}})");
    return out;
  }
  sample::Cluster objects_ = objects();
  Cluster cluster_{objects_.snapshot()};
  std::vector<LogExcerpt> logs_{{{"shop", "web-5d9c-0", "app", true}, {"first", "last"}}};
  Case case_{cluster_, logs_, sample::kNow};
};

TEST_F(Stands, AFieldSaysWhatIsCited) {
  EXPECT_TRUE(field("Deployment/web spec.replicas", "1"));
  EXPECT_FALSE(field("Deployment/web spec.replicas", "2"));
  EXPECT_FALSE(field("Deployment/web spec.nothing", ""));
  EXPECT_FALSE(field("Deployment/other spec.replicas", "1"));
  EXPECT_FALSE(field("Deployment/web", "1"));
}

TEST_F(Stands, AnObjectOfNoOrAnotherNamespaceIsFound) {
  EXPECT_TRUE(field("Node/n1 status.allocatable.cpu", "8"));
  EXPECT_TRUE(field(R"(ConfigMap/edge/gw data["app.yml"].lines[0].line)", "3"));
  EXPECT_FALSE(field(R"(ConfigMap/gw data["app.yml"].lines[0].line)", "3"));
  EXPECT_FALSE(field("Deployment/edge/web spec.replicas", "1"));
  EXPECT_TRUE(stands(EvidenceKind::metric, "Alert/a1 status.text", "slow"));
  EXPECT_FALSE(stands(EvidenceKind::metric, "Alert/a1 status.text", "fast"));
}

TEST_F(Stands, AnEventSaysItsReasonAndMessage) {
  EXPECT_TRUE(stands(EvidenceKind::event, "Event e1", "BackOff: again"));
  EXPECT_TRUE(stands(EvidenceKind::event, "Event shop/e1", "BackOff: again", "edge"));
  EXPECT_FALSE(stands(EvidenceKind::event, "Event e1", "BackOff: again", "edge"));
  EXPECT_FALSE(stands(EvidenceKind::event, "Event e1", "again"));
  EXPECT_FALSE(stands(EvidenceKind::event, "e1", "BackOff: again"));
  EXPECT_FALSE(stands(EvidenceKind::field, "Event e1", "BackOff: again"));
}

TEST_F(Stands, ALogLineIsOfThatRunAndThatNumber) {
  EXPECT_TRUE(log("log web-5d9c-0/app previous line 1", "first"));
  EXPECT_TRUE(log("log web-5d9c-0/app previous line 2", "last"));
  EXPECT_FALSE(log("log web-5d9c-0/app line 1", "first"));
  EXPECT_FALSE(log("log web-5d9c-0/app previous line 2", "first"));
  for (std::string_view number : {"0", "3", "-1", "x", "", "99999999999999999999"})
    EXPECT_FALSE(log(fmt::format("log web-5d9c-0/app previous line {}", number), "first")) << number;
  EXPECT_FALSE(log("log web-5d9c-1/app previous line 1", "first"));
}

TEST_F(Stands, AReferenceOfAnyShapeIsRead) {
  for (std::string_view ref : {"", " ", "/", "//", "log", "log ", "log /", "Event ", "Event /", "Deployment/web [",
                               "Deployment/web [\"", "Deployment/web .", "Deployment/web [99999999999999999999]"})
    for (EvidenceKind kind : {EvidenceKind::field, EvidenceKind::event, EvidenceKind::log, EvidenceKind::metric})
      EXPECT_FALSE(stands(kind, std::string(ref), "text")) << ref;
}

}  // namespace
}  // namespace ai_ops::diagnosis
