# Programs and libraries that a machine runs although the host has replaced or removed them since.
# shellcheck shell=sh disable=SC2154 # values come with the request

# stale_binaries: their paths, a line each. The kernel says " (deleted)" of a mapped file whose name is gone or is another
# file's by now (proc_pid_maps(5)); a machine sees the host's /usr under the same paths.
stale_binaries() {
  group=$(systemctl show -P ControlGroup "$unit")
  [ -n "$group" ] || return 0
  processes=$(find "/sys/fs/cgroup$group" -name cgroup.procs -exec cat {} + 2>/dev/null)
  set --
  for each in $processes; do set -- "$@" "/proc/$each/maps"; done
  # Some end while we look.
  [ $# -eq 0 ] || cat "$@" 2>/dev/null |
    awk '$2 ~ /x/ && sub(/ \(deleted\)$/, "") && match($0, /\/usr\/.*/) { print substr($0, RSTART) }' |
    sort -u | head -n 20
}
