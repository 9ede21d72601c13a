#!/usr/bin/env bash
# Fetches what Python jobs of DCP run on into a directory: Pyodide (CPython for WebAssembly), numpy and cloudpickle,
# at the versions and digests of meshnode.sandbox.javascript.pyodide_files. Does nothing for files that are there already.
#
# Pyodide comes from its npm package. numpy for Pyodide is in no registry by itself: the wheel that the Pyodide project
# built is taken out of the npm package @bentopdf/pymupdf-wasm, of which nothing else is kept. cloudpickle comes from PyPI.
#
# usage: fetch_pyodide.sh [DIR]      (default: build/dcp/pyodide)
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
target="${1:-$here/../../build/dcp/pyodide}"
python="${PYTHON:-python3.11}"

pyodide=pyodide@0.28.2
pyodide_sha512=2BrZHrALvhYZfIuTGDHOvyiirHNLziHfBiBb1tpBFzLgAvDBb2ACxNPFFROCOzLnqapORmgArDYY8mJmMWH1Eg==
carrier=@bentopdf/pymupdf-wasm@0.11.16
carrier_sha512=GPxxH2BokrS49fJa17mrt3hTBGRIDlMkLfJwk+tk45+ICTmIzcti7ACXT2JHK3FUJX916OQvnrJQb29ZajN3CA==
numpy=numpy-2.2.5-cp313-cp313-pyodide_2025_0_wasm32.whl
cloudpickle=cloudpickle-3.1.1-py3-none-any.whl
digests="
23e89e2adb3efdbaaeb275977d797d91ada6c06d5f6fe38d341b5cc293cfef49  pyodide.js
d95b16f8e3114c802ba89ef50f2727dd53ac253ed8c420a805261c5dfa73e0c0  pyodide.asm.js
bfc24d3d89379e529aabea84e989294cffa797adcdbf8ff74019e690a06488d9  pyodide.asm.wasm
9fb268300c752b54e507b196fcb753e7a15326971e192ebe0396e12778a0df84  python_stdlib.zip
125230b4c3ecd08803e5c43f1162e017c0718d9f253146225a705a952b9c16c2  $numpy
c8c5a44295039331ee9dad40ba100a9c7297b6f988e50e87ccdf3765a668350e  $cloudpickle
"

for program in npm tar sha256sum openssl "$python"; do
  if ! command -v "$program" >/dev/null; then
    echo "Fetching Pyodide needs $program, which is not installed (npm comes with Node.js)." >&2
    exit 3
  fi
done

mkdir -p "$target"
cd "$target"
is_whole() { printf '%s' "$digests" | grep . | sha256sum --check --quiet --strict - >/dev/null 2>&1; }
if is_whole; then exit 0; fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# unpack PACKAGE SHA512: npm checks what it downloads against the registry's own digest; this one is ours.
unpack() {
  local archive
  archive="$work/$(cd "$work" && npm pack --silent "$1")"
  if [ "$(openssl dgst -sha512 -binary "$archive" | openssl base64 -A)" != "$2" ]; then
    echo "npm package $1 is not the one that was tested." >&2
    exit 1
  fi
  tar -xzf "$archive" -C "$work"
}

echo "fetching Pyodide" >&2
unpack "$pyodide" "$pyodide_sha512"
for file in pyodide.js pyodide.asm.js pyodide.asm.wasm python_stdlib.zip; do
  install -m 644 "$work/package/$file" "$file"
done
rm -rf "$work/package"

echo "fetching numpy for Pyodide" >&2
unpack "$carrier" "$carrier_sha512"
install -m 644 "$work/package/assets/$numpy" "$numpy"

echo "fetching cloudpickle" >&2
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$work" cloudpickle==3.1.1
install -m 644 "$work/$cloudpickle" "$cloudpickle"

if ! is_whole; then
  echo "What was fetched into $target is not what was tested." >&2
  exit 1
fi
