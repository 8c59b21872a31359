#!/bin/sh
# Ends everything in the cgroup NAME at once, and removes it: `remove NAME`; or leaves it there: `kill NAME`.
# Runs in a mount namespace of its own. A name cannot be another process's by now, as a number can.
set -eu
mount -t cgroup2 cgroup2 /sys/fs/cgroup
cgroup=/sys/fs/cgroup/$2
[ -d "$cgroup" ] || exit 0

left=200
while grep -q '^populated 1' "$cgroup/cgroup.events"; do
  echo 1 >"$cgroup/cgroup.kill"
  left=$((left - 1))
  [ "$left" -gt 0 ] || { echo "processes in $2 do not end: $(find "$cgroup" -name cgroup.procs -exec cat {} +)" >&2; exit 1; }
  sleep 0.05
done
[ "$1" = kill ] || find "$cgroup" -depth -type d -exec rmdir {} +
