# The interfaces of a link, compared with the link's data: what differs is made. After observe.sh.
# shellcheck shell=sh disable=SC2154,SC2034 # what observe.sh sets; some are for those who use this
# Those who use it define: step TEXT, refuse TEXT (nothing was changed), fail TEXT.

# refuse_foreign: whether the names are free for us. What is not ours stays as it is.
refuse_foreign() {
  [ -z "$shared_network" ] ||
    refuse "the machine $shared_network shares the network of its host: give it one of its own (network.private) to link it"
  for each in $ends; do
    select_end "$each"
    eval "there=\$${each}_there seen_alias=\$${each}_seen_alias"
    [ "$there" != foreign ] ||
      refuse "$(place) has an interface $interface already, which this link did not make${seen_alias:+ (its alias is \"$seen_alias\")}. It was left alone: choose another name."
    if [ -n "$bridge" ] && [ -e "/sys/class/net/$bridge" ] && [ ! -d "/sys/class/net/$bridge/bridge" ]; then
      refuse "the host has an interface $bridge already, which is no bridge. It was left alone: choose another name."
    fi
  done
}

place() {
  if [ "$machine" = .host ]; then echo "the host"; else echo "the machine $machine"; fi
}

# connect: makes the link what its data says, or finds that it waits for a machine. Sets $state.
connect() {
  attempt=0 problem='' endpoint_told='' fresh=
  while :; do
    find_machines
    if [ -z "$all_running" ] && [ -z "$shared_network" ]; then
      state=waiting
      return 0
    fi
    observe_all
    refuse_foreign
    pids="$a_pid $b_pid"
    settled=
    if whole; then
      settle && [ -n "$settled" ] && {
        state=connected
        [ -z "$fresh" ] || tell_zebras
        return 0
      }
    else
      make
    fi
    # A machine that was restarted meanwhile has another leader, and the link another namespace to be in.
    attempt=$((attempt + 1))
    [ "$attempt" -lt 8 ] || fail "the link did not become what it is to be in $attempt attempts"
    if [ -n "$problem" ]; then
      find_machines
      [ "$pids" != "$a_pid $b_pid" ] || fail "$problem"
    fi
  done
}

# make: the interfaces, each at once in its own namespace, under a temporary name until it is marked as ours: nothing of
# them shows on the host, and what an interrupted run left is known.
make() {
  step "make the link"
  remove_ours
  fresh=1
  if [ -n "$vxlan" ]; then
    select_end "$ends"
    # shellcheck disable=SC2086 # fields of checked text
    set -- $vxlan
    # The outer socket stays in the namespace in which this runs: the host's.
    made=$(ip link add name "$temporary" netns "$pid" address "$mac" mtu "$mtu" \
      type vxlan id "$1" local "$2" remote "$3" dstport "$4" nolearning 2>&1) || {
      problem="cannot make a VXLAN interface with vni $1 on port $4: $made"
      return 0
    }
  elif [ -n "$wireguard" ]; then
    select_end "$ends"
    problem=
    make_wireguard || return 0
  else
    select_end b
    b_temporary=$temporary
    select_end a
    made=$(ip link add name "$temporary" netns "$a_pid" address "$a_mac" mtu "$mtu" \
      type veth peer name "$b_temporary" netns "$b_pid" address "$b_mac" mtu "$mtu" 2>&1) || {
      problem="cannot make the veth pair: $made"
      return 0
    }
  fi
  problem=
  for each in $ends; do
    select_end "$each"
    changes='' global='' local='' metrics=''
    # A link-local address of its own would be another each time.
    [ -z "$wireguard" ] || change "link set dev $temporary addrgenmode none mtu $mtu"
    change "link set dev $temporary alias \"$link_alias\""
    change "link set dev $temporary name $interface"
    settle_addresses
    [ -z "$bridge" ] || join_bridge
    [ "$admin_state" = down ] || change "link set dev $interface up"
    printf '%s' "$changes" | in_namespace -batch - || problem="cannot set up $interface in $(place)"
    if [ -n "$wireguard" ] && [ "$kind,$machine" = tun,.host ] && [ -z "$problem" ]; then match_stand_in; fi
  done
}

# settle: makes the ends' properties those of the data; $settled is 1 where nothing was left to do.
settle() {
  settled=1 problem=
  for each in $ends; do
    select_end "$each"
    eval "kind=\$${each}_kind seen_mac=\$${each}_seen_mac seen_mtu=\$${each}_seen_mtu seen_alias=\$${each}_seen_alias up=\$${each}_up seen_bridge=\$${each}_seen_bridge seen_rate=\$${each}_seen_rate global=\$${each}_global local=\$${each}_local metrics=\$${each}_metrics"
    changes=
    [ "$mac" = - ] || [ "$seen_mac" = "$mac" ] || change "link set dev $interface address $mac"
    [ "$seen_mtu" = "$mtu" ] || change "link set dev $interface mtu $mtu"
    [ "$seen_alias" = "$link_alias" ] || change "link set dev $interface alias \"$link_alias\""
    if [ -n "$wireguard" ]; then
      [ "$seen_mtu" = "$mtu" ] || [ "$kind" = wireguard ] || match_stand_in
      settle_wireguard || continue
    fi
    settle_addresses
    case $bridge in
      "$seen_bridge") ;;
      # Given before and not any more; in another one it is by somebody else's hand.
      '') [ "$seen_bridge" != "$old_bridge" ] || change "link set dev $interface nomaster addrgenmode eui64" ;;
      *) join_bridge ;;
    esac
    [ "$seen_rate" = "$rate" ] || settle_rate
    # The kernel takes IPv6 addresses away with this (addrconf_ifdown in net/ipv6/addrconf.c): the next attempt adds them.
    case $admin_state,$up in
      up,) change "link set dev $interface up" ;;
      down,1) change "link set dev $interface down" ;;
    esac
    [ -n "$changes" ] || continue
    settled=
    step "set up $interface in $(place)"
    printf '%s' "$changes" | in_namespace -batch - || problem="cannot set up $interface in $(place)"
  done
}

