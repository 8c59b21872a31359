#!/bin/sh
# Prints a line for each thing that keeps a lab from running on this machine, and nothing when one can run.
[ "$(id -u)" = 0 ] || { echo 'A lab makes namespaces, mounts and interfaces: run this as root.'; exit 0; }

while read -r command package; do
  command -v "$command" >/dev/null || echo "The command $command is not on PATH: apt-get install $package (test/setup.sh does it)."
done <<'END'
mmdebstrap mmdebstrap
systemd-nspawn systemd-container
systemctl systemd
ip iproute2
nft nftables
ssh-keygen openssh-client
mkfs.ext4 e2fsprogs
losetup mount
mount mount
unshare util-linux
nsenter util-linux
setpriv util-linux
flock util-linux
perl perl-base
END

[ -c /dev/loop-control ] || echo 'There is no /dev/loop-control: load the module "loop", or allow loop devices in this container.'
[ -c /dev/net/tun ] || echo 'There is no /dev/net/tun: load the module "tun", or allow it in this container.'
grep -qw cgroup2 /proc/filesystems || echo 'The kernel has no cgroup v2.'
grep -qw ext4 /proc/filesystems || modprobe ext4 2>/dev/null || echo 'The kernel has no ext4.'
# The machine may be a container which lets us do less than root can.
if unshare --mount true 2>/dev/null; then
  # shellcheck disable=SC2016 # the inner shell expands it
  unshare --mount sh -c 'mount -t cgroup2 cgroup2 /sys/fs/cgroup && probe=/sys/fs/cgroup/pulumi-nspawn-lab.$$ &&
    mkdir "$probe" && rmdir "$probe"' 2>/dev/null || echo 'No cgroup can be made in the cgroup v2 hierarchy.'
else
  echo 'No mount namespace can be made: this container lacks CAP_SYS_ADMIN.'
fi
if unshare --net true 2>/dev/null; then
  unshare --net ip link add probe0 type bridge 2>/dev/null || echo 'The kernel makes no bridge interfaces.'
  unshare --net ip link add probe0 type veth peer name probe1 2>/dev/null || echo 'The kernel makes no veth interfaces.'
  command -v nft >/dev/null || exit 0
  unshare --net nft 'add table ip probe; add chain ip probe out { type nat hook postrouting priority 100; };
    add rule ip probe out masquerade' 2>/dev/null || echo 'The kernel has no nftables NAT (nft_masq).'
  unshare --net nft 'add table bridge probe; add chain bridge probe in { type filter hook input priority 0; }' \
    2>/dev/null || echo 'The kernel has no nftables for bridges (nf_tables_bridge).'
else
  echo 'No network namespace can be made.'
fi
exit 0
