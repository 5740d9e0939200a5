/* The protocol of a change (api/change) as a model for SPIN: whoever asks, whatever dies, is lost, comes late, comes in
 * between or is revoked, in every order within the bounds below. tests/system/test_operation_model.py runs it, and
 * runs it again with one guard taken away at a time (-DNO_...): then SPIN must find the fault.
 *
 * The steps of api/change/steps.h and where a process stands here when it has passed them (a test compares both):
 *   decided    at_decided    allowed and rehearsed; nothing is stored
 *   proposed   at_proposed   a proposal is stored: with -DAPPROVALS it all begins here
 *   intended   at_intended   the transaction of intent and audit is durable; nobody has begun it
 *   sending    at_sending    the write is about to be sent
 *   written    at_written    the API server has answered, or its answer is lost; the object is to be looked at
 *   ended      at_ended      the ending is known; the completion is not stored
 *   completed  at_completed  stored; its answer is not given
 *
 * Who acts:
 *   caller     a request of the advisor under a call_id (Change::submit): two of them repeat one call, the third is
 *              another call for the same command. With -DAPPROVALS: people who approve one proposal (Change::approve).
 *   performer  perform_write and complete of one intent, begun by its caller or by recovery.
 *   network    carries requests whose answer nobody waits for any more: they vanish, or arrive at any later time.
 *   writers    others who change the field that the plan read, another part of the spec, or the status.
 *   revoker    takes the user's role away. rejecter: decides the proposal, or lets it expire.
 *   fate       kills the process at any step, with its callers and performers, and starts it again.
 * Each option of a loop is atomic and stands for one thing that is so in the real world: one transaction of the
 * database, one request at the API server, with what its answer makes the process do.
 *
 * Simplified: the 60 s that the API server may hold a request are "until none of ours is under way"; an object that was
 * deleted or made anew counts as changed by another writer; rehearsals, which change nothing, are left out; retries
 * have no upper number.
 */

#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef LOSSES
#define LOSSES 1   /* answers that do not come */
#endif
#ifndef WRITES
#define WRITES 1   /* of others, to the spec */
#endif
#ifndef TOUCHES
#define TOUCHES 1  /* of the status: resourceVersion moves, generation does not */
#endif
#ifndef REFUSALS
#define REFUSALS 1 /* by the API server's admission, or by a guard that is asked again */
#endif
#ifndef COMMANDS
#define COMMANDS 1 /* how often the message holds the command */
#endif
#ifndef CALLERS
#define CALLERS 3
#endif

#define NOBODY 7
#define AS_PLANNED 0 /* values of the field */
#define AS_WANTED 1
#define OF_ANOTHER 2

mtype:state = { none, proposed, intended, executed, failed, unknown, refused }; /* of an operation */
mtype:approval = { open, approved, closed };
mtype:at = { at_start, at_decided, at_proposed, at_intended, at_sending, at_written, at_judged, at_waiting_out,
             at_ended, at_completed };

/* --- the database --- */
typedef Operation {
  mtype:state state = none;
  byte version, generation; /* that it is written on */
  byte field;               /* what the plan read */
};
Operation operations[CALLERS];
bit role = 1;
byte commands_used;
bit call_is_stored[2]; /* the key (turn, call_id) */
mtype:approval approval = open;

/* --- the API server, and requests that are under way to it --- */
byte version = 1, generation = 1, field = AS_PLANNED, manager = NOBODY;
chan under_way[CALLERS] = [LOSSES] of { byte }; /* the resourceVersion of each */

/* --- the memory of the process: a crash takes it --- */
typedef Caller {
  mtype:at at = at_start;
  byte version, generation, field, changes_of_others; /* as seen */
};
typedef Performer {
  mtype:at at = at_completed;
  bit may_have_arrived, is_denied;
  mtype:state ending = none;
  byte version, generation, changes_of_others; /* as seen */
};
Caller callers[CALLERS];
Performer performers[CALLERS];

/* --- what only the assertions look at --- */
byte changes;                     /* of the spec, by whomever */
byte changes_of_others[CALLERS];  /* when the operation was planned, or judged again */
byte writes[CALLERS];             /* of ours that took effect */
bit after_revocation[CALLERS];
byte effects_of_call[2], effects, mandates_used;

byte losses = LOSSES, refusals = REFUSALS;

#ifdef APPROVALS
#define CALL(o) 0
#else
#define CALL(o) (o / 2)
#endif
#define OTHERS(o) (changes - writes[o])