# join_bridge: makes the selected end a port. Nobody hears what a port would say for itself.
join_bridge() {
  make_bridge
  change "link set dev $interface addrgenmode none master $bridge"
}

# make_bridge: the bridge of the selected end, where there is none. It is a segment of the machines', and the host has no part in
# it: no addresses, none by router advertisements. Without snooping, since nobody asks for multicast groups there (RFC 4541).
make_bridge() {
  if [ ! -e "/sys/class/net/$bridge" ]; then
    step "make the bridge $bridge"
    # It gets its name and our mark at once: with either alone it would be somebody else's, or one that no link names any more.
    spare=${temporary%?}r
    ip link delete dev "$spare" 2>/dev/null || :
    made=$(ip -batch - 2>&1 <<END
link add name $spare type bridge stp_state 0 mcast_snooping 0
link set dev $spare name $bridge alias "pulumi-nspawn bridge $bridge_stack"
END
) || {
      ip link delete dev "$spare" 2>/dev/null || :
      # Another link's run may have been before us.
      [ -e "/sys/class/net/$bridge" ] || fail "cannot make the bridge $bridge: $made"
    }
  fi
  bridge_is_ours "$bridge" || return 0
  if [ -e "/proc/sys/net/ipv6/conf/$bridge/disable_ipv6" ]; then
    echo 1 >"/proc/sys/net/ipv6/conf/$bridge/disable_ipv6"
  fi
  ip link set dev "$bridge" up
}

# settle_rate: of the selected end, where it is not what it is to be.
settle_rate() {
  settled=
  step "limit $interface in $(place)"
  if [ -z "$rate" ]; then
    made=$(in_network tc qdisc delete dev "$interface" root 2>&1) || problem="cannot take the limit of $interface away: $made"
    return 0
  fi
  # At once at most what 10 ms bring, since timers are no finer on some kernels, and a few packets at least (tc-tbf(8)).
  burst=$((rate / 800))
  [ "$burst" -gt $((mtu * 4)) ] || burst=$((mtu * 4))
  made=$(in_network tc qdisc replace dev "$interface" root tbf rate "${rate}bit" burst "$burst" latency 50ms 2>&1) ||
    problem="cannot limit what leaves by $interface in $(place): $made"
}

# Only the difference. What goes goes first: the rest of its subnet may go along, and is then added again.
settle_addresses() {
  surplus=$old
  [ "$others" != only ] || surplus=$old$global
  while IFS= read -r address; do
    [ -n "$address" ] || continue
    has "$global$local" "$address" || continue
    has "$addresses$local_address" "$address" || change "address delete $address dev $interface"
  done <<END
$surplus
END
  while IFS= read -r address; do
    [ -n "$address" ] || continue
    usual_metric "$address"
    wanted_metric=${metric:-$usual_metric}
    [ "$address" != "$local_address" ] || wanted_metric=$usual_metric
    has "$metrics" "$address $wanted_metric" && continue
    # Without taking it away, where only its metric differs.
    verb=add
    has "$global$local" "$address" && verb=change
    case $address in
      *:*) change "address $verb $address dev $interface nodad metric $wanted_metric" ;;
      *) change "address $verb $address dev $interface metric $wanted_metric" ;;
    esac
  done <<END
$addresses$local_address
END
}

change() {
  case $newline$changes in *"$newline$1$newline"*) return 0 ;; esac
  changes=$changes$1$newline
}

# has LINES LINE
has() {
  case $newline$1 in *"$newline$2$newline"*) return 0 ;; esac
  return 1
}

# remove_ours: all there is of the link, renamed and half-made ends among it. One end of a pair takes the other along.
remove_ours() {
  for each in $ends; do
    select_end "$each"
    [ -z "$wireguard" ] || stop_userspace
    [ -n "$pid" ] || continue
    shown=$(in_namespace -o link show 2>/dev/null) || continue
    while read -r _ name rest; do
      name=${name%%[@:]*}
      case "$name $rest" in
        "$temporary "* | "${temporary%?}r "* | *'alias pulumi-nspawn '*" $link_id" | *'alias pulumi-nspawn '*" $link_id\\"*)
          in_namespace link delete dev "$name" 2>/dev/null || :
          ;;
      esac
    done <<END
$shown
END
  done
}
