#include "demo-cluster/world/collections.h"

#include "demo-cluster/world/world_lab.h"

namespace demo_cluster::world {
namespace {

constexpr std::size_t kSmallHistory = 40;

class Collections : public WorldLab {
 protected:
  Collections() : WorldLab({.random_seed = 1, .history_changes = kSmallHistory}) {
    for (auto name : {"a", "b", "c", "d", "e"}) config(name);
  }
  void config(const std::string& name, const std::string& tier = "one") {
    apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: " + name + ", namespace: shop, labels: {tier: " + tier +
          "}}}");
  }
  Scope scope(std::string_view labels = "", std::string_view fields = "") {
    return {served_kind("ConfigMap"), "shop", *LabelSelector::parse(labels), *FieldSelector::parse(fields)};
  }
  std::string names(const json::Value& list) {
    std::string out;
    for (const auto& item : json::View(list)["items"].array()) out += json::View(item)["metadata"]["name"].text();
    return out;
  }
  std::string told(const WatchEvents& watched) {
    std::string out;
    for (const auto& event : watched.events)
      out += std::string(json::View(event)["type"].text()) + " " +
             std::string(json::View(event)["object"]["metadata"]["name"].text()) + "\n";
    return out;
  }
};

TEST_F(Collections, PagesShowTheMomentOfTheFirstOne) {
  auto first = list(world.store(), scope(), {.limit = 2, .continue_token = {}, .at_least = {}});
  ASSERT_TRUE(first);
  EXPECT_EQ(names(*first), "ab");
  EXPECT_EQ(text(*first, "metadata.remainingItemCount"), "3");
  config("bb");
  ASSERT_TRUE(world.registry().remove(*served_kind("ConfigMap"), {"ConfigMap", "shop", "d"}, {}, {"", false, now}));
  auto rest =
      list(world.store(), scope(), {.limit = 0, .continue_token = text(*first, "metadata.continue"), .at_least = {}});
  ASSERT_TRUE(rest);
  EXPECT_EQ(names(*rest), "cde");
  EXPECT_EQ(text(*rest, "metadata.resourceVersion"), text(*first, "metadata.resourceVersion"));
  EXPECT_EQ(text(*rest, "metadata.continue"), "");
}

TEST_F(Collections, ItemsCarryNoKindAsOnTheRealServer) {
  auto all = list(world.store(), scope(), {});
  EXPECT_EQ(text(*all, "kind"), "ConfigMapList");
  EXPECT_FALSE(json::View(*all)["items"][0]["kind"]);
}

TEST_F(Collections, ATokenThatIsTooOldOrBrokenIsRefused) {
  auto first = list(world.store(), scope(), {.limit = 2, .continue_token = {}, .at_least = {}});
  for (std::size_t i = 0; i <= kSmallHistory; ++i) config("x" + std::to_string(i));
  auto old =
      list(world.store(), scope(), {.limit = 0, .continue_token = text(*first, "metadata.continue"), .at_least = {}});
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().code, 410);
  EXPECT_EQ(old.error().reason, "Expired");
  for (auto bad : {"x", "12", "x:a/b", "99999999:a/b", "/:"}) {
    auto answer = list(world.store(), scope(), {.limit = 0, .continue_token = bad, .at_least = {}});
    ASSERT_FALSE(answer) << bad;
    EXPECT_TRUE(answer.error().code == 400 || answer.error().code == 410) << bad;
  }
}

TEST_F(Collections, SelectorsCutTheList) {
  config("z", "two");
  struct Row {
    const char *labels, *fields, *names;
  };
  for (const auto& row : {Row{"tier=two", "", "z"}, Row{"tier!=two", "", "abcde"}, Row{"tier in (two,three)", "", "z"},
                          Row{"tier notin (one)", "", "z"}, Row{"tier,!absent", "metadata.name=c", "c"},
                          Row{"", "metadata.name!=c,metadata.namespace=shop", "abdez"}, Row{"absent", "", ""}}) {
    auto answer = list(world.store(), scope(row.labels, row.fields), {});
    EXPECT_EQ(names(*answer), row.names) << row.labels << row.fields;
  }
  for (auto bad : {"a b", "=x", "a in ()", "a within (b)"}) EXPECT_FALSE(LabelSelector::parse(bad)) << bad;
  EXPECT_FALSE(FieldSelector::parse("metadata.name"));
}

TEST_F(Collections, AVersionThatIsNotReachedYetIsATimeout) {
  auto answer = list(world.store(), scope(), {.limit = 0, .continue_token = {}, .at_least = "999999"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, 504);
}

TEST_F(Collections, AWatchTellsEveryChangeAfterItsVersionOnce) {
  auto from = world.store().revision();
  config("f");
  ASSERT_TRUE(patch("ConfigMap", "a", R"({"data":{"k":"v"}})"));
  ASSERT_TRUE(world.registry().remove(*served_kind("ConfigMap"), {"ConfigMap", "shop", "b"}, {}, {"", false, now}));
  auto watched = watch(world.store(), scope(), from);
  ASSERT_TRUE(watched);
  EXPECT_EQ(told(*watched), "ADDED f\nMODIFIED a\nDELETED b\n");
  EXPECT_EQ(told(*watch(world.store(), scope(), watched->upto)), "");
}

TEST_F(Collections, LeavingTheSelectorIsADeletionAndEnteringAnAddition) {
  auto from = world.store().revision();
  ASSERT_TRUE(patch("ConfigMap", "a", R"({"metadata":{"labels":{"tier":"two"}}})"));
  EXPECT_EQ(told(*watch(world.store(), scope("tier=one"), from)), "DELETED a\n");
  EXPECT_EQ(told(*watch(world.store(), scope("tier=two"), from)), "ADDED a\n");
  auto event = watch(world.store(), scope("tier=one"), from)->events.at(0);
  EXPECT_EQ(text(event, "object.metadata.resourceVersion"), std::to_string(world.store().revision()));
}

TEST_F(Collections, AWatchFromBeforeTheHistoryIsGone) {
  auto from = world.store().revision();
  for (std::size_t i = 0; i <= kSmallHistory; ++i) config("x" + std::to_string(i));
  auto watched = watch(world.store(), scope(), from);
  ASSERT_FALSE(watched);
  EXPECT_EQ(watched.error().code, 410);
  EXPECT_EQ(text(watch_error(watched.error()), "object.reason"), "Expired");
}

}  // namespace
}  // namespace demo_cluster::world
