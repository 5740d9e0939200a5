#include "ai-ops/bundle/sections.h"

#include <algorithm>
#include <array>
#include <optional>

#include "ai-ops/bundle/documents.h"
#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/lines.h"
#include "ai-ops/bundle/listed_objects.h"
#include "ai-ops/bundle/node_services.h"

namespace ai_ops::bundle {
namespace {

constexpr std::string_view kLogBegins = "==== START logs for container ", kLogEnds = "==== END logs for container ";
constexpr std::size_t kMaxFlaws = 8;  // documents without an end, each of which is looked for in the whole rest
constexpr std::array<std::string_view, 5> kYamlBegins{"apiVersion:", "kind:", "items:", "metadata:", "---"};

bool begins_json(std::string_view text) {
  if (text.starts_with('{')) return true;
  std::size_t next = text.starts_with('[') ? text.find_first_not_of(" \t\r\n", 1) : text.npos;
  return next != text.npos && text[next] == '{';
}

// What kubectl prints where there is nothing to print.
bool says_nothing(std::string_view text) {
  for (Lines lines(text); auto line = lines.next();)
    if (!is_blank(*line) && !line->starts_with("No resources found")) return false;
  return true;
}

class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text) {}

  std::vector<Section> cut() && {
    go_on();
    end(text_.size());
    if (out_.empty() && !says_nothing(text_)) out_.push_back({Form::plain, text_});
    return std::move(out_);
  }
  bool gives_up() && {
    go_on();
    return at_ < text_.size();
  }

 private:
  // To the end, or to where the first lines have said nothing.
  void go_on() {
    while (at_ < text_.size()) {
      if (out_.empty() && !form_ && lines_ > kMaxPreambleLines) return;
      std::string_view rest = text_.substr(at_);
      if (is_free() && begins_json(rest)) {
        take_json(rest);
      } else {
        take_line(rest);
      }
    }
  }
  // Within a log nothing else begins, nor in the values of a described ConfigMap, which stand at the margin.
  bool is_free() const { return form_ != Form::dumped_log && !in_values_; }

  // An object that says no kind is none of the API's: a line of a log that is written as JSON.
  void take_json(std::string_view rest) {
    Document document = cut_json(rest);
    std::size_t size = document.size;
    // Where the text ends within a document another one may have begun after the flaw: it does so at the margin.
    if (!document.is_whole && ++flaws_ <= kMaxFlaws) size = std::min(rest.find("\n{", 1), rest.size());
    if (!document.kind.empty() || document.is_list) {
      end(at_);
      out_.push_back({Form::json, rest.substr(0, size)});
    }
    ++lines_;
    at_ += size;
  }

  void take_line(std::string_view rest) {
    std::string_view line = *Lines(rest).next();
    std::size_t size = std::min(rest.find('\n'), rest.size() - 1) + 1;
    if (form_ == Form::dumped_log) {
      if (line.starts_with(kLogEnds)) end(at_ + size);
    } else if (auto begun = begins(line)) {
      bool goes_on = begun == form_ && begun != Form::dumped_log;
      if (!goes_on) end(at_), form_ = begun, begin_ = at_;
    }
    if (form_ == Form::described) look_for_values(line);
    after_blank_ = is_blank(line);
    if (!after_blank_) ++lines_;
    at_ += size;
  }
  std::optional<Form> begins(std::string_view line) const {
    bool at_name = line.starts_with("Name:") && (after_blank_ || form_ != Form::described);
    if (at_name && form_ != Form::yaml) return Form::described;
    bool is_within = line.empty() || line.front() == ' ' || !is_free();
    if (is_within) return std::nullopt;
    if (line.starts_with(kLogBegins)) return Form::dumped_log;
    if (begins_node_service(line)) return Form::node_services;
    bool may_be_services = !form_ || form_ == Form::node_services;
    if (line.starts_with("Node:") && may_be_services) return Form::node_services;
    if (begins_listed(line) && (form_ != Form::described || after_blank_)) return Form::listed;
    bool is_yaml = std::ranges::any_of(kYamlBegins, [&](std::string_view word) { return line.starts_with(word); });
    if (is_yaml && form_ != Form::described) return Form::yaml;
    return std::nullopt;
  }
  void look_for_values(std::string_view line) {
    if (line == "====") in_values_ = true;
    if (line.starts_with("Name:") && after_blank_) in_values_ = false;
    if (line.starts_with("Events:")) in_values_ = false;
  }
  void end(std::size_t at) {
    if (form_) out_.push_back({*form_, text_.substr(begin_, at - begin_)});
    form_.reset();
    in_values_ = false;
    after_blank_ = true;
  }

  std::string_view text_;
  std::vector<Section> out_;
  std::size_t at_ = 0, begin_ = 0;
  std::size_t lines_ = 0, flaws_ = 0;
  std::optional<Form> form_;  // of the section that is open
  bool in_values_ = false, after_blank_ = true;
};

}  // namespace

std::vector<Section> sections_of(std::string_view text) { return Cutter(text).cut(); }

bool is_plain_from(std::string_view beginning) { return Cutter(beginning).gives_up(); }

DumpedLog read_dumped_log(std::string_view section) {
  std::size_t end = std::min(section.find('\n'), section.size());
  DumpedLog out;
  auto head = words(section.substr(0, end), " ");  // ==== START logs for container C of pod N/P ====
  if (head.size() >= 9) {
    out.container = head[5];
    std::size_t slash = std::min(head[8].find('/'), head[8].size());
    out.namespace_name = head[8].substr(0, slash);
    out.pod = head[8].substr(std::min(slash + 1, head[8].size()));
  }
  out.text = section.substr(std::min(end + 1, section.size()));
  if (std::size_t last = out.text.rfind(kLogEnds); last != out.text.npos) out.text = out.text.substr(0, last);
  return out;
}

}  // namespace ai_ops::bundle
