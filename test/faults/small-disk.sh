# A small file system of its own at /srv/NAME, and what can go wrong with it.
# shellcheck shell=sh
at=/srv/$2
case $1 in
  make) mkdir -p "$at" && mount -t tmpfs -o size=16m,nr_inodes=5000,mode=755 none "$at" ;;
  remove) umount "$at" && rmdir "$at" ;;
  fill) ! dd if=/dev/zero of="$at/fill" bs=4k status=none 2>/dev/null ;;
  empty) rm "$at/fill" ;;
  use-inodes) mount -o "remount,nr_inodes=$(($(df --output=iused "$at" | tail -n 1)))" "$at" ;;
  free-inodes) mount -o remount,nr_inodes=5000 "$at" ;;
  freeze) mount -o remount,ro "$at" ;;
  thaw) mount -o remount,rw "$at" ;;
esac
