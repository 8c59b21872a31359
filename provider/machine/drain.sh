# Takes traffic away from a machine in which FRR runs, before it is stopped. After frr/quiet.sh.
# shellcheck shell=sh disable=SC2154 # values come with the request; functions before it

# drain: for at most $drain_seconds. What it sets in FRR is not written to disk, so the next start does not have it.
drain() {
  [ -n "$drain_seconds" ] || return 0
  instances=$(inside timeout 10 vtysh -c 'show running-config' 2>/dev/null | grep -E '^router (bgp|ospf|ospf6)( |$)') || return 0
  [ -n "$instances" ] || return 0
  step "drain the machine"
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
  until_quiet "$instances" "$drain_seconds" || step "go on: traffic still goes through the machine"
}
