#!/usr/bin/env bash
# Runs the tests of python/ with the first interpreter that has numpy and zstandard; PYTHON names another.
# What needs h5py, pyarrow, torch or transformers is skipped, and said to be, where these are not installed.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -z "${TESSERA:-}" ] || export TESSERA="$(realpath "$TESSERA")"
for python in ${PYTHON:-python3 /usr/bin/python3}; do
    if "$python" -c 'import numpy, zstandard' 2>/dev/null; then
        cd python
        exec "$python" -m unittest discover -t . -s tests
    fi
done
echo "tests of python/ skipped: no python3 with numpy and zstandard (apt: python3-numpy python3-zstandard)" >&2
