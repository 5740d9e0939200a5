#include "foundation/redaction/patterns.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "foundation/base/unicode.h"
#include "foundation/redaction/credential_formats.h"
#include "foundation/redaction/encoded_text.h"

namespace foundation::redaction {
namespace {

constexpr char kBlot = '\x01';    // visible text holds none
constexpr int kMaxGroups = 6;     // of any format, the whole match included
constexpr int kMaxEncodings = 2;  // one in another: a URL in JSON, base64 in a URL

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

// Secrets in some text, unordered, and what it cost.
struct Findings {
  std::vector<Span> spans;
  std::size_t searched_bytes = 0;
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
    bool is_pseudonym = secret.find_first_not_of(kBlot) == std::string_view::npos;
    if (!is_pseudonym && row.is_one(secret)) out.push_back({begin, end, format});
    at = std::max(end, at + 1);
  }
}

// `text` with its pseudonyms blotted out, so that redacting twice changes nothing. Only types of the table are
// pseudonyms, and what stands beside one still counts: a text cannot hide a secret by writing one.
std::string without_pseudonyms(std::string_view text) {
  static const RE2 pseudonym(R"re(<secret:([a-z_]+)(?:#[0-9]{1,6})?>)re");
  std::string out(text);
  re2::StringPiece groups[2];
  for (std::size_t at = 0; pseudonym.Match(text, at, text.size(), RE2::UNANCHORED, groups, 2);) {
    auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    std::string_view type(groups[1].data(), groups[1].size());
    bool known = std::ranges::find(credential_formats(), type, &CredentialFormat::type) != credential_formats().end();
    if (known) std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(begin), groups[0].size(), kBlot);
    at = begin + groups[0].size();
  }
  return out;
}

// In `text`, in what it encodes, and in what that encodes.
Findings search(std::string_view text, int levels) {
  Findings found{{}, text.size()};
  for (int format : formats().worth_a_search(text)) find_spans(text, format, found.spans);
  if (levels == 0) return found;
  for (Decoder take_off : decoders()) {
    DecodedText view;
    if (!take_off(text, view)) continue;
    Findings inside = search(view.text(), levels - 1);
    found.searched_bytes += inside.searched_bytes;
    for (const Span& span : inside.spans) {
      Range source = view.source_of({span.begin, span.end});
      found.spans.push_back({source.begin, source.end, span.format});
    }
  }
  return found;
}

// Window by window, so that memory and time grow with the text and no faster. What touches the end of a window may be
// cut there: the next one has it whole, unless it began before that one does.
Findings search_windows(std::string_view text, Windows windows) {
  Findings found;
  for (std::size_t begin = 0;; begin += windows.bytes - windows.shared_bytes) {
    std::string_view window = text.substr(begin, windows.bytes);
    bool is_last = begin + window.size() == text.size();
    Findings here = search(window, kMaxEncodings);
    found.searched_bytes += here.searched_bytes;
    for (const Span& span : here.spans) {
      bool comes_again = !is_last && span.end == window.size() && span.begin >= windows.bytes - windows.shared_bytes;
      if (!comes_again) found.spans.push_back({begin + span.begin, begin + span.end, span.format});
    }
    if (is_last) return found;
  }
}

// In order, apart from each other. Two that overlap become one, of the format that stands first in the table.
std::vector<Span> in_order(std::vector<Span> found) {
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

// No format fits a short text of letters and digits alone, plain (AWS' key id is the shortest that does) or encoded.
// Most names and values of an object are such, and the search costs.
bool is_short_word(std::string_view text) {
  return text.size() < kMinBase64Bytes &&
         std::ranges::all_of(
             text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

}  // namespace

RedactedText redact_text(std::string_view text, Pseudonyms& pseudonyms, Windows windows) {
  if (is_short_word(text)) return {std::string(text), 0, 0};
  std::string visible = visible_text(text);
  Findings found = search_windows(without_pseudonyms(visible), windows);
  std::vector<Span> spans = in_order(std::move(found.spans));
  std::string out;
  std::size_t at = 0;
  for (const Span& span : spans) {
    std::string_view secret = std::string_view(visible).substr(span.begin, span.end - span.begin);
    out.append(visible, at, span.begin - at);
    out += pseudonyms.name_of(credential_formats()[static_cast<std::size_t>(span.format)].type, secret);
    at = span.end;
  }
  out.append(visible, at);
  return {std::move(out), spans.size(), found.searched_bytes};
}

bool holds_secret(std::string_view text) {
  return !is_short_word(text) && !search_windows(without_pseudonyms(visible_text(text)), {}).spans.empty();
}

}  // namespace foundation::redaction
