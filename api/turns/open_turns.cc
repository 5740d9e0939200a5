#include "api/turns/open_turns.h"

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
  if (executed > 0) return Outcome::executed;
  if (unknown > 0) return Outcome::unknown;
  if (waiting > 0) return Outcome::waiting;
  if (refused > 0) return Outcome::refused;
  return Outcome::answered;
}

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

void OpenTurns::announce(const std::string& turn, Outcome counted_as, Event event) {
  auto at = places_.find(turn);
  if (at == places_.end()) return;
  Record& record = at->second.record;
  record.executed += counted_as == Outcome::executed;
  record.refused += counted_as == Outcome::refused;
  record.waiting += counted_as == Outcome::waiting;
  record.unknown += counted_as == Outcome::unknown;
  at->second.outbox->put_now(std::move(event));
}

}  // namespace api::turns
