#include "ai-ops/bundle/node_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/lines.h"
#include "ai-ops/diagnosis/observed.h"

namespace ai_ops::bundle {
namespace {

// Of a service that runs, ended, failed, is starting; "*" where the terminal has no Unicode.
constexpr std::array<std::string_view, 5> kMarks{"●", "○", "×", "↻", "*"};
constexpr std::size_t kMaxHeadBytes = 300;  // of a line, for what stands before its message
constexpr std::string_view kSuffix = ".service";
constexpr std::string_view kNode = "Node:", kActive = "Active:", kResult = "(Result: ";
constexpr std::string_view kLoaded = "Loaded:", kTriggers = "TriggeredBy:";

// "kubelet" of "● kubelet.service - Kubernetes Kubelet"; "" when the line begins none.
std::string_view unit_of(std::string_view line) {
  auto all = words(line, " \t");
  for (std::size_t i = 0; i + 1 < all.size() && i < 2; ++i) {
    bool is_marked = std::ranges::find(kMarks, all[i]) != kMarks.end();
    if (is_marked && all[i + 1].ends_with(kSuffix)) return all[i + 1].substr(0, all[i + 1].size() - kSuffix.size());
  }
  return {};
}

// "disabled" of "loaded (/lib/systemd/system/x.service; disabled; preset: enabled)"; "masked" and "not-found" as they
// are; "" where it is not told.
std::string_view unit_file_of(std::string_view loaded) {
  std::string_view first = loaded.substr(0, loaded.find(' '));
  if (first != "loaded") return first;
  auto parts = words(loaded, ";()");
  return parts.size() > 2 ? trimmed(parts[2]) : std::string_view();
}

// "4h 31min ago", "1 day 2h ago". The time of day before it names its zone in letters that nobody can resolve.
std::optional<WallTime> since(std::string_view active, WallTime now) {
  std::size_t semicolon = active.find("; ");
  if (semicolon == active.npos || !active.ends_with(" ago")) return std::nullopt;
  return ago(active.substr(semicolon + 2), now);
}

// "Nov 29 20:58:00 master kubelet[3767]: ..." -> master
std::string_view host_of(std::string_view line) {
  auto all = words(line.substr(0, kMaxHeadBytes), " ");
  bool is_stamped = all.size() > 4 && all[2].size() >= 8 && all[2][2] == ':' && all[2][5] == ':';
  return is_stamped && all[4].ends_with(':') ? all[3] : std::string_view();
}

class Reading {
 public:
  Reading(std::string_view node, std::optional<WallTime> now) : otherwise_(node), now_(now) {}

  void take(std::string_view line) {
    if (line.starts_with(kNode)) {
      end();
      told_ = trimmed(line.substr(kNode.size()));
    } else if (std::string_view unit = unit_of(line); !unit.empty()) {
      end();
      unit_ = unit;
    } else if (unit_.empty()) {
      return;
    } else if (std::string_view fact = trimmed(line); fact.starts_with(kActive) && active_.empty()) {
      active_ = trimmed(fact.substr(kActive.size()));
    } else if (fact.starts_with(kLoaded) && unit_file_.empty()) {
      unit_file_ = unit_file_of(trimmed(fact.substr(kLoaded.size())));
    } else if (fact.starts_with(kTriggers)) {
      is_triggered_ = true;
    } else if (std::string_view host = host_of(line); !host.empty()) {
      host_ = host;
      journal_.push_back(line);
    }
  }
  NodeServices finish() && {
    end();
    return std::move(out_);
  }

 private:
  void end() {
    if (!unit_.empty() && !active_.empty()) add();
    unit_ = active_ = host_ = unit_file_ = {};
    is_triggered_ = false;
    journal_.clear();
  }
  void add() {
    std::string_view node = !told_.empty() ? told_ : !host_.empty() ? host_ : otherwise_;
    if (node.empty()) return ++out_.unplaced, void();
    json::Object object{{"kind", diagnosis::observed::kNodeService}};
    put(object, "metadata.name", json::Value(fmt::format("{}.{}", node, unit_)));
    put(object, "spec.node", json::Value(node));
    put(object, "spec.unit", json::Value(unit_));
    put(object, "status.active", json::Value(active_.substr(0, active_.find(' '))));
    if (!unit_file_.empty()) put(object, "status.unit_file", json::Value(unit_file_));
    if (is_triggered_) put(object, "status.triggered", json::Value(true));
    if (std::size_t at = active_.find(kResult); at != active_.npos) {
      std::string_view rest = active_.substr(at + kResult.size());
      put(object, "status.result", json::Value(rest.substr(0, rest.find(')'))));
    }
    if (auto at = now_ ? since(active_, *now_) : std::nullopt)
      put(object, "status.since", json::Value(foundation::to_rfc3339(*at)));
    std::size_t skipped = journal_.size() - std::min(journal_.size(), kMaxJournalLines);
    put(object, "status.lines", texts({journal_.begin() + static_cast<std::ptrdiff_t>(skipped), journal_.end()}));
    out_.objects.push_back(std::move(object));
  }

  std::string_view told_ = {}, otherwise_;
  std::optional<WallTime> now_;
  NodeServices out_;
  std::string_view unit_, active_, host_, unit_file_;
  bool is_triggered_ = false;
  std::vector<std::string_view> journal_;
};

}  // namespace

bool begins_node_service(std::string_view line) { return !unit_of(line.substr(0, kMaxHeadBytes)).empty(); }

NodeServices read_node_services(std::string_view text, std::string_view node, std::optional<WallTime> now) {
  Reading reading(node, now);
  for (Lines lines(text); auto line = lines.next();) reading.take(*line);
  return std::move(reading).finish();
}

}  // namespace ai_ops::bundle
