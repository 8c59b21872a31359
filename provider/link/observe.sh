# A link's data, and what there is of it.
# shellcheck shell=sh disable=SC2154,SC2034 # what parse sets; some are for those who use this
# Part of each operation on links, and of the script that the host runs by itself when a machine starts (boot.sh).

newline='
'

# parse < DATA: the link's data as variables; $ends is "a b" for a veth pair, and the one end of a tunnel.
parse() {
  ends='' vxlan='' wireguard='' admin_state=up a_addresses='' b_addresses='' a_metric='' b_metric='' a_local_address='' b_local_address=''
  a_there=none b_there=none a_pid='' b_pid='' a_old='' b_old=''
  a_bridge='' b_bridge='' a_old_bridge='' b_old_bridge='' bridge_stack=''
  a_rate='' b_rate='' a_old_rate='' b_old_rate=''
  while IFS=' ' read -r key rest; do
    case $key in
      id) link_id=$rest ;;
      mtu) mtu=$rest ;;
      vxlan) vxlan=$rest ;;
      wireguard) wireguard=$rest ;;
      admin) admin_state=$rest ;;
      alias) link_alias=$rest ;;
      end)
        # shellcheck disable=SC2086 # fields of checked text
        set -- $rest
        ends="${ends:+$ends }$1"
        eval "$1_machine=\$2 $1_interface=\$3 $1_mac=\$4 $1_others=\$5"
        ;;
      address)
        side=${rest%% *}
        eval "${side}_addresses=\$${side}_addresses\${rest#* }\$newline"
        ;;
      metric) eval "${rest%% *}_metric=\${rest#* }" ;;
      rate) eval "${rest%% *}_rate=\${rest#* }" ;;
      local) eval "${rest%% *}_local_address=\${rest#* }" ;;
      bridge)
        # shellcheck disable=SC2086 # fields of checked text
        set -- $rest
        eval "$1_bridge=\$2"
        bridge_stack=${rest#"$1 $2 "}
        ;;
    esac
  done
}

# select END: its data and what was seen of it, in variables without the prefix.
select_end() {
  end=$1
  eval "machine=\$$1_machine interface=\$$1_interface mac=\$$1_mac others=\$$1_others addresses=\$$1_addresses metric=\$$1_metric local_address=\$$1_local_address old=\$$1_old bridge=\$$1_bridge old_bridge=\$$1_old_bridge rate=\$$1_rate old_rate=\$$1_old_rate pid=\$$1_pid"
  temporary="pn${link_id%"${link_id#????????????}"}$1"
}

# find_machines: a process in whose network namespace each end belongs, in END_pid; empty where the machine is not running.
find_machines() {
  all_running=1 shared_network=
  for each in $ends; do
    select_end "$each"
    pid=$$
    if [ "$machine" != .host ]; then
      pid=$(machinectl show -p Leader --value "$machine" 2>/dev/null) || pid=
      # shellcheck disable=SC3013 # dash, bash and busybox know -ef
      if [ -n "$pid" ] && [ "/proc/$pid/ns/net" -ef /proc/self/ns/net ]; then
        shared_network=$machine pid=
      fi
    fi
    [ -n "$pid" ] || all_running=
    eval "${each}_pid=\$pid"
  done
}

# in_namespace ARGUMENT…: ip in the network namespace of the selected end.
in_namespace() {
  in_network ip "$@"
}

# in_network COMMAND…: likewise.
in_network() {
  if [ "$machine" = .host ]; then "$@"; else nsenter -t "$pid" -n "$@"; fi
}

# rate_seen: what leaves by the selected end at most, in bits a second; nothing where there is no limit.
rate_seen() {
  shown=$(in_network tc -j qdisc show dev "$interface" 2>/dev/null) || return 0
  case $shown in
    *'"kind":"tbf"'*)
      # Bytes a second (tc_print_rate() in iproute2).
      shown=${shown#*'"rate":'}
      echo $((${shown%%[!0-9]*} * 8))
      ;;
  esac
}

# observe END: what there is of it: END_there is none, ours or foreign; the rest is in END_seen_….
observe() {
  select_end "$1"
  there=none index='' peer='' seen_bridge='' seen_mac='' seen_mtu='' up='' kind='' seen_vxlan='' seen_alias='' global='' local='' metrics='' learning=1
  shown=
  [ -z "$pid" ] || shown=$(in_namespace -d address show dev "$interface" 2>/dev/null) || shown=
  while read -r word rest; do
    # shellcheck disable=SC2086 # words of what ip prints
    set -- $rest
    case $word in
      [0-9]*:)
        there=foreign index=${word%:} peer=${1%:} seen_mtu=$4
        case $peer in *@*) peer=${peer#*@} ;; *) peer= ;; esac
        case $2 in *[\<,]UP[,\>]*) up=1 ;; esac
        case " $rest " in *' master '*) seen_bridge=${rest#* master } seen_bridge=${seen_bridge%% *} ;; esac
        ;;
      link/ether) seen_mac=$1 ;;
      veth) kind=veth ;;
      vxlan) kind=vxlan seen_vxlan=$(vxlan_words "$@") ;;
      wireguard | tun) kind=$word ;;
      alias) seen_alias=$rest ;;
      inet | inet6)
        address=$1
        [ "$2" != peer ] || address="$1 peer $3"
        case " $rest " in
          *' dynamic '*) continue ;;
          *' scope link '*) local=$local$address$newline ;;
          *) global=$global$address$newline ;;
        esac
        usual_metric "$address"
        seen_metric=$usual_metric
        case " $rest" in *' metric '*) seen_metric=${rest#*metric } seen_metric=${seen_metric%% *} ;; esac
        metrics="$metrics$address $seen_metric$newline"
        ;;
    esac
  done <<END
$shown
END
  # By its id, since the owner may have changed hands.
  case $seen_alias in "pulumi-nspawn "*" $link_id") there=ours ;; esac
  [ -z "$wireguard" ] || observe_wireguard
  seen_rate=
  if [ -n "$rate$old_rate" ] && [ "$there" = ours ]; then seen_rate=$(rate_seen); fi
  # Nothing gets across one of ours that was set down.
  if [ -n "$seen_bridge" ] && bridge_is_ours "$seen_bridge" && ! is_up "$seen_bridge"; then seen_bridge=; fi
  for each_variable in there index peer kind up seen_mac seen_mtu seen_vxlan seen_alias seen_bridge seen_rate global local metrics; do
    eval "${end}_$each_variable=\$$each_variable"
  done
}

