# Makes FRR's configuration in a machine what it is to be: on disk where the machine does not run, else live, with nothing
# restarted that need not. $text and $daemons_text are the new files.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; functions before it
lock "$machine"
dry_run "$text"
open_rootfs
enter etc/frr || refuse "$why; the machine's rootfs needs the package frr (packages)"
cd /
find_leader
now=$(file_text frr.conf)
exists=0
if configured "${now%x}" && [ ! -d "$kept/original" ]; then exists=1; fi
own frr-config "$machine" "$owner" "$exists" "$adopt"
# From here on something has been changed.
refuse() {
  fail "$1"
}
settle
keep_originals

# remember: what FRR prints now is what this configuration looks like.
remember() {
  running_config | write_file "$kept/running" 600
}

# holds_both: whether what is on disk is what is to be.
holds_both() {
  holds frr.conf "$text" && holds daemons "$daemons_text"
}

# in_force: whether there is nothing to do.
in_force() {
  holds_both || return 1
  for each in $daemons; do runs "$each" || return 1; done
  [ -f "$kept/running" ] && running_config | cmp -s - "$kept/running"
}

change_live() {
  restart=0
  runs watchfrr || restart=1
  # FRR takes another profile of defaults only at its start (E.49).
  if [ "$(profile_of "$text")" != "$(profile_of "$(running_config)")" ]; then restart=1; fi
  [ "$restart" = 1 ] || refuse_reload
  step "note what is in force"
  begin_change "$change_token" "$restart"
  [ "$rollback" = 0 ] || arm "$((verify_seconds + stable_seconds + drain_seconds + restore_seconds + 120))"
  if apply_change && verify_change; then
    [ "$drain_seconds" = 0 ] || wait_for_traffic
    return 0
  fi
  failure=$problem
  if [ "$rollback" = 0 ]; then
    confirm
    fail "$failure
What was changed stays, as rollback is false."
  fi
  take_back
  fail "$failure
The old configuration is in force again${problem:+, but $problem}."
}

apply_change() {
  if [ "$restart" = 1 ]; then
    put_files "$text" "$daemons_text"
    restart_frr
    # FRR has read them. Until the change is confirmed, a start of the machine finds what was before.
    put_old_files
    for each in $daemons; do
      runs "$each" || { problem="FRR did not start $each: $(last_words "$each")"; return 1; }
    done
    note_daemons
    return 0
  fi
  # shellcheck disable=SC2086 # a list of names
  start_daemons $daemons || return 1
  note_daemons
  step "change the configuration in force"
  reload "$text" || { problem="frr-reload.py could not make the change:$newline$reload_problem"; return 1; }
}

# note_daemons: those that must live on from now on.
note_daemons() {
  running_daemons
  daemons_noted=$daemons_born
  (umask 077 && printf '%s\n' "$daemons_noted" >"$pending/born")
}

verify_change() {
  step "verify the sessions"
  wants=$(sessions_before)$newline$wanted_sessions verified=0
  wait_until_met "$wants" "$verify_seconds" || verified=$?
  [ "$verified" != 0 ] || no_daemon_ended "$daemons_noted" || return 1
  [ "$verified" = 1 ] || return "$verified"
  problem="the configuration was tried, and after $verify_seconds s these sessions of $machine were not up:
$(printf '%s\n' "$problem" | sed 's/^any //' | while read -r kind name state; do
    printf '  %s\n' "$kind $name $state"
    reasons_of "$kind" "$name" | sed 's/^/    /'
  done)
A change that both ends of a session must make is made on both at once (pulumi up --parallel N), or the session is named in verify.mayStayDown."
  return 1
}

# wait_for_traffic: to have gone elsewhere. What stays is no failure: it may have no other way.
wait_for_traffic() {
  step "wait until traffic goes around the machine"
  until_quiet "$(running_config | grep '^router ')" "$drain_seconds" ||
    step "go on: traffic still goes through the machine"
}

if [ -z "$leader" ] && ! holds_both; then
  step "write the configuration"
  rm -f "$kept/running"
  old=$(file_text frr.conf) old_daemons=$(file_text daemons)
  put_files "$text" "$daemons_text"
  # Where it has started meanwhile, it may have read what was there before: that is a change to one that runs.
  find_leader
  [ -z "$leader" ] || put_files "${old%x}" "${old_daemons%x}"
elif [ -z "$leader" ]; then
  put_files "$text" "$daemons_text"
fi
if [ -n "$leader" ]; then
  wait_for_frr
  if ! in_force; then
    change_live
    if [ "$rollback" = 0 ]; then
      confirm
      remember
    else
      # The window in which it is to be confirmed begins now.
      : >"$pending/verified"
      arm "$confirm_seconds"
      put pending 1
    fi
  fi
fi
