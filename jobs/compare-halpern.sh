#!/usr/bin/env bash
# Halpern iterations on estimates of F against the deterministic one: tables of evaluations and bytes, and of what they should show.
#   jobs/compare-halpern.sh [PART] [--quick] [-o DIR]    on this machine, all cores; all parts, or one of them,
#   in DIR/PART:
#       sampled      vr-halpern on rotations, n = 1e2 to 1e5
#       compressed   compressed-halpern on rotations, 4 to 64 workers
#   sbatch --array=0-15 jobs/compare-halpern.sh PART -o DIR    shares of the runs on a cluster; then: jobs/compare-halpern.sh PART -o DIR --table
#SBATCH --job-name=vireo-compare --ntasks=1 --time=02:00:00
set -euo pipefail
source "${VIREO_HOME:-${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}}/jobs/here.sh"  # SLURM runs a copy of this file from elsewhere
parts=(sampled compressed)
for part in "${parts[@]}"; do
  if [[ ${1:-} == "$part" ]]; then parts=("$part"); shift; break; fi
done
output=
rest=()
while (($#)); do
  case $1 in
    -o) output=$2; shift 2 ;;
    *) rest+=("$1"); shift ;;
  esac
done
share=()
if [[ -n ${SLURM_ARRAY_TASK_ID:-} ]]; then
  share=(--task "$SLURM_ARRAY_TASK_ID" --of "$SLURM_ARRAY_TASK_COUNT")
else
  vireo_program
fi
for part in "${parts[@]}"; do
  "$vireo_home/jobs/sweep.py" "$vireo_home/jobs/studies/halpern-$part.toml" "${share[@]}" "${rest[@]}" ${output:+-o "$output/$part"}
done
