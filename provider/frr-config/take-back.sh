# Run by the host itself, by a timer: takes back a change that was not confirmed. sh take-back.sh MACHINE TOKEN
# shellcheck shell=sh disable=SC2154 # functions before it
lock "$machine"
if [ "$(cat "$pending/token" 2>/dev/null)" = "$token" ]; then
  [ -e "/var/lib/machines/$machine" ] || { disarm; exit 0; }
  open_rootfs
  if [ -e "$pending/confirmed" ]; then
    find_leader
    confirm
  else
    take_back
    printf '%s\n' "the FRR configuration of $machine was not confirmed, and was taken back${problem:+; $problem}"
  fi
fi
