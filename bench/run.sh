#!/usr/bin/env bash
# Installs what is missing, builds the preset `native`, runs all benches, and ends with one table: what was measured, what it
# must reach, and whether it does. Takes about four minutes. The real data sets are looked for in VIREO_DATA, else in ../shared/data.
#   bench/run.sh                      everything; the bench of checkpoints writes 5 GB, 1 GB at a time, to build/native/bench/results
#   bench/run.sh --benchmark_filter=REGEX and other options of Google Benchmark are passed to every bench but that of checkpoints, which is left out then
set -euo pipefail
cd "$(dirname "$0")/.."
jobs/install-packages.sh --bench
jobs/build.sh native

if [[ $(id -u) -eq 0 ]]; then  # Open MPI refuses to run as root unless told twice
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
results=build/native/bench/results
rm -rf "$results"
mkdir -p "$results"

# run NAME PROGRAM... [-- OPTIONS FOR THE PROGRAM]
run() {
  local name=$1
  shift
  echo "== $name"
  "$@" --benchmark_out="$results/$name.json" --benchmark_out_format=json --benchmark_color=false "${options[@]}" 2>&1 | grep -v '^\*\*\*WARNING\*\*\* Library was built'
}
options=("$@")
for bench in bilinear logistic libsvm sampled compressors particles; do
  run "$bench" "build/native/bench/${bench}_bench"
done
for ranks in 2 3 4; do
  run "exchange-$ranks" mpirun -n "$ranks" --oversubscribe --bind-to none --mca mpi_yield_when_idle 1 build/native/bench/exchange_bench
done
checkpoint=()
if [[ $# -eq 0 ]]; then  # not Google's, so that its options do not hold for it
  echo "== checkpoint"
  checkpoint=("$results/checkpoint.json")
  mpirun -n 2 --oversubscribe --bind-to none --mca mpi_yield_when_idle 1 build/native/bench/checkpoint_rate "$results" "${checkpoint[@]}"
fi
/usr/bin/python3 bench/topk_peers.py "$results/compressors.json" > "$results/topk-peers.json"
/usr/bin/python3 bench/cbo_numpy.py "$results/cbo_numpy.json"
/usr/bin/python3 bench/closing_table.py "$results"/{bilinear,logistic,libsvm,sampled,compressors,topk-peers,particles,cbo_numpy,exchange-{2,3,4}}.json "${checkpoint[@]}"
