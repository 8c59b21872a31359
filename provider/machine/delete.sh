# Stops a machine of ours and takes it out of the boot.
# shellcheck shell=sh disable=SC2154 # values come with the request
lock "$machine"
if owned machine "$machine" "$owner"; then
  stop_machine
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  remove_drop_in
  reload_systemd
  if [ -e "$target_mark" ] && [ "$(ls "$records/machine")" = "$machine" ]; then
    systemctl disable --quiet machines.target 2>/dev/null || :
    rm -f "$target_mark"
  fi
  forget machine "$machine"
fi
