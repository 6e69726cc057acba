# shellcheck shell=bash disable=SC2154
# The bundle of the image, one that is mounted, and none: a server of this test, with a certificate of its own authority.
# (Catches a path that the image does not have, an authority that is not read, a message that does not say what is missing.)

tls_server() {
  local data=$work/tls/data
  tests/servers/postgres start "$work/tls" >/dev/null
  own+=(postgres:tls)
  mkdir "$work/ca"
  {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=tests of initium' -keyout "$work/ca/ca.key" -out "$work/ca/ca.crt"
    openssl req -newkey rsa:2048 -nodes -subj /CN=db.shop.svc -keyout "$work/ca/server.key" -out "$work/ca/server.csr"
    openssl x509 -req -in "$work/ca/server.csr" -CA "$work/ca/ca.crt" -CAkey "$work/ca/ca.key" -CAcreateserial -days 2 \
      -extfile <(printf 'subjectAltName = DNS:db.shop.svc\nextendedKeyUsage = serverAuth\n') -out "$work/ca/server.crt"
  } 2>"$work/said" || { cat "$work/said" >&2; return 1; }
  install -o nobody -m 600 "$work/ca/server.key" "$work/ca/server.crt" "$data/"
  psql -XAtqw "$(cat "$work/tls/url")" -c "ALTER SYSTEM SET ssl = on" -c "SELECT pg_reload_conf()" >/dev/null
  cat /etc/ssl/certs/ca-certificates.crt "$work/ca/ca.crt" >"$work/ca/bundle.crt"
  chmod 644 "$work"/ca/*.crt
  # Such an image exists where somebody copied the program alone.
  mkdir "$work/alone"
  cp "$work/stage/src/out/initium" "$work/alone/"
  tar -C "$work/alone" -cf - initium | p import --change 'ENTRYPOINT ["/initium"]' --change USER=65532:65532 - localhost/alone:1 >"$work/said" 2>&1
}

# connects IMAGE PARAMETERS [OPTIONS]: by the name that is in the certificate; reads, and needs no spec.
connects() {
  local from=$1 parameters=$2
  shift 2
  DATABASE_URL=$(sed 's/127.0.0.1/db.shop.svc/' "$work/tls/url")$parameters
  export DATABASE_URL
  p run --rm "${restricted[@]}" --env DATABASE_URL --add-host db.shop.svc:127.0.0.1 \
    --volume "$work/ca/ca.crt:/etc/db/ca.crt:ro" "$@" "$from" migrate history --connect-timeout 2s
}

the_bundle_of_the_image_is_read() {
  # It is there and has not our authority in it.
  exits 2 connects "$image" ''
  says 'error[tls-unknown-authority]' connects "$image" ''
  # With our authority in the same place nothing has to be said.
  exits 0 connects "$image" '' --volume "$work/ca/bundle.crt:/etc/ssl/certs/ca-certificates.crt:ro"
}

a_mounted_authority_is_believed() {
  exits 0 connects "$image" '?sslrootcert=/etc/db/ca.crt'
  exits 0 connects "$image" '' --env SSL_CERT_FILE=/etc/db/ca.crt
  # And only by its name.
  exits 2 p run --rm "${restricted[@]}" --env DATABASE_URL="$(cat "$work/tls/url")?sslmode=verify-full&sslrootcert=/etc/db/ca.crt" \
    --volume "$work/ca/ca.crt:/etc/db/ca.crt:ro" "$image" migrate history
}

no_bundle_is_said() {
  local said
  exits 2 connects localhost/alone:1 ''
  said=$(connects localhost/alone:1 '' 2>&1) || true
  echo "$said"
  grep -E '^error\[tls-' <<<"$said"
  grep -E 'sslrootcert|SSL_CERT_FILE' <<<"$said"
  exits 0 connects localhost/alone:1 '?sslrootcert=/etc/db/ca.crt'
  exits 2 connects "$image" '' --env SSL_CERT_FILE=/etc/nowhere.crt
  says /etc/nowhere.crt connects "$image" '' --env SSL_CERT_FILE=/etc/nowhere.crt
}

if wanted tls-bundle-of-the-image || wanted tls-mounted-authority || wanted tls-no-bundle; then
  tls_server
  check tls-bundle-of-the-image 60 the_bundle_of_the_image_is_read
  check tls-mounted-authority 60 a_mounted_authority_is_believed
  check tls-no-bundle 60 no_bundle_is_said
fi
