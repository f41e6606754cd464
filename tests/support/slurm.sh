# SLURM on this machine alone, for scripts that source this file (as root): munge, a controller and one node, all in a folder of their own.
#   slurm_up       starts them; afterwards sbatch, squeue, scontrol and scancel speak to them
#   slurm_down     stops them again, and what they run; safe to call at any time
# Nothing of a SLURM or munge that is installed as a service is touched: own key, own sockets, own ports.

SLURM_HOME=
SLURM_PORT=${SLURM_PORT:-16817}

slurm_up() {
  local host folder
  host=$(hostname -s)
  SLURM_HOME=$(mktemp -d /tmp/vireo-slurm-XXXXXX)  # short: the name of a socket has 107 characters at most
  folder=$SLURM_HOME
  chmod 755 "$folder"
  mkdir "$folder"/{munge,state,spool}
  head -c 1024 /dev/urandom > "$folder/munge/key"
  chmod 400 "$folder/munge/key"
  chmod 711 "$folder/munge"
  chown -R munge: "$folder/munge"
  # Sixteen processors are claimed, so that several jobs run at once on a small machine too.
  cat > "$folder/slurm.conf" <<CONF
ClusterName=vireo
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$SLURM_PORT
SlurmdPort=$((SLURM_PORT + 1))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
KillWait=30
SchedulerParameters=sched_interval=2
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=16 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF=$folder/slurm.conf
  setpriv --reuid munge --regid munge --clear-groups munged --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" || return 1
  slurmctld -f "$SLURM_CONF" || return 1
  slurmd -f "$SLURM_CONF" -N "$host" || return 1
  local tries
  for ((tries = 0; tries < 100; ++tries)); do
    [[ $(sinfo -h -o %T 2>/dev/null) == idle ]] && return 0
    sleep 0.2
  done
  echo "slurm_up: the node does not come up:" >&2
  tail -n 5 "$folder"/slurmctld.log "$folder"/slurmd.log >&2
  return 1
}

slurm_down() {
  [[ -n $SLURM_HOME ]] || return 0
  local file pid tries
  scancel --user=root >/dev/null 2>&1 || true
  for ((tries = 0; tries < 50; ++tries)); do
    [[ -n $(squeue -h 2>/dev/null) ]] || break
    sleep 0.2
  done
  for file in slurmd.pid slurmctld.pid munge/pid; do
    [[ -s $SLURM_HOME/$file ]] || continue
    pid=$(< "$SLURM_HOME/$file")
    kill "$pid" 2>/dev/null || continue
    for ((tries = 0; tries < 50; ++tries)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
  done
  rm -rf "$SLURM_HOME"
  SLURM_HOME=
  unset SLURM_CONF
}
