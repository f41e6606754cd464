# SLURM on hosts of namespaces.sh, for scripts that source both files (as root): munge, a controller on the first host, and a node on each.
#   slurm_up CPUS...   one host for each number, which claims to have so many processors; afterwards sbatch, squeue, scontrol and scancel speak to them
#   slurm_down         stops them again, and what they run, and takes the hosts down; safe to call at any time
# Nothing of a SLURM or munge that is installed as a service is touched: own key, own socket, own addresses. SLURM_HOME holds the logs.

SLURM_HOME=

# What `ip netns exec` does, but for /sys, where slurmd looks for control groups
slurm_on() {
  local host=$1
  shift
  nsenter --net="/run/netns/$host" unshare -m -u bash -c 'hostname "$0" && mount --bind "/etc/netns/$0/hosts" /etc/hosts && exec "$@"' "$host" "$@"
}

slurm_up() {
  local folder i tries nodes=
  hosts_up $# || return 1
  ip addr add 10.77.0.254/24 dev "$HOSTS_BRIDGE"  # for the commands, which are not on a host
  SLURM_HOME=$(mktemp -d /tmp/vireo-slurm-XXXXXX)  # short: the name of a socket has 107 characters at most
  folder=$SLURM_HOME
  chmod 755 "$folder"
  mkdir "$folder"/{munge,state,spool}
  head -c 1024 /dev/urandom > "$folder/munge/key"
  chmod 400 "$folder/munge/key"
  chmod 711 "$folder/munge"
  chown -R munge: "$folder/munge"
  for ((i = 1; i <= $#; ++i)); do
    mkdir "$folder/spool/vireo$i" "$folder/tmp-vireo$i"
    nodes+="NodeName=vireo$i NodeAddr=10.77.0.$i CPUs=${!i} State=UNKNOWN"$'\n'
  done
  cat > "$folder/slurm.conf" <<CONF
ClusterName=vireo
SlurmctldHost=vireo1(10.77.0.1)
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
SlurmdTimeout=10
SchedulerParameters=sched_interval=2,bf_interval=2
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
TmpFS=$folder/tmp-%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
${nodes}PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF=$folder/slurm.conf
  setpriv --reuid munge --regid munge --clear-groups munged --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" || return 1
  slurm_on vireo1 slurmctld || return 1
  for ((i = 1; i <= $#; ++i)); do slurm_on "vireo$i" slurmd || return 1; done
  for ((tries = 0; tries < 100; ++tries)); do
    [[ $(sinfo -h -N -o %T 2>/dev/null | grep -c idle) -eq $# ]] && return 0
    sleep 0.2
  done
  echo "slurm_up: the nodes do not come up:" >&2
  tail -n 5 "$folder"/slurm*.log >&2
  return 1
}

slurm_down() {
  if [[ -n $SLURM_HOME ]]; then
    local file pid tries
    scancel --user=root >/dev/null 2>&1 || true
    for ((tries = 0; tries < 30; ++tries)); do
      [[ -n $(squeue -h 2>/dev/null) ]] || break
      sleep 0.2
    done
    for file in "$SLURM_HOME"/slurmd-*.pid "$SLURM_HOME"/slurmctld.pid "$SLURM_HOME"/munge/pid; do
      [[ -s $file ]] || continue
      pid=$(< "$file")
      kill "$pid" 2>/dev/null || continue
      for ((tries = 0; tries < 50; ++tries)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
      done
      kill -9 "$pid" 2>/dev/null || true
    done
  fi
  hosts_down
  [[ -z $SLURM_HOME ]] || rm -rf "$SLURM_HOME"
  SLURM_HOME=
  unset SLURM_CONF
}
