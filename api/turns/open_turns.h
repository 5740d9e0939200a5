// The turns whose clients are connected to this replica, by id: how an operation that the advisor requested on another
// connection reaches the user's stream, and what the outcome of the turn is made of.
// Owner: main. Threads: one executor.
#pragma once
#include <map>
#include <string>

#include "api/turns/outbox.h"
#include "foundation/telemetry/metrics.h"

namespace api::turns {

enum class Outcome { answered, executed, refused, waiting, unknown };
std::string_view to_string(Outcome outcome);

// What the control plane itself recorded in a turn, strongest last word: executed over waiting over refused over
// answered.
struct Record {
  int executed = 0;
  int refused = 0;
  int waiting = 0;
  int unknown = 0;  // a change of which nobody can tell yet what became of it
  int dropped_events = 0;
  Outcome outcome() const;
};

class OpenTurns {
 public:
  explicit OpenTurns(foundation::telemetry::Metrics& metrics);

  // A turn's place; gone with the object.
  class Place {
   public:
    Place(OpenTurns& turns, std::string id, Outbox& outbox);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Record& record();

   private:
    OpenTurns& turns_;
    std::string id_;
  };

  // Puts the event into the turn's stream and counts it; nothing happens when its client is gone.
  void announce(const std::string& turn, Outcome counted_as, Event event);
  std::size_t size() const { return places_.size(); }

 private:
  struct Entry {
    Outbox* outbox;
    Record record;
  };
  std::map<std::string, Entry> places_;
  foundation::telemetry::Gauge open_;
};

}  // namespace api::turns
