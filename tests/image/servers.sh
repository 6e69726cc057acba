# shellcheck shell=bash disable=SC2154
# The servers, a database for each check on them, and questions that initium does not answer itself.
# Must never: touch a database that it did not make, or put a password where `ps` shows it.

servers() {
  local kind variable
  for kind in "${served[@]}"; do
    variable=$(tests/servers/"$kind" variable)
    if [ -z "${!variable:-}" ]; then
      tests/servers/"$kind" start "$work/$kind" >/dev/null
      own+=("$kind:$kind")
      export "$variable=$(cat "$work/$kind/url")"
    fi
  done
}

base_of() {
  local variable
  variable=$(tests/servers/"$1" variable)
  echo "${!variable}"
}

# sql KIND DATABASE STATEMENT; of Redis, a command.
sql() {
  local - && set +x
  local url rest login host
  url=$(base_of "$1")
  rest=${url#*://} && login=${rest%@*} && host=${rest##*@} && host=${host%%/*}
  case $1 in
    postgres) PGPASSWORD=${login#*:} psql -XAtqw -h "${host%:*}" -p "${host##*:}" -U "${login%%:*}" -d "$2" -c "$3" </dev/null ;;
    # shellcheck disable=SC2086  # a command in words
    redis) REDISCLI_AUTH=${login#*:} redis-cli -h "${host%:*}" -p "${host##*:}" -n "$2" $3 </dev/null ;;
    *) MYSQL_PWD=${login#*:} mysql --no-defaults -NB -h "${host%:*}" -P "${host##*:}" -u "${login%%:*}" "$2" -e "$3" </dev/null ;;
  esac
}

# on KIND: a new database; sets $url, $database and what a container needs to reach it ($with).
on() {
  local - && set +x
  database=initium_image_$$_$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')
  with=(--env DATABASE_URL)
  if [ "$1" = sqlite ]; then
    url=sqlite:/data/app.db
    with+=(--volume "$(place "$database"):/data")
  elif [ "$1" = redis ]; then
    # A database is a number there: one that holds nothing.
    while
      database=$((256 + RANDOM % 256))
      [ "$(sql redis "$database" DBSIZE)" != 0 ]
    do :; done
    url=$(base_of redis)
    url=${url%/*}/$database
    # The plan of the image is SQL.
    with+=(--volume "$(realpath tests/image/plans/redis.yaml):/plan/plan.yaml:ro")
    echo "redis $database" >>"$work/databases"
  else
    url=$(base_of "$1")
    url=${url%/*}/$database
    sql "$1" initium "CREATE DATABASE $database"
    # Checks run in shells of their own: the list is a file.
    echo "$1 $database" >>"$work/databases"
  fi
  export DATABASE_URL=$url
}

drop_databases() {
  local kind name
  if [ ! -f "$work/databases" ]; then return; fi
  while read -r kind name; do
    case $kind in
      postgres) sql postgres initium "DROP DATABASE IF EXISTS $name WITH (FORCE)" ;;
      redis) sql redis "$name" FLUSHDB ;;
      *) sql "$kind" initium "DROP DATABASE IF EXISTS $name" ;;
    esac
  done <"$work/databases" >/dev/null 2>&1
}
