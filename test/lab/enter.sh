#!/bin/sh
# Runs a command as root inside a host: LEADER CGROUP COMMAND…. LEADER is the host's systemd, CGROUP the folder of a cgroup of the host:
# what the command leaves running is then the host's, and dies with it.
set -eu
leader=$1 cgroup=$2
shift 2
echo $$ >"$cgroup/cgroup.procs"
exec nsenter --target "$leader" --all -- env -i TERM="${TERM:-dumb}" HOME=/root USER=root LOGNAME=root LANG=C.UTF-8 \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
