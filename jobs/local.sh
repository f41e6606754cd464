#!/usr/bin/env bash
# Installs what is missing, builds, and runs on this machine.
#   jobs/local.sh                  the main job: MASHA1 with Rand-k against uncompressed extragradient, on 2 ranks
#   jobs/local.sh --both-ways      the same with Rand-k on the downlink as well
#   jobs/local.sh ARGUMENTS...     vireo solve ARGUMENTS... on 2 ranks instead (RANKS=4 for another number)
# VIREO names the program (default: build/release/vireo, which is built; the installed one, where the jobs are installed).
set -euo pipefail
source "$(dirname "$0")/here.sh"
vireo_program

if [[ $(id -u) -eq 0 ]]; then  # Open MPI refuses to run as root unless told twice
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
ranks=${RANKS:-2}
launch=(mpirun -n "$ranks" --bind-to none)
if [[ $ranks -gt $(nproc) ]]; then
  launch+=(--oversubscribe --mca mpi_yield_when_idle 1)
fi

downlink=none
if [[ ${1:-} == --both-ways ]]; then
  downlink=randk:fraction=0.5
  shift
fi
if [[ $# -gt 0 ]]; then
  exec "${launch[@]}" "$VIREO" solve "$@"
fi

# The embedded default problem: a saddle point over 64 workers that differ. Both methods run to the same residual, by default: MASHA1's
# step is adaptive, extragradient's is within a tenth of its best, which a theorem allows.
mkdir -p vireo-run
problem=(--problem bilinear:dimension=200,condition=30 --workers 64 --tolerance 1e-6 --trace-every 20 --overwrite)
"${launch[@]}" "$VIREO" solve "${problem[@]}" --method extragradient --trace vireo-run/extragradient.h5
"${launch[@]}" "$VIREO" solve "${problem[@]}" --method masha1 \
  --uplink randk:fraction=0.02 --downlink "$downlink" --trace vireo-run/masha1.h5
/usr/bin/python3 "$vireo_home/jobs/compare_runs.py" vireo-run/masha1.h5 vireo-run/extragradient.h5
