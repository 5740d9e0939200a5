#include <gtest/gtest.h>

#include "api/executor/executor.h"

namespace api::executor {
namespace {

using foundation::kubernetes::ObjectView;

const operations::Plan kPlan{.target = {"Deployment", "shop", "web", "uid-1"},
                             .subresource = "scale",
                             .fields_read = {{"/spec/replicas", 3}},
                             .patch = {{"spec", {{"replicas", 5}}}},
                             .before = {},
                             .after = {},
                             .diff = {}};
const WrittenOn kWrittenOn{.resource_version = "100", .generation = 7};

json::Value live(std::string_view uid, int generation, std::string_view manager) {
  return json::Object{{"kind", "Deployment"},
                      {"metadata", json::Object{{"uid", uid},
                                                {"generation", generation},
                                                {"resourceVersion", "101"},
                                                {"managedFields", json::Array{json::Object{{"manager", manager}}}}}}};
}

Trace trace_of(const json::Value& object) { return trace(kPlan, "op-1", kWrittenOn, ObjectView(json::View(object))); }

TEST(Trace, OurFieldManagerMeansApplied) { EXPECT_EQ(trace_of(live("uid-1", 8, "hks-op-1")), Trace::applied); }
TEST(Trace, UnchangedSpecMeansAbsentThoughTheStatusMoved) {
  EXPECT_EQ(trace_of(live("uid-1", 7, "kubectl")), Trace::absent);
}
TEST(Trace, AnotherWriterMeansUnknown) { EXPECT_EQ(trace_of(live("uid-1", 8, "kubectl")), Trace::unknown); }
TEST(Trace, ManagerOfAnotherOperationIsAnotherWriter) {
  EXPECT_EQ(trace_of(live("uid-1", 8, "hks-op-2")), Trace::unknown);
}
TEST(Trace, RecreatedObjectIsAnotherObject) { EXPECT_EQ(trace_of(live("uid-2", 7, "hks-op-1")), Trace::unknown); }

}  // namespace
}  // namespace api::executor
