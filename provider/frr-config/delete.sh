# Gives back what was there before us: on disk, and in force where the machine runs. Only what is ours.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; functions before it
lock "$machine"
if owned frr-config "$machine" "$owner"; then
  if [ -e "/var/lib/machines/$machine" ]; then
    open_rootfs
    find_leader
    settle
    if [ -d "$kept/original" ] && { holds frr.conf "$text" || holds daemons "$daemons_text"; }; then
      step "give back the files of before"
      put_originals
      if [ -n "$leader" ]; then
        wait_for_frr
        read_original frr.conf
        if ! runs watchfrr; then
          :
        elif [ "$(profile_of "$original")" = "$(profile_of "$(running_config)")" ] && reload "$original"; then
          watch_daemons
        else
          restart_frr
        fi
      fi
    fi
  else
    disarm
  fi
  rm -rf "${kept:?}" "$told"
  forget frr-config "$machine"
fi
