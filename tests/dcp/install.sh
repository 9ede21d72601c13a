#!/usr/bin/env bash
# Installs the real DCP programs that the gateway is tested with, at the versions of the lock files beside this script:
#   DIR/client  npm dcp-client 5.6.1 and kvin 9.0.0
#   DIR/worker  npm dcp-worker 3.3.19, with the dcp-client 4.4.29 of its own
#   DIR/python  PyPI dcp 3.4.3 in a virtual environment
# Does nothing for a part that is there already. Nothing is started, no key is made.
#
# usage: install.sh [DIR]      (default: build/dcp; it must not lie below a folder that everybody may write,
#                               for dcp-worker refuses such places)
set -euo pipefail

python="${PYTHON:-python3.11}"
for program in node npm "$python"; do
  if ! command -v "$program" >/dev/null; then
    echo "The DCP tests need $program, which is not installed (Node.js 18 or later, with npm, and Python 3.11)." >&2
    exit 3
  fi
done
if [ "$(node --print 'Number.parseInt(process.versions.node) >= 18')" != true ]; then
  echo "The DCP tests need Node.js 18 or later; here is $(node --version)." >&2
  exit 3
fi

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
target="${1:-$here/../../build/dcp}"
mkdir -p "$target"
target="$(cd "$target" && pwd)"

# The stamp of a part holds the lock file that it was installed from.
is_installed() { cmp -s "$1" "$target/$2.installed"; }

for part in client worker; do
  lock="$here/npm/$part/package-lock.json"
  is_installed "$lock" "$part" && continue
  echo "installing npm packages: $part" >&2
  mkdir -p "$target/$part"
  cp "$here/npm/$part/package.json" "$lock" "$target/$part/"
  (cd "$target/$part" && npm ci --no-audit --no-fund --loglevel=error >&2)
  cp "$lock" "$target/$part.installed"
done

lock="$here/requirements.txt"
if ! is_installed "$lock" python; then
  echo "installing Python packages" >&2
  rm -rf "$target/python"
  "$python" -m venv "$target/python"
  "$target/python/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$lock" >&2
  cp "$lock" "$target/python.installed"
fi
