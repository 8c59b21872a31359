# Waits until traffic goes around a machine whose FRR has been told to lead it away. Needs `inside`.
# shellcheck shell=sh

# until_quiet INSTANCES SECONDS: until everybody has been told, and it has forwarded nothing for three seconds since; 1 where the
# time ends before. At once where nobody can have been told. Whether neighbours would still send to it, they alone know; the
# packets that come tell. INSTANCES are FRR's lines `router bgp …`, `router ospf …`.
until_quiet() {
  has_neighbours || return 0
  # A router may have sent its last LSA just now, and then sends the next only after MinLSInterval: 5 s (RFC 2328, appendix B).
  case $1 in *'router ospf'*) told_after=6 ;; *) told_after=1 ;; esac
  began=$(uptime_seconds)
  quiet=0
  before=$(forwarded)
  while [ "$quiet" -lt 3 ]; do
    [ $(($(uptime_seconds) - began)) -lt "$2" ] || return 1
    sleep 1
    now=$(forwarded)
    quiet=$((quiet + 1))
    if [ "$now" != "$before" ] || [ $(($(uptime_seconds) - began)) -lt "$told_after" ]; then quiet=0; fi
    before=$now
  done
}

# has_neighbours: whether anybody can have been told.
has_neighbours() {
  for each in 'show bgp vrf all summary json' 'show ip ospf vrf all neighbor json' 'show ipv6 ospf6 neighbor json'; do
    if inside timeout 10 vtysh -c "$each" 2>/dev/null | grep -qE '"(state|nbrState)" *: *"(Established|Full)'; then return 0; fi
  done
  return 1
}

# forwarded: packets so far, of both families.
forwarded() {
  inside cat /proc/net/snmp /proc/net/snmp6 2>/dev/null |
    awk '/^Ip: [0-9]/ { print $7 } /^Ip6OutForwDatagrams/ { print $2 }' | tr '\n' ' '
}
