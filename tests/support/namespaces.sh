# Hosts on one machine: network namespaces on a bridge, for scripts that source this file (as root).
#   hosts_up COUNT [RATE]     makes COUNT hosts named vireo1, vireo2, ... with links of RATE (such as 100mbit; default: unlimited)
#   hosts_run COMMAND...      runs a command on the first host
#   hosts_mpirun ARGUMENTS... mpirun from the first host over all of them, one rank a host, over TCP alone
#   hosts_sent                bytes that have left all hosts so far, by their interfaces' own counters
#   hosts_cut HOST            cuts a host's link
#   hosts_alone HOST FOLDER   what a host that mpirun reaches (not the first) sees as FOLDER is its own from now on, and empty
#   hosts_down                takes everything down again; safe to call at any time
# Needs iproute2. HOSTS_COUNT is the number of hosts that are up.

HOSTS_BRIDGE=vireobr
HOSTS_COUNT=0

hosts_clear() {
  local name
  for name in $(ip netns list 2>/dev/null | awk '/^vireo[0-9]+/ {print $1}'); do
    ip netns pids "$name" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
    ip netns delete "$name" 2>/dev/null || true
    rm -rf "/etc/netns/$name"
  done
  # A namespace that still has a process, or had one until now, gives its link back later.
  for name in $(ip -o link show 2>/dev/null | grep -o 'vireolink[0-9]*' | sort -u); do ip link delete "$name" 2>/dev/null || true; done
  ip link delete "$HOSTS_BRIDGE" 2>/dev/null || true
}

hosts_down() {
  [[ -n ${HOSTS_LOCK:-} ]] || return 0
  hosts_clear
  rm -rf "$HOSTS_FOLDER"
  flock -u "$HOSTS_LOCK"
}

hosts_up() {
  local count=$1 rate=${2:-} i j link
  # The names are the machine's: of two scripts one waits for the other.
  exec {HOSTS_LOCK}>/tmp/vireo-hosts.lock
  flock -w 300 "$HOSTS_LOCK" || { HOSTS_LOCK=; return 1; }
  hosts_clear
  HOSTS_COUNT=$count
  HOSTS_FOLDER=$(mktemp -d)
  # mpirun starts its daemons with this in place of ssh
  cat > "$HOSTS_FOLDER/agent" <<'AGENT'
#!/usr/bin/env bash
host=$1
shift
own=$(dirname "$0")/$host.alone
[[ ! -f $own ]] || alone="mount -t tmpfs tmpfs $(< "$own"); "
exec ip netns exec "$host" unshare -u bash -c "hostname $host; ${alone:-}$*"
AGENT
  chmod +x "$HOSTS_FOLDER/agent"
  ip link add "$HOSTS_BRIDGE" type bridge && ip link set "$HOSTS_BRIDGE" up || return 1
  for ((i = 1; i <= count; ++i)); do
    mkdir -p "/etc/netns/vireo$i"
    { echo "127.0.0.1 localhost"; for ((j = 1; j <= count; ++j)); do echo "10.77.0.$j vireo$j"; done; } > "/etc/netns/vireo$i/hosts"
    link=vireolink$i
    ip netns add "vireo$i" && ip link add "$link" type veth peer name eth0 netns "vireo$i" || return 1
    ip link set "$link" master "$HOSTS_BRIDGE" up
    ip -n "vireo$i" addr add "10.77.0.$i/24" dev eth0
    ip -n "vireo$i" link set eth0 up
    ip -n "vireo$i" link set lo up
    if [[ -n $rate ]]; then
      tc qdisc add dev "$link" root tbf rate "$rate" burst 256kb latency 400ms
      tc -n "vireo$i" qdisc add dev eth0 root tbf rate "$rate" burst 256kb latency 400ms
    fi
  done
}

hosts_run() { ip netns exec vireo1 unshare -u bash -c 'hostname vireo1; exec "$@"' bash "$@"; }

hosts_list() { seq -s, -f 'vireo%.0f' 1 "${1:-$HOSTS_COUNT}"; }

# The keepalive makes mpirun end by itself some seconds after a link is cut, instead of never.
hosts_mpirun() {
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 hosts_run mpirun \
    --host "$(hosts_list "${HOSTS_USE:-$HOSTS_COUNT}")" --bind-to none --mca plm_rsh_agent "$HOSTS_FOLDER/agent" --mca plm_rsh_no_tree_spawn 1 \
    --mca btl tcp,self --mca btl_tcp_if_include eth0 --mca oob_tcp_if_include eth0 --mca mpi_yield_when_idle 1 \
    --mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 1 --mca oob_tcp_keepalive_probes 3 "$@"
}

hosts_sent() {
  local i total=0
  for ((i = 1; i <= HOSTS_COUNT; ++i)); do
    total=$((total + $(ip netns exec "vireo$i" cat /sys/class/net/eth0/statistics/tx_bytes)))
  done
  echo "$total"
}

hosts_cut() { ip link set "vireolink${1#vireo}" down; }

hosts_alone() { echo "$2" > "$HOSTS_FOLDER/$1.alone"; }
