#!/usr/bin/env bash
# Compressed methods against extragradient, each at its best step, and one table of iterations, bytes and oracle calls.
#   jobs/compare-masha.sh [--quick] [-o DIR]       on this machine, all cores
#   sbatch --array=0-15 jobs/compare-masha.sh -o DIR    shares of the runs on a cluster; then: jobs/compare-masha.sh -o DIR --table
#SBATCH --job-name=vireo-compare --ntasks=1 --time=02:00:00
set -euo pipefail
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}"
share=()
if [[ -n ${SLURM_ARRAY_TASK_ID:-} ]]; then
  share=(--task "$SLURM_ARRAY_TASK_ID" --of "$SLURM_ARRAY_TASK_COUNT")
else
  jobs/install-packages.sh
  [[ -n ${VIREO:-} ]] || jobs/build.sh release -DVIREO_TESTS=OFF
fi
exec jobs/sweep.py jobs/studies/masha.toml "${share[@]}" "$@"
