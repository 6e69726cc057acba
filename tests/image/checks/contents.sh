# shellcheck shell=bash disable=SC2154
# What is in the image, and what it says of itself.

two_files_and_nothing_else() {
  local root
  root=$(p image mount "$image")
  find "$root" -mindepth 1 ! -type d -printf '%P %m %U:%G\n' | sort >"$work/found"
  printf '%s\n' 'etc/ssl/certs/ca-certificates.crt 444 0:0' 'initium 555 0:0' >"$work/wanted"
  diff "$work/wanted" "$work/found"
  find "$root" -mindepth 1 -type d -printf '%P\n' | sort | xargs | grep -x 'etc etc/ssl etc/ssl/certs'
  # The bundle is the machine's, whole.
  cmp "$root/etc/ssl/certs/ca-certificates.crt" /etc/ssl/certs/ca-certificates.crt
  [ "$(grep -c BEGIN "$root/etc/ssl/certs/ca-certificates.crt")" -gt 50 ]
  # Static: no loader, no library.
  readelf -lW "$root/initium" >"$work/headers"
  exits 1 grep -q INTERP "$work/headers"
  exits 1 grep -q NEEDED <(readelf -dW "$root/initium")
}

runs_by_number_and_names_its_version() {
  local version
  version=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' Cargo.toml)
  [ "$(p image inspect --format '{{.Config.User}} {{.Config.Entrypoint}} {{len .Config.Cmd}}' "$image")" = '65532:65532 [/initium] 0' ]
  label() { p image inspect --format "{{index .Config.Labels \"org.opencontainers.image.$1\"}}" "$image"; }
  [ "$(label version)" = "$version" ]
  [ "$(label revision)" = "$INITIUM_COMMIT" ]
  [ "$(label licenses)" = Apache-2.0 ]
  says "initium $version" p run --rm "${restricted[@]}" "$image" --version
  if [ -z "${INITIUM_TEST_BINARY:-}" ]; then says "$INITIUM_COMMIT" p run --rm "${restricted[@]}" "$image" --version; fi
  exits 2 p run --rm "${restricted[@]}" "$image" migrate aply
}

# The same files make the same image, whenever it is built.
built_twice_it_is_the_same_image() {
  from_stage localhost/again:1
  [ "$(p image inspect --format '{{.Id}}' "$image")" = "$(p image inspect --format '{{.Id}}' localhost/again:1)" ]
}

check image-holds-two-files 60 two_files_and_nothing_else
check image-has-user-and-labels 60 runs_by_number_and_names_its_version
check image-is-reproducible 120 built_twice_it_is_the_same_image
