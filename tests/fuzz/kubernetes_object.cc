// An object of a cluster on its way to the advisor: read as a page or a watch line, pruned, redacted. Whatever comes
// in, what goes out is JSON, bounded, visible, and holds no secret: canaries are planted wherever programs keep theirs.
#include <string>

#include "api/cluster/held_object.h"
#include "foundation/base/unicode.h"
#include "foundation/json/view.h"
#include "foundation/kubernetes_api/collection.h"
#include "foundation/redaction/patterns.h"
#include "foundation/redaction/prune.h"
#include "tests/fuzz/alike.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {
namespace {

namespace json = foundation::json;

constexpr std::string_view kCanary = "ghp_kX9canary7QzvR2mWb4Lp8Tn3Ys6Hd1Fg5Jc";  // in the form of a GitHub token
constexpr std::size_t kMostGrowth = 64;  // of a text: an empty variable becomes a fact, a short secret a pseudonym

void plant(json::Value& value, std::string_view place);

// Places whose values never pass, whatever they look like.
bool is_private(std::string_view name) {
  for (std::string_view one : {"env", "args", "command", "data", "binaryData", "stringData", "managedFields"})
    if (name == one) return true;
  return false;
}

void plant_below(json::Object& object) {
  if (auto* annotations = object.if_contains("annotations"); annotations && annotations->is_object())
    annotations->as_object()["kubectl.kubernetes.io/last-applied-configuration"] = kCanary;
  for (auto& member : object) plant(member.value(), member.key());
}

// The canary as the value of what is private there, and at the end of every other text.
void plant(json::Value& value, std::string_view place) {
  if (value.is_object()) return plant_below(value.as_object());
  if (value.is_array()) {
    for (auto& item : value.as_array()) plant(item, place);
  } else if (value.is_string() && place != "kind" && place != "name") {
    auto text = std::string(is_private(place) ? "" : std::string_view(value.get_string()));
    value = text + (text.empty() ? "" : "\n") + std::string(kCanary);
  }
}

void text_laws(std::string_view text) {
  must(foundation::visible_text(text) == text, "what goes out is visible", text);
  must(!foundation::redaction::holds_secret(text), "what goes out holds no secret", text);
  must(!text.contains(kCanary), "no canary goes out", text);
}

void value_laws(const json::Value& value) {
  if (value.is_string()) text_laws(value.get_string());
  for (const auto& item : json::View(value).array()) value_laws(item);
  for (const auto& member : json::View(value).object()) {
    text_laws(member.key());
    value_laws(member.value());
  }
}

void object_laws(json::Value object) {
  plant(object, "");
  auto pruned = foundation::redaction::prune(object);
  if (!pruned) return;
  must(json::View(object)["kind"].text() != "Secret", "a Secret never passes");
  api::cluster::HeldObject held(*pruned);
  must(held.line().size() <= kMostGrowth * json::to_text(object).size(), "what goes out is bounded");
  auto again = json::parse_tolerant(held.line());
  must(again && alike(*pruned, *again), "what goes out is JSON", held.line());
  must(!held.line().contains(kCanary), "no canary goes out", held.line());
  value_laws(*again);
}

}  // namespace

void kubernetes_object(std::string_view input) {
  if (input.empty()) return;
  auto kinds = foundation::kubernetes::kinds();
  const auto& kind = kinds[static_cast<unsigned char>(input.front()) % kinds.size()];
  input.remove_prefix(1);
  if (auto page = foundation::kubernetes_api::parse_page(input, kind))
    for (auto& item : page->items) object_laws(std::move(item));
  if (auto event = foundation::kubernetes_api::parse_watch_event(input, kind)) object_laws(std::move(event->object));
}

}  // namespace fuzz
