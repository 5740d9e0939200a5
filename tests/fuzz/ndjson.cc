// Lines of JSON: however the bytes are split the same lines and the same snapshot come out.
#include <algorithm>
#include <string>
#include <vector>

#include "foundation/http/sse.h"
#include "foundation/kubernetes/snapshot.h"
#include "tests/fuzz/alike.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {
namespace {

namespace kubernetes = foundation::kubernetes;
using Pieces = std::vector<std::string_view>;

constexpr std::size_t kSmallLimit = 128;  // so that short inputs pass it

std::string lines_of(const Pieces& pieces) {
  foundation::http::LineSplitter splitter(kSmallLimit);
  std::string told;
  for (auto piece : pieces) {
    auto lines = splitter.push(piece);
    if (!lines) return "too large";
    for (const auto& line : *lines) {
      must(!line.empty() && line.size() <= kSmallLimit && !line.contains('\n'), "a line is one and bounded", line);
      told += line + "\n";
    }
  }
  return told + splitter.rest();
}

foundation::Result<kubernetes::Snapshot> snapshot_of(const Pieces& pieces) {
  kubernetes::SnapshotParser parser;
  for (auto piece : pieces)
    if (auto done = parser.push(piece); !done) return std::unexpected(done.error());
  return parser.finish();
}

std::string text_of(const kubernetes::Snapshot& snapshot) {
  auto text = kubernetes::head_line(snapshot.version(), "shop", snapshot.at());
  for (const auto& object : snapshot.all()) text += kubernetes::object_line(*object.root().value());
  return text;
}

}  // namespace

void ndjson(std::string_view input) {
  auto [whole, pieces] = split(input);
  must(lines_of({whole}) == lines_of(pieces), "lines do not depend on where their bytes are split");
  auto snapshot = snapshot_of({whole});
  auto in_pieces = snapshot_of(pieces);
  must(snapshot.has_value() == in_pieces.has_value(), "a snapshot does not depend on where its bytes are split");
  if (!snapshot) return must(snapshot.error().code == in_pieces.error().code, "nor does its failure");
  auto text = text_of(*snapshot);
  must(text == text_of(*in_pieces), "a snapshot does not depend on where its bytes are split", text);
  auto again = kubernetes::parse_snapshot(text);
  must(again && again->version() == snapshot->version() && again->at() == snapshot->at(), "a snapshot keeps its head",
       text);
  auto same = [](const auto& a, const auto& b) { return alike(*a.root().value(), *b.root().value()); };
  must(std::ranges::equal(snapshot->all(), again->all(), same), "a snapshot is written so that it reads the same",
       text);
}

}  // namespace fuzz
