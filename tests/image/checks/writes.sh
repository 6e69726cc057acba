# shellcheck shell=bash disable=SC2154
# Nothing is written but the database (and the kubelet's file where it is there). A read-only root would hide who tries: here
# the root can be written, by root.

writable=(--network host --pull never --user 0:0)

# What podman itself puts into a root is in both lists.
touched() {
  p run --name "$1-before" "${writable[@]}" "${with[@]}" "$shop" --version >&2
  p run --name "$1" "${writable[@]}" "${with[@]}" "$shop" migrate "${@:2}" >&2
  diff <(p diff "$1-before" | sort) <(p diff "$1" | sort)
}

the_root_stays_as_it_is() {
  on "$1"
  touched apply apply --spec /plan/plan.yaml
  touched check check --spec /plan/plan.yaml
  touched wait wait --spec /plan/plan.yaml
  touched rollback rollback --steps 2 --yes
  # The test of the test: what is written there is found.
  exits 1 touched new new 'add a note' --spec /plan/plan.yaml
}

# Every file that is opened to be written, made, renamed or removed, by the kernel's own account.
only_the_database_is_opened_to_be_written() {
  local root=$work/chroot
  mkdir -p "$root/data" "$root/plan"
  cp "$work/stage/src/out/initium" "$root/"
  cp -r examples/image/plan "$root/"
  chown 65532:65532 "$root/data"
  for verb in apply check wait 'rollback --yes'; do
    # shellcheck disable=SC2086  # a verb and its flag
    DATABASE_URL=sqlite:/data/app.db strace -f -qq -o "$work/trace" -e trace=%file,%process,socket \
      chroot --userspec=65532:65532 "$root" /initium migrate $verb --spec /plan/plan.yaml
    sed -n '/execve("\/initium"/,$p' "$work/trace" >"$work/ours"
    grep -q '/data/app.db' "$work/ours"
    grep -E 'O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE|^[0-9]+ +(mkdir|mknod|rename|unlink|rmdir|link|symlink|truncate|chmod|chown)[a-z0-9]*\(' "$work/ours" >"$work/writes" || true
    exits 1 grep -vE '"/data/app\.db(-journal|-initium-[0-9a-f]+)?"|/dev/termination-log|"/data", O_RDWR.*O_TMPFILE|"/data/etilqs_' "$work/writes"
    # No other program, no socket.
    exits 1 grep -E 'execve\(|fork\(|socket\(' <(tail -n +2 "$work/ours")
  done
  # No file of a user's or of the machine's settings that an empty image would miss.
  exits 1 grep -E 'passwd|/home|\.pgpass|nsswitch|localtime' "$work/ours"
}

for kind in "${served[@]}" sqlite; do check "writes-nothing-else-$kind" 90 the_root_stays_as_it_is "$kind"; done
check writes-only-the-database 60 only_the_database_is_opened_to_be_written
