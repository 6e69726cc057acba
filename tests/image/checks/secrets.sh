# shellcheck shell=bash disable=SC2154
# Secrets as the kubelet mounts them: links to a folder of this version, read-only, not ours.
# (From the environment: pods.sh.)

# secret MODE: a folder with url and password as a Secret volume with fsGroup is; prints it.
secret() {
  local folder=$work/place/secret-$1 version=..2026_11_21_09_00_00.123456789
  mkdir -p "$folder/$version"
  printf '%s\n' "$url" >"$folder/$version/url"
  printf '%s\n' "$url" >"$folder/$version/uri"
  chown -R 0:65532 "$folder"
  chmod "$1" "$folder/$version"/*
  ln -s "$version" "$folder/..data"
  ln -s ..data/url "$folder/url"
  ln -s ..data/uri "$folder/uri"
  echo "$folder"
}

mounted() {
  local name=$1 mode=$2
  shift 2
  container "$name" --volume "$(secret "$mode"):/etc/shop-db:ro" "$@" -- migrate apply --spec /plan/plan.yaml
}

a_mounted_file_is_read() {
  on postgres
  unset DATABASE_URL
  exits 0 mounted file "$1" --env DATABASE_URL_FILE=/etc/shop-db/url
  [ "$(sql postgres "$database" 'SELECT count(*) FROM initium_migrate')" = 2 ]
}

a_mounted_folder_is_read() {
  on mysql
  unset DATABASE_URL
  exits 0 container folder --volume "$(secret 0440):/etc/shop-db:ro" -- \
    migrate apply --spec /plan/plan.yaml --secret-dir /etc/shop-db
  [ "$(sql mysql "$database" 'SELECT count(*) FROM initium_migrate')" = 2 ]
}

# The usual mistake: defaultMode 0400 and no fsGroup, so that only root may read.
a_file_that_only_root_may_read_is_told() {
  on postgres
  unset DATABASE_URL
  exits 2 mounted denied 0400 --env DATABASE_URL_FILE=/etc/shop-db/url
  says '/etc/shop-db/url' p logs denied
  says 'denied' p logs denied
  [ "$(sql postgres "$database" "SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'initium%'")" = 0 ]
}

# By a name that only /etc/hosts knows, as the kubelet writes it. Not this machine's own name: TLS has to be declined.
by_name() {
  case $1 in
    postgres*) echo "${1/127.0.0.1/db.shop.svc}?sslmode=disable" ;;
    *) echo "${1/127.0.0.1/db.shop.svc}?ssl-mode=DISABLED" ;;
  esac
}

a_name_is_found_in_etc_hosts() {
  on "$1"
  DATABASE_URL=$(by_name "$url")
  exits 0 container named "${with[@]}" --add-host db.shop.svc:127.0.0.1 -- migrate apply --spec /plan/plan.yaml
  [ "$(sql "$1" "$database" 'SELECT count(*) FROM initium_migrate')" = 2 ]
}

check secret-file-0440 60 a_mounted_file_is_read 0440
check secret-file-0444 60 a_mounted_file_is_read 0444
check secret-folder 60 a_mounted_folder_is_read
check secret-only-for-root 60 a_file_that_only_root_may_read_is_told
check name-in-etc-hosts-postgres 60 a_name_is_found_in_etc_hosts postgres
check name-in-etc-hosts-mysql 60 a_name_is_found_in_etc_hosts mysql
