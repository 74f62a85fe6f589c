#!/usr/bin/env bash
# Times each stage of tessera beside the peers that are installed, both in one run, and prints ratios of medians.
#   Benchmarks/run.sh [STAGE...]         all stages without arguments
# DUMP=file.xml.bz2 gives the dump to use; PYTHON the interpreter that has the peers (pip: see Benchmarks/README.md).
set -euo pipefail
cd "$(dirname "$0")/.."
exec "${PYTHON:-python3}" Benchmarks/compare.py --tessera .build/release/tessera ${DUMP:+--dump "$DUMP"} "$@"
