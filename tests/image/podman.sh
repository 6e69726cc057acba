# shellcheck shell=bash disable=SC2154
# podman with a storage of its own, the image in it, and containers and pods as a cluster would start them.
# Must never: pull anything, or start a container that may do more than the restricted standard allows, unless its
# check says why.
image=ghcr.io/initium/initium:0.1.0
shop=registry.example/shop-migrate:1.4.2
driver=overlay
# An overlay cannot lie on an overlay: in a container each image is copied instead.
if [ "$(stat -f -c %T "$work")" = overlayfs ]; then driver=vfs; fi
cat >"$work/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
export CONTAINERS_CONF=$work/containers.conf

p() {
  timeout --kill-after=5 90 podman --root "$work/storage" --runroot "$work/run" --tmpdir "$work/tmp" \
    --storage-driver "$driver" "$@"
}

down() {
  if [ ! -d "$work/storage" ]; then return; fi
  p pod rm --force --all --time 0
  p rm --force --all --time 0
  p image unmount --all --force
  p system reset --force
} >/dev/null 2>&1

# After a check: nothing of it runs on.
ended() {
  p pod rm --force --all --time 0
  p rm --force --all --time 0
  p volume rm --force --all
  p secret ls --format '{{.ID}}' | while read -r id; do p secret rm "$id"; done
} >/dev/null 2>&1

# The program by the build stage, the image by the last stage, and one with a plan by the example.
build() {
  local out=$work/stage/src/out
  mkdir -p "$out"
  INITIUM_COMMIT=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
  export INITIUM_COMMIT
  if [ -n "${INITIUM_TEST_BINARY:-}" ]; then
    install -m 555 "$INITIUM_TEST_BINARY" "$out/initium"
    install -m 444 /etc/ssl/certs/ca-certificates.crt "$out/ca-certificates.crt"
  else
    cp -p "$(tests/image/stage build target/image)"/* "$out/"
  fi
  tests/image/stage last >"$work/last"
  from_stage "$image" >"$work/said" 2>&1 || { cat "$work/said" >&2; return 1; }
  p build --tag "$shop" examples/image >"$work/said" 2>&1 || { cat "$work/said" >&2; return 1; }
}

# Without times and layers of before: the same files are the same image.
from_stage() {
  p build --no-cache --timestamp 0 --build-context build="$work/stage" --build-arg INITIUM_COMMIT="$INITIUM_COMMIT" \
    --file "$work/last" --tag "$1" "$work"
}

restricted=(--network host --pull never --read-only --read-only-tmpfs=false --cap-drop ALL --security-opt no-new-privileges
  --memory 32m --memory-swap 32m)

# container NAME [OPTIONS] -- ARGUMENTS: the image with a plan; its exit status is that of the program.
container() {
  local name=$1 options=()
  shift
  while [ "$1" != -- ]; do options+=("$1") && shift; done
  shift
  p run --name "$name" "${restricted[@]}" "${options[@]}" "$shop" "$@"
}

# exits STATUS COMMAND...
exits() {
  local wanted=$1 status=0
  shift
  "$@" || status=$?
  [ "$status" = "$wanted" ] || { echo "exit status $status instead of $wanted: $*"; return 1; }
}

# says TEXT COMMAND...: the text stands in what it prints, in either stream.
says() {
  local text=$1 said
  shift
  said=$("$@" 2>&1) || true
  case $said in *"$text"*) ;; *) echo "does not say '$text': $said"; return 1 ;; esac
}

# within SECONDS COMMAND...: tried again until it succeeds
within() {
  local end=$((SECONDS + $1))
  shift
  tried "$end" "$@" || { echo "not within the time: $*"; return 1; }
}
tried() {
  local end=$1
  shift
  while [ "$SECONDS" -le "$end" ]; do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  return 1
}

pid_of() { p inspect --format '{{.State.Pid}}' "$1"; }
status_of() { p inspect --format '{{.State.ExitCode}}' "$1"; }
state_of() { p inspect --format '{{.State.Status}}' "$1"; }

# A folder or file of a check, as a volume would be.
place() {
  local path=$work/place/$1
  mkdir -p "$path"
  chown 65532:65532 "$path"
  echo "$path"
}

# database_secret NAME URL: as podman keeps a Secret of a cluster, with the one key `url`.
database_secret() {
  local - && set +x
  printf '{"url":"%s"}' "$(printf %s "$2" | base64 -w 0)" | p secret create "$1" -
}

# pod NAME URL PLAN: the pod of pods/init.yaml, its plan in a ConfigMap, its URL in a Secret.
pod() {
  # What the trace of a failed check shows is read by others.
  local - && set +x
  local name=$1 url=$2 plan=$3 file=$work/$1.yaml
  database_secret "$name-db" "$url"
  : >"$work/$name.termination"
  chmod 666 "$work/$name.termination"
  {
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s-plan }\ndata:\n  plan.yaml: |\n' "$name"
    sed 's/^/    /' "tests/image/plans/$plan.yaml"
    echo ---
    sed "s#@NAME@#$name#g; s#@TERMINATION@#$work/$name.termination#g" tests/image/pods/init.yaml
  } >"$file"
  p kube play "$file"
}
