# shellcheck shell=bash disable=SC2034,SC2154
# Shared by the PostgreSQL server scripts: $bin is the folder of the server's
# programs, $share (if set) its data files.
# Must never: accept a login without a SCRAM password.
. "$here/common.sh"
scheme=postgres
stop_signal=QUIT

any_psql() {
  local psql
  for psql in "$(command -v psql || true)" /usr/lib/postgresql/*/bin/psql; do
    if [ -x "$psql" ]; then echo "$psql"; return; fi
  done
  return 1
}

create_data() {
  server_folder "$dir/data" || return 1
  (umask 077 && echo "$password" >"$dir/data.password") || return 1
  # initdb reads the password as the server's user.
  if [ "$(id -u)" = 0 ]; then chown nobody "$dir/data.password"; fi
  "${as_server[@]}" "$bin/initdb" -D "$dir/data" -U initium -A scram-sha-256 \
    --pwfile="$dir/data.password" -E UTF8 --locale=C.UTF-8 --no-sync || return 1
  rm -f "$dir/data.password"
  echo 'CREATE DATABASE initium' |
    "${as_server[@]}" "$bin/postgres" --single -D "$dir/data" postgres
}

launch() {
  rm -f "$dir/data/postmaster.pid"
  in_background "${as_server[@]}" "$bin/postgres" -D "$dir/data" -p "$port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c shared_buffers=32MB -c max_connections=200 -c wal_level=logical \
    -c dynamic_shared_memory_type=mmap
}

ready() { grep -q '^ready' "$dir/data/postmaster.pid"; }

ask() {
  local psql
  if psql=$(any_psql); then
    "$psql" -XAtw "$url" -c 'SHOW server_version'
  elif [ -n "${bin:-}" ]; then
    "$bin/postgres" --version
  fi
}
