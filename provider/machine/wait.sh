# Waits until a machine is up, and tells why it is not.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; functions before it

# explain: why it failed: the units in it that did, with their last lines; else the last lines of its own unit, its console.
explain() {
  failed=$(failed_units)
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

# failed_units: in the machine; one that is about to be started again is none.
failed_units() {
  inside systemctl list-units --failed --plain --no-legend 2>/dev/null | awk '{ print $1 }' || :
}

# wait_until_up: until its boot has finished and nothing in it failed, or the given units are active; then for the command.
wait_until_up() {
  step "wait until the machine is up"
  deadline=$(($(uptime_seconds) + wait_seconds))
  until systems_are_up; do
    case $(active) in
      active | activating | reloading) ;;
      *) state="not running: its unit is $(active)"; break ;;
    esac
    if [ "$state" = degraded ] || [ "$(uptime_seconds)" -ge "$deadline" ]; then break; fi
    sleep 0.1
  done
  if [ "$state" = up ]; then
    wait_for_command
    return 0
  fi
  explain
  fail "the machine is not up after at most $wait_seconds s: ${state:-no answer from its systemd}"
}

# systems_are_up: what is not yet is in $state.
systems_are_up() {
  if ! has_systemd; then
    # Its unit is active once it runs; with NotifyReady=, once it has said that it is up.
    [ -z "$wait_units" ] || fail "waitFor.units cannot be: no systemd runs in the machine"
    state=$(active)
    [ "$state" = active ] || return 1
  elif [ -n "$wait_units" ]; then
    # shellcheck disable=SC2086 # a list of unit names
    state=$(inside systemctl is-active $wait_units 2>/dev/null | sort -u | tr '\n' ' ') || :
    [ "$state" = "active " ] || return 1
  else
    state=$(inside timeout $((wait_seconds + 1)) systemctl is-system-running --wait 2>/dev/null) || :
    [ "$state" = running ] || return 1
  fi
  state=up
}

# wait_for_command: the words are in $wait_word_0 and on, so that no shell reads them.
wait_for_command() {
  [ "$wait_words" -gt 0 ] || return 0
  set --
  index=0
  while [ "$index" -lt "$wait_words" ]; do
    eval "set -- \"\$@\" \"\$wait_word_$index\""
    index=$((index + 1))
  done
  step "wait until $1 succeeds in the machine"
  while :; do
    left=$((deadline - $(uptime_seconds)))
    [ "$left" -gt 0 ] || left=1
    # The last line is how it ended.
    said=$({
      code=0
      within=$left in_machine "$(leader)" "$@" 2>&1 || code=$?
      printf '\n%s' "$code"
    } | tail -c 2000)
    code=${said##*"$newline"}
    [ "$code" != 0 ] || return 0
    if [ "$(uptime_seconds)" -ge "$deadline" ] || [ "$(active)" != active ]; then break; fi
    sleep 0.2
  done
  printf '%s\n' "${said%"$newline"*}"
  fail "waitFor.command: $1 has not succeeded within $wait_seconds s; it ended with status $code"
}
