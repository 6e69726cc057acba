# shellcheck shell=bash disable=SC2034,SC2154  # a server script and this share variables
# Shared by tests/servers/redis and tests/servers/valkey, which say with which
# programs: $server and $client, arrays. One server with a password, many
# databases and its log of writes on.
# Must never: read a configuration file of this machine.

prepare() { server_folder "$dir/data"; }

launch() {
  url=$scheme://:$password@127.0.0.1:$port/0
  # The password in no command line: everybody can see those.
  {
    echo "bind 127.0.0.1"
    echo "port $port"
    echo "requirepass $password"
    echo "dir $dir/data"
    echo "databases 512"
    echo "appendonly yes"
    echo "appendfsync no"
    echo 'save ""'
    echo "maxclients 400"
    echo "enable-debug-command local"
  } >"$dir/data/server.conf"
  if [ ${#as_server[@]} -gt 0 ]; then chown -R nobody "$dir/data"; fi
  in_background "${as_server[@]}" "${server[@]}" "$dir/data/server.conf"
}

ready() { answer PING | grep -qx PONG; }

ask() {
  answer INFO server | tr -d '\r' | awk -F : -v name="$name" '
    $1 == name "_version" { print toupper(substr(name, 1, 1)) substr(name, 2), $2 }'
}

# answer WORDS...: what the server at $url says to a command.
answer() {
  local rest=${url#*://} login host
  login=${rest%@*}
  host=${rest##*@}
  host=${host%%[/?]*}
  REDISCLI_AUTH=${login#*:} "${client[@]}" -h "${host%:*}" -p "${host##*:}" "$@" </dev/null
}
