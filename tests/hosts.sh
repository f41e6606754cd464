#!/usr/bin/env bash
# Four hosts: the same bytes as on one rank; a run is refused whose trace another one writes, on another host; a path that is not on all of them is found out at the start; a host that is cut off in mid-run ends the
# job in bounded time, with nothing left anywhere, and the other three go on from its checkpoint to the bytes of an undisturbed run.
#   tests/hosts.sh     VIREO names the program; needs root, and ends with 77 (skipped) where there can be no network namespaces
set -euo pipefail
cd "$(dirname "$0")/.."
skip() { echo "SKIPPED: $*"; exit 77; }
[[ $(id -u) -eq 0 ]] || skip "network namespaces need root"
command -v ip >/dev/null || jobs/install-packages.sh --hosts || skip "iproute2 can not be installed here"
VIREO=$(realpath "${VIREO:-build/tests/vireo}")
root=$PWD
source tests/support/namespaces.sh

folder=$(mktemp -d /tmp/vireo-hosts-test-XXXXXX)
fail() {
  echo "FAILED: $*" >&2
  tail -n 30 out err >&2 || true
  exit 1
}
trap 'hosts_down; rm -rf "$folder"' EXIT
hosts_up 4 || skip "there can be no network namespaces here"
cd "$folder"

run=(--problem "bilinear:dimension=2000,components=12,structure=sparse" --workers 8 --method "masha1:step=0.05x" --uplink randk:fraction=0.2
     --trace-every 10 --tolerance 0 --quiet)
# expect CODE COMMAND...: its output is in out and err
expect() {
  local wanted=$1 code=0
  shift
  "$@" >out 2>err || code=$?
  [[ $code -eq $wanted ]] || fail "ended with $code, not $wanted: $*"
}
same_run() { PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$root/tests/support/same_run.py" "$@" || fail "same_run.py $*"; }
rows() { HDF5_USE_FILE_LOCKING=FALSE /usr/bin/python3 -c "import h5py; print(len(h5py.File('$1')['trace/iteration']))" 2>/dev/null || echo 0; }
undisturbed() { expect 5 "$VIREO" solve "${run[@]}" --max-iterations "$1" --trace whole.h5 --overwrite; }

echo "-- four hosts and one rank"
undisturbed 200
expect 5 hosts_mpirun -n 4 "$VIREO" solve "${run[@]}" --max-iterations 200 --trace four.h5
same_run four.h5 whole.h5 1

echo "-- a folder that one host has for itself"
mkdir own
hosts_alone vireo3 "$folder/own"
for option in trace checkpoint; do
  expect 6 hosts_mpirun -n 4 "$VIREO" solve "${run[@]}" --max-iterations 200 "--$option" own/file.h5
  [[ $(grep -c "vireo: error:" err) -eq 1 ]] || fail "not one line about --$option"
  grep -q -- "vireo: error: --$option: $folder/own/file.h5: .* is not on a file system that is shared with vireo3" err || fail "the line about --$option"
  [[ -z $(ls own) ]] || fail "something is left in the folder: $(ls own)"
done

echo "-- a host that is cut off"
hosts_mpirun -n 4 "$VIREO" solve "${run[@]}" --max-iterations none --trace cut.h5 --checkpoint cut.ckpt.h5 --checkpoint-every 50 >out 2>err &
job=$!
for ((tries = 0; tries < 300; ++tries)); do
  if [[ -f cut.ckpt.h5.previous && $(rows cut.h5) -gt 20 ]]; then break; fi
  kill -0 "$job" 2>/dev/null || fail "the run ended by itself"
  sleep 0.2
done
refused="vireo: error: --trace: $folder/cut.h5: is in use by another run: process [0-9]* on host vireo1, which began at "
code=0
hosts_mpirun -n 2 "$VIREO" solve "${run[@]}" --max-iterations 200 --trace cut.h5 --overwrite 2>refused || code=$?
[[ $code -eq 6 ]] && grep -q "$refused" refused || fail "the second run on a trace ended with $code: $(cat refused)"
hosts_cut vireo4
# The keepalive takes 8 s; a minute is for a machine that is busy.
for ((tries = 0; tries < 600; ++tries)); do
  kill -0 "$job" 2>/dev/null || break
  sleep 0.1
done
kill -0 "$job" 2>/dev/null && fail "the run hangs after a host was cut off"
code=0
wait "$job" || code=$?
[[ $code -ne 0 && $code -ne 75 ]] || fail "ended with $code after a host was cut off"
[[ $(grep -c "vireo4" err) -eq 1 ]] || fail "not one line that names the host"
! grep -q "vireo: error" err || fail "a rank complains of what is the launcher's to say"
for ((tries = 0; tries < 100; ++tries)); do
  left=$(for host in 1 2 3 4; do ip netns pids "vireo$host"; done)
  [[ -n $left ]] || break
  sleep 0.3
done
[[ -z $left ]] || fail "still there: $left"

before=$(rows cut.h5)
last=$((10 * before + 100))
HOSTS_USE=3 expect 5 hosts_mpirun -n 3 "$VIREO" resume cut.ckpt.h5 --max-iterations "$last" --quiet
undisturbed "$last"
same_run cut.h5 whole.h5 2
echo "All is well, in $SECONDS s; the job with a host cut off ended with $code after $before rows."