# bridge_is_ours NAME: whether it was made for a link; whose it is then stands in $seen_stack.
bridge_is_ours() {
  seen_stack=
  if [ -e "/sys/class/net/$1/ifalias" ]; then read -r seen_stack <"/sys/class/net/$1/ifalias" || :; fi
  case $seen_stack in "pulumi-nspawn bridge "*) seen_stack=${seen_stack#pulumi-nspawn bridge } ;; *) return 1 ;; esac
}

# is_up INTERFACE: of the host.
is_up() {
  read -r flags <"/sys/class/net/$1/flags"
  # IFF_UP is 1 (netdevice(7)).
  [ $((flags & 1)) = 1 ]
}

# usual_metric ADDRESS: what the route of an address given without one has (IP6_RT_PRIO_ADDRCONF, Linux 6.18).
usual_metric() {
  case $1 in
    *:*) usual_metric=256 ;;
    *) usual_metric=0 ;;
  esac
}

# vxlan_words WORD…: id, local, remote and port, from what ip prints in an order of its own.
vxlan_words() {
  while [ $# -gt 0 ]; do
    case $1 in
      id) seen_id=$2 ;;
      local) seen_local=$2 ;;
      remote) seen_remote=$2 ;;
      dstport) seen_port=$2 ;;
      nolearning) learning= ;;
    esac
    shift
  done
  printf '%s %s %s %s%s' "$seen_id" "${seen_local:-none}" "${seen_remote:-none}" "$seen_port" "${learning:+ learning}"
}

observe_all() {
  for each in $ends; do observe "$each"; done
}

# whole: whether each end is ours and of the right kind, and both belong together.
whole() {
  for each in $ends; do
    eval "there=\$${each}_there kind=\$${each}_kind seen_vxlan=\$${each}_seen_vxlan"
    [ "$there" = ours ] || return 1
    if [ -n "$vxlan" ]; then
      [ "$seen_vxlan" = "$vxlan" ] || return 1
    elif [ -n "$wireguard" ]; then
      [ -n "$answering" ] || return 1
    else
      [ "$kind" = veth ] || return 1
    fi
  done
  [ "$ends" = "a b" ] || return 0
  # Within one namespace, ip prints the peer's name, across two its index.
  case $a_peer,$b_peer in
    "if$b_index,if$a_index" | "$b_interface,$a_interface") ;;
    *) return 1 ;;
  esac
}

# state_of_link: what is to be told of it. A machine that is not running is no fault: the link comes with it.
state_of_link() {
  if [ -z "$all_running" ]; then
    echo waiting
  elif whole; then
    if [ -n "$wireguard" ] && [ -z "$configured" ]; then
      echo partial
      return
    fi
    # As asked for where both ends are; otherwise the other of the two.
    for each in $ends; do
      eval "up=\$${each}_up"
      case $admin_state,$up in
        up,) echo down; return ;;
        down,1) echo connected; return ;;
      esac
    done
    if [ "$admin_state" = up ]; then echo connected; else echo down; fi
  else
    case $a_there,$b_there in
      *ours*) echo partial ;;
      *) echo absent ;;
    esac
  fi
}
