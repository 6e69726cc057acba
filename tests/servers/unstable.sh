# shellcheck shell=bash disable=SC2034  # a server script and this share variables
# Shared by the server scripts whose server this machine's release does not have:
# packages of Debian's unstable release, checked by apt, unpacked into a folder
# of their own, and run with their own C library by that library's loader, so
# they need neither root nor this machine's release.
# Must never: install these packages, or change the machine's apt sources,
# lists or caches. The mirror is the one that the machine's apt already uses.

needs() {
  if ! command -v dpkg-deb >/dev/null; then echo dpkg; fi
  if ! command -v apt-get >/dev/null; then echo apt; fi
  if [ -z "$(keyring)" ]; then echo debian-archive-keyring; fi
}

keyring() {
  local file
  for file in /usr/share/keyrings/debian-archive-keyring.*; do
    if [ -f "$file" ]; then echo "$file"; return; fi
  done
}

# The machine's own Debian mirror; not that of the security fixes, which has no
# unstable release. Before the first `apt-get update` no source has a label.
mirror() {
  # shellcheck disable=SC2016  # apt fills these in
  apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
    awk -F '|' '$1 == "Debian" || ($1 ~ /LABEL/ && $2 !~ /security/) { print $2; exit }'
}

# unpack_unstable PART UNWANTED PACKAGES...: unpacks these packages of Debian's
# unstable release, with all they need but what UNWANTED (a pattern) names, into
# the folder PART.
unpack_unstable() {
  local part=$1 unwanted=$2 work=$1/apt uri apt names key deb
  shift 2
  uri=$(mirror)
  [ -n "$uri" ] || { say "this machine's apt has no Debian mirror"; return 1; }
  key=$(keyring)
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/debs" &&
    : >"$work/status" &&
    echo "deb [signed-by=$key] $uri sid main" >"$work/sources" || return 1
  apt=(apt-get -qq -o "Dir::State=$work" -o "Dir::State::lists=$work/lists"
    -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache"
    -o "Dir::Etc::SourceList=$work/sources" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
    -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1
    -o Acquire::Languages=none -o Acquire::Retries=3
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
    -o APT::Update::Post-Invoke-Success::=true)
  "${apt[@]}" update || return 1
  # With nothing installed, the simulation lists all that they need.
  names=$("${apt[@]}" -s install --no-install-recommends "$@" |
    awk '/^Inst/ { print $2 }' | grep -vE "$unwanted")
  [ -n "$names" ] || return 1
  # shellcheck disable=SC2086  # a list of package names
  (cd "$work/debs" && "${apt[@]}" download $names) || return 1
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$part" || return 1; done
  rm -rf "$work" "$part"/usr/share/{doc,man,locale,lintian,bash-completion}
}

# programs ROOT: sets $run, which starts a program with ROOT's own libraries.
programs() {
  local loader
  root=$1
  loader=$(find "$root"/usr/lib/*-linux-gnu -name 'ld-linux*.so.*' | head -n 1)
  [ -n "$loader" ] || return 1
  run=(env "OPENSSL_MODULES=${loader%/*}/ossl-modules" OPENSSL_CONF=/dev/null
    "$loader" --library-path "${loader%/*}")
}
