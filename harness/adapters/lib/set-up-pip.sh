# Installs what requirements.txt pins into a virtual environment in the adapter's home; run in the
# adapter's folder.
set -eu
home=${CROSSCHECK_ADAPTER_HOME:?names the folder to install into}
mkdir -p "$home"
rm -f "$home/ready"
python3 -m venv "$home/venv"
"$home/venv/bin/pip" install --quiet --no-deps --requirement requirements.txt 1>&2
touch "$home/ready"
