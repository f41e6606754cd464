#!/usr/bin/env bash
# Time to the same residual on a slow network: four hosts (network namespaces) whose links carry 100 Mbit/s, extragradient against
# masha1 with 9 and 8 bits a number both ways, and the bytes that crossed the links by the interfaces' own counters. Needs root.
#   bench/hosts.sh [--rate 100mbit] [--hosts 4] [--dimension 200000] [--tolerance 1e-3]
# Ends with a table and the ratio; leaves nothing behind but the traces in build/hosts/. Takes about five minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

rate=100mbit hosts=4 dimension=200000 tolerance=1e-3
while [[ $# -gt 0 ]]; do
  case $1 in
    --rate | --hosts | --dimension | --tolerance) declare "${1#--}=${2:?$1 needs a value}"; shift 2 ;;
    *) echo "hosts.sh: unknown option '$1'; see its first lines" >&2; exit 2 ;;
  esac
done
[[ $(id -u) -eq 0 ]] || { echo "hosts.sh: network namespaces need root" >&2; exit 1; }

jobs/install-packages.sh --hosts
[[ -n ${VIREO:-} ]] || jobs/build.sh release -DVIREO_TESTS=OFF
program=$(realpath "${VIREO:-build/release/vireo}")
source tests/support/namespaces.sh
trap hosts_down EXIT
hosts_up "$hosts" "$rate"

folder=build/hosts
rm -rf "$folder"
mkdir -p "$folder"
problem=(--problem "bilinear:structure=sparse,dimension=$dimension,components=$hosts,condition=20" --workers "$hosts")
# Rows of the trace would cost exchanges that are no method's: there is one at the end.
stop=(--tolerance 0 --relative-tolerance "$tolerance" --check-every 10 --trace-every 2000)

# run NAME ITERATIONS ARGUMENTS...: a run over all hosts, of at most so many iterations (exit code 5 says that they were not
# enough); its last line and what crossed the links are kept
run() {
  local name=$1 iterations=$2 before after
  shift 2
  echo "== $name: $*"
  before=$(hosts_sent)
  hosts_mpirun -n "$hosts" "$program" solve "${problem[@]}" "${stop[@]}" --max-iterations "$iterations" "$@" --trace "$folder/$name.h5" --quiet |
    tee "$folder/$name.json" || [[ ${PIPESTATUS[0]} -eq 5 ]]
  after=$(hosts_sent)
  echo $((after - before)) > "$folder/$name.sent"
}

# What starting a job and finding the problem's constants moves, which no method is charged for.
run setup 1 --method extragradient

# Each at the largest step that works here. Extragradient's exchange is dense reduce-scatter and allgather in one message to each
# host, which a link of 100 Mbit/s carries at its full rate; MPI_Allreduce reaches a third of it.
run extragradient 2000 --method "extragradient:step=1.076x"
masha=masha1:refresh=next,probability=0.9,snapshot=[natural],step=0.35
run masha1-natural 2000 --method "$masha" --uplink natural --downlink natural
run masha1-dithering 2000 --method "$masha" --uplink dithering --downlink dithering
/usr/bin/python3 bench/hosts_table.py "$folder" extragradient masha1-natural masha1-dithering
