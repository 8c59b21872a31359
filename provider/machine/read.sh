# What a machine is doing.
# shellcheck shell=sh disable=SC2154 # values come with the request

# settled: its state, once it is neither starting nor stopping, or after five seconds.
settled() {
  looks=0
  while :; do
    case $(active) in
      active | reloading) echo running; return 0 ;;
      failed) echo failed; return 0 ;;
      activating) settling=starting ;;
      deactivating) settling=stopping ;;
      *) echo stopped; return 0 ;;
    esac
    looks=$((looks + 1))
    [ "$looks" -le 25 ] || { echo "$settling"; return 0; }
    sleep 0.2
  done
}

# lasting_failures: units that have failed, and still have when we look again.
lasting_failures() {
  first_look=$(failed_units)
  [ -n "$first_look" ] || return 0
  sleep 1
  failed_units | grep -xF "$first_look" || :
}

state=$(settled)
starts_at_boot=0
if enabled; then starts_at_boot=1; fi
put state "$state"
put enabled "$starts_at_boot"
put result "$(systemctl show -P Result "$unit")"
put restarts "$(systemctl show -P NRestarts "$unit")"
if [ "$state" != stopped ] || [ "$starts_at_boot" = 1 ] || [ -n "$(owner machine "$machine")" ]; then
  put present 1
  put addresses "$(host0_addresses)"
  if [ -f "$own_drop_in" ]; then
    put drop_in_present 1
    put drop_in "$(cat "$own_drop_in"; echo x)"
  fi
  if [ "$state" = running ]; then
    put settings "$(settings_started)"
    put stale "$(stale_binaries)"
    if has_systemd; then put failed_units "$(lasting_failures)"; fi
  fi
fi
