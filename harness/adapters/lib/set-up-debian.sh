# Installs Debian's packages $@, the first of which is what is tested.
set -eu
. ../lib/debian.sh
need "$@"
finish "$1"
