# A change that is in force and not confirmed yet, and how it ends: confirmed, or taken back. After files.sh and live.sh.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; functions before it

# All of it is in /run: a power cut, or a restart of the machine, comes back with what is on disk, which is the old
# configuration until the new one is confirmed.
# No machine's name has a colon.
pending=/run/pulumi-nspawn/frr:$machine
# What became of the last change that was not confirmed, for who asks for it: its token, and a text.
told=/run/pulumi-nspawn/frr:told:$machine
timer=pulumi-nspawn-frr-$machine

# arm SECONDS: from now on the host takes the change back by itself, unless it is confirmed before. One that had come and
# waits for our lock is called off. What cannot take it back now, since somebody else has the lock, tries again.
arm() {
  stop_timer
  systemctl reset-failed "$timer.timer" "$timer.service" 2>/dev/null || :
  systemd-run --quiet --collect --unit="$timer.service" --on-active="$1" --timer-property=AccuracySec=1s \
    --description="Take back the unconfirmed FRR configuration of $machine" \
    --property=Type=oneshot --property=Restart=on-failure --property=RestartSec=5 \
    --property=StartLimitIntervalSec=3600 --property=StartLimitBurst=20 \
    /bin/sh "$pending/take-back.sh" "$machine" "$(cat "$pending/token")" || fail "systemd-run cannot arm the rollback"
}

disarm() {
  rm -rf "$pending"
  stop_timer
}

# stop_timer: and what it has started meanwhile, which waits for our lock and would find nothing to do; but where it is the
# host itself that takes back, that is what this runs in.
stop_timer() {
  systemctl stop "$timer.timer" 2>/dev/null || :
  [ -n "${own_hand:-}" ] || systemctl stop "$timer.service" 2>/dev/null || :
}

# begin_change TOKEN: notes what was and what is to be. $text and $daemons_text are the new; restart is 1 where FRR has
# to be restarted for it.
begin_change() {
  (
    umask 077
    rm -rf "$pending" "$told"
    mkdir -p "$pending"
    running_config >"$pending/old.running"
    [ "$2" = 1 ] || [ -s "$pending/old.running" ] || fail "FRR in the machine does not say what is in force (vtysh -c 'show running-config'); nothing was changed"
    old=$(file_text frr.conf)
    printf '%s' "${old%x}" >"$pending/old.conf"
    old=$(file_text daemons)
    printf '%s' "${old%x}" >"$pending/old.daemons"
    printf '%s' "$text" >"$pending/new.conf"
    printf '%s' "$daemons_text" >"$pending/new.daemons"
    printf '%s\n' "$daemons_running" >"$pending/running"
    up_now >"$pending/up"
    printf '%s' "$take_back_script" >"$pending/take-back.sh"
    printf '%s\n' "$2" >"$pending/restart"
    printf '%s\n' "$restore_seconds" >"$pending/seconds"
    printf '%s\n' "$1" >"$pending/token"
  )
}

# read_pending NAME: $pending_text, as it is.
read_pending() {
  pending_text=$(cat "$pending/$1"; echo x)
  pending_text=${pending_text%x}
}

# sessions_before: the sessions that were up before, as wants. One that came by a listen range is not listed while it is
# down, so it is asked for by its name as long as the same ranges listen.
sessions_before() {
  listened=$(grep '^ bgp listen range ' "$pending/old.running") || :
  if [ -n "$listened" ] && printf '%s\n' "$listened" | grep -qvxF -e "$(running_config | grep '^ bgp listen range ')"; then
    sed '/ dynamic$/d' "$pending/up"
  else
    sed '/ dynamic$/{s/^was //; s/ dynamic$//}' "$pending/up"
  fi
}

# put_old_files: what was on disk before the change.
put_old_files() {
  read_pending old.conf
  old=$pending_text
  read_pending old.daemons
  put_files "$old" "$pending_text"
}

# unharmed: whether what was verified is what is in force still; otherwise $problem says why not.
unharmed() {
  problem="the machine was stopped or restarted before the change was confirmed"
  [ -n "$leader" ] && no_daemon_ended "$(cat "$pending/born")"
}

# confirm: what is in force becomes what is on disk.
confirm() {
  : >"$pending/confirmed"
  read_pending new.conf
  confirmed_text=$pending_text
  read_pending new.daemons
  was=$(file_text daemons)
  put_files "$confirmed_text" "$pending_text"
  if [ "$was" != "${pending_text}x" ] && [ "$(cat "$pending/restart")" = 0 ]; then watch_daemons; fi
  disarm
}

# take_back: what was is in force again, and on disk. Sets $problem to what did not come back; the sessions of before have
# the time that the change had.
take_back() {
  step "put the old configuration back"
  wait_while_it_stops
  problem='' daemons_noted='' stable_seconds=0
  if [ "$(cat "$pending/restart")" = 1 ]; then
    put_old_files
    [ -z "$leader" ] || restart_frr
  elif [ -n "$leader" ]; then
    wait_for_frr
    was=$(cat "$pending/running")
    for each in $was; do
      [ "$each" = watchfrr ] || start_daemons "$each" || :
    done
    read_pending old.running
    reload_problem="it is locked by somebody else"
    if [ "$(running_config)$newline" != "$pending_text" ] && ! { unlocked && reload "$pending_text"; }; then
      problem="the old configuration could not be loaded, so FRR was restarted with it: $reload_problem$newline"
      restart_frr
    fi
    for each in $daemons_running; do
      case " $was" in *" $each "*) ;; *) stop_daemons "$each" ;; esac
    done
  fi
  if [ -n "$leader" ]; then
    restored=$problem
    wait_until_met "$(sessions_before)" "$(cat "$pending/seconds")" || problem="these sessions were up before and are not up again:$newline$problem"
    problem=$restored$problem
  fi
  token_taken_back=$(cat "$pending/token")
  disarm
  (umask 077 && printf '%s\n%s\n' "$token_taken_back" "$problem" >"$told")
}

# settle: an earlier change that nobody has confirmed, and never will, now that we are here.
settle() {
  if [ -e "$pending/confirmed" ]; then
    step "finish the change that was confirmed before"
    find_leader
    confirm
  elif [ -e "$pending/token" ]; then
    take_back
  else
    rm -rf "$pending"
  fi
  rm -f "$told"
}
