#!/bin/sh
# Keeps one host running, through its reboots, until it powers off: DISK CONSOLE CGROUP MACHINE BRIDGE HOSTNAME.
# Runs in a mount namespace of its own: when the last process in there ends, file system and loop device are gone.
set -eu
disk=$1 console=$2 cgroup=/sys/fs/cgroup/$3 machine=$4 bridge=$5 hostname=$6
exec >>"$console" 2>&1

mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p "$cgroup/keeper" "$cgroup/machine"
echo $$ >"$cgroup/keeper/cgroup.procs"

# systemd-nspawn leaves locks and mount points under /run when it is killed: let it leave them in here.
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/root /run/systemd
mount -o loop "$disk" /run/root

# After a power cut the kernel may still be taking down the network of before, and with it the host's interface.
ip link delete "vb-$machine" 2>/dev/null || :

export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_LOCK=0
status=133
# 133 is how systemd-nspawn says that the system inside wants to boot again (systemd-nspawn(1), --keep-unit).
while [ "$status" = 133 ]; do
  status=0
  # shellcheck disable=SC2016 # the inner shell expands them
  sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh "$cgroup/machine" \
    systemd-nspawn --quiet --directory=/run/root --machine="$machine" --hostname="$hostname" --boot \
    --register=no --keep-unit --network-bridge="$bridge" \
    --capability=all --system-call-filter='add_key keyctl bpf' --bind=/dev/net/tun \
    --resolv-conf=off --timezone=off --link-journal=no || status=$?
done
exit "$status"
