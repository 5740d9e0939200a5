#include <utility>

#include "cli/render/renderer.h"
#include "foundation/base/unicode.h"

namespace cli::render {
namespace {

class JsonLines final : public Renderer {
 public:
  std::string event(const events::Event& event) override {
    events::Event clean{foundation::visible_text(event.name), visible_value(event.data).as_object()};
    return events::to_line(clean) + "\n";
  }
  std::string end() override { return {}; }
};

}  // namespace

json::Value visible_value(const json::Value& value) {
  if (value.is_string()) return json::Value(foundation::visible_text(value.get_string()));
  if (value.is_array()) {
    json::Array all;
    for (const auto& item : value.get_array()) all.push_back(visible_value(item));
    return all;
  }
  if (!value.is_object()) return value;
  json::Object all;
  for (const auto& [name, member] : value.get_object()) all[foundation::visible_text(name)] = visible_value(member);
  return all;
}

std::unique_ptr<Renderer> for_programs() { return std::make_unique<JsonLines>(); }

}  // namespace cli::render
