#include "demo-cluster/world/tables.h"

#include "demo-cluster/world/world_lab.h"

namespace demo_cluster::world {
namespace {

class Tables : public WorldLab {};

std::string row_text(const json::Value& table, std::size_t row) {
  std::string out;
  for (const auto& cell : json::View(table)["rows"][row]["cells"].array()) out += text_of(cell) + " ";
  return out;
}

TEST_F(Tables, ShowWhatKubectlShows) {
  deploy(2);
  apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}");
  pass(std::chrono::seconds(130));
  EXPECT_EQ(row_text(table_of(*served_kind("Deployment"), *get("Deployment", "web").value(), now), 0),
            "web 2/2 2 2 2m app registry.example/web:1 ");
  EXPECT_EQ(row_text(table_of(*served_kind("ConfigMap"), *get("ConfigMap", "settings").value(), now), 0),
            "settings 2m ");
  auto listed = list(world.store(), {served_kind("Pod"), "shop", {}, {}}, {});
  auto table = table_of(*served_kind("Pod"), *listed, now);
  EXPECT_EQ(json::View(table)["rows"].array().size(), 2U);
  EXPECT_NE(row_text(table, 0).find(" 1/1 Running 0 2m 10.244."), std::string::npos);
  EXPECT_FALSE(json::View(table)["metadata"]["resourceVersion"].text().empty());
}

TEST_F(Tables, EveryKindHasAsManyCellsAsColumns) {
  deploy(1);
  pass(Milliseconds(2'000));
  for (const auto& kind : served_kinds()) {
    auto listed = list(world.store(), {&kind, "", {}, {}}, {});
    auto table = table_of(kind, *listed, now);
    for (const auto& row : json::View(table)["rows"].array())
      EXPECT_EQ(json::View(row)["cells"].array().size(), json::View(table)["columnDefinitions"].array().size())
          << kind.kind.name;
  }
}

}  // namespace
}  // namespace demo_cluster::world
