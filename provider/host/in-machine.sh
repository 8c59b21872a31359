# Running something in a machine.
# shellcheck shell=sh

# in_machine PID COMMAND…: in all namespaces of that process. nsenter is not to fork: a machine that goes down stops all its
# processes for a moment (broadcast_signal() in systemd), and nsenter, seeing its child stopped, stops itself. Nobody would
# wake it; it would keep the machine's network, and so the name of its interface, for which the machine could not start again.
# This sh is not among the machine's processes, what it starts is. It has $within seconds, where that is set, and none of our
# pipes and locks, which whatever it leaves running would keep.
in_machine() {
  entered=$1
  shift
  # shellcheck disable=SC2016 # for the sh in the machine
  ${within:+timeout -k 1 "$within"} nsenter -t "$entered" -a -F -- sh -c '"$@"; exit' sh "$@" \
    3>&- 5>&- 7>&- 8>&- 9>&-
}
