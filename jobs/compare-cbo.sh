#!/usr/bin/env bash
# Success rates of the particle methods, beside published ones: one table for each kind of problem. Takes about ten minutes on two cores.
#   jobs/compare-cbo.sh [--quick] [-o DIR]
#SBATCH --job-name=vireo-compare-cbo --ntasks=1 --time=02:00:00
set -euo pipefail
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}"
if [[ -z ${VIREO:-} ]]; then
  jobs/install-packages.sh
  jobs/build.sh release -DVIREO_TESTS=OFF
fi
exec /usr/bin/python3 jobs/success.py jobs/studies/cbo.toml "$@"
