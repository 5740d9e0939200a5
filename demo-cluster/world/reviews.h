// The questions that are objects only while they are asked: who am I, and may I do this. The demo cluster has one user,
// its administrator, so that the answers are short. Pure.
#pragma once
#include <span>
#include <string_view>

#include "demo-cluster/world/status.h"
#include "foundation/json/view.h"

namespace demo_cluster::world {

struct ReviewKind {
  std::string_view group, version, plural, kind;
  Outcome<json::Value> (*status)(json::View spec);
};

std::span<const ReviewKind> review_kinds();
const ReviewKind* review_kind(std::string_view group, std::string_view version, std::string_view plural);
// The review as it was asked, with its status.
Outcome<json::Value> answer(const ReviewKind& kind, json::Value review);

}  // namespace demo_cluster::world
