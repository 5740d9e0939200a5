// The steps of a change between which a process may die. A test kills it after each of them (HKS_CRASH_AT=<name>),
// starts another one and looks what became of the change: `hks-control-plane crash-points` lists them.
#pragma once
#include <array>

#include "foundation/base/crash_point.h"

namespace api::change {

enum class Step { decided, proposed, intended, sending, written, ended, completed };

struct StepRow {
  Step step;
  const char* name;
};
inline constexpr std::array<StepRow, 7> kSteps{{
    {Step::decided, "decided"},      // allowed and rehearsed; nothing is stored
    {Step::proposed, "proposed"},    // a proposal is stored; its answer is not given
    {Step::intended, "intended"},    // the intent is durable; nobody has begun it
    {Step::sending, "sending"},      // its write is about to be sent
    {Step::written, "written"},      // the cluster has answered; nothing is known of it here
    {Step::ended, "ended"},          // verified; the completion is not stored
    {Step::completed, "completed"},  // stored; its answer is not given
}};

inline void passed(Step step) { foundation::crash_point(kSteps[static_cast<std::size_t>(step)].name); }

}  // namespace api::change
