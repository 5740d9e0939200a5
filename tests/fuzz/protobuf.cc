// The demo cluster's protobuf reader (decision 0008): it gives an object of JSON, or a refusal with its reason.
#include "demo-cluster/world/protobuf.h"

#include "foundation/base/unicode.h"
#include "foundation/json/view.h"
#include "tests/fuzz/alike.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {

void protobuf(std::string_view input) {
  namespace world = demo_cluster::world;
  auto object = world::from_protobuf(input);
  if (!object) {
    auto code = object.error().code;
    must(code == 400 || code == 415, "a refusal is the client's to mend", object.error().message);
    must(foundation::is_utf8(object.error().message), "a refusal is text", object.error().message);
    return;
  }
  auto text = foundation::json::to_text(*object);
  must(foundation::is_utf8(text), "what is read is text", text);
  auto again = foundation::json::parse_tolerant(text);
  must(again && alike(*object, *again), "what is read is JSON", text);
  must(!foundation::json::View(*object)["kind"].text().empty(), "an object has its kind", text);
}

}  // namespace fuzz
