# shellcheck shell=bash disable=SC2154
# SIGTERM to process 1, which the kernel ignores where nobody listens.
# (Catches a pod that is killed after its grace, a lock or half a statement that is left behind.)

slow() { realpath tests/image/plans/slow.yaml; }

# start NAME ARGUMENTS: in the background, until it is told otherwise.
start() {
  local name=$1
  shift
  p run --detach --name "$name" "${restricted[@]}" "${with[@]}" --volume "$(slow):/slow.yaml:ro" "$image" migrate "$@" --spec /slow.yaml
}

# ends NAME SECONDS: podman stop, as the kubelet does it; within the grace and with 143.
ends() {
  local begin=$SECONDS
  p stop --time 30 "$1"
  [ "$((SECONDS - begin))" -le "$2" ] || { echo "took $((SECONDS - begin)) s"; return 1; }
  [ "$(status_of "$1")" = 143 ] || { p logs "$1"; echo "status $(status_of "$1")"; return 1; }
}

busy() {
  case $1 in
    postgres) [ "$(sql postgres initium "SELECT count(*) FROM pg_stat_activity WHERE datname = '$database' AND query LIKE '%pg_sleep(300)%'")" = 1 ] ;;
    # It counts and writes nothing until the end: half a second of the processor's time shows that it does.
    sqlite) says "applied 'create notes'" p logs slow && [ "$(cut -d ' ' -f 14 "/proc/$(pid_of slow)/stat")" -gt 50 ] ;;
    *) [ "$(sql "$1" initium "SELECT count(*) FROM information_schema.processlist WHERE db = '$database' AND info LIKE '%sleep(1)%'")" = 1 ] ;;
  esac
}

# sql, or the program itself where the database is a file.
ask() {
  if [ "$1" = sqlite ]; then
    python3 -c 'import sqlite3, sys; print(sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True).execute(sys.argv[2]).fetchone()[0])' \
      "$work/place/$database/app.db" "$2"
  else
    sql "$1" "$database" "$2"
  fi
}

a_long_statement_is_ended() {
  on "$1"
  start slow apply --grace 2s
  within 30 busy "$1"
  ends slow 12
  says interrupted p logs slow
  [ "$(ask "$1" 'SELECT count(*) FROM initium_migrate')" = 1 ]
  [ "$(ask "$1" 'SELECT count(*) FROM notes')" = 0 ]
  [ "$(ask "$1" "SELECT count(*) FROM initium_migrate_log WHERE migration = 'slow' AND outcome = 'failed' AND code = 'interrupted'")" = 1 ]
  # Free: the next one is not told to wait.
  exits 0 p run --name next "${restricted[@]}" "${with[@]}" --volume "$(slow):/slow.yaml:ro" "$image" \
    migrate apply --spec /slow.yaml --to create-notes --lock-wait 1s
  exits 0 p run --name back "${restricted[@]}" "${with[@]}" --volume "$(realpath tests/image/plans/good.yaml):/good.yaml:ro" "$image" \
    migrate unlock
  says 'nobody' p logs back
}

# A step through many keys, between two of them.
a_long_step_is_ended() {
  on redis
  with+=(--volume "$(realpath tests/image/plans/slow-redis.yaml):/slow.yaml:ro")
  p run --detach --name slow "${restricted[@]}" "${with[@]}" "$image" migrate apply --spec /slow.yaml
  within 30 counted
  ends slow 6
  says interrupted p logs slow
  [ "$(sql redis "$database" 'EXISTS {initium_migrate}:lock')" = 0 ]
  [ "$(sql redis "$database" 'HLEN {initium_migrate}:records')" = 1 ]
  [ "$(sql redis "$database" 'GET count')" -lt 30 ]
}
counted() { [ "$(sql redis "$database" 'EXISTS count')" = 1 ]; }

who_waits_for_a_lock_leaves() {
  on postgres
  start slow apply
  within 30 busy postgres
  start waiting apply
  within 20 says 'waiting' p logs waiting
  ends waiting 6
  [ "$(state_of slow)" = running ]
}

who_polls_leaves() {
  on postgres
  start polling wait
  within 20 says 'waiting' p logs polling
  one_thread_works "$(pid_of polling)"
  ends polling 6
}

# In a pod: the init container is told, the application does not start.
a_pod_that_is_deleted() {
  local run status=0
  on postgres
  pod gone "$url" slow >"$work/gone.said" 2>&1 &
  run=$!
  within 30 busy postgres
  # The default grace of a statement is 20 s, that of a pod 30 s.
  ends gone-migrate 25
  wait "$run" || status=$?
  [ "$status" != 0 ]
  [ "$(state_of gone-app)" = created ]
  grep '^error\[interrupted\]' "$work/gone.termination"
}

for kind in "${kinds[@]}" sqlite; do check "signal-ends-a-statement-$kind" 90 a_long_statement_is_ended "$kind"; done
check signal-ends-a-step-redis 90 a_long_step_is_ended
check signal-while-waiting-for-a-lock 60 who_waits_for_a_lock_leaves
check signal-while-polling 60 who_polls_leaves
check signal-to-a-pod 90 a_pod_that_is_deleted
