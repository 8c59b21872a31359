#!/bin/sh
# Puts a mmdebstrap of the test's own first in PATH, which makes a tree from the host's files, and does not get to its end:
# archive.sh good|fail|fill|kill|other NAME; with real, the host's own is there; with remove, nothing of it is left.
set -eu
fake=/usr/local/sbin/mmdebstrap
rm -f "$fake" /run/archive-how
case $1 in
  real | remove) exit 0 ;;
esac
echo "$1" >/run/archive-how
cat >"$fake" <<'END'
#!/bin/sh
set -eu
read -r how </run/archive-how
while [ "${1#--}" != "$1" ]; do shift; done
suite=$1 tree=$2
mkdir -p "$tree/etc" "$tree/usr/lib" "$tree/var/cache/apt" "$tree/proc"
mount -t proc none "$tree/proc"
cp -a /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/frr /etc/debian_version "$tree/etc/"
for each in bin sbin lib lib64; do ln -s "usr/$each" "$tree/$each"; done
sed "s/^VERSION_CODENAME=.*/VERSION_CODENAME=$([ "$how" = other ] && echo sid || sed -n 's/^VERSION_CODENAME=//p' /usr/lib/os-release)/" /usr/lib/os-release >"$tree/usr/lib/os-release"
ln -s ../usr/lib/os-release "$tree/etc/os-release"
case $how in
  fail) echo "E: no way to unpack $suite in the middle"; exit 25 ;;
  fill)
    fallocate -l "$(df --output=avail -B1 "$tree" | tail -n 1)" "$tree/var/cache/all" || :
    head -c 100000000 /dev/zero >"$tree/var/cache/more"
    exit 1
    ;;
  kill) kill -9 $$ ;;
esac
umount "$tree/proc"
END
chmod 755 "$fake"
