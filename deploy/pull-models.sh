#!/bin/sh
# Has every replica of the model server pull every model. Idempotent: what a replica has is left alone.
#   MODELS_FILE   names of models, one a line, # begins a comment; or MODELS: the names themselves
#   REPLICAS      HOST:PORT, every address of HOST is a replica; or OLLAMA_HOST: one replica, as the ollama client has it
#   WAIT_SECONDS  for a replica to answer (600)    PROGRESS_SECONDS  between two lines about one pull (10)
set -eu
models=${MODELS:-$(sed 's/#.*//' "${MODELS_FILE:?no MODELS and no MODELS_FILE}")}
wait_seconds=${WAIT_SECONDS:-600}
progress_seconds=${PROGRESS_SECONDS:-10}
output=$(mktemp)
trap 'rm -f "$output"' EXIT

say() { echo "$(date -u +%H:%M:%S) $*"; }
fail() { say "$@" >&2; exit 1; }
on() { replica=$1; shift; OLLAMA_HOST=http://$replica ollama "$@"; }

# ADDRESS:PORT, one a line; [ADDRESS]:PORT for IPv6.
replicas() {
  if [ -n "${OLLAMA_HOST:-}" ]; then echo "${OLLAMA_HOST#http://}"; return; fi
  getent ahosts "${REPLICAS%:*}" | awk -v port="${REPLICAS##*:}" \
    '!seen[$1]++ { print ($1 ~ /:/ ? "[" $1 "]" : $1) ":" port }'
}

wait_until() {  # WHAT COMMAND...
  what=$1; shift
  waited=0
  until "$@" >/dev/null 2>&1; do
    [ $((waited % progress_seconds)) -ne 0 ] || say "waiting: $what"
    [ "$waited" -lt "$wait_seconds" ] || fail "not so in $wait_seconds s: $what"
    sleep 1
    waited=$((waited + 1))
  done
}
are_there() { [ -n "$(replicas)" ]; }
answers() { on "$1" list; }

# The last thing that the client has drawn, without the terminal's control sequences.
last_line() { tr '\r' '\n' <"$output" | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | grep -v '^[[:space:]]*$' | tail -n 1; }

pull() {  # REPLICA MODEL
  if on "$1" show "$2" >/dev/null 2>&1; then say "$1 has $2 already"; return; fi
  say "$1 pulls $2"
  on "$1" pull "$2" >"$output" 2>&1 &
  pulling=$!
  seconds=0
  while kill -0 "$pulling" 2>/dev/null; do
    sleep 1
    seconds=$((seconds + 1))
    [ $((seconds % progress_seconds)) -ne 0 ] || say "$1 $2: $(last_line)"
  done
  wait "$pulling" || fail "$1 did not pull $2: $(last_line)"
  say "$1 has $2 after $seconds s"
}

served=
serve() {  # the replicas that were not served before
  for replica in $(replicas); do
    case " $served " in *" $replica "*) continue ;; esac
    wait_until "$replica answers" answers "$replica"
    for model in $models; do pull "$replica" "$model"; done
    served="$served $replica"
  done
}

[ -n "$(echo $models)" ] || { say "no model is configured"; exit 0; }
wait_until "a replica of the model server is there" are_there
until before=$served; serve; [ "$served" = "$before" ]; do :; done  # some may have come meanwhile
[ -n "$served" ] || fail "the replicas went away"
say "every model is on every replica:$served"
