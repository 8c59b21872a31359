#!/bin/sh
# Ends everything in the cgroup NAME at once, and removes it. Runs in a mount namespace of its own. A name cannot be another
# process's by now, as a number can. Nothing may start in a cgroup that was killed: its processes' children die where they are
# made in a cgroup below it (CLONE_INTO_CGROUP, as systemd 257 does; seen on Linux 6.18), so it has to be made anew.
set -eu
mount -t cgroup2 cgroup2 /sys/fs/cgroup
cgroup=/sys/fs/cgroup/$1
[ -d "$cgroup" ] || exit 0

left=200
while grep -q '^populated 1' "$cgroup/cgroup.events"; do
  echo 1 >"$cgroup/cgroup.kill"
  left=$((left - 1))
  [ "$left" -gt 0 ] || { echo "processes in $1 do not end: $(find "$cgroup" -name cgroup.procs -exec cat {} +)" >&2; exit 1; }
  sleep 0.05
done
find "$cgroup" -depth -type d -exec rmdir {} +
