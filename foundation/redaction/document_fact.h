// What may be said of a whole configuration document (the text of a ConfigMap's file) without showing it. Pure.
#pragma once
#include <cstddef>
#include <string_view>

#include "foundation/json/value.h"

namespace foundation::redaction {

inline constexpr std::size_t kMaxDocumentBytes = 256 << 10;
inline constexpr std::size_t kMaxDocumentLines = 1000;  // that something is said of

// A text of one line: its typed fact. One of several: {"type": "document", "length", "lines": [{"line", "key",
// "fact"}]} with each "key: value" or "key=value" line whose key is a plain word and whose value has a fact that is not
// opaque.
// "${NAME:otherwise}" counts as what it is otherwise. A value that is a path of plain words is
// {"type": "path", "segments": ["api", "v1", "**"]}.
json::Object config_fact(std::string_view key, std::string_view value);

}  // namespace foundation::redaction