/* --- the guards --- */
#ifdef NO_RESOURCE_VERSION
#define IS_CURRENT(sent) true
#else
#define IS_CURRENT(sent) (sent == version)
#endif
#ifdef NO_MANAGED_FIELDS
#define IS_OURS(o) false
#else
#define IS_OURS(o) (manager == o)
#endif
#ifdef NO_GENERATION
#define HAS_MOVED(o) false
#else
#define HAS_MOVED(o) (!IS_OURS(o) && generation != operations[o].generation)
#endif
#ifdef NO_WAIT_AFTER_A_GUARD
#define WAITS_AFTER_A_GUARD(o) false
#else
#define WAITS_AFTER_A_GUARD(o) performers[o].may_have_arrived
#endif
#ifdef NO_WAIT_AFTER_A_REFUSAL
#define MAY_STILL_ARRIVE(o) false
#else
#define MAY_STILL_ARRIVE(o) (len(under_way[o]) > 0)
#endif
#ifdef SEPARATE_REVOCATION_CHECK
#define MAY_STILL true
#else
#define MAY_STILL role
#endif
#ifdef NO_CALL_ID
#define IS_NEW_CALL(o) true
#else
#define IS_NEW_CALL(o) (!call_is_stored[CALL(o)])
#endif
#ifdef NO_COMMAND_USE
#define HAS_COMMAND true
#else
#define HAS_COMMAND (commands_used < COMMANDS)
#endif
#ifdef NO_COMPARE_AND_SET
#define WAITS true
#else
#define WAITS (approval == open)
#endif

/* A write of ours arrives at the API server; `answered` says whether it is written. */
inline serve(o, sent, answered) {
  if
  :: IS_CURRENT(sent) ->
    assert(operations[o].state == intended); /* no effect without a durable intent, and none after its end */
    assert(!after_revocation[o]);            /* a revocation committed before the intent wins */
    assert(field == operations[o].field);    /* never over what another writer made of it */
    writes[o]++;
    effects_of_call[CALL(o)]++;
    effects++;
    assert(effects_of_call[CALL(o)] == 1);
    assert(effects <= COMMANDS);
    field = AS_WANTED; manager = o; version++; generation++; changes++;
    answered = true
  :: else -> answered = false
  fi
}

inline end_as(o, how) { performers[o].ending = how; performers[o].at = at_ended }

inline begin(o, recovering) {
  performers[o].may_have_arrived = recovering;
  performers[o].at = at_sending
}

inline forget_what_was_seen(o) {
  performers[o].version = 0; performers[o].generation = 0; performers[o].changes_of_others = 0
}

/* What a look at the object says, in the order of performance.cc. */
inline look(o) {
  if
  :: performers[o].may_have_arrived && IS_OURS(o) -> end_as(o, executed)
  :: performers[o].may_have_arrived && HAS_MOVED(o) -> end_as(o, unknown)
  :: !performers[o].may_have_arrived && field != operations[o].field -> end_as(o, failed)
  :: else -> /* judged again on what it is now */
    if
    :: performers[o].version = version; performers[o].generation = generation;
       performers[o].changes_of_others = OTHERS(o);
       performers[o].at = at_judged
    :: refusals > 0 -> refusals--;
      if
      :: WAITS_AFTER_A_GUARD(o) -> performers[o].is_denied = 0; performers[o].at = at_waiting_out
      :: else -> end_as(o, failed)
      fi
    fi
  fi
}

proctype performer(byte o) {
  bit written;
  do
  :: atomic { performers[o].at == at_sending ->
      if
      :: serve(o, operations[o].version, written);
        if
        :: written -> end_as(o, executed)
        :: else -> performers[o].at = at_written
        fi;
        written = 0
      :: losses > 0 -> losses--;
        under_way[o]!operations[o].version;
        performers[o].may_have_arrived = 1;
        performers[o].at = at_written
      :: refusals > 0 -> refusals--;
        if
        :: !performers[o].may_have_arrived -> end_as(o, failed)
        :: else -> performers[o].at = at_waiting_out; if :: performers[o].is_denied = 0 :: performers[o].is_denied = 1 fi
        fi
      fi }
  :: atomic { performers[o].at == at_written -> look(o) }
  :: atomic { performers[o].at == at_judged -> /* the intent is rewritten, in a transaction of its own */
      operations[o].version = performers[o].version;
      operations[o].generation = performers[o].generation;
      changes_of_others[o] = performers[o].changes_of_others;
      forget_what_was_seen(o);
      performers[o].at = at_sending }
  :: atomic { performers[o].at == at_waiting_out && (IS_OURS(o) || HAS_MOVED(o) || !MAY_STILL_ARRIVE(o)) ->
      if
      :: IS_OURS(o) -> end_as(o, executed)
      :: HAS_MOVED(o) -> end_as(o, unknown)
      :: else ->
        if
        :: performers[o].is_denied -> performers[o].may_have_arrived = 0; performers[o].at = at_written
        :: else -> end_as(o, failed)
        fi
      fi;
      performers[o].is_denied = 0 }
  :: atomic { performers[o].at == at_ended ->
      assert(performers[o].ending != executed || writes[o] == 1);
      assert(performers[o].ending != failed || writes[o] == 0);
      assert(performers[o].ending != unknown || OTHERS(o) > changes_of_others[o]); /* another one came between */
      operations[o].state = performers[o].ending;
      performers[o].ending = none;
      performers[o].may_have_arrived = 0;
      performers[o].at = at_completed }
  od
}

