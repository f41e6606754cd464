#!/usr/bin/env bash
# Installs what is missing, builds, and runs on this machine.
#   jobs/local.sh                  the main job: MASHA1 with Rand-k up, and with 8 bits a number both ways, against uncompressed extragradient
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

if [[ $# -gt 0 ]]; then
  exec "${launch[@]}" "$VIREO" solve "$@"
fi

# The embedded default problem: a saddle point over 64 workers that differ. All runs go to the same residual, each method as it is by default.
mkdir -p vireo-run
problem=(--problem bilinear:dimension=200,condition=30 --workers 64 --tolerance 1e-6 --trace-every 10 --overwrite)
solve() { "${launch[@]}" "$VIREO" solve "${problem[@]}" "$@"; }
solve --method extragradient --trace vireo-run/extragradient.h5
solve --method masha1 --uplink randk:fraction=0.02 --trace vireo-run/masha1-randk-up.h5
solve --method masha1 --uplink dithering --downlink dithering --trace vireo-run/masha1-both-ways.h5
/usr/bin/python3 "$vireo_home/jobs/compare_runs.py" vireo-run/extragradient.h5 "uncompressed extragradient" \
  vireo-run/masha1-randk-up.h5 "MASHA1, Rand-2 % up" vireo-run/masha1-both-ways.h5 "MASHA1, 8 bits both ways"
