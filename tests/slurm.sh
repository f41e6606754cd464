#!/usr/bin/env bash
# Jobs under a real SLURM with two nodes: one that can not meet its time limit is saved, requeues itself, resumes and ends with the bytes of an
# undisturbed run; so does one that loses a node, on the other node; requeues have a cap; a cancelled job is saved and stays cancelled; every line
# of a sweep is run; srun starts what mpirun starts.
#   tests/slurm.sh     VIREO names the program; needs root, and ends with 77 (skipped) where SLURM can not be installed
set -euo pipefail
cd "$(dirname "$0")/.."
skip() { echo "SKIPPED: $*"; exit 77; }
[[ $(id -u) -eq 0 ]] || skip "a SLURM of one's own needs root"
if ! command -v slurmctld slurmd munged sbatch >/dev/null; then
  jobs/install-packages.sh --slurm || skip "SLURM can not be installed here"
fi
command -v ip >/dev/null || jobs/install-packages.sh --hosts || skip "iproute2 can not be installed here"
VIREO=$(realpath "${VIREO:-build/tests/vireo}")
export VIREO VIREO_HOME=$PWD OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
source tests/support/namespaces.sh
source tests/support/slurm.sh

folder=$(mktemp -d /tmp/vireo-slurm-test-XXXXXX)
fail() {
  echo "FAILED: $*" >&2
  tail -n 40 "$folder"/*.log "$SLURM_HOME"/slurmctld.log >&2 || true
  exit 1
}
trap 'slurm_down; [[ -n ${KEEP:-} ]] || rm -rf "$folder"' EXIT
slurm_up 12 5 || skip "SLURM does not come up here"
cd "$folder"

run=(--problem "bilinear:dimension=2000,components=12,structure=sparse" --workers 6 --method "masha1:step=0.05x" --uplink randk:fraction=0.2
     --trace-every 20 --quiet)
endless=(--tolerance 0 --max-iterations none)
# The processors that are claimed are not there: ranks yield, and are not bound to those that others use.
export VIREO_LAUNCH_OPTIONS="--bind-to none" OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl=tcp,self VIREO_TERM_SECONDS=2

# submit NAME OPTIONS AND SCRIPT...: sbatch, with the files NAME.h5 and so on; prints the id
submit() {
  local name=$1
  shift
  VIREO_RUN=$folder/$name sbatch --parsable --time=1 --output="$name.log" "$@"
}
field() { scontrol show job "$1" | grep -o "\b$2=[^ ]*" | head -n 1 | cut -d= -f2; }
# wait_for SECONDS WHAT COMMAND...
wait_for() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [[ $SECONDS -lt $end ]] || fail "waited too long for: $what"
    sleep 0.3
  done
}
state_is() { [[ $(field "$1" JobState) == "$2" ]]; }
requeued() { state_is "$1" PENDING && [[ $(field "$1" Restarts) -ge ${2:-1} ]]; }
over() { [[ $(field "$1" JobState) =~ COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL ]]; }
# A job that has requeued itself waits for two minutes. Some seconds it must: SLURM may still be ending the step of the start before, and would end
# the new one, of the same number, with it.
lift() { sleep 8; scontrol update JobId="$1" StartTime=now; }
said() { grep -q -- "$2" "$1.log" || fail "$1.log does not say: $2"; }
ended_with() { [[ $(field "$2" JobState) == "$3" && $(field "$2" ExitCode) == "$4" ]] || fail "$1 is $(field "$2" JobState) with $(field "$2" ExitCode)"; }
undisturbed() {
  local last
  last=$(/usr/bin/python3 -c "import h5py; print(h5py.File('$1.h5')['trace/iteration'][-1])")
  "$VIREO" solve "${run[@]}" --tolerance 0 --max-iterations "$last" --trace whole.h5 --overwrite >/dev/null || [[ $? -eq 5 ]]
  PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$VIREO_HOME/tests/support/same_run.py" "$1.h5" whole.h5 "$2" || fail "$1"
}

# The second start reaches the tolerance that it finds in the file. It may come by itself, as soon as SLURM gives up a node that is lost.
over_if_lifted() {
  if state_is "$1" PENDING; then lift "$1" || true; fi
  over "$1"
}
goes_on_and_converges() {
  wait_for 90 "the job '$1' to requeue itself" grep -q "is interrupted, and requeued" "$1.log"
  /usr/bin/python3 -c "import h5py; print('tolerance =', repr(0.98 * float(h5py.File('$1.h5')['trace/residual'][-1])))" > "$1.ini"
  wait_for 90 "the job '$1' to end" over_if_lifted "$2"
  ended_with "$1" "$2" COMPLETED 0:0
  said "$1" '"termination":"converged"'
  undisturbed "$1" 2
}

# Neither would ever end, within its limit or without. So that the end comes after the requeue however fast this machine is, the tolerance, which
# may change, is in a file.
both=(--nodes=2 --ntasks=3)
for name in limit node; do printf 'tolerance = 0\nmax-iterations = none\n' > "$name.ini"; done
limit=$(VIREO_MARGIN=8 submit limit "${both[@]}" --signal=B:USR1@25 "$VIREO_HOME/jobs/solve.sbatch" "${run[@]}" --config limit.ini)
# Its time is over for the run before SLURM says so; started by srun.
capped=$(VIREO_MARGIN=54 VIREO_REQUEUES=1 VIREO_LAUNCHER=srun VIREO_LAUNCH_OPTIONS="--overlap" \
  submit capped "${both[@]}" --signal=B:USR1@1 "$VIREO_HOME/jobs/solve.sbatch" "${run[@]}" "${endless[@]}")
cancelled=$(VIREO_MARGIN=5 submit cancelled --signal=B:USR1@1 "$VIREO_HOME/jobs/solve.sbatch" "${run[@]}" "${endless[@]}")
cat > table.txt <<'TABLE'
# name   arguments
masha    --method masha1:step=0.05x --uplink randk:fraction=0.2 --seed 1

seed2    --method masha1:step=0.05x --uplink "randk:fraction=0.2" --seed 2
extra    --method extragradient
TABLE
sweep=$(VIREO_MARGIN=5 submit sweep --signal=B:USR1@1 --array="1-$("$VIREO_HOME/jobs/sweep-lines.sh" table.txt)" --output=sweep-%a.log \
  "$VIREO_HOME/jobs/sweep.sbatch" table.txt "${run[@]:0:4}" --max-iterations 60 --relative-tolerance 0.999)

wait_for 60 "rows of the job to cancel" test -s cancelled.h5
sleep 2
scancel "$cancelled"
wait_for 60 "the end of the cancelled job" over "$cancelled"
[[ $(field "$cancelled" JobState) == CANCELLED ]] || fail "the cancelled job is $(field "$cancelled" JobState)"
wait_for 60 "the end of the cancelled job's script" grep -q "was told to end" cancelled.log
undisturbed cancelled 1
"$VIREO" info cancelled.ckpt.h5 >/dev/null || fail "the cancelled job's checkpoint is not whole"

wait_for 60 "the job at its margin to requeue itself" requeued "$capped"
lift "$capped"
wait_for 60 "the job at its cap to end" over "$capped"
ended_with capped "$capped" FAILED 75:0
said capped "is interrupted, and not requeued"
undisturbed capped 2

goes_on_and_converges limit "$limit"

for task in 1 2 3; do
  wait_for 60 "task $task of the sweep" over "${sweep}_$task"
  ended_with "task $task" "${sweep}_$task" COMPLETED 0:0
done
ls sweep/{masha,seed2,extra}.h5 sweep/{masha,seed2,extra}.ckpt.h5 >/dev/null || fail "the sweep's files"
cmp -s sweep/masha.ckpt.h5 sweep/seed2.ckpt.h5 && fail "two seeds of the sweep are one run"
# As many nodes as there are: two, then one.
node=$(VIREO_MARGIN=5 VIREO_CHECKPOINT_EVERY=100 submit node --ntasks=2 --spread-job --signal=B:USR1@1 --time=3 \
  "$VIREO_HOME/jobs/solve.sbatch" "${run[@]}" --config node.ini)
wait_for 60 "a checkpoint of the job that is to lose a node" test -s node.ckpt.h5.previous
[[ $(field "$node" NumNodes) -eq 2 ]] || fail "the job is not on both nodes"
hosts_cut vireo2
goes_on_and_converges node "$node"
[[ $(grep -c "lost host" node.log) -eq 1 ]] || fail "node.log does not have one line about the host that is lost"
said node "lost host vireo2: ended with 205, .*; what was saved before is in .*node.ckpt.h5"
said node "start 1 on vireo1,"
echo "All is well, in $SECONDS s."
