#!/usr/bin/env bash
# Compressed methods against uncompressed ones, each as it is by default, and one table of iterations, bytes and oracle calls.
#   jobs/compare-masha.sh [--quick] [-o DIR]       on this machine, all cores
#   sbatch --array=0-15 jobs/compare-masha.sh -o DIR    shares of the runs on a cluster; then: jobs/compare-masha.sh -o DIR --table
#SBATCH --job-name=vireo-compare --ntasks=1 --time=02:00:00
set -euo pipefail
source "${VIREO_HOME:-${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}}/jobs/here.sh"  # SLURM runs a copy of this file from elsewhere
share=()
if [[ -n ${SLURM_ARRAY_TASK_ID:-} ]]; then
  share=(--task "$SLURM_ARRAY_TASK_ID" --of "$SLURM_ARRAY_TASK_COUNT")
else
  vireo_program
fi
exec "$vireo_home/jobs/sweep.py" "$vireo_home/jobs/studies/masha.toml" "${share[@]}" "$@"
