# What solve.sbatch and sweep.sbatch share: one run of vireo solve in a SLURM job, which saves itself before the time is over and goes on when the
# job is started again. To be sourced; README.md in this folder explains the variables.
#   vireo_under_slurm PREFIX ARGUMENTS...     vireo solve ARGUMENTS... with PREFIX.h5 as trace and PREFIX.ckpt.h5 as checkpoint; ends the script

# Modules, paths and variables of one's site
if [[ -f $VIREO_HOME/jobs/site.sh ]]; then source "$VIREO_HOME/jobs/site.sh"; fi

if [[ -z ${VIREO:-} ]]; then
  VIREO=$VIREO_HOME/build/release/vireo
  if [[ ! -f $VIREO_HOME/CMakeLists.txt && -x $VIREO_HOME/../../bin/vireo ]]; then VIREO=$(realpath "$VIREO_HOME/../../bin/vireo"); fi
fi
VIREO_LAUNCHER=${VIREO_LAUNCHER:-mpirun}     # or srun
VIREO_REQUEUES=${VIREO_REQUEUES:-50}         # starts after the first
VIREO_MARGIN=${VIREO_MARGIN:-60}             # seconds of the job's time that the run leaves unused
VIREO_TERM_SECONDS=${VIREO_TERM_SECONDS:-10}  # that mpirun leaves its ranks on TERM
VIREO_CHECKPOINT_EVERY=${VIREO_CHECKPOINT_EVERY:-600s}
read -r -a vireo_launch_options <<< "${VIREO_LAUNCH_OPTIONS:-}"

vireo_say() { echo "$(date +%FT%T) job $vireo_job: $*"; }

# A task of an array is named by both numbers: the job id of one of the tasks is also the name of the whole array.
vireo_job=$SLURM_JOB_ID
if [[ -n ${SLURM_ARRAY_JOB_ID:-} ]]; then vireo_job=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID; fi

# Seconds until the job's time is over; empty if it has no limit. SLURM_JOB_END_TIME is not set by all versions.
vireo_seconds_left() {
  local end
  end=$(squeue -h -j "$vireo_job" -o %e) || return 0
  [[ $end == *T*:* ]] || return 0  # "N/A", "NONE"
  echo $(($(date -d "$end" +%s) - $(date +%s)))
}

# mpirun names the host that it has lost in a paragraph on its standard error. That is the job's log, which is read from byte $1 on, so that no earlier
# start's host is named; nothing is known where it is not a file.
vireo_lost_host() {
  [[ -f /proc/$$/fd/2 ]] || return 0
  tail -c "+$(($1 + 1))" "/proc/$$/fd/2" | sed -n 's/^ *Remote daemon: .* on node \([^ ]*\)$/\1/p' | tail -n 1
}

# Whether the run was refused because an earlier start of the job still writes its files; from the log, as above.
vireo_in_use() {
  [[ -f /proc/$$/fd/2 ]] && tail -c "+$(($1 + 1))" "/proc/$$/fd/2" | grep -q '^vireo: error: .*: is in use by another run'
}

vireo_launcher() {
  local ranks=()
  if [[ -n ${SLURM_NTASKS:-} ]]; then ranks=(-n "$SLURM_NTASKS"); fi
  case $VIREO_LAUNCHER in
    # On TERM mpirun would kill its ranks after a second; but it also waits twice as long after every end that is not 0, though all ranks have
    # gone, so that it must not be long. Without the keepalive it waits for ever for a host that is cut off.
    mpirun)
      launch=(mpirun "${ranks[@]}" --mca odls_base_sigkill_timeout "$VIREO_TERM_SECONDS"
              --mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 1 --mca oob_tcp_keepalive_probes 3) ;;
    # A rank that is killed must end the others, which wait for it.
    srun) launch=(srun "${ranks[@]}" --mpi="${VIREO_SRUN_MPI:-pmix}" --kill-on-bad-exit=1) ;;
    *) vireo_say "VIREO_LAUNCHER: '$VIREO_LAUNCHER' is not one of mpirun, srun" >&2; exit 2 ;;
  esac
  launch+=("${vireo_launch_options[@]}")
}

