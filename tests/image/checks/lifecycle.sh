# shellcheck shell=bash disable=SC2154
# Each verb that a pod uses, on each database, in an image with a plan in it (examples/image).
# (Catches what works on a machine and not in an empty image: a missing file, user, folder or right.)

lifecycle() {
  on "$1"
  spec=(--spec /plan/plan.yaml)
  exits 3 container check-1 "${with[@]}" -- migrate check "${spec[@]}"
  exits 5 container wait-1 "${with[@]}" -- migrate wait --timeout 2s "${spec[@]}"
  # The example says what is run where nothing is said.
  exits 0 p run --name apply-1 "${restricted[@]}" "${with[@]}" "$shop"
  exits 0 container check-2 "${with[@]}" -- migrate check "${spec[@]}"
  exits 0 container wait-2 "${with[@]}" -- migrate wait --timeout 2s "${spec[@]}"
  exits 0 container verify "${with[@]}" -- migrate verify "${spec[@]}"
  says 'nothing to do' container apply-2 "${with[@]}" -- migrate apply "${spec[@]}"
  # From the ledger: the image of the release before has no scripts of this one.
  exits 0 p run --name rollback "${restricted[@]}" "${with[@]}" "$image" migrate rollback --steps 2 --yes
  exits 3 container check-3 "${with[@]}" -- migrate check "${spec[@]}"
  if [ "$1" = sqlite ]; then
    # Neither journal nor lock nor temporary file stays.
    [ "$(ls -A "$work/place/$database")" = app.db ]
  elif [ "$1" = redis ]; then
    [ "$(sql redis "$database" 'EXISTS shop:name store:name')" = 0 ]
  else
    [ "$(sql "$1" "$database" "SELECT count(*) FROM information_schema.tables WHERE table_name = 'orders' AND table_schema IN ('public', '$database')")" = 0 ]
  fi
}

# Sorting, VACUUM and taking back a statement need more than SQLite's cache; there is no folder but that of the database, and
# memory for a copy of it neither.
much_work_in_little_memory() {
  on sqlite
  cat >"$work/much.yaml" <<'YAML'
version: 1
migrations:
  - name: sort
    up: |
      CREATE TABLE t (n integer PRIMARY KEY, name text NOT NULL UNIQUE);
      INSERT INTO t (name) WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 120000)
        SELECT hex(randomblob(60)) || n FROM c;
      CREATE INDEX by_name ON t (name DESC, n);
      UPDATE t SET name = name || 'x';
  - name: tidy
    up: VACUUM
YAML
  exits 0 container much "${with[@]}" --volume "$work/much.yaml:/much.yaml:ro" -- \
    migrate apply --spec /much.yaml
  [ "$(stat -c %s "$work/place/$database/app.db")" -gt 40000000 ]
  [ "$(ls -A "$work/place/$database")" = app.db ]
}

for kind in "${served[@]}" sqlite; do check "lifecycle-$kind" 120 lifecycle "$kind"; done
check sqlite-sorts-without-tmp 240 much_work_in_little_memory
