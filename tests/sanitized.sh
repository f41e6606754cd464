#!/usr/bin/env bash
# Builds with sanitizers, at -O1, and runs tests with them:
#   tests/sanitized.sh address|thread                       what is run for every change
#   tests/sanitized.sh address|thread CTEST ARGUMENTS...    everything is built, and what the arguments choose is run
# address: AddressSanitizer and UndefinedBehaviorSanitizer, on the quick tests. thread: ThreadSanitizer, on those of the simulated ranks, which are
# threads. For every change, UndefinedBehaviorSanitizer looks for what AddressSanitizer does not see, and not at each pointer: that would make
# compiling half as long again. A dozen files of the library are compiled as one, so that what they have in anonymous namespaces must not be called
# alike: a function or constant whose name says little is better a member of its class, and there is a list of exceptions in CMakeLists.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?address or thread}
shift
folder=build/sanitized-$kind flags="-O1 -g1" link=
case $kind in
  address)
    sanitizers=address,signed-integer-overflow,shift,integer-divide-by-zero,float-cast-overflow,bounds,bool,enum,return,unreachable
    targets=(quick_tests) tests=(--label-regex quick --label-exclude system)
    if [[ $# -gt 0 ]]; then
      folder+=-all sanitizers=address,undefined
    fi ;;
  thread)
    # The objects hold what link-time optimisation needs as well, though no program is linked so: tools/check-odr.sh looks at them.
    sanitizers=thread flags+=" -flto -ffat-lto-objects" link=-fno-lto
    targets=(simulated_test communicator_test exchange_test resume_test)
    tests=(--tests-regex '^(simulated_test|(communicator|exchange|resume)_test\.ranks1)$') ;;
  *) echo "sanitized.sh: address or thread, not '$kind'" >&2; exit 2 ;;
esac
[[ $# -eq 0 ]] || targets=(all) tests=("$@")
jobs/install-packages.sh --tests
[[ -f $folder/build.ninja ]] || cmake -G Ninja -S . -B "$folder" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="$flags" \
  -DCMAKE_EXE_LINKER_FLAGS="$link" -DVIREO_SANITIZE="$sanitizers" -DVIREO_UNITY=ON -DVIREO_FUZZ=OFF >/dev/null
cmake --build "$folder" --target "${targets[@]}" -- --quiet
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}
times=$PWD/$folder/times.xml
code=0
ctest --test-dir "$folder" --parallel 2 --output-on-failure --output-junit "$times" "${tests[@]}" || code=$?
[[ ! -f $times ]] || tools/slowest-tests.py "$times" 5
exit $code