vireo_under_slurm() {
  local prefix=$1 left code caught stopped= log_begin=0 lost saved
  local launch=() limit=()
  shift
  [[ -x $VIREO ]] || { vireo_say "$VIREO: is not there; build it (jobs/build.sh release -DVIREO_TESTS=OFF), or set VIREO" >&2; exit 2; }
  mkdir -p "$(dirname "$prefix")"
  vireo_launcher

  left=$(vireo_seconds_left)
  if [[ -n $left ]]; then
    if [[ $left -le $VIREO_MARGIN ]]; then
      vireo_say "$left s are left, and $VIREO_MARGIN of them are kept (VIREO_MARGIN): give the job more time" >&2
      exit 2
    fi
    limit=(--max-seconds "$((left - VIREO_MARGIN))s")
  fi
  vireo_say "start ${SLURM_RESTART_COUNT:-0} on $SLURM_JOB_NODELIST, ${left:-unlimited} s left"

  if [[ -f /proc/$$/fd/2 ]]; then log_begin=$(stat -L -c %s "/proc/$$/fd/2"); fi
  "${launch[@]}" "$VIREO" solve "$@" "${limit[@]}" --trace "$prefix.h5" --checkpoint "$prefix.ckpt.h5" \
    --checkpoint-every "$VIREO_CHECKPOINT_EVERY" --resume auto &
  local pid=$!
  # USR1 comes ahead of the limit; TERM from whoever ends the job. mpirun and srun pass USR1 on to the ranks.
  trap 'caught=1; kill -USR1 "$pid" 2>/dev/null' USR1
  trap 'caught=1 stopped=1; kill -USR1 "$pid" 2>/dev/null' TERM INT
  # wait returns when a signal is caught, too; its answer counts only if none was. The status of a process that has ended is kept.
  while :; do
    caught=
    code=0
    wait "$pid" || code=$?
    [[ -n $caught ]] || break
  done
  trap '' USR1 TERM INT  # a job that requeues itself gets TERM at once
  # A launcher or rank that USR1 finds before it has begun is killed by it, and mpirun ends with 205 when it has lost a host: nothing is saved
  # then, but what was saved before is still there.
  if [[ $code -eq $((128 + $(kill -l USR1))) || $code -eq 205 ]]; then
    lost=
    if [[ $code -eq 205 ]]; then lost=$(vireo_lost_host "$log_begin") || true; fi
    saved="there is no checkpoint yet"
    if [[ -f $prefix.ckpt.h5 ]]; then saved="what was saved before is in $prefix.ckpt.h5"; fi
    vireo_say "${lost:+lost host $lost: }ended with $code, and is treated as interrupted; $saved" >&2
    code=75
  fi

  # A node that was cut off may still be at it, or the server of the file system may take its locks for good yet.
  if [[ $code -eq 6 && ${SLURM_RESTART_COUNT:-0} -gt 0 ]] && vireo_in_use "$log_begin"; then
    vireo_say "the start before has not ended yet; treated as interrupted" >&2
    code=75
  fi

  if [[ -n $stopped ]]; then
    vireo_say "was told to end; ended with $code. Whoever ended it decides whether it is started again"
  elif [[ $code -eq 75 && ${SLURM_RESTART_COUNT:=0} -ge $VIREO_REQUEUES ]]; then
    vireo_say "is interrupted, and not requeued: it has been started again $SLURM_RESTART_COUNT times (VIREO_REQUEUES)" >&2
  elif [[ $code -eq 75 ]]; then
    vireo_say "is interrupted, and requeued"
    if scontrol requeue "$vireo_job"; then exit 0; fi
    vireo_say "SLURM does not requeue it; submit it again with VIREO_RUN=$prefix" >&2
  else
    vireo_say "ended with $code"
  fi
  exit "$code"
}
