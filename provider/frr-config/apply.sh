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

# in_force: whether there is nothing to do.
in_force() {
  holds frr.conf "$text" && holds daemons "$daemons_text" || return 1
  for each in $daemons; do runs "$each" || return 1; done
  [ -f "$kept/running" ] && running_config | cmp -s - "$kept/running"
}

change_live() {
  restart=0
  runs watchfrr || restart=1
  # FRR takes another profile of defaults only at its start (E.49).
  if [ "$(profile_of "$text")" != "$(profile_of "$(running_config)")" ]; then restart=1; fi
  step "note what is in force"
  begin_change "$change_token" "$restart"
  wants=$(cat "$pending/up")$newline$wanted_sessions
  [ "$rollback" = 0 ] || arm "$((verify_seconds + restore_seconds + 120))"
  if apply_change && verify_change; then return 0; fi
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
    for each in $daemons; do
      runs "$each" || { problem="FRR did not start $each: $(last_words "$each")"; return 1; }
    done
    return 0
  fi
  # shellcheck disable=SC2086 # a list of names
  start_daemons $daemons || return 1
  step "change the configuration in force"
  reload "$text" || { problem="frr-reload.py could not make the change:$newline$reload_problem"; return 1; }
}

verify_change() {
  step "verify the sessions"
  wait_until_met "$wants" "$verify_seconds" && return 0
  problem="the configuration was tried, and after $verify_seconds s these sessions of $machine were not up:
$(printf '%s\n' "$problem" | sed 's/^any //; s/^/  /')"
  return 1
}

if [ -z "$leader" ]; then
  if ! holds frr.conf "$text" || ! holds daemons "$daemons_text"; then
    step "write the configuration"
    rm -f "$kept/running"
  fi
  put_files "$text" "$daemons_text"
else
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
