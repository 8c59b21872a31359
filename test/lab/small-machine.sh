#!/bin/sh
# Runs on a host: starts the machine "small", which has nothing but the host's /usr.
set -eu
root=/var/lib/machines/small
mkdir -p "$root/usr" "$root/etc/systemd/system" /etc/systemd/nspawn
for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/os-release "$root/etc/"
: >"$root/etc/machine-id"
ln -s /usr/lib/systemd/system/sysinit.target "$root/etc/systemd/system/default.target"
cat >/etc/systemd/nspawn/small.nspawn <<'END'
[Exec]
Boot=yes
PrivateUsers=pick
[Files]
BindReadOnly=/usr:/usr:idmap
[Network]
Private=yes
VirtualEthernet=no
END
machinectl start small
