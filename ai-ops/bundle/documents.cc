#include "ai-ops/bundle/documents.h"

#include <utility>

#include "ai-ops/bundle/lines.h"

namespace ai_ops::bundle {
namespace {

constexpr std::string_view kItems = "items", kKind = "kind";

// Goes once over the text. Only what stands directly in the document's own object or array is looked at.
class JsonCutter {
 public:
  explicit JsonCutter(std::string_view text) : text_(text) {}

  Document cut() && {
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '"') {
        string();
      } else {
        if (c == '{' || c == '[') open(c);
        if (c == '}' || c == ']') close();
        ++at_;
      }
      if (depth_ == 0) break;
    }
    out_.is_whole = depth_ == 0 && at_ > 0;
    out_.size = at_;
    if (!out_.is_list && out_.is_whole) out_.objects.push_back(text_.substr(0, at_));
    return std::move(out_);
  }

 private:
  void string() {
    std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) return at_ = text_.size(), void();
    std::string_view said = text_.substr(begin, at_++ - begin);
    if (depth_ != 1) return;
    std::size_t next = text_.find_first_not_of(" \t\r\n", at_);
    bool is_key = next != text_.npos && text_[next] == ':';
    if (!is_key && key_ == kKind) out_.kind = said;
    key_ = is_key ? said : std::string_view();
  }
  void open(char c) {
    bool begins_items = c == '[' && (depth_ == 0 || (depth_ == 1 && key_ == kItems));
    if (begins_items) items_depth_ = depth_ + 1, out_.is_list = true;
    if (c == '{' && depth_ == items_depth_) begin_ = at_;
    ++depth_;
  }
  void close() {
    if (--depth_ == items_depth_ && text_[at_] == '}') out_.objects.push_back(text_.substr(begin_, at_ + 1 - begin_));
    if (depth_ < items_depth_) items_depth_ = kNone;
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::string_view text_;
  Document out_;
  std::size_t at_ = 0, depth_ = 0;
  std::size_t items_depth_ = kNone;  // of the array whose items are objects, while within it
  std::size_t begin_ = 0;            // of the item
  std::string_view key_;
};

bool is_item(std::string_view line) { return line.starts_with("- ") || line == "-"; }

// "kind: PodList" -> "PodList"
std::string_view value_after(std::string_view line, std::string_view key) {
  if (!line.starts_with(key) || line.substr(key.size(), 1) != ":") return {};
  std::string_view value = trimmed(line.substr(key.size() + 1));
  bool is_quoted = value.size() > 1 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
  return is_quoted ? value.substr(1, value.size() - 2) : value;
}

// An object's text ends where the next begins: no line of a block or of a deeper value stands at the margin.
class YamlCutter {
 public:
  std::vector<Document> cut(std::string_view text) && {
    for (Lines lines(text); auto line = lines.next();) {
      auto begin = static_cast<std::size_t>(line->data() - text.data());
      if (*line == "---" || line->starts_with("--- ") || *line == "...") {
        end(text, begin);
        begin_ = begin;
        continue;
      }
      if (line->empty() || line->front() == ' ' || line->front() == '#') continue;
      if (in_items_ && is_item(*line)) {
        end_item(text, begin);
        item_ = begin;
        continue;
      }
      end_item(text, begin);
      in_items_ = *line == "items:";
      now_.is_list |= in_items_;
      if (auto kind = value_after(*line, kKind); !kind.empty()) now_.kind = kind;
    }
    end(text, text.size());
    return std::move(out_);
  }

 private:
  void end_item(std::string_view text, std::size_t at) {
    if (item_ != text.npos) now_.objects.push_back(text.substr(item_, at - item_));
    item_ = text.npos;
  }
  void end(std::string_view text, std::size_t at) {
    end_item(text, at);
    std::string_view whole = text.substr(begin_, at - begin_);
    now_.size = whole.size();
    bool is_of_one_piece = now_.objects.empty() && !is_blank_document(whole);  // of a list too that is indented
    if (is_of_one_piece) now_.objects.push_back(whole), now_.is_list = false;
    if (!now_.objects.empty()) out_.push_back(std::move(now_));
    now_ = {};
    in_items_ = false;
  }
  static bool is_blank_document(std::string_view text) {
    for (Lines lines(text); auto line = lines.next();)
      if (!line->empty() && line->front() != '#' && !line->starts_with("---") && *line != "...") return false;
    return true;
  }

  std::vector<Document> out_;
  Document now_;
  std::size_t begin_ = 0;
  std::size_t item_ = std::string_view::npos;
  bool in_items_ = false;
};

}  // namespace

Document cut_json(std::string_view text) { return JsonCutter(text).cut(); }

std::vector<Document> cut_yaml(std::string_view text) { return YamlCutter().cut(text); }

}  // namespace ai_ops::bundle
