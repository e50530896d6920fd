# Installs what package-lock.json pins into the adapter's home; run in the adapter's folder.
set -eu
home=${CROSSCHECK_ADAPTER_HOME:?names the folder to install into}
mkdir -p "$home"
rm -f "$home/ready"
cp package.json package-lock.json "$home"
# Packages are found from the folder of the file that imports them.
echo 'export default (name) => import(name);' > "$home/import.mjs"
cd "$home"
npm ci --ignore-scripts --omit=dev --no-audit --no-fund 1>&2
touch ready
