# shellcheck shell=bash disable=SC2154
# Pods with an init container (pods/init.yaml), as a cluster starts them.
# (Catches an application that starts on a half-made schema, a failure that nobody can read.)

the_application_finds_the_schema() {
  on "$1"
  exits 0 pod good "$url" good
  within 20 test "$(p wait good-app)" = 0
  says 'up to date: 2 applied' p logs good-app
  [ "$(sql "$1" "$database" 'SELECT count(*) FROM notes')" = 1 ]
  # Nothing to tell: the kubelet's file stays empty.
  [ ! -s "$work/good.termination" ]
}

a_failure_keeps_the_application_from_starting() {
  on "$1"
  says 'exited with code 1' pod bad "$url" failing
  [ "$(state_of bad-app)" = created ]
  [ "$(status_of bad-migrate)" = 1 ]
  cat "$work/bad.termination"
  head -n 1 "$work/bad.termination" | grep '^error\[statement-failed\]: .*absent'
  grep -- '--> /plan/plan.yaml:8:' "$work/bad.termination"
  grep 'migration wrong-note' "$work/bad.termination"
  [ "$(wc -c <"$work/bad.termination")" -le 4096 ]
  # What was applied before stays, and is recorded.
  [ "$(sql "$1" "$database" 'SELECT count(*) FROM initium_migrate')" = 1 ]
  exits 1 grep -F "${url#*:}" "$work/bad.termination"
}

two_pods_apply_once() {
  local one two
  on "$1"
  pod one "$url" good >"$work/one.said" 2>&1 &
  one=$!
  pod two "$url" good >"$work/two.said" 2>&1 &
  two=$!
  wait "$one" || { cat "$work/one.said"; return 1; }
  wait "$two" || { cat "$work/two.said"; return 1; }
  [ "$(p wait one-app)" = 0 ]
  [ "$(p wait two-app)" = 0 ]
  [ "$(sql "$1" "$database" 'SELECT count(*) FROM notes')" = 1 ]
  [ "$(sql "$1" "$database" "SELECT count(*) FROM initium_migrate_log WHERE action = 'apply' AND outcome = 'ok'")" = 2 ]
  [ "$(sql "$1" "$database" "SELECT count(DISTINCT run_id) FROM initium_migrate_log WHERE action = 'apply'")" = 1 ]
}

# The file of the documentation: its plan and its pod as they stand; only the application, which is not ours, is another
# program here. podman 4.3 does not hand a Deployment's annotations on, and needs the one of pods/init.yaml.
the_example_runs() {
  on postgres
  database_secret shop-db "$url"
  awk '/^---$/ { part = "" }
    /^apiVersion: apps/ {
      part = "skip"
      print "apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\n  annotations: { io.podman.annotations.init.container.type: always }"
    }
    part == "skip" && /^    spec:$/ { part = "pod"; print "spec:\n  restartPolicy: Never"; next }
    part == "skip" { next }
    part == "pod" { sub(/^    /, "") }
    { print }' examples/kubernetes/init-container.yaml |
    sed -E '/name: app$/,/image:/s#^( *)image: .*#\1image: '"$image"'\n\1args: [--version]#' >"$work/example.yaml"
  grep -q 'args: \[--version\]' "$work/example.yaml"
  exits 0 p kube play --network host "$work/example.yaml"
  [ "$(p wait shop-app)" = 0 ]
  [ "$(p inspect --format '{{.HostConfig.ReadonlyRootfs}} {{.EffectiveCaps}}' shop-migrate)" = 'true []' ]
  [ "$(sql postgres "$database" 'SELECT count(*) FROM initium_migrate')" -ge 1 ]
}

# What the kernel says of process 1 of the pod, in the middle of a statement.
nothing_more_than_the_restricted_standard() {
  local run pid
  on postgres
  pod busy "$url" slow >"$work/busy.said" 2>&1 &
  run=$!
  within 30 running_slowly
  pid=$(pid_of busy-migrate)
  grep -E '^(Uid|Gid|Cap|NoNewPrivs|Seccomp:|NSpid)' "/proc/$pid/status" >"$work/status"
  grep -P '^Uid:\t65532\t65532\t65532\t65532$' "$work/status"
  grep -P '^Gid:\t65532\t65532\t65532\t65532$' "$work/status"
  grep -P '^CapEff:\t0+$' "$work/status"
  grep -P '^CapBnd:\t0+$' "$work/status"
  grep -P '^NoNewPrivs:\t1$' "$work/status"
  grep -P '^Seccomp:\t2$' "$work/status"
  grep -P '^NSpid:.*\t1$' "$work/status"
  # The root is read-only, and no tmpfs lies where temporary files would.
  awk '$5 == "/" { print $6 }' "/proc/$pid/mountinfo" | grep -E '^ro(,|$)'
  awk '{ print $5 }' "/proc/$pid/mountinfo" >"$work/mounts"
  exits 1 grep -xE '/(tmp|var|var/tmp|run)' "$work/mounts"
  one_thread_works "$pid"
  p kill --signal KILL busy-migrate
  wait "$run" || true
}

running_slowly() {
  [ "$(sql postgres initium "SELECT count(*) FROM pg_stat_activity WHERE datname = '$database' AND query LIKE '%pg_sleep(300)%'")" = 1 ]
}

# And it hears signals too (docs/decisions.md).
one_thread_works() {
  cat "/proc/$1"/task/*/comm | xargs | grep -x initium
}

check pod-application-finds-the-schema 60 the_application_finds_the_schema postgres
check pod-application-finds-the-schema-mysql 60 the_application_finds_the_schema mysql
check pod-failure-keeps-the-application-out 60 a_failure_keeps_the_application_from_starting postgres
check pod-failure-keeps-the-application-out-mysql 60 a_failure_keeps_the_application_from_starting mysql
check pods-two-at-once-postgres 60 two_pods_apply_once postgres
check pods-two-at-once-mysql 60 two_pods_apply_once mysql
check pod-is-restricted 90 nothing_more_than_the_restricted_standard
if [ -f examples/kubernetes/init-container.yaml ]; then
  check pod-of-the-examples 120 the_example_runs
else
  say "examples/kubernetes/init-container.yaml is not there: not played"
fi
