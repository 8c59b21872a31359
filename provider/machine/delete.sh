# Stops a machine of ours and takes it out of the boot.
# shellcheck shell=sh disable=SC2154 # values come with the request
lock "$machine"
if owned machine "$machine" "$owner"; then
  stop_machine
  systemctl disable --quiet "$unit" 2>/dev/null || :
  forget machine "$machine"
  if [ -e "$target_mark" ] && [ ! -d "$records/machine" ]; then
    systemctl disable --quiet machines.target 2>/dev/null || :
    rm -f "$target_mark"
    rmdir "$records" 2>/dev/null || :
  fi
fi
