#!/bin/sh
# Builds the adapter in the current folder, with the library in Debian's package $1, into
# $CROSSCHECK_ADAPTER_HOME. Further arguments are packages that are needed as well.
set -eu
rm -f "$CROSSCHECK_ADAPTER_HOME/ready"
. ../lib/debian.sh
need golang-go "$@"
gopath="$CROSSCHECK_ADAPTER_HOME/gopath"
rm -rf "$gopath"
mkdir -p "$gopath/src/crosscheck"
cp -r ../lib/go "$gopath/src/crosscheck/adapter"
GO111MODULE=off GOFLAGS= GOPATH="$gopath:/usr/share/gocode" go build -o "$CROSSCHECK_ADAPTER_HOME/adapter" .
finish "$1"
