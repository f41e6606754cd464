#!/usr/bin/env bash
# What takes hours, and is run by hand before a release:
#   tests/long.sh [STEP...]      default: all of them, in this order; one that fails does not keep the others from being run
# Steps are the functions step_* below: a new one is a function, and its name in the list at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

step_lint() {
  jobs/install-packages.sh --lint
  tools/check-sizes.py && tools/check-format.sh && tools/tidy.sh
}

step_tests() { tests/run.sh; }

# Not under sanitizers: what measures memory or time, installs packages that build without them, or is fuzzed anyhow; hosts and SLURM, whose
# processes they slow down beyond what a cluster's daemons wait for.
step_address() { tests/sanitized.sh address --exclude-regex '^(package|bad_input|particles_memory|slurm|hosts|fuzz_.*)_test$'; }

# Open MPI itself is not built with ThreadSanitizer: under mpirun it would see races that are none.
step_thread() { tests/sanitized.sh thread --label-regex 'quick|slow' --exclude-regex '^(particles_memory|slurm|hosts)_test$' --label-exclude system; }

# An hour for each of the readers, two at a time, on the corpus that grows in build/tests/fuzz.
step_fuzz() {
  printf '%s\n' checkpoint config libsvm matrix matrix_market spec trace | xargs -n 1 -P 2 -I NAME tests/fuzz/run.sh NAME 3600
}

# A hundred faults of the disk, of which the tests try some.
step_faults() {
  [[ -f build/tests/build.ninja ]] || cmake -G Ninja -S . -B build/tests -DCMAKE_BUILD_TYPE=Release >/dev/null
  cmake --build build/tests --target vireo_program faulty_disk -- --quiet
  FAULTS=100 ctest --test-dir build/tests -R '^injected_faults_test$' --output-on-failure
}

# A thousand damaged, resealed and hand-made files, given to every command.
step_damaged() {
  [[ -f build/tests/build.ninja ]] || cmake -G Ninja -S . -B build/tests -DCMAKE_BUILD_TYPE=Release >/dev/null
  cmake --build build/tests --target vireo_program seal_program -- --quiet
  FILES=1000 ctest --test-dir build/tests -R '^damaged_files_test$' --timeout 7200 --verbose
}

# Two runs on one file, twenty pairs at random offsets: on this machine, and over an NFS mount of it on itself.
step_pairs() {
  [[ -f build/tests/build.ninja ]] || cmake -G Ninja -S . -B build/tests -DCMAKE_BUILD_TYPE=Release >/dev/null
  cmake --build build/tests --target vireo_program no_locks -- --quiet
  PAIRS=20 ctest --test-dir build/tests -R '^two_runs_test$' --output-on-failure
  tests/nfs.sh env PAIRS=20 ctest --test-dir build/tests -R '^two_runs_test$' --output-on-failure || [[ $? -eq 77 ]]
}

# What the tests have a smaller number of for every change: kills of a run, and real data dealt out to other numbers of workers.
step_numbers() {
  [[ -f build/tests/build.ninja ]] || cmake -G Ninja -S . -B build/tests -DCMAKE_BUILD_TYPE=Release >/dev/null
  cmake --build build/tests --target vireo_program -- --quiet
  KILLS=100 VIREO_ALL_DATA=1 ctest --test-dir build/tests -R '^(kill|real_data)_test$' --output-on-failure
}

# A thousand random runs under the bounds that methods state, and two hundred hard problems for each theorem on a step.
step_theorems() {
  [[ -f build/tests/build.ninja ]] || cmake -G Ninja -S . -B build/tests -DCMAKE_BUILD_TYPE=Release >/dev/null
  cmake --build build/tests --target bounds_test exact_moments_test -- --quiet
  VIREO_BOUNDS=1000 VIREO_ADVERSARIES=200 ctest --test-dir build/tests -R '^(bounds|exact_moments)_test$' --output-on-failure
}

# How far estimates of constants are from the truth: the tables of estimate_constants.hpp
step_estimates() {
  [[ -f build/tests/build.ninja ]] || cmake -G Ninja -S . -B build/tests -DCMAKE_BUILD_TYPE=Release >/dev/null
  cmake --build build/tests --target estimate_constants_test -- --quiet
  local test=build/tests/tests/problems/estimate_constants_test
  VIREO_ESTIMATES=504 "$test" && VIREO_DIMENSION=150 VIREO_ESTIMATES=70 "$test"
}

[[ $# -gt 0 ]] || set -- lint tests address thread fuzz faults damaged pairs numbers theorems estimates
summary=() failed=0
for step in "$@"; do
  start=$SECONDS outcome=passed
  echo "== $step"
  # in a shell of its own, in which the first command that fails ends the step
  (set -e; declare -F "step_$step" >/dev/null || { echo "long.sh: no step '$step'" >&2; exit 2; }; "step_$step") & 
  wait $! || { outcome=FAILED; failed=1; }
  summary+=("$(printf '%7d s  %-8s %s' $((SECONDS - start)) "$step" "$outcome")")
done
printf '%s\n' "== in $SECONDS s:" "${summary[@]}"
exit $failed
