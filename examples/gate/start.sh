#!/bin/sh
# An entrypoint that migrates and then becomes the application: for one machine, or where pods may migrate themselves.
# Any number of copies may start at once: one works, the others wait for it.
#   start.sh PROGRAM [ARGUMENTS]
set -eu
initium migrate apply --spec "${PLAN:-plan.yaml}" >&2
exec "$@"