inline see(by, op) {
  callers[by].version = version;
  callers[by].generation = generation;
  callers[by].field = field;
  callers[by].changes_of_others = OTHERS(op)
}

/* What the one transaction stores; its condition stands where it is called. */
inline intend(by, op) {
  operations[op].state = intended;
  operations[op].version = callers[by].version;
  operations[op].generation = callers[by].generation;
  operations[op].field = callers[by].field;
  changes_of_others[op] = callers[by].changes_of_others;
  after_revocation[op] = !role;
  mandates_used++;
  assert(mandates_used <= COMMANDS);
  callers[by].at = at_intended
}

proctype caller(byte c) {
  do
  :: atomic { callers[c].at == at_start && role && IS_NEW_CALL(c) && HAS_COMMAND && field != AS_WANTED ->
      see(c, c);
#ifdef NO_INTENT
      operations[c].version = version; operations[c].generation = generation; operations[c].field = field;
      begin(c, 0);
#endif
      callers[c].at = at_decided }
  :: atomic { callers[c].at == at_decided ->
      if
      :: MAY_STILL && IS_NEW_CALL(c) && HAS_COMMAND -> call_is_stored[CALL(c)] = 1; commands_used++; intend(c, c)
      :: else -> callers[c].at = at_completed
      fi }
  :: atomic { callers[c].at == at_intended -> callers[c].at = at_completed;
#ifndef NO_INTENT
      begin(c, 0)
#endif
    }
  od
}

proctype approver(byte c) {
  do
  :: atomic { callers[c].at == at_proposed && role && approval == open -> see(c, 0); callers[c].at = at_decided }
  :: atomic { callers[c].at == at_decided ->
      if
      :: callers[c].field == operations[0].field && MAY_STILL && WAITS -> approval = approved; intend(c, 0)
      :: callers[c].field != operations[0].field && WAITS -> /* another op_hash */
        approval = closed; operations[0].state = refused; callers[c].at = at_completed
      :: else -> callers[c].at = at_completed
      fi }
  :: atomic { callers[c].at == at_intended -> callers[c].at = at_completed; begin(0, 0) }
  od
}

proctype rejecter() {
  atomic { approval == open -> approval = closed; operations[0].state = refused }
}

proctype revoker() { role = 0 }

proctype network(byte o) {
  byte sent;
  bit written;
  do
  :: atomic { len(under_way[o]) > 0 ->
      if /* in any order */
      :: len(under_way[o]) > 1 -> under_way[o]?sent; under_way[o]!sent
      :: true
      fi;
      under_way[o]?sent;
      if
      :: serve(o, sent, written)
      :: true
      fi;
      sent = 0;
      written = 0 }
  od
}

inline change_spec(value, owner) { left--; field = value; manager = owner; version++; generation++; changes++ }

proctype writers() {
  byte left = WRITES, touches = TOUCHES;
  do
  :: atomic { left > 0 -> change_spec(OF_ANOTHER, NOBODY) }
  :: atomic { left > 0 -> change_spec(AS_PLANNED, NOBODY) }
  :: atomic { left > 0 -> change_spec(field, manager) } /* beside the field */
  :: atomic { touches > 0 -> touches--; version++ }
  :: break
  od
}

/* A caller that has not begun yet may come to the next process. */
inline forget(o) {
  if
  :: callers[o].at == at_decided || callers[o].at == at_intended -> callers[o].at = at_completed
  :: else
  fi;
  performers[o].at = at_completed;
  performers[o].ending = none;
  performers[o].is_denied = 0;
  performers[o].may_have_arrived = 0;
  forget_what_was_seen(o)
}

proctype fate() {
  byte left = CRASHES, o;
  do
  :: atomic { left > 0 -> left--;
      for (o : 0 .. CALLERS - 1) {
        forget(o);
#ifndef NO_RECOVERY
        if
        :: operations[o].state == intended -> begin(o, 1)
        :: else
        fi
#endif
      }
      o = 0 }
  :: break
  od
}

#define HAS_ENDED(o) (operations[o].state != intended)

init {
  byte i;
  atomic {
    for (i : 0 .. CALLERS - 1) {
#ifdef APPROVALS
      callers[i].at = at_proposed; run approver(i);
#else
      run caller(i);
#endif
      run performer(i); run network(i)
    }
#ifdef APPROVALS
    operations[0].state = proposed; run rejecter();
#endif
    run writers(); run revoker(); run fate();
    i = 0
  }
  timeout -> /* all is quiet: every intent has ended */
    for (i : 0 .. CALLERS - 1) { assert(HAS_ENDED(i)) }
}

#ifdef LIVENESS
ltl every_intent_ends { [] (!HAS_ENDED(0) -> <> HAS_ENDED(0)) }
#endif
