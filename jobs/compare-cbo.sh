#!/usr/bin/env bash
# Success rates of the particle methods, beside published ones: one table for each kind of problem. Takes about ten minutes on two cores.
#   jobs/compare-cbo.sh [--quick] [-o DIR]
#SBATCH --job-name=vireo-compare-cbo --ntasks=1 --time=02:00:00
set -euo pipefail
source "${VIREO_HOME:-${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}}/jobs/here.sh"  # SLURM runs a copy of this file from elsewhere
if [[ -z ${VIREO:-} ]]; then vireo_program; fi
exec /usr/bin/python3 "$vireo_home/jobs/success.py" "$vireo_home/jobs/studies/cbo.toml" "$@"
