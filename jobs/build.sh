#!/usr/bin/env bash
# Configures (once) and builds: jobs/build.sh PRESET [CMAKE OPTIONS...]; the build is in build/PRESET.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift
[[ -f build/$preset/build.ninja ]] || cmake --preset "$preset" "$@" >/dev/null
cmake --build --preset "$preset" -- --quiet
