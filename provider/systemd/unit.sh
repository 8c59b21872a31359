# What a unit of the host is doing.
# shellcheck shell=sh

# unit_state UNIT: its ActiveState, but "activating" where it is down and has a job to do: systemd 252 has a unit that
# restarts `inactive` for a moment, and one that waits for another before it starts is so for longer (`failed` likewise).
unit_state() {
  seen=$(systemctl show -p ActiveState -p Job "$1")
  state=${seen#*ActiveState=}
  state=${state%%"$newline"*}
  case $state:$seen in
    inactive:*Job=[1-9]* | failed:*Job=[1-9]*) state=activating ;;
  esac
  printf '%s\n' "$state"
}

# is_down UNIT: whether it neither runs nor is about to.
is_down() {
  case $(unit_state "$1") in inactive | failed) return 0 ;; esac
  return 1
}
