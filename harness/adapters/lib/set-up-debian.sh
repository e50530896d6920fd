# Installs Debian's packages $@, the first of which is what is tested.
set -eu
rm -f "$CROSSCHECK_ADAPTER_HOME/ready"
. ../lib/debian.sh
need "$@"
finish "$1"
