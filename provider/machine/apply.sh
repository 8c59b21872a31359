# Makes a machine run, or not, and start at boot, or not. Restarts it only when what it was started with has changed.
# shellcheck shell=sh disable=SC2154 # values come with the request
command -v machinectl >/dev/null || refuse "machinectl is missing: install the package systemd-container"
[ "$running" = 0 ] || [ -e "/var/lib/machines/$machine" ] || refuse "there is no rootfs /var/lib/machines/$machine"
lock "$machine"
if [ "$running$enabled" != 00 ] && [ "$(systemctl show -P LoadState "$unit")" = masked ]; then
  refuse "$unit is masked: somebody wanted it never to start. Take that back: systemctl unmask $unit; systemctl unmask --runtime $unit"
fi

exists=0
case $(active) in
  inactive | failed) ;;
  *) exists=1 ;;
esac
systemctl is-enabled --quiet "$unit" 2>/dev/null && exists=1
own machine "$machine" "$owner" "$exists" "$adopt"

if [ "$enabled" = 1 ] && ! enabled; then
  step "enable the machine at boot"
  systemctl is-enabled --quiet machines.target 2>/dev/null || {
    systemctl enable --quiet machines.target
    : >"$target_mark"
  }
  systemctl enable --quiet "$unit"
elif [ "$enabled" = 0 ] && systemctl is-enabled --quiet "$unit" 2>/dev/null; then
  step "disable the machine at boot"
  systemctl disable --quiet "$unit"
fi

# Why it failed: the units in it that did, with their last lines; else the last lines of its own unit, its console.
explain() {
  failed=$(inside systemctl list-units --failed --plain --no-legend 2>/dev/null | awk '{ print $1 }') || failed=
  for each in $failed; do
    printf 'in the machine, %s failed:\n' "$each"
    inside journalctl --no-pager --quiet --output=cat -n 8 -u "$each" 2>/dev/null || :
  done
  [ -n "$failed" ] || journalctl --no-pager --quiet --output=cat -n 15 -u "$unit" 2>/dev/null || :
  if [ "$(systemctl show -P Result "$unit")" = timeout ]; then
    printf 'it did not say in time that it is up; an init script of its own says: systemd-notify --ready --pid=1\n'
  fi
  if journalctl --no-pager --quiet --output=cat -n 40 -u "$unit" 2>/dev/null | grep -q 'Too many open files'; then
    printf 'the host has run out of inotify instances: raise fs.inotify.max_user_instances (now %s), for example to 1024, in /etc/sysctl.d\n' \
      "$(cat /proc/sys/fs/inotify/max_user_instances)"
  fi
}

start_machine() {
  step "start the machine"
  systemctl reset-failed "$unit" 2>/dev/null || :
  sweep_crash
  if ! systemctl start "$unit"; then
    explain
    fail "the machine did not start"
  fi
  mkdir -p "${started_with%/*}"
  printf '%s\n' "$triggers" >"$started_with"
}

# wait_until_up: until its boot has finished and nothing in it failed, or the given units are active.
wait_until_up() {
  step "wait until the machine is up"
  deadline=$(($(date +%s) + wait_seconds))
  while :; do
    if ! has_systemd; then
      # Its unit is active once it runs; with NotifyReady=, once it has said that it is up.
      [ -z "$wait_units" ] || fail "waitFor.units cannot be: no systemd runs in the machine"
      [ "$(active)" != active ] || return 0
    elif [ -n "$wait_units" ]; then
      # shellcheck disable=SC2086 # a list of unit names
      state=$(inside systemctl is-active $wait_units 2>/dev/null | sort -u | tr '\n' ' ') || :
      [ "$state" = "active " ] && return 0
    else
      state=$(inside timeout $((wait_seconds + 1)) systemctl is-system-running --wait 2>/dev/null) || :
      [ "$state" = running ] && return 0
      [ "$state" = degraded ] && break
    fi
    case $(active) in
      active | activating | reloading) ;;
      *) state="not running: its unit is $(active)"; break ;;
    esac
    [ "$(date +%s)" -lt "$deadline" ] || break
    sleep 0.1
  done
  explain
  fail "the machine is not up after at most $wait_seconds s: ${state:-no answer from its systemd}"
}

if [ "$running" = 1 ]; then
  # Without a note of what it was started with (someone else started it), only a change that we know of counts.
  started=$(cat "$started_with" 2>/dev/null) || started=
  if [ "$exists" = 1 ] && [ "${started:-${old_triggers:-$triggers}}" != "$triggers" ]; then
    stop_machine
  fi
  [ "$(active)" = active ] || start_machine
  wait_until_up
  [ -n "$started" ] || printf '%s\n' "$triggers" >"$started_with"
else
  stop_machine
fi
put addresses "$(host0_addresses)"
