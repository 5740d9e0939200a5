#include "ai-ops/diagnosis/event_history.h"

#include <algorithm>
#include <map>
#include <optional>

namespace ai_ops::diagnosis {
namespace {

constexpr std::int64_t kRepeated = 2;

std::string_view reason_of(const ObjectView& event) { return event.root()["reason"].text(); }

struct Moment {
  std::size_t place = 0;  // in the list: what came later has a smaller one
  std::optional<WallTime> at;
};

// The last success of a step: of any volume or none, and of each volume.
class Successes {
 public:
  Successes(const std::vector<ObjectView>& newest_first, const Step& step) : step_(step) {
    for (std::size_t i = 0; i < newest_first.size(); ++i) {
      const ObjectView& event = newest_first[i];
      if (std::ranges::find(step.went_on, reason_of(event)) == step.went_on.end()) continue;
      Moment moment{i, time_of_event(event)};
      if (!last_) last_ = moment;
      last_of_.try_emplace(volume_named_by(event), moment);
    }
  }

  bool end(const ObjectView& failure, std::size_t place) const {
    Moment moment{place, time_of_event(failure)};
    std::string_view volume = volume_named_by(failure);
    if (volume.empty()) return last_ && is_later(*last_, moment);
    return comes_later("", moment) || comes_later(volume, moment);
  }

 private:
  bool comes_later(std::string_view volume, const Moment& than) const {
    auto success = last_of_.find(volume);
    return success != last_of_.end() && is_later(success->second, than);
  }

  bool is_later(const Moment& success, const Moment& failure) const {
    if (!success.at || !failure.at) return success.place < failure.place;
    return step_.is_done_in_batches ? *success.at > *failure.at : *success.at >= *failure.at;
  }

  const Step& step_;
  std::optional<Moment> last_;
  std::map<std::string_view, Moment> last_of_;  // "" of those that name no volume
};

}  // namespace

std::vector<ObjectView> standing_failures(const std::vector<ObjectView>& newest_first, std::span<const Step> steps) {
  std::vector<Successes> successes;
  for (const Step& step : steps) successes.emplace_back(newest_first, step);
  std::vector<ObjectView> out;
  for (std::size_t i = 0; i < newest_first.size(); ++i) {
    auto step = std::ranges::find(steps, reason_of(newest_first[i]), &Step::fails_as);
    if (step == steps.end()) continue;
    const Successes& after = successes[static_cast<std::size_t>(step - steps.begin())];
    if (!after.end(newest_first[i], i)) out.push_back(newest_first[i]);
  }
  return out;
}

bool has_lasted(const ObjectView& failure, WallTime now) {
  auto at = time_of_event(failure);
  return times_seen(failure) >= kRepeated || !at || now - *at >= kTransient;
}

std::int64_t times_seen(const ObjectView& event) {
  return std::max(event.root()["count"].integer_or(1), event.root()["series"]["count"].integer_or(1));
}

std::string_view volume_named_by(const ObjectView& event) {
  constexpr std::string_view kMark = "for volume \"";
  std::string_view message = event.root()["message"].text();
  std::size_t at = message.find(kMark);
  if (at == message.npos) return {};
  message.remove_prefix(at + kMark.size());
  return message.substr(0, message.find('"'));
}

}  // namespace ai_ops::diagnosis
