// The values in the description of a ConfigMap:
//
//   Data
//   ====
//   app.yaml:
//   ----
//   level: debug
//
//   BinaryData
//   ====
#include <optional>
#include <string>
#include <string_view>

#include "ai-ops/bundle/described_kinds.h"
#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/lines.h"

namespace ai_ops::bundle {
namespace {

constexpr std::string_view kUnderSection = "====", kUnderKey = "----";

// A line says what it is only by the one below it.
class Values {
 public:
  void take(std::string_view line) {
    bool ends_section = line == kUnderSection, ends_key = line == kUnderKey && above_ && above_->ends_with(':');
    if (ends_section || ends_key) {
      end_value();
      if (ends_section) in_data_ = above_ == "Data";
      if (ends_key && in_data_) key_ = above_->substr(0, above_->size() - 1);
      above_.reset();
      return;
    }
    if (above_) value_.append(*above_).append("\n");
    above_ = line;
  }
  json::Object finish() && {
    if (above_ && !above_->starts_with("Events:")) value_.append(*above_);
    end_value();
    return std::move(data_);
  }

 private:
  void end_value() {
    while (value_.ends_with('\n')) value_.pop_back();
    if (!key_.empty()) data_[key_] = value_;
    key_.clear();
    value_.clear();
  }

  json::Object data_;
  std::string key_, value_;
  std::optional<std::string_view> above_;
  bool in_data_ = false;
};

}  // namespace

void put_config_map(json::Object& object, std::string_view text) {
  Values values;
  for (Lines lines(text); auto line = lines.next();) values.take(*line);
  put(object, "data", std::move(values).finish());
}

}  // namespace ai_ops::bundle
