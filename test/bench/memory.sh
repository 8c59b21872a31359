#!/bin/sh
# What the machines of a host take, in KiB: a line `machine NAME PSS PRIVATE DISK` each, and `rest PSS` for everything else.
# PSS counts a page that several processes share in equal parts (proc_pid_smaps(5)).
set -eu
for process in /proc/[0-9]*; do echo "$process"; done | awk '
  {
    unit = "rest"
    while ((getline line < ($0 "/cgroup")) > 0)
      if (match(line, /systemd-nspawn@[^\/]*\.service/)) unit = substr(line, RSTART + 15, RLENGTH - 23)
    close($0 "/cgroup")
    while ((getline line < ($0 "/smaps_rollup")) > 0) {
      split(line, part)
      if (part[1] == "Pss:") pss[unit] += part[2]
      if (part[1] ~ /^Private_/) own[unit] += part[2]
    }
    close($0 "/smaps_rollup")
  }
  END { for (unit in pss) print unit, pss[unit], own[unit] + 0 }' | while read -r unit pss own; do
  if [ "$unit" = rest ]; then
    echo "rest $pss"
  else
    disk=$(du -sx "/var/lib/machines/$unit")
    echo "machine $unit $pss $own ${disk%%[!0-9]*}"
  fi
done
