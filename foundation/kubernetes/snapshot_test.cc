#include "foundation/kubernetes/snapshot.h"

#include <gtest/gtest.h>

namespace foundation::kubernetes {
namespace {

constexpr WallTime kAt{Milliseconds(1'767'323'045'006)};  // 2026-01-02T03:04:05.006Z

json::Value object(std::string_view kind, std::string_view namespace_name, std::string_view name, int generation = 1) {
  json::Object metadata{{"namespace", namespace_name}, {"name", name}, {"generation", generation}};
  return json::Object{{"kind", kind}, {"metadata", metadata}};
}

std::string names_of(const std::vector<ObjectView>& objects) {
  std::string out;
  for (const ObjectView& view : objects)
    out += std::string(view.namespace_name()) + "/" + std::string(view.name()) + " ";
  return out;
}

TEST(Snapshot, GivesAKindInOrderOfNamespaceAndName) {
  Snapshot snapshot("v1", kAt);
  snapshot.add(object("Pod", "shop", "b"));
  snapshot.add(object("PodDisruptionBudget", "shop", "a"));
  snapshot.add(object("Node", "", "n"));
  snapshot.add(object("Pod", "shop", "a"));
  snapshot.add(object("Pod", "bank", "z"));
  EXPECT_EQ(names_of(snapshot.of_kind("Pod")), "bank/z shop/a shop/b ");
  EXPECT_EQ(names_of(snapshot.of_kind("Node")), "/n ");
  EXPECT_EQ(names_of(snapshot.of_kind("Po")), "");
  EXPECT_EQ(snapshot.kinds(), (std::vector<std::string_view>{"Node", "Pod", "PodDisruptionBudget"}));
  EXPECT_TRUE(Snapshot().kinds().empty());
  EXPECT_EQ(snapshot.all().size(), 5u);
  EXPECT_EQ(snapshot.size(), 5u);
}

TEST(Snapshot, FindsByFullNameOnly) {
  Snapshot snapshot;
  snapshot.add(object("Pod", "shop", "a"));
  EXPECT_EQ(snapshot.find("Pod", "shop", "a")->name(), "a");
  EXPECT_FALSE(snapshot.find("Pod", "bank", "a"));
  EXPECT_FALSE(snapshot.find("Pod", "", "a"));
  EXPECT_FALSE(snapshot.find("Service", "shop", "a"));
}

TEST(Snapshot, TheLaterOfTwoReplacesTheFirst) {
  Snapshot snapshot;
  snapshot.add(object("Pod", "shop", "a", 1));
  snapshot.add(object("Pod", "shop", "a", 2));
  EXPECT_EQ(snapshot.size(), 1u);
  EXPECT_EQ(snapshot.find("Pod", "shop", "a")->generation(), 2);
}

TEST(Snapshot, WhatIsRemovedIsGoneAndNothingElse) {
  Snapshot snapshot("v1", kAt);
  snapshot.add(object("Pod", "shop", "a"));
  snapshot.add(object("Pod", "bank", "a"));
  snapshot.remove({"Pod", "shop", "a", "whatever its uid"});
  snapshot.remove({"Pod", "shop", "b", ""});
  EXPECT_EQ(names_of(snapshot.all()), "bank/a ");
  snapshot.retake(kAt + Milliseconds(1));
  EXPECT_EQ(snapshot.at(), kAt + Milliseconds(1));
}

TEST(Snapshot, IgnoresWhatHasNoKindOrName) {
  Snapshot snapshot;
  snapshot.add(json::Value());
  snapshot.add(json::Object());
  snapshot.add(object("", "shop", "a"));
  snapshot.add(object("Pod", "shop", ""));
  snapshot.add(json::Object{{"kind", 7}, {"metadata", "x"}});
  EXPECT_EQ(snapshot.size(), 0u);
}

TEST(Snapshot, ViewsStayGoodWhileOthersAreAdded) {
  Snapshot snapshot;
  snapshot.add(object("Pod", "shop", "a"));
  ObjectView first = *snapshot.find("Pod", "shop", "a");
  for (int i = 0; i < 100; ++i) snapshot.add(object("Pod", "shop", "p" + std::to_string(i)));
  EXPECT_EQ(first.name(), "a");
}

TEST(SnapshotWire, ReadsWhatItWrote) {
  std::string wire = head_line("v7", "shop", kAt) + object_line(object("Pod", "shop", "line\nfeed")) +
                     object_line(object("Node", "", "n"));
  EXPECT_EQ(std::ranges::count(wire, '\n'), 3);
  auto read = parse_snapshot(wire);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->version(), "v7");
  EXPECT_EQ(read->at(), kAt);
  EXPECT_EQ(read->size(), 2u);
  EXPECT_TRUE(read->find("Pod", "shop", "line\nfeed"));
}

TEST(SnapshotWire, HasAHeadForPeopleToo) {
  EXPECT_EQ(head_line("v7", "shop", kAt), R"({"version":"v7","workspace":"shop","at":"2026-01-02T03:04:05.006Z"})"
                                          "\n");
}

TEST(SnapshotWire, TakesBlankLinesAMissingLastFeedAndANewerHead) {
  auto read = parse_snapshot(R"({"version":"v","workspace":"w","at":"2026-01-02T03:04:05Z","more":1})"
                             "\n\n"
                             R"({"kind":"Pod","metadata":{"name":"a"}})");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->size(), 1u);
}

TEST(SnapshotWire, ReadsTheSameInWhateverPiecesItComes) {
  const std::string wire = head_line("v7", "shop", kAt) + object_line(object("Pod", "shop", "a")) + "\n" +
                           R"({"kind":"Node","metadata":{"name":"n"}})";
  for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
    SnapshotParser parser;
    for (std::size_t at = 0; at < wire.size(); at += piece)
      ASSERT_TRUE(parser.push(std::string_view(wire).substr(at, piece)));
    auto read = parser.finish();
    ASSERT_TRUE(read) << piece << read.error().text();
    EXPECT_EQ(read->version(), "v7");
    EXPECT_EQ(read->size(), 2u) << piece;
  }
}

TEST(SnapshotWire, SaysCorruptAndTheLine) {
  std::string head = head_line("v", "w", kAt);
  const std::pair<std::string, std::string_view> rows[] = {
      {"", "read line 1 "},
      {"\n" + head, "read line 1 "},
      {"{}\n", "read line 1 "},
      {R"({"version":1,"workspace":"w","at":"2026-01-02T03:04:05Z"})", "read line 1 "},
      {R"({"version":"v","version":"w","workspace":"w","at":"2026-01-02T03:04:05Z"})", "read line 1 "},
      {R"({"version":"v","workspace":"w","at":"yesterday"})", "read line 1 "},
      {object_line(object("Pod", "shop", "a")), "read line 1 "},
      {head + object_line(object("Pod", "shop", "a")) + R"({"kind":"Pod","meta)", "read line 3 "},
      {head + "[]\n", "read line 2 "},
      {head + "{} {}\n", "read line 2 "},
      {head + "{\"a\":\"\xff\"}\n", "read line 2 "},
  };
  for (const auto& [wire, doing] : rows) {
    auto read = parse_snapshot(wire);
    ASSERT_FALSE(read) << wire;
    EXPECT_EQ(read.error().code, Code::corrupt) << wire;
    EXPECT_TRUE(read.error().doing.starts_with(doing)) << wire << ": " << read.error().text();
  }
}

}  // namespace
}  // namespace foundation::kubernetes
