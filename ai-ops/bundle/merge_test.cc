#include "ai-ops/bundle/merge.h"

#include <gtest/gtest.h>

namespace ai_ops::bundle {
namespace {

json::Object object(std::string_view text) { return foundation::json::parse_tolerant(text).value().as_object(); }

TEST(Merger, TheBetterSourceWinsAndTheOtherFillsIn) {
  Merger merger;
  merger.add(object(R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop"},"status":{"phase":"Pending"}})"),
             Source::listed);
  merger.add(object(R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop"},"status":{"phase":"Running"},
                        "spec":{"containers":[{"name":"app","image":"a:1"}]}})"),
             Source::described);
  merger.add(object(R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop"},
                        "spec":{"nodeName":"n1","containers":[{"name":"app","image":"a:0","tty":true},{"name":"x"}]}})"),
             Source::manifest);
  auto merged = std::move(merger).take();
  ASSERT_EQ(merged.size(), 1u);
  EXPECT_EQ(foundation::json::to_text(json::Value(merged[0])),
            R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop"},"status":{"phase":"Running"},)"
            R"("spec":{"containers":[{"name":"app","image":"a:1","tty":true}],"nodeName":"n1"}})");
}

TEST(Merger, EventsStayAsTheyAreAndWhatHasNoNameGoes) {
  Merger merger;
  for (int i = 0; i < 2; ++i) merger.add(object(R"({"kind":"Event","metadata":{"name":"e"}})"), Source::listed);
  merger.add(object(R"({"kind":"Pod","metadata":{}})"), Source::listed);
  merger.add(object("{}"), Source::listed);
  EXPECT_EQ(std::move(merger).take().size(), 2u);
}

}  // namespace
}  // namespace ai_ops::bundle
