#!/bin/sh
# FRR's daemons in a network namespace of their own, beside whatever else a host runs.
# usage: frr-daemons.sh start|restart|boot|delta|running|stop NAME [DAEMON…]; boot reads a configuration from standard input.
set -eu
action=$1 name=$2
shift 2
daemons=${*:-staticd bgpd ospfd ospf6d bfdd}
bin=/usr/lib/frr
conf=/etc/frr/$name
in_namespace() { ip netns exec "$name" "$@"; }
# With the daemons' host name, which vtysh asks the kernel for.
beside_daemons() { nsenter -t "$(cat "/run/frr/$name/zebra.pid")" --uts --net "$@"; }

# Nothing of a daemon's is left open that somebody waits for.
start_daemons() {
  # shellcheck disable=SC2016 # the inner shell's
  in_namespace unshare --uts sh -eu -c '
    hostname "$1"
    for daemon in mgmtd zebra $3; do
      [ ! -x "$2/$daemon" ] || "$2/$daemon" -d -N "$1" -P 0 -A 127.0.0.1
    done' sh "$name" "$bin" "$daemons" </dev/null >/dev/null 2>&1
}

stop_daemons() {
  for file in "/run/frr/$name"/*.pid; do
    [ ! -e "$file" ] || kill -KILL "$(cat "$file")" 2>/dev/null || true
  done
  rm -rf "/run/frr/$name"
}

case $action in
start)
  ip netns add "$name"
  in_namespace ip link set lo up
  for number in 1 2 3 4 5; do
    in_namespace ip link add "eth$number" type veth peer name "peer$number"
    in_namespace ip link set "eth$number" up
    in_namespace ip link set "peer$number" up
  done
  in_namespace ip link add to-r2 type veth peer name to-r1
  in_namespace ip link add eth1.100 type veth peer name peer1.100
  for interface in to-r2 eth1.100; do in_namespace ip link set "$interface" up; done
  mkdir -p "$conf"
  echo 'service integrated-vtysh-config' >"$conf/vtysh.conf"
  cp /etc/frr/support_bundle_commands.conf "$conf/" 2>/dev/null || true
  chown -R frr:frr "$conf"
  start_daemons
  ;;
restart) # with nothing configured
  stop_daemons
  for interface in lo eth1 eth2 eth3 eth4 eth5 to-r2 eth1.100; do
    in_namespace ip address flush dev "$interface" scope global
  done
  start_daemons
  ;;
boot) # as at a boot: the file is read before anything else
  cat >"$conf/frr.conf"
  beside_daemons vtysh -N "$name" -b
  ;;
delta)
  beside_daemons "$bin/frr-reload.py" --test -N "$name" --rundir "/run/frr/$name" "$conf/frr.conf"
  ;;
running) beside_daemons vtysh -N "$name" -c 'show running-config' ;;
stop)
  stop_daemons
  ip netns del "$name" 2>/dev/null || true
  rm -rf "$conf"
  ;;
esac
