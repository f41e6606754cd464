#!/usr/bin/env bash
# Builds with sanitizers, at -O1, and runs tests with them:
#   tests/sanitized.sh address|thread [CTEST ARGUMENTS...]
# address: AddressSanitizer and UndefinedBehaviorSanitizer, on the quick tests. thread: ThreadSanitizer, on those of the simulated ranks, which are
# threads. With arguments for ctest everything is built, and they choose what is run.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?address or thread}
shift
case $kind in
  address) sanitizers=address,undefined targets=(quick_tests) tests=(--label-regex quick) ;;
  thread)
    sanitizers=thread targets=(simulated_test communicator_test exchange_test resume_test)
    tests=(--tests-regex '^(simulated_test|(communicator|exchange|resume)_test\.ranks1)$') ;;
  *) echo "sanitized.sh: address or thread, not '$kind'" >&2; exit 2 ;;
esac
[[ $# -eq 0 ]] || targets=(all) tests=("$@")
jobs/install-packages.sh --tests
folder=build/sanitized-$kind
[[ -f $folder/build.ninja ]] || cmake -G Ninja -S . -B "$folder" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" \
  -DVIREO_SANITIZE="$sanitizers" -DVIREO_FUZZ=OFF >/dev/null
cmake --build "$folder" --target "${targets[@]}" -- --quiet
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}
times=$PWD/$folder/times.xml
code=0
ctest --test-dir "$folder" --parallel 2 --output-on-failure --output-junit "$times" "${tests[@]}" || code=$?
[[ ! -f $times ]] || tools/slowest-tests.py "$times" 5
exit $code
