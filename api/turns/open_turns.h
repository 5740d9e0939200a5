// The turns whose clients are connected to this replica, by id: how an operation that the advisor requested on another
// connection reaches the user's stream, and what the outcome of the turn is made of.
// Owner: main. Threads: one executor.
#pragma once
#include <map>
#include <string>

#include "api/turns/outbox.h"
#include "foundation/telemetry/metrics.h"

namespace api::turns {

enum class Outcome { answered, refused, waiting, unknown, executed };  // the weakest first
std::string_view to_string(Outcome outcome);

// What the control plane itself recorded in a turn.
struct Record {
  std::map<std::string, Outcome> last_words;  // by operation: a late word replaces the one before
  int dropped_events = 0;
  // The strongest of the last words. unknown: nobody can tell yet what became of a change.
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

  // Puts the event into the turn's stream and remembers it as the last word of the operation that it names (a proposal
  // names its approval); nothing happens when the turn's client is gone.
  void announce(const std::string& turn, Outcome last_word, Event event);
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
