#!/usr/bin/env bash
# Builds mediasoup's worker from the source inside its npm package, against Debian's libraries. No network.
# Reads the package and changes nothing in it. Which Debian packages it wants: provisioning/setup/debian-packages.mjs.
set -euo pipefail
usage='build.sh MEDIASOUP_PACKAGE_FOLDER OUTPUT_BINARY: builds the worker from the source inside the npm package'
if [ "${1-}" = --help ]; then
  echo "$usage"
  exit 0
elif [ $# -ne 2 ]; then
  echo "two arguments are needed: $usage" >&2
  exit 2
fi
package=$1
output=$2
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cp -r "$package/worker" "$scratch/worker"
rm -rf "$scratch/worker/subprojects"
cp -r "$here/subprojects" "$scratch/worker/subprojects"
# Debian 12 has Meson 1.0.1; the build file asks for 1.1 and uses nothing of it.
sed -i -E "s/(meson_version: '>= )1\.1\.0'/\11.0.0'/" "$scratch/worker/meson.build"

# Optimised for speed like the published binary; assertions stay out, as there.
meson setup "$scratch/out" "$scratch/worker" --buildtype release -Doptimization=3 -Db_ndebug=true
ninja -C "$scratch/out" mediasoup-worker

# Moved into place whole, so that a build that is cut off leaves no half binary behind.
mkdir -p "$(dirname "$output")"
install -s -m 755 "$scratch/out/mediasoup-worker" "$output.new"
mv "$output.new" "$output"
