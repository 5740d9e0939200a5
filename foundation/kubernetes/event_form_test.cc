#include "foundation/kubernetes/event_form.h"

#include <gtest/gtest.h>

#include "foundation/kubernetes/snapshot.h"

namespace foundation::kubernetes {
namespace {

std::string in_core_form(std::string_view text) {
  json::Value value = json::parse_tolerant(text).value();
  to_core_event(value.get_object());
  json::Value again = value;
  to_core_event(again.get_object());
  EXPECT_EQ(again, value) << "twice";
  return json::to_text(value);
}

constexpr std::string_view kNew = R"({"kind":"Event","metadata":{"name":"x","namespace":"shop"},
  "regarding":{"kind":"Pod","namespace":"shop","name":"web"},"reason":"Failed","note":"not found",
  "deprecatedFirstTimestamp":"2026-01-02T11:00:00Z","deprecatedLastTimestamp":"2026-01-02T11:58:00Z","deprecatedCount":7,
  "deprecatedSource":{"component":"kubelet"},"series":{"count":3,"lastObservedTime":"2026-01-02T11:59:00Z"}})";

TEST(EventForm, AnEventOfEventsK8sIoIsToldAsOneOfCore) {
  json::Value told = json::parse_tolerant(in_core_form(kNew)).value();
  json::View view(told);
  EXPECT_EQ(view["involvedObject"]["name"].text(), "web");
  EXPECT_EQ(view["message"].text(), "not found");
  EXPECT_EQ(view["firstTimestamp"].text(), "2026-01-02T11:00:00Z");
  EXPECT_EQ(view["lastTimestamp"].text(), "2026-01-02T11:58:00Z");
  EXPECT_EQ(view["count"].integer(), 7);
  EXPECT_EQ(view["source"]["component"].text(), "kubelet");
  EXPECT_EQ(view["series"]["lastObservedTime"].text(), "2026-01-02T11:59:00Z");
  EXPECT_FALSE(view["note"]);
}

TEST(EventForm, WhatIsSaidInTheCoreFormStays) {
  EXPECT_EQ(in_core_form(R"({"kind":"Event","message":"a","note":"b"})"), R"({"kind":"Event","message":"a"})");
  EXPECT_EQ(in_core_form(R"({"kind":"Event","lastTimestamp":null,"deprecatedLastTimestamp":"t"})"),
            R"({"kind":"Event","lastTimestamp":"t"})");
  for (const char* other : {R"({"kind":"Note","note":"b"})", R"({"note":"b"})", R"({"kind":7,"note":"b"})"})
    EXPECT_EQ(in_core_form(other), other);
}

// Whatever fills a snapshot: a bundle, a cluster's API, the control plane's answer.
TEST(EventForm, ASnapshotHasTheCoreForm) {
  Snapshot snapshot;
  ASSERT_TRUE(snapshot.read(kNew));
  EXPECT_EQ(snapshot.find("Event", "shop", "x")->root()["message"].text(), "not found");
}

}  // namespace
}  // namespace foundation::kubernetes
