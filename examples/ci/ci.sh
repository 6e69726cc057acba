#!/bin/sh
# For any CI that runs a shell: `ci.sh plan` on a change, `ci.sh apply` on the main branch, `ci.sh verify`
# every night. DATABASE_URL and INITIUM_SPEC stand in the environment; reports go to the folder REPORTS.
# Must never: print the connection, or take a failure for a success.
set -eu

mode=${1:?usage: ci.sh plan|apply|verify}
reports=${REPORTS:-reports}
tries=${TRIES:-3}
mkdir -p "$reports"

# 5 and 6 mean that trying again may help: no server yet, or another run holds the lock.
again() {
  n=1
  while :; do
    status=0
    "$@" || status=$?
    case $status in
      5 | 6) ;;
      *) return "$status" ;;
    esac
    if [ "$n" -ge "$tries" ]; then return "$status"; fi
    sleep "${PAUSE:-10}"
    n=$((n + 1))
  done
}

plan() { initium migrate plan --format sarif --out "$reports/plan.json" >"$reports/plan.sarif"; }
apply() { initium migrate apply --format junit >"$reports/apply.xml"; }
check() { initium migrate check --format junit >"$reports/check.xml"; }
verify() { initium migrate verify --format junit >"$reports/verify.xml"; }

case $mode in
  plan) again plan ;;
  apply) again apply ;;
  verify)
    worst=0
    again check || worst=$?
    again verify || worst=$?
    exit "$worst"
    ;;
  *)
    echo "ci.sh: plan, apply or verify" >&2
    exit 2
    ;;
esac
