#!/usr/bin/env bash
# The runs of a table for sweep.sbatch: jobs/sweep-lines.sh TABLE says how many there are, jobs/sweep-lines.sh TABLE K prints the K-th.
# Refuses a table in which two runs have one name, since they would write the same files.
set -euo pipefail
[[ -r ${1:?sweep-lines.sh: give a table} ]] || { echo "sweep-lines.sh: $1: cannot be read" >&2; exit 3; }
runs=$(sed -e 's/^[[:space:]]*//' -e '/^#/d' -e '/^$/d' "$1")
[[ -n $runs ]] || { echo "sweep-lines.sh: $1: holds no runs" >&2; exit 3; }
twice=$(awk '{print $1}' <<< "$runs" | sort | uniq -d | head -n 1)
[[ -z $twice ]] || { echo "sweep-lines.sh: $1: two runs are named '$twice'" >&2; exit 3; }
count=$(wc -l <<< "$runs")
if [[ $# -eq 1 ]]; then
  echo "$count"
elif [[ $2 -ge 1 && $2 -le $count ]]; then
  sed -n "$2p" <<< "$runs"
else
  echo "sweep-lines.sh: $1: holds $count runs, and there is no run $2" >&2
  exit 3
fi
