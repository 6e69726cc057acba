# shellcheck shell=bash disable=SC2034,SC2154  # a server script and this share variables
# Shared by the server scripts beside it: start one real database server for
# the tests on loopback, and remove every trace of it again.
# Must never: listen on anything but 127.0.0.1, use a server or data directory
# of this machine, keep data after `stop`, or change the machine's apt setup.
#
# A server script sets `kind`, `variable`, `scheme`, `origin`, `first_port` and
# `stop_signal`, defines
#   needs    prints the Debian packages still missing to start it here
#   prepare  creates the server's data under $dir
#   launch   starts the server in the background on $port: its pid is $!
#   ready    succeeds once the server takes logins
#   ask      prints the version that the server at $url gives of itself
# and ends with: serve "$@"
#
# $dir then holds: url, version, origin, pid, log (and the data), and `starter`
# while a start is under way.

set -euo pipefail
# shellcheck disable=SC2086  # names only
unset ${!PG@} ${!MYSQL@} ${!MARIADB@}
export LC_ALL=C.UTF-8
cache=${XDG_CACHE_HOME:-$HOME/.cache}/initium-tests

say() { echo "tests/servers/$kind: $*" >&2; }
die() { say "$*"; exit 1; }

# Database servers refuse to run as root: then they run as `nobody`.
as_server=()
if [ "$(id -u)" = 0 ]; then
  as_server=(setpriv --reuid=nobody "--regid=$(id -g nobody)" --clear-groups)
fi

# A server in a session of its own, away from the terminal.
in_background() { setsid "$@" </dev/null >>"$dir/log" 2>&1 & }

# The server's own folder, the only place it can write to.
server_folder() {
  mkdir -m 700 "$1" || return 1
  if [ "$(id -u)" = 0 ]; then chown nobody:"$(id -g nobody)" "$1"; fi
}

new_password() { od -An -N12 -tx1 /dev/urandom | tr -d ' \n'; }

# A port nobody listens on, below the range the kernel hands out itself.
free_port() {
  local try
  for try in $(seq 100); do
    try=$(($1 + $(od -An -N2 -tu2 /dev/urandom) % 2000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$try") 2>/dev/null; then
      echo "$try"
      return
    fi
  done
  return 1
}

# cached NAME MAKER: prints the folder that `MAKER FOLDER` fills, made at most
# once a month. It is made under another name and renamed when whole, so that a
# half-written one is never used.
cached() {
  local entry part other
  mkdir -p "$cache"
  entry=$cache/$1-$(uname -m)-$(date +%Y%m)
  if [ ! -f "$entry/.whole" ]; then
    part=$(mktemp -d "$cache/.part.XXXXXX")
    # shellcheck disable=SC2064
    trap "rm -rf '$part'; exit 130" INT TERM
    if "$2" "$part" >&2; then
      touch "$part/.whole"
      if [ -e "$entry" ] && [ ! -f "$entry/.whole" ]; then rm -rf "$entry"; fi
      mv -T "$part" "$entry" 2>/dev/null || rm -rf "$part"
      for other in "$cache/$1-$(uname -m)"-*; do
        if [ "$other" != "$entry" ]; then rm -rf "$other"; fi
      done
      find "$cache" -maxdepth 1 -name '.part.*' -mtime +1 -exec rm -rf {} +
    else
      rm -rf "$part"
      for other in "$cache/$1-$(uname -m)"-*; do
        if [ -f "$other/.whole" ]; then entry=$other; fi
      done
      [ -f "$entry/.whole" ] || return 1
    fi
    trap - INT TERM
  fi
  echo "$entry"
}

# url_to_client CMD...: CMD with the MySQL client options that $url stands for.
url_to_client() {
  local rest=${url#*://} login host
  login=${rest%@*}
  host=${rest##*@}
  host=${host%%[/?]*}
  decode() { local text=${1//\\/\\\\}; printf '%b' "${text//%/\\x}"; }
  MYSQL_PWD=$(decode "${login#*:}") "$@" -h "${host%:*}" -P "${host##*:}" \
    -u "$(decode "${login%%:*}")" </dev/null
}

running() { [ -d "/proc/$1" ] && ! grep -qs '^State:[[:space:]]*Z' "/proc/$1/status"; }

# The server, and whatever else works inside $dir: a start that was cut short
# may have left something there.
living() {
  local pid link
  for link in /proc/[0-9]*/cwd; do
    case $(readlink "$link" 2>/dev/null) in
      "$dir" | "$dir"/*) pid=${link#/proc/} && echo "${pid%/cwd}" ;;
    esac
  done
  pid=$(cat "$dir/pid" 2>/dev/null) || return 0
  if running "$pid"; then echo "$pid"; fi
}

# The data is thrown away, so nothing waits for an orderly end.
stop() {
  local round pids
  [ -f "$dir/.initium-test-server" ] || return 0
  cd /
  for round in $(seq 200); do
    pids=$(living | sort -un)
    [ -n "$pids" ] || break
    # shellcheck disable=SC2086  # a list of numbers
    if [ "$round" = 1 ]; then
      kill -"$stop_signal" $pids 2>/dev/null || true
    elif [ "$((round % 50))" = 0 ]; then
      kill -KILL $pids 2>/dev/null || true
    fi
    sleep 0.05
  done
  rm -rf "$dir"
}

start() {
  local try lacks
  lacks=$(needs | xargs)
  [ -z "$lacks" ] || die "needs these Debian packages: $lacks"
  if [ -z "$dir" ]; then dir=$(mktemp -d "${TMPDIR:-/tmp}/initium-$kind.XXXXXX"); fi
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd -P)
  chmod 711 "$dir"
  touch "$dir/.initium-test-server"
  echo $$ >"$dir/starter"
  trap 'trap "" INT TERM HUP; trap - EXIT; stop; exit 130' INT TERM HUP
  trap 'if [ ! -s "$dir/url" ]; then tail -n 60 "$dir"/*log >&2 || true; stop; fi' EXIT
  password=$(new_password)
  umask 077
  prepare >"$dir/prepare.log" 2>&1 </dev/null || die "could not create its data"
  for try in 1 2 3 4 5; do
    port=$(free_port "$first_port")
    url=$scheme://initium:$password@127.0.0.1:$port/initium
    launch
    echo $! >"$dir/pid"
    for _ in $(seq 600); do
      if ! running "$(cat "$dir/pid")"; then break; fi
      if ready >/dev/null 2>&1; then
        ask >"$dir/version" || die "it is up but gives no version"
        echo "$origin" >"$dir/origin"
        rm -f "$dir/starter"
        (umask 077 && echo "$url" >"$dir/url")
        return
      fi
      sleep 0.1
    done
    grep -qiE 'address already in use|bind on TCP/IP' "$dir/log" || break
    say "port $port was taken meanwhile (try $try)"
  done
  die "did not come up"
}

serve() {
  dir=${2:-}
  case ${1:-} in
    needs) needs ;;
    variable) echo "$variable" ;;
    start) start && echo "$dir" ;;
    stop) [ -n "$dir" ] || die "stop needs the folder that start printed" && stop ;;
    version) url=${2:-} && ask ;;
    *) die "usage: $kind needs|variable|start [FOLDER]|stop FOLDER|version URL" ;;
  esac
}
