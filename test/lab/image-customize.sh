#!/bin/sh
# Makes the tree $1 into what a freshly rented server is: root's key login, an operator, and nothing that runs by itself.
set -eu
tree=$1

cat >"$tree/etc/ssh/sshd_config.d/10-lab.conf" <<'END'
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
UseDNS no
MaxStartups 100:30:200
Match User secretive
  PasswordAuthentication yes
END
rm -f "$tree"/etc/ssh/ssh_host_*

chroot "$tree" useradd --uid 1000 --gid operator --create-home --shell /bin/bash operator
chroot "$tree" useradd --uid 1001 --create-home --shell /bin/bash --groups sudo secretive
echo 'secretive:correct horse battery' | chroot "$tree" chpasswd
(umask 337 && echo 'operator ALL=(ALL) NOPASSWD: ALL' >"$tree/etc/sudoers.d/operator")

mkdir -p "$tree/etc/systemd/journald.conf.d" "$tree/var/log/journal"
cat >"$tree/etc/systemd/journald.conf.d/10-lab.conf" <<'END'
[Journal]
Storage=persistent
SystemMaxUse=16M
END

mkdir -p "$tree/var/lib/machines" "$tree/etc/default"
echo LANG=C.UTF-8 >"$tree/etc/default/locale"
: >"$tree/etc/machine-id"
systemctl --root "$tree" --quiet enable ssh.service systemd-networkd.service machines.target
systemctl --root "$tree" --quiet set-default multi-user.target
# FRR's binaries are what machines share; the host itself is no router. Timers would take apt's lock in the middle of a test.
systemctl --root "$tree" --quiet disable frr.service
systemctl --root "$tree" --quiet mask console-getty.service systemd-networkd-wait-online.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
