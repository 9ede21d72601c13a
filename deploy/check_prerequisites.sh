#!/usr/bin/env bash
# Say what is missing before pip fails halfway: libp2p's fastecdsa is built from source and wants gcc and GMP's headers.
set -eu
python="${1:-python3.11}"
missing=()
command -v "$python" >/dev/null || missing+=("$python (Debian: python3.11 python3.11-venv)")
command -v gcc >/dev/null || missing+=("gcc (Debian: gcc)")
command -v git >/dev/null || missing+=("git (Debian: git)")
if command -v gcc >/dev/null && ! echo '#include <gmp.h>' | gcc -fsyntax-only -x c - 2>/dev/null; then
  missing+=("GMP's headers (Debian: libgmp-dev)")
fi
if [ "${#missing[@]}" -gt 0 ]; then
  printf 'setup: missing: %s\n' "${missing[@]}" >&2
  exit 1
fi
