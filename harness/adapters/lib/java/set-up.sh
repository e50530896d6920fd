#!/bin/sh
# Compiles the adapter in the current folder with the jars $1 (of /usr/share/java, separated by
# colons), from Debian's packages that follow; the first of them is what is tested.
set -eu
rm -f "$CROSSCHECK_ADAPTER_HOME/ready"
. ../lib/debian.sh
jars=$1
shift
need "$@" default-jdk-headless libgoogle-gson-java
path=
for jar in $(printf '%s' "gson:$jars" | tr : ' '); do path="$path:/usr/share/java/$jar.jar"; done
rm -rf "$CROSSCHECK_ADAPTER_HOME/classes"
javac -Xlint:all -cp "$path" -d "$CROSSCHECK_ADAPTER_HOME/classes" ../lib/java/*.java ./*.java
printf '#!/bin/sh\nexec java -XX:+UseSerialGC -cp "%s" Main\n' "$CROSSCHECK_ADAPTER_HOME/classes$path" >"$CROSSCHECK_ADAPTER_HOME/adapter"
chmod +x "$CROSSCHECK_ADAPTER_HOME/adapter"
finish "$1"
