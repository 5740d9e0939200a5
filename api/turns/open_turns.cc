#include "api/turns/open_turns.h"

#include <algorithm>

namespace api::turns {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::answered: return "answered";
    case Outcome::executed: return "executed";
    case Outcome::refused: return "refused";
    case Outcome::waiting: return "waiting";
    case Outcome::unknown: return "unknown";
  }
  return "answered";
}

Outcome Record::outcome() const {
  Outcome strongest = Outcome::answered;
  for (const auto& [operation, last_word] : last_words) strongest = std::max(strongest, last_word);
  return strongest;
}

namespace {

std::string named_operation(const Event& event) {
  for (std::string_view member : {"operation_id", "approval_id"})
    if (const auto* id = event.data.if_contains(member); id && id->is_string()) return std::string(id->get_string());
  return {};
}

}  // namespace

OpenTurns::OpenTurns(foundation::telemetry::Metrics& metrics)
    : open_(metrics.gauge("hks_turns_open", "Turns whose clients are connected to this replica")) {}

OpenTurns::Place::Place(OpenTurns& turns, std::string id, Outbox& outbox) : turns_(turns), id_(std::move(id)) {
  turns_.places_.insert_or_assign(id_, Entry{&outbox, {}});
  turns_.open_.set(double(turns_.places_.size()));
}

OpenTurns::Place::~Place() {
  turns_.places_.erase(id_);
  turns_.open_.set(double(turns_.places_.size()));
}

Record& OpenTurns::Place::record() { return turns_.places_.at(id_).record; }

void OpenTurns::announce(const std::string& turn, Outcome last_word, Event event) {
  auto at = places_.find(turn);
  if (at == places_.end()) return;
  at->second.record.last_words[named_operation(event)] = last_word;
  at->second.outbox->put_now(std::move(event));
}

}  // namespace api::turns
