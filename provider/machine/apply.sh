# Makes a machine run, or not, and start at boot, or not. Restarts it only when what it was started with has changed.
# shellcheck shell=sh disable=SC2154 # values come with the request
command -v machinectl >/dev/null || refuse "machinectl is missing: install the package systemd-container"
[ "$running" = 0 ] || [ -e "/var/lib/machines/$machine" ] || refuse "there is no rootfs /var/lib/machines/$machine"
[ "$may_restart" = 0 ] || take_turn
lock "$machine"
if [ "$running$enabled" != 00 ] && [ "$(systemctl show -P LoadState "$unit")" = masked ]; then
  refuse "$unit is masked: somebody wanted it never to start. Take that back: systemctl unmask $unit; systemctl unmask --runtime $unit"
fi

exists=0
is_down "$unit" || exists=1
systemctl is-enabled --quiet "$unit" 2>/dev/null && exists=1
own machine "$machine" "$owner" "$exists" "$adopt"
write_drop_in

if [ "$enabled" = 1 ] && ! enabled; then
  step "enable the machine at boot"
  systemctl is-enabled --quiet machines.target 2>/dev/null || {
    systemctl enable --quiet --no-reload machines.target
    : >"$target_mark"
  }
  systemctl enable --quiet --no-reload "$unit"
  reload=1
elif [ "$enabled" = 0 ] && systemctl is-enabled --quiet "$unit" 2>/dev/null; then
  step "disable the machine at boot"
  systemctl disable --quiet --no-reload "$unit"
  reload=1
fi
if [ -n "$reload" ]; then
  reload_systemd
  make_lasting
fi

start_machine() {
  restarts=$(systemctl show -P NRestarts "$unit")
  if [ "$(active)" = failed ] && [ "$restarts" -gt 0 ]; then
    step "start the machine, which systemd has started again $restarts times and given up"
  else
    step "start the machine"
  fi
  systemctl reset-failed "$unit" 2>/dev/null || :
  sweep_crash
  sweep_copies
  if ! systemctl start "$unit"; then
    explain
    fail "the machine did not start"
  fi
  printf '%s\n' "$triggers" >"$started_with"
}

# restart_reason: nothing where it may go on as it is.
restart_reason() {
  # Without a note of what it was started with (someone else started it), only a change that we know of counts.
  started=$(cat "$started_with" 2>/dev/null) || started=
  if [ "${started:-${old_triggers:-$triggers}}" != "$triggers" ]; then
    echo "what it was started with has changed"
  elif [ "$was_started_otherwise" = 1 ] && [ -d "$started_files" ] && [ "$(settings_started)" != "$(settings_now)" ]; then
    echo "it was started with other settings than its files have now"
  elif [ "$was_stale" = 1 ]; then
    stale=$(stale_binaries | tr '\n' ' ')
    [ -z "$stale" ] || printf 'the host has replaced what it runs: %s\n' "$stale"
  fi
}

# mend_units: those that had failed in it, where it has not restarted for another reason.
mend_units() {
  [ "$had_failed" = 1 ] || return 0
  failing=$(failed_units)
  for each in $failing; do
    step "start $each in the machine again"
    inside systemctl restart "$each" || :
  done
  # One that ends at once has started all the same, for a moment (Type=simple in systemd.service(5)).
  [ -z "$failing" ] || sleep 1
}

due=
found=$(active)
# What somebody else has begun, such as its host, which boots, comes to its end first. It may have started with what was there
# before. It is looked at once: a machine that reboots a moment later is not started as one that is down.
case $running,$found in
  1,activating)
    step "wait until the machine has started"
    if systemctl start "$unit"; then found=active; fi
    ;;
  1,deactivating) stop_machine ;;
esac
if [ "$running" = 0 ]; then
  stop_machine
elif [ "$found" = active ]; then
  due=$(restart_reason)
  if [ -n "$due" ] && [ "$may_restart" = 1 ]; then
    stop_machine
    step "restart the machine: $due"
    start_machine
    due=
  elif [ -z "$due" ]; then
    mend_units
  fi
else
  start_machine
fi
if [ -n "$due" ]; then
  put restart_due "$due"
elif [ "$running" = 1 ]; then
  [ -d "$started_files" ] || assume_settings
  wait_until_up
  [ -e "$started_with" ] || printf '%s\n' "$triggers" >"$started_with"
  put settings "$(settings_started)"
fi
put addresses "$(host0_addresses)"
