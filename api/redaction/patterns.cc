#include "api/redaction/patterns.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "api/redaction/credential_formats.h"
#include "foundation/base/unicode.h"

namespace api::redaction {
namespace {

constexpr int kMaxGroups = 4;  // of any format, the whole match included

// All formats compiled, and as one set that tells in a single pass which of them are worth a search.
class Formats {
 public:
  Formats() : set_(options(), RE2::UNANCHORED) {
    for (const CredentialFormat& format : credential_formats()) {
      set_.Add(format.pattern, nullptr);
      each_.push_back(std::make_unique<RE2>(format.pattern, options()));
    }
    set_.Compile();
  }

  // Indices into credential_formats(). When the set runs out of memory every format is searched for.
  std::vector<int> worth_a_search(std::string_view text) const {
    std::vector<int> found;
    RE2::Set::ErrorInfo error{};
    if (!set_.Match(text, &found, &error) && error.kind != RE2::Set::kNoError)
      for (int i = 0; i < static_cast<int>(each_.size()); ++i) found.push_back(i);
    std::ranges::sort(found);
    return found;
  }

  const RE2& at(int format) const { return *each_[static_cast<std::size_t>(format)]; }

 private:
  static RE2::Options options() {
    RE2::Options out;
    out.set_max_mem(64 << 20);
    out.set_log_errors(false);
    return out;
  }

  RE2::Set set_;
  std::vector<std::unique_ptr<RE2>> each_;
};

const Formats& formats() {
  static const Formats compiled;
  return compiled;
}

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  int format = 0;
};

// The first group that matched is the secret; a format without groups is one as a whole.
std::string_view secret_in(const RE2& pattern, const re2::StringPiece (&groups)[kMaxGroups]) {
  for (int i = 1; i <= pattern.NumberOfCapturingGroups() && i < kMaxGroups; ++i)
    if (groups[i].data() != nullptr) return {groups[i].data(), groups[i].size()};
  return {groups[0].data(), groups[0].size()};
}

void find_spans(std::string_view text, int format, std::vector<Span>& out) {
  const RE2& pattern = formats().at(format);
  const CredentialFormat& row = credential_formats()[static_cast<std::size_t>(format)];
  re2::StringPiece groups[kMaxGroups];
  for (std::size_t at = 0; at < text.size();) {
    if (!pattern.Match(text, at, text.size(), RE2::UNANCHORED, groups, kMaxGroups)) return;
    std::string_view secret = secret_in(pattern, groups);
    auto begin = static_cast<std::size_t>(secret.data() - text.data());
    std::size_t end = begin + secret.size();
    if (row.is_one(secret)) out.push_back({begin, end, format});
    at = std::max(end, at + 1);
  }
}

// In order, apart from each other. Two that overlap become one, of the format that stands first in the table.
std::vector<Span> secret_spans(std::string_view text) {
  std::vector<Span> found;
  for (int format : formats().worth_a_search(text)) find_spans(text, format, found);
  std::ranges::sort(found, {}, [](const Span& span) { return std::pair(span.begin, span.format); });
  std::vector<Span> out;
  for (const Span& span : found) {
    if (out.empty() || span.begin >= out.back().end) {
      out.push_back(span);
    } else {
      out.back().end = std::max(out.back().end, span.end);
      out.back().format = std::min(out.back().format, span.format);
    }
  }
  return out;
}

}  // namespace

RedactedText redact_text(std::string_view text, Pseudonyms& pseudonyms) {
  std::string visible = foundation::visible_text(text);
  std::vector<Span> spans = secret_spans(visible);
  if (spans.empty()) return {std::move(visible), 0};
  std::string out;
  std::size_t at = 0;
  for (const Span& span : spans) {
    std::string_view secret = std::string_view(visible).substr(span.begin, span.end - span.begin);
    out.append(visible, at, span.begin - at);
    out += pseudonyms.name_of(credential_formats()[static_cast<std::size_t>(span.format)].type, secret);
    at = span.end;
  }
  out.append(visible, at);
  return {std::move(out), spans.size()};
}

bool holds_secret(std::string_view text) { return !secret_spans(foundation::visible_text(text)).empty(); }

}  // namespace api::redaction
