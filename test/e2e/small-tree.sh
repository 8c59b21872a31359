# Makes /var/lib/machines/$1: the least that boots on the host's /usr. Only for tests of what is around a rootfs.
# shellcheck shell=sh
set -eu
tree=/var/lib/machines/$1
mkdir -p "$tree"
cd "$tree"
mkdir -p usr etc/systemd/system dev proc sys run tmp root var/lib var/log var/tmp
for each in bin sbin lib lib64; do [ -e "/usr/$each" ] && ln -sfn "usr/$each" "$each"; done
for each in passwd group nsswitch.conf; do cp "/etc/$each" "etc/$each"; done
cp -r /etc/pam.d /etc/ld.so.cache etc/
rm -f etc/os-release
cat /usr/lib/os-release >etc/os-release
: >etc/machine-id
ln -sfn /usr/lib/systemd/system/multi-user.target etc/systemd/system/default.target
for each in systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer fstrim.timer systemd-binfmt.service ssh.service networking.service systemd-resolved.service; do
  ln -sfn /dev/null "etc/systemd/system/$each"
done
