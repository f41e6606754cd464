#!/usr/bin/env bash
# Fuzzes one reader, by its seeds and what was found in earlier runs:
#   tests/fuzz/run.sh checkpoint|config|libsvm|matrix|matrix_market|spec|trace [SECONDS]     default: 60
# VIREO_FUZZ is the folder with the programs (default: build/tests/fuzz), where the corpus grows too. Ends with 77 (skipped) where there is no clang
# with libFuzzer. An input that is found is kept, and named: the program itself, with it as its argument, runs it again.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=$1
seconds=${2:-60}
folder=$(realpath -m "${VIREO_FUZZ:-build/tests/fuzz}")
program=$folder/${name}_fuzz
[[ -x $program ]] || { echo "SKIPPED: $program is not there: no clang with libFuzzer was found (Debian: clang, libclang-rt-dev) when the tests were configured"; exit 77; }
seeds=tests/fuzz/seeds/$name
mkdir -p "$folder/corpus/$name" "$folder/findings"
TMPDIR=$(mktemp -d /tmp/vireo-fuzz-XXXXXX)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
options=(-max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=1024 -print_final_stats=1 -artifact_prefix="$folder/findings/$name-")
if [[ -f tests/fuzz/$name.dict ]]; then options+=(-dict="tests/fuzz/$name.dict"); fi
log=$TMPDIR/log
if ! "$program" "${options[@]}" "$folder/corpus/$name" "$seeds" >"$log" 2>&1; then
  grep -v '^#' "$log" | tail -n 60
  echo "FAILED: the input is in $folder/findings; once it is mended, keep it as a seed in $seeds"
  exit 1
fi
executed=$(awk '/^stat::number_of_executed_units/ {print $2}' "$log")
count=$(find "$seeds" -type f | wc -l)
[[ $count -gt 0 && $executed -gt $count ]] || { tail "$log"; echo "FAILED: the seeds were not tried"; exit 1; }
echo "$executed inputs in $seconds s, from $count seeds: nothing found"
