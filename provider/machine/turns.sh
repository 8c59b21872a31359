# Restarts take turns on a host, also those of other runs and stacks.
# shellcheck shell=sh disable=SC2154 # values come with the request; functions before it

# take_turn: holds one of $restart_slots places until the operation ends; 0: waits for nobody. It comes before the lock of
# the machine, so that nobody who waits for a turn keeps others from their machine.
take_turn() {
  [ "$restart_slots" -gt 0 ] || return 0
  step "wait until it is its turn to restart"
  attend
  turn_deadline=$(($(uptime_seconds) + 900))
  while :; do
    slot=1
    while [ "$slot" -le "$restart_slots" ]; do
      if take_slot; then return 0; fi
      slot=$((slot + 1))
    done
    [ "$(uptime_seconds)" -lt "$turn_deadline" ] ||
      refuse "other machines of this host have been restarting for 900 s (/run/pulumi-nspawn/restart.*.lock)"
    sleep 0.2
  done
}

take_slot() {
  exec 7>"/run/pulumi-nspawn/restart.$slot.lock"
  flock -n 7
}
