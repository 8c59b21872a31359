#!/bin/sh
# /init.sh of a machine without systemd: runs FRR's daemons as /etc/frr/daemons says, until one says SIGTERM. tini runs it,
# and reaps what FRR's daemons leave.
# shellcheck disable=SC2317 # stop is what trap calls
set -eu

frr=/usr/lib/frr
[ -d "$frr" ] || frr=/usr/libexec/frr

# /run is empty at each start.
mkdir -p /run/frr
chown frr:frr /run/frr
chmod 755 /run/frr

# Daemons in the background have no console: their lines come here through a pipe, and from here into the host's journal.
mkfifo -m 600 /run/frr.log
chown frr:frr /run/frr.log
cat <>/run/frr.log &
export frr_global_options='--log file:/run/frr.log'

stop() {
  trap '' TERM INT
  "$frr/frrinit.sh" stop
  exit 0
}
trap stop TERM INT

"$frr/frrinit.sh" start

# systemd-nspawn listens to PID 1 only; without systemd-notify on the host's /usr the unit would wait in vain.
systemd-notify --ready --pid=1 --status="FRR runs"

# watchfrr restarts the daemons; nothing restarts watchfrr, but where it is to be told of other daemons another one takes its
# place within a moment. `wait`, unlike a command in front, lets a signal in at once.
while watchfrr=$(cat /run/frr/watchfrr.pid 2>/dev/null) && kill -0 "$watchfrr" 2>/dev/null; do
  tail --pid="$watchfrr" --sleep-interval=5 --follow /dev/null &
  wait "$!"
  sleep 5 &
  wait "$!"
done
echo "watchfrr has ended"
exit 1
