# syntax=docker/dockerfile:1
# The image: the static program, the public certificate authorities, nothing else. No shell, no package, no user's name.
#
#   docker build --tag initium .
#   docker build --tag initium:postgres --build-arg FEATURES=postgres,schemas,sources,tls .
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg INITIUM_COMMIT=$(git rev-parse --short=12 HEAD) .
#
# tests/image runs these very lines: the build on the machine itself, the last stage in podman.
# Must never: hold a secret, fetch a program, or put a third file into the last stage.
ARG RUST=1.95
FROM docker.io/library/rust:${RUST}-slim-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates musl-tools
RUN rustup target add "$(uname -m)-unknown-linux-musl"
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY schema schema
COPY drivers drivers
COPY src src
# `default`, or a list as in `cargo build --features`.
ARG FEATURES=default
# What `initium --version` shows: the repository itself is not copied.
ARG INITIUM_COMMIT=
# Only downloads are cached: cargo tells by time stamps what to build again, and those of a copied source may be old.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    TARGET_CC=musl-gcc cargo build --release --locked --target "$(uname -m)-unknown-linux-musl" \
        --no-default-features --features "$FEATURES" \
        --config "target.$(uname -m)-unknown-linux-musl.rustflags=['--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo', '--remap-path-prefix=$PWD=/initium']" && \
    install -D -m 555 "target/$(uname -m)-unknown-linux-musl/release/initium" out/initium
RUN install -D -m 444 /etc/ssl/certs/ca-certificates.crt out/ca-certificates.crt

FROM scratch
COPY --from=build /src/out/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/out/initium /initium
# By number: the kubelet cannot tell by a name that it is not root.
USER 65532:65532
ENTRYPOINT ["/initium"]
ARG INITIUM_COMMIT=
LABEL org.opencontainers.image.title="initium" \
      org.opencontainers.image.description="Database migrations for Kubernetes, CI and laptops" \
      org.opencontainers.image.source="https://github.com/initium/initium" \
      org.opencontainers.image.documentation="https://github.com/initium/initium/blob/main/docs/image.md" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${INITIUM_COMMIT}"
