# Stops a machine of ours and takes it out of the boot.
# shellcheck shell=sh disable=SC2154 # values come with the request

# unrecord: the last one puts machines.target back. What is cut off in between is done again.
unrecord() {
  if [ -e "$target_mark" ] && [ "$(ls "$records/machine")" = "$machine" ]; then
    systemctl disable --quiet machines.target 2>/dev/null || :
    rm -f "$target_mark"
  fi
  rm -f "$records/machine/$machine"
}

lock "$machine"
if owned machine "$machine" "$owner"; then
  stop_machine
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  remove_drop_in
  reload_systemd
  # Two that go at the same time would each see the other.
  with_folders unrecord
  forget machine "$machine"
fi
