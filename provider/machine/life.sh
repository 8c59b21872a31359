# The life of one machine, for apply.sh, read.sh and delete.sh.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; its users come after it
unit="systemd-nspawn@$machine.service"

# The triggers that the machine was started with; /run, since a reboot starts it anew.
started_with="/run/pulumi-nspawn/$machine.triggers"

# Where we note that machines.target was enabled by us and is to be put back.
target_mark="$records/machines-target"

# active: the unit's state.
active() {
  unit_state "$unit"
}

# enabled: whether it starts at boot; a machine's unit needs machines.target for that (systemd 252 does not enable it with it).
enabled() {
  systemctl is-enabled --quiet "$unit" 2>/dev/null && systemctl is-enabled --quiet machines.target 2>/dev/null
}

leader() {
  machinectl show -p Leader --value "$machine" 2>/dev/null || :
}

# inside COMMAND…: runs in the machine, by its leader's namespaces: needs no D-Bus in there.
inside() {
  leader=$(leader)
  [ -n "$leader" ] && in_machine "$leader" "$@"
}

# has_systemd: whether systemd is what runs in the machine, or is about to.
has_systemd() {
  read -r first <"/proc/$(leader)/comm" || return 0
  case $first in
    systemd | init | systemd-nspawn | '('*) ;;
    *) return 1 ;;
  esac
} 2>/dev/null

# sweep_crash: what a supervisor leaves that was killed, and that would keep the machine from starting again: its payload
# in the unit's cgroup, and the mount of its sockets (systemd 257: "exists already, refusing"). And its lock beside the tree.
sweep_crash() {
  group=/sys/fs/cgroup/machine.slice/$unit
  [ ! -e "$group/cgroup.kill" ] || echo 1 >"$group/cgroup.kill"
  exported=/run/systemd/nspawn/unix-export/$machine
  if mountpoint --quiet "$exported"; then umount "$exported"; fi
  rm -f "/var/lib/machines/.#$machine.lck"
  sweep_interface
}

# sweep_interface: systemd-nspawn's end of host0, which stays where a process outside the machine has entered its network (a shell
# of somebody's, stopped with the machine), and for which it would not start ("Failed to add new veth interfaces").
sweep_interface() {
  is_down "$unit" || return 0
  for end in "ve-$machine" "vb-$machine"; do
    case $(ip -d link show dev "$end" 2>/dev/null) in
      *@if[0-9]*' veth '*) ip link delete dev "$end" 2>/dev/null || : ;;
    esac
  done
}

# sweep_copies: the copies of the tree that an ephemeral machine runs on (Ephemeral=), where its supervisor was killed and could
# not remove its own: .#machine.NAME and 16 digits (tempfn_random_child() in systemd).
sweep_copies() {
  tree=$(readlink -f "/var/lib/machines/$machine") || return 0
  digit='[0-9a-f]'
  two=$digit$digit
  eight=$two$two$two$two
  # shellcheck disable=SC2086 # a pattern
  for copy in "${tree%/*}"/.#machine.$machine$eight$eight; do
    if [ ! -d "$copy" ] || [ -L "$copy" ]; then continue; fi
    step "remove $copy, left by a machine that was killed"
    remove_tree "$copy"
    rm -f "${tree%/*}/.#${copy##*/}.lck"
  done
}

# stop_machine: in order; killed after $stop_seconds. What is left of it is gone when this returns.
stop_machine() {
  if ! is_down "$unit"; then
    drain
    step "stop the machine"
    if ! timeout "$stop_seconds" systemctl stop "$unit"; then
      step "kill the machine, which did not stop in $stop_seconds s"
      systemctl kill --signal=SIGKILL "$unit" 2>/dev/null || :
      timeout "$stop_seconds" systemctl stop "$unit" || fail "the machine did not end, even when it was killed"
    fi
  fi
  sweep_crash
  systemctl reset-failed "$unit" 2>/dev/null || :
  sweep_copies
  rm -f "$started_with"
}

# host0_addresses: what a machine has from VirtualEthernet=; links have addresses of their own.
host0_addresses() {
  inside ip -o address show dev host0 scope global 2>/dev/null | awk '{ sub("/.*", "", $4); print $4 }'
}
