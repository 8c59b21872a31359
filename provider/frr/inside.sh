# FRR in a machine that runs: what runs, and how to say something to it. After host/in-machine.sh.
# shellcheck shell=sh disable=SC2154,SC2034,SC2016 # $machine comes with the request; its users come after it

# find_leader: $leader is the process whose namespaces are the machine's; empty where it does not run.
find_leader() {
  leader=$(machinectl show -p Leader --value "$machine" 2>/dev/null) || leader=
}

# inside COMMAND…: runs in the machine, by its leader's namespaces. vtysh adds nothing to its user's history.
inside() {
  VTYSH_HISTFILE=/dev/null in_machine "$leader" "$@"
}

# as_daemon COMMAND…: the same for what starts daemons, which then count as the machine's (limits, and its end), not as
# the session's: in the cgroup of watchfrr, or of the machine's first process.
as_daemon() (
  like=$leader
  for each in /proc/[0-9]*; do
    if { read -r command <"$each/comm"; } 2>/dev/null && [ "$command" = watchfrr ] &&
      grep -q "/systemd-nspawn@$machine\.service/" "$each/cgroup" 2>/dev/null; then
      like=${each#/proc/}
    fi
  done
  group=$(sed -n 's/^0:://p' "/proc/$like/cgroup")
  echo 0 >"/sys/fs/cgroup$group/cgroup.procs" 2>/dev/null || :
  inside "$@"
)

# running_daemons: $daemons_running, FRR's daemons that live, watchfrr among them; $daemons_born, a line each with its process
# and when that began; $frr_starts is 1 while FRR's scripts start daemons, and give them their configuration.
running_daemons() {
  daemons_born=$(inside sh -c '
    for each in /run/frr/*.pid; do
      { read -r pid <"$each" && read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
      set -- ${stat##*) }
      shift 19
      each=${each##*/}
      echo "${each%.pid} $pid $1"
    done
    for each in /proc/[0-9]*/comm; do
      if { read -r name <"$each"; } 2>/dev/null && [ "$name" = watchfrr.sh ]; then
        echo starts
        break
      fi
    done' 2>/dev/null) || daemons_born=
  frr_starts=
  case $daemons_born in *starts) frr_starts=1 ;; esac
  daemons_born=$(printf '%s\n' "$daemons_born" | grep ' ') || :
  daemons_running=$(printf '%s\n' "$daemons_born" | cut -d ' ' -f 1 | tr '\n' ' ')
}

# runs DAEMON: as running_daemons saw it.
runs() {
  case " $daemons_running" in *" $1 "*) return 0 ;; esac
  return 1
}

# running_config: FRR's configuration as it prints it, without what is not configuration.
running_config() {
  inside timeout 60 vtysh -c 'show running-config' 2>/dev/null | sed '/^Building configuration/d; /^Current configuration/d; /^frr version /d; /^end$/d; /^$/d'
}

# Where FRR's scripts are.
frr_programs=/usr/lib/frr
[ -d "$frr_programs" ] || frr_programs=/usr/libexec/frr

# inside_systemd: whether systemd runs in the machine.
inside_systemd() {
  inside test -d /run/systemd/system
}

# without_secrets < TEXT: what follows a word that may stand before a password or a key is not shown.
without_secrets() {
  sed -E 's/(^|[^a-z])([a-z-]*(pass|secret|md5|key|auth|hmac)[^ ]* +).*/\1\2********/'
}
