// The operations of a turn: requested one after the other, told as the control plane answers.
#include <fmt/format.h>

#include <utility>

#include "ai-ops/agents/operation_answers.h"
#include "ai-ops/agents/turn_state.h"

namespace ai_ops::agents {

void Turn::State::start_operations(std::vector<reader::OperationWanted> wanted) {
  operations = std::move(wanted);
  request_next_operation();
}

void Turn::State::request_next_operation() {
  for (; next_operation < operations.size(); ++next_operation) {
    const reader::OperationWanted& wanted = operations[next_operation];
    if (std::cmp_greater_equal(next_operation, input.budget.operations)) {
      say(fmt::format("I have not asked for the rest: {} operations are the most for one message.",
                      input.budget.operations));
      break;
    }
    if (held_up.contains(operation_target(wanted))) {
      say(skipped_answer(wanted));
      continue;
    }
    queue.emplace_back(RequestOperation{fmt::format("o{}", next_operation + 1), wanted.operation, wanted.arguments});
    return;
  }
  queue.emplace_back(Finish{});
}

void Turn::State::on(OperationAnswered answered) {
  const reader::OperationWanted& wanted = operations[next_operation];
  if (answered.status != 200) held_up.insert(operation_target(wanted));
  say(operation_answer(wanted, answered.status, answered.body));
  ++next_operation;
  request_next_operation();
}

}  // namespace ai_ops::agents
