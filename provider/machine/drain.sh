# Takes traffic away from a machine in which FRR runs, before it is stopped.
# shellcheck shell=sh disable=SC2154 # values come with the request; functions before it

# drain: for at most $drain_seconds. What it sets in FRR is not written to disk, so the next start does not have it.
drain() {
  [ -n "$drain_seconds" ] || return 0
  instances=$(inside timeout 10 vtysh -c 'show running-config' 2>/dev/null | grep -E '^router (bgp|ospf|ospf6)( |$)') || return 0
  [ -n "$instances" ] || return 0
  step "drain the machine"
  # A router may have sent its last LSA just now, and then sends the next only after MinLSInterval: 5 s (RFC 2328, appendix B).
  case $instances in *ospf*) told_after=6 ;; *) told_after=1 ;; esac
  while IFS= read -r instance; do
    case $instance in
      'router bgp'*) away='bgp graceful-shutdown' ;;
      'router ospf6'*) away='stub-router administrative' ;;
      *) away='max-metric router-lsa administrative' ;;
    esac
    inside timeout 10 vtysh -c 'configure terminal' -c "$instance" -c "$away" </dev/null ||
      step "go on without draining: FRR does not take $away in $instance"
  done <<END
$instances
END
  ! has_neighbours || until_quiet
}

# has_neighbours: whether anybody can have been told.
has_neighbours() {
  for each in 'show bgp vrf all summary json' 'show ip ospf vrf all neighbor json' 'show ipv6 ospf6 neighbor json'; do
    if inside timeout 10 vtysh -c "$each" 2>/dev/null | grep -qE '"(state|nbrState)" *: *"(Established|Full)'; then return 0; fi
  done
  return 1
}

# until_quiet: until everybody has been told, and it has forwarded nothing for three seconds since. Whether neighbours would
# still send to it, they alone know; the packets that come tell.
until_quiet() {
  began=$(uptime_seconds)
  quiet=0
  before=$(forwarded)
  while [ "$quiet" -lt 3 ] && [ $(($(uptime_seconds) - began)) -lt "$drain_seconds" ]; do
    sleep 1
    now=$(forwarded)
    quiet=$((quiet + 1))
    if [ "$now" != "$before" ] || [ $(($(uptime_seconds) - began)) -lt "$told_after" ]; then quiet=0; fi
    before=$now
  done
}

# forwarded: packets so far, of both families.
forwarded() {
  inside cat /proc/net/snmp /proc/net/snmp6 2>/dev/null |
    awk '/^Ip: [0-9]/ { print $7 } /^Ip6OutForwDatagrams/ { print $2 }' | tr '\n' ' '
}
