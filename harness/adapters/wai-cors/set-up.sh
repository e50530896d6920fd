#!/bin/sh
# Compiles the adapter into $CROSSCHECK_ADAPTER_HOME.
set -eu
rm -f "$CROSSCHECK_ADAPTER_HOME/ready"
. ../lib/debian.sh
need libghc-wai-cors-dev libghc-warp-dev libghc-aeson-dev ghc
ghc -v0 -Wall -threaded -outputdir "$CROSSCHECK_ADAPTER_HOME/objects" -o "$CROSSCHECK_ADAPTER_HOME/adapter" Main.hs
finish libghc-wai-cors-dev
