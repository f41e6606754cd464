#!/usr/bin/env bash
# Sampled components on monotone problems, in two tables: evaluations that methods take on a mean of 3000 bilinear games and on the
# worst mixture of the groups of w8a, and residuals on the policeman and burglar game next to those of a reference.
#   jobs/compare-halpern-games.sh [-o DIR]      on this machine, all cores; a few minutes; data sets in VIREO_DATA, else ../shared/data
set -euo pipefail
source "${VIREO_HOME:-${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}}/jobs/here.sh"  # SLURM runs a copy of this file from elsewhere
output=vireo-run
if [[ ${1:-} == -o ]]; then
  output=$2
  shift 2
fi
vireo_program
"$vireo_home/jobs/sweep.py" "$vireo_home/jobs/studies/halpern-games.toml" -o "$output/halpern-games" "$@"
"$vireo_home/jobs/sweep.py" "$vireo_home/jobs/studies/policeman-burglar.toml" -o "$output/policeman-burglar"
