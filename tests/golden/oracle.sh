#!/bin/sh
# Make the expected outputs anew with the real Mojo compiler: tests/golden/oracle.sh [PROGRAM.mojo ...]
#
# Beside each PROGRAM.mojo (a path from the repository's root) stands PROGRAM.out, its standard output; its line in
# oracle.sums holds the source's SHA-256 and the exit code. Without arguments all programs here and under examples/
# whose source changed are run. MOJO names the compiler.
set -eu
cd "$(dirname "$0")/../.."
sums=tests/golden/oracle.sums
MOJO=${MOJO:-mojo}
command -v "$MOJO" >/dev/null || { echo "oracle.sh: no Mojo compiler (pip install mojo==1.2.0 somewhere, set MOJO)" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$sums"
if [ $# -eq 0 ]; then
    set -- $(find tests/golden examples -name '*.mojo' | LC_ALL=C sort)
    all=yes
fi
for program in "$@"; do
    name=$program
    hash=$(sha256sum "$name" | cut -d' ' -f1)
    if [ "${all:-}" ] && grep -q "^$hash [0-9]* $name\$" "$sums"; then continue; fi
    # No fused multiply-add, 128-bit SIMD: what WebAssembly has.
    if ! MODULAR_TELEMETRY_ENABLED=0 "$MOJO" build --fp-mode contract=off --target-triple x86_64-unknown-linux-gnu \
        --target-cpu x86-64-v2 "$name" -o "$work/program" >"$work/log" 2>&1; then
        echo "$name: refused"; cat "$work/log"; continue
    fi
    code=0
    case $name in
        tests/golden/*) "$work/program" one "two words" drei >"${name%.mojo}.out" 2>/dev/null || code=$? ;;
        *) "$work/program" >"${name%.mojo}.out" 2>/dev/null || code=$? ;;
    esac
    # A failed check dies of SIGILL there and exits with 1 here; a place in a file is told by its name alone.
    [ "$code" = 132 ] && code=1
    sed -i "s;\(At:\{0,1\}\|ABORT:\) [^ ]*/\([^/ ]*\.mojo\);\1 \2;" "${name%.mojo}.out"
    grep -v " $name\$" "$sums" >"$work/sums" || true
    echo "$hash $code $name" >>"$work/sums"
    LC_ALL=C sort -k3 "$work/sums" >"$sums"
    echo "$name: exit $code"
done
