#!/bin/sh
# A station in shell, with curl and nothing else: what to run, and a folder of runs that are sent when they can be.
#
#   export FIRSTPASS_URL=https://firstpass.example.com FIRSTPASS_KEY=… FIRSTPASS_FOLDER=/var/lib/firstpass
#   export FIRSTPASS_PROCEDURE=7b0c8f6e-1111-4aaa-9bbb-000000000001
#   station.sh assignment           waits up to 30 s for a change, then prints the deployment that is to be run
#   station.sh running DEPLOYMENT   says that the station runs it from now on: between two runs
#   station.sh report < run.json    keeps a run on the disk, a body of POST /api/v1/runs; it is sent by:
#   station.sh send                 sends what is kept, in its order, until nothing is left
#
# Keep `station.sh send` going beside your test, as a service or from cron. FIRSTPASS_WAIT is how long to wait for a
# change of the assignment, in seconds; FIRSTPASS_PAUSE the longest pause that it makes of itself, 10 seconds unless set.
set -eu
umask 077
: "${FIRSTPASS_URL:?expected the address of the server}" "${FIRSTPASS_KEY:?expected the key of the station}"
: "${FIRSTPASS_FOLDER:?expected a folder of this station alone}"
: "${FIRSTPASS_PROCEDURE:?expected the id of the procedure}"
queue=$FIRSTPASS_FOLDER/queue
parked=$FIRSTPASS_FOLDER/parked
mkdir -p "$queue" "$parked"
answer=$FIRSTPASS_FOLDER/answer.$$
trap 'rm -f "$answer" "$answer.headers"' EXIT

# The status of the answer, 000 without one. The key goes in by a file, since a list of processes shows arguments.
ask() {
  : >"$answer"
  : >"$answer.headers"
  curl -sS -o "$answer" -D "$answer.headers" -w '%{http_code}' --max-time 60 \
    -H @- "$@" 2>>"$FIRSTPASS_FOLDER/errors.log" <<HEADERS || true
Authorization: Bearer $FIRSTPASS_KEY
HEADERS
}

header() {
  tr -d '\r' <"$answer.headers" | grep -i "^$1:" | tail -n 1 | sed 's/^[^:]*: *//'
}

# What was last told is kept: a station goes on with it while the server is away.
assignment() {
  known=$FIRSTPASS_FOLDER/assignment
  tag=$(cat "$known.etag" 2>/dev/null || true)
  status=$(ask -H "If-None-Match: $tag" \
    "$FIRSTPASS_URL/api/v1/stations/me/assignments?wait=${FIRSTPASS_WAIT:-30}")
  case $status in
  200)
    # Of all procedures of this station, ours.
    tr -d '\n' <"$answer" | sed 's/{"procedure_id"/\
&/g' | grep "^{\"procedure_id\":\"$FIRSTPASS_PROCEDURE\"" |
      sed -n 's/.*"deployment":{"id":"\([^"]*\)".*/\1/p' >"$known.new"
    mv "$known.new" "$known"
    header etag >"$known.etag"
    ;;
  304) ;;
  *) echo "The server does not say what to run ($status): going on with what it said last." >&2 ;;
  esac
  cat "$known" 2>/dev/null || true
}

running() {
  printf '{"procedure_id":"%s","deployment_id":"%s","state":"running"}' "$FIRSTPASS_PROCEDURE" "$1" |
    keep pickup
}

# On the disk under its own name before this returns; names sort in the order in which they were kept.
keep() {
  name=$(date -u +%Y%m%dT%H%M%S.%N)-$$.$1
  cat >"$queue/.$name"
  sync "$queue/.$name" 2>/dev/null || sync
  mv "$queue/.$name" "$queue/$name"
}

send() {
  for entry in "$queue"/*; do
    [ -e "$entry" ] || continue
    pause=1
    until sent "$entry"; do
      sleep "$wait"
    done
  done
}

# Whether this one needs no further sending; else how long to wait.
sent() {
  case $1 in
  *.pickup) path=/api/v1/stations/me/pickups ;;
  *) path=/api/v1/runs ;;
  esac
  status=$(ask -H 'Content-Type: application/json' --data-binary "@$1" "$FIRSTPASS_URL$path")
  case $status in
  200 | 204)
    rm "$1"
    return 0
    ;;
  000 | 408 | 425 | 429 | 5??)
    longest=${FIRSTPASS_PAUSE:-10}
    [ "$pause" -le "$longest" ] || pause=$longest
    wait=$(header retry-after)
    case $wait in
    '' | *[!0-9]*) wait=$pause ;;
    esac
    pause=$((pause * 2))
    return 1
    ;;
  esac
  # A 4xx in the server's own words is about this run: it never will be taken. It is kept for a person, with the reason.
  if [ "$status" = 413 ] || { [ "${status#4}" != "$status" ] && [ "$status" != 401 ] && [ "$status" != 403 ] &&
    grep -q '"code"' "$answer"; }; then
    echo "The server refused ${1##*/} ($status), see $parked: $(cat "$answer")" >&2
    cp "$answer" "$parked/${1##*/}.why"
    mv "$1" "$parked/"
    return 0
  fi
  echo "Nothing can be sent until a person sets the key or the address right ($status)." >&2
  wait=60
  return 1
}

case ${1:-} in
assignment) assignment ;;
running) running "${2:?expected the id of a deployment}" ;;
report) keep run ;;
send) send ;;
*)
  sed -n 's/^#   //p' "$0" >&2
  exit 2
  ;;
esac
