#!/bin/sh
# Builds the adapter in the current folder into $CROSSCHECK_ADAPTER_HOME.
set -eu
rm -f "$CROSSCHECK_ADAPTER_HOME/ready"
CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 \
    cargo build --quiet --locked --jobs "${CROSSCHECK_JOBS:-2}" --target-dir "$CROSSCHECK_ADAPTER_HOME/target"
cp "$CROSSCHECK_ADAPTER_HOME/target/debug/adapter" "$CROSSCHECK_ADAPTER_HOME/adapter"
touch "$CROSSCHECK_ADAPTER_HOME/ready"
