#include "ai-ops/bundle/api_objects.h"

#include <utility>

#include "foundation/base/unicode.h"
#include "foundation/json/view.h"
#include "foundation/kubernetes/event_form.h"
#include "foundation/kubernetes/object.h"
#include "foundation/manifests/manifests.h"

namespace ai_ops::bundle {
namespace {

using foundation::json::View;

// "PodList" -> "Pod"; nothing for "List", whose items say their own.
std::string_view kind_of_items(std::string_view kind_of_list) {
  constexpr std::string_view kList = "List";
  if (!kind_of_list.ends_with(kList)) return {};
  return kind_of_list.substr(0, kind_of_list.size() - kList.size());
}

bool is_manifest(View object) {
  View metadata = object["metadata"];
  bool has_status = !object["status"].object().empty();
  bool is_stored = !metadata["uid"].text().empty() || !metadata["creationTimestamp"].text().empty();
  return !has_status && !is_stored && object["kind"].text() != "Event";
}

enum class Syntax { json, yaml };

class Reading {
 public:
  Reading(Syntax syntax, ApiObjects& out) : syntax_(syntax), out_(out) {}

  void take(json::Value value, std::string_view kind_of_list) {
    if (auto* items = value.if_array())
      for (auto& item : *items) take(std::move(item), kind_of_list);
    auto* object = value.if_object();
    if (object == nullptr) return;
    View view(value);
    std::string kind(view["kind"].text(kind_of_items(kind_of_list)));
    if (view["items"] && (kind.ends_with("List") || kind.empty()) && view["metadata"]["name"].text().empty())
      return take(std::move((*object)["items"]), kind);
    if (kind.empty() || view["metadata"]["name"].text().empty()) return ++out_.foreign, void();
    (*object)["kind"] = kind;
    foundation::kubernetes::to_core_event(*object);  // here too: times and tellings of one event are compared
    Source source = syntax_ == Syntax::yaml && is_manifest(view) ? Source::manifest : Source::api;
    out_.objects.push_back({std::move(*object), source});
  }
  void miss(std::string why) {
    if (out_.broken++ == 0) out_.why = std::move(why);
  }

 private:
  Syntax syntax_;
  ApiObjects& out_;
};

foundation::Result<json::Value> parse_json(std::string_view text) {
  auto value = json::parse_tolerant(text);
  if (value || foundation::is_utf8(text)) return value;
  return json::parse_tolerant(foundation::visible_text(text));
}

}  // namespace

void read_json(const Document& document, ApiObjects& out) {
  Reading reading(Syntax::json, out);
  for (std::string_view text : document.objects) {
    auto value = parse_json(text);
    value ? reading.take(std::move(*value), document.is_list ? document.kind : "") : reading.miss(value.error().text());
  }
  if (!document.is_whole) reading.miss("the text ends within an object");
}

void read_yaml(const Document& document, ApiObjects& out) {
  Reading reading(Syntax::yaml, out);
  for (std::string_view text : document.objects) {
    if (text.size() > kMaxYamlBytes) {
      reading.miss("an object is too long");
      continue;
    }
    auto values = foundation::manifests::parse_manifests(text, kMaxYamlNodes);
    if (!values) {
      reading.miss(values.error().text());
      continue;
    }
    for (auto& value : *values) reading.take(std::move(value), document.is_list ? document.kind : "");
  }
}

}  // namespace ai_ops::bundle
