#!/usr/bin/env bash
# Installs what is missing, builds, and runs all tests. Arguments are passed to ctest.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs/install-packages.sh --tests
jobs/install-packages.sh --fuzz || echo "run.sh: clang can not be installed here: the readers will not be fuzzed" >&2
[[ -f build/tests/build.ninja ]] || cmake -G Ninja -S . -B build/tests -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build build/tests -- --quiet
exec ctest --test-dir build/tests --parallel 2 --output-on-failure "$@"
