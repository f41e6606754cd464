#!/usr/bin/env bash
# Installs what is missing, builds, runs tests, and names the slowest:
#   tests/run.sh [CTEST ARGUMENTS...]            all tests
#   tests/run.sh --quick [CTEST ARGUMENTS...]    those to run while writing code: less than a minute on two cores, once they are built
#   tests/run.sh --long                          hours: tests/long.sh
set -euo pipefail
cd "$(dirname "$0")/.."
what=all
case ${1:-} in
  --quick) what=quick; shift ;;
  --long) shift; exec tests/long.sh "$@" ;;
esac
jobs/install-packages.sh --tests
[[ $what == quick ]] || jobs/install-packages.sh --fuzz || echo "run.sh: clang can not be installed here: the readers will not be fuzzed" >&2
[[ -f build/tests/build.ninja ]] || cmake -G Ninja -S . -B build/tests -DCMAKE_BUILD_TYPE=Release >/dev/null
if [[ $what == quick ]]; then
  cmake --build build/tests --target quick_tests -- --quiet
  set -- --label-regex quick "$@"
else
  cmake --build build/tests -- --quiet
fi
times=$PWD/build/tests/times.xml
rm -f "$times"
# Four at once suit two cores: half of the time tests wait, for mpirun to start or for what they have started to end.
code=0
ctest --test-dir build/tests --parallel 4 --output-on-failure --output-junit "$times" "$@" || code=$?
[[ ! -f $times ]] || tools/slowest-tests.py "$times"
exit $code
