# The end of a WireGuard tunnel: its key, and how it is configured. What it is to be is in $wireguard: the port, the
# peer's endpoint or "-", its keepalive in seconds, and its public key.
# shellcheck shell=sh disable=SC2154,SC2034 # what observe.sh and connect.sh set; its users come after it
# Part of each operation on links, and of the script that the host runs by itself when a machine starts (boot.sh).

# Root alone can read these, and nothing of them leaves the host but the public keys.
keys=/var/lib/pulumi-nspawn/wireguard

# read_key: the end's own $private_key, and the trigger for which it was made in $key_trigger; empty where there is none.
read_key() {
  private_key='' key_trigger=''
  [ -e "$keys/$link_id" ] || return 0
  while read -r word rest; do
    case $word in
      key) private_key=$rest ;;
      rekey) key_trigger=$rest ;;
    esac
  done <"$keys/$link_id"
  # wg would print in its error what is no key.
  case $private_key in
    *[!A-Za-z0-9+/=]*) private_key= ;;
    *=) [ "${#private_key}" = 44 ] || private_key= ;;
    *) private_key= ;;
  esac
}

# observe_wireguard: $configured is 1 where the selected end is as asked for; empty $answering: nothing runs it.
observe_wireguard() {
  answering='' configured='' seen_endpoint='' peers=0
  case $there,$kind in
    ours,wireguard | ours,tun) ;;
    *) return 0 ;;
  esac
  dump=$(ask_wireguard show "$interface" dump 2>/dev/null) || return 0
  answering=1
  read_key
  # wg(8): the interface has four fields, a peer eight.
  while read -r first second third fourth _ _ _ eighth; do
    if [ -z "$eighth" ]; then
      seen_private=$first seen_port=$third
    else
      peers=$((peers + 1))
      seen_peer=$first seen_endpoint=$third seen_allowed=$fourth seen_keepalive=$eighth
    fi
  done <<END
$dump
END
  [ "$peers" = 1 ] || return 0
  [ "$seen_keepalive" != off ] || seen_keepalive=0
  # shellcheck disable=SC2086 # fields of checked text
  set -- $wireguard
  case $seen_allowed in
    0.0.0.0/0,::/0 | ::/0,0.0.0.0/0) ;;
    *) return 0 ;;
  esac
  [ "$seen_private $seen_port $seen_keepalive $seen_peer" != "$private_key $1 $3 $4" ] || configured=1
}

# settle_wireguard: configures the selected end where it is not as asked for. A peer may move about: its endpoint is told
# once, and where it then answers from is its own affair.
settle_wireguard() {
  # shellcheck disable=SC2086 # fields of checked text
  set -- $wireguard
  if [ -n "$configured" ]; then
    if [ "$2" = - ] || [ "$2" = "$seen_endpoint" ] || [ -n "$endpoint_told" ]; then return 0; fi
  fi
  endpoint_told=1 settled=
  step "configure WireGuard on $interface in $(place)"
  configure_wireguard "$interface"
}

# configure_wireguard NAME: all of the selected end, which is called that now; sessions that can stay do.
configure_wireguard() {
  read_key
  [ -n "$private_key" ] || {
    problem="the key of the tunnel is missing or broken ($keys/$link_id): run pulumi up"
    return 1
  }
  # shellcheck disable=SC2086 # fields of checked text
  set -- "$1" $wireguard
  {
    printf '[Interface]\nPrivateKey = %s\nListenPort = %s\n' "$private_key" "$2"
    # Whatever comes through it is from its one peer.
    printf '[Peer]\nPublicKey = %s\nAllowedIPs = 0.0.0.0/0, ::/0\nPersistentKeepalive = %s\n' "$5" "$4"
    [ "$3" = - ] || printf 'Endpoint = %s\n' "$3"
  } | ask_wireguard syncconf "$1" /dev/stdin || {
    problem="cannot configure WireGuard on port $2"
    return 1
  }
}

# ask_wireguard COMMAND NAME ARGUMENT…: wg, of the selected end. A process answers on the host, by its first name.
ask_wireguard() {
  if [ "$kind" = tun ]; then
    asked=$1
    shift 2
    wg "$asked" "$temporary" "$@"
  else
    nsenter -t "$pid" -n wg "$@"
  fi
}

# make_wireguard: the selected end's interface, under its temporary name and configured: in the kernel, where it can;
# otherwise run by wireguard-go.
make_wireguard() {
  # The outer socket stays in the namespace in which this runs: the host's.
  if made=$(ip link add name "$temporary" netns "$pid" type wireguard 2>&1); then
    kind=wireguard
  else
    case $made in
      *'Unknown device type'* | *'ot supported'*) ;;
      *)
        problem="cannot make a WireGuard interface: $made"
        return 1
        ;;
    esac
    kind=tun
    start_userspace || return 1
  fi
  configure_wireguard "$temporary"
}
