# Sourced by set-up scripts: Debian's packages, installed where they are missing.

# need PACKAGE...
need() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
        echo "install Debian's packages first:$missing" >&2
        exit 1
    fi
    # Policy 101: do not start the services that packages bring along.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod +x /usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    # shellcheck disable=SC2086 # names of packages
    { DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $missing ||
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $missing; }; } >&2
}

# finish PACKAGE: notes the version of what is tested, and that all is in place.
finish() {
    dpkg-query -W -f '${Version}' "$1" >"$CROSSCHECK_ADAPTER_HOME/version"
    touch "$CROSSCHECK_ADAPTER_HOME/ready"
}
