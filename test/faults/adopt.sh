#!/bin/sh
# Makes the article's container by hand and starts it: adopt.sh debootstrap|copy. `copy` takes the packages of the host for
# those of an archive. Or takes away what is left of it: adopt.sh remove.
# shellcheck disable=SC2039 # the article's own words are bash's
set -eu
name=my-container
tree=/var/lib/machines/$name
unit=systemd-nspawn@$name

remove() {
  systemctl disable --quiet --now "$unit" 2>/dev/null || :
  systemctl reset-failed "$unit" 2>/dev/null || :
  rm -rf --one-file-system "$tree" "/etc/systemd/nspawn/$name.nspawn" "/etc/systemd/system/$unit.service.d"
  rmdir /etc/systemd/nspawn 2>/dev/null || :
  # The template of machines links their journals into the host's; ours do not.
  find /var/log/journal -maxdepth 1 -xtype l -delete 2>/dev/null || :
  systemctl daemon-reload
}

copy() {
  mkdir -p "$tree"
  tar --create --directory=/ --one-file-system --exclude=./var/cache --exclude=./var/lib/machines --exclude=./var/lib/pulumi-nspawn \
    --exclude=./var/lib/apt --exclude=./var/lib/systemd --exclude=./var/log --exclude=./etc/ssh ./etc ./root ./home ./opt ./srv ./var ./bin ./sbin ./lib ./lib64 |
    tar --extract --directory="$tree" --numeric-owner --preserve-permissions
  mkdir -p "$tree/usr/lib" "$tree/var/cache" "$tree/var/log" "$tree/proc" "$tree/sys" "$tree/dev" "$tree/run" "$tree/tmp"
  cp /usr/lib/os-release "$tree/usr/lib/os-release"
  : >"$tree/etc/machine-id"
  # What of the host's own configuration no container made by debootstrap has.
  rm -rf "$tree/etc/systemd/network" "$tree/etc/systemd/system" "$tree/etc/network/interfaces" "$tree/root/.ssh" "${tree:?}/home"
  mkdir -p "$tree/home" "$tree/etc/systemd/system/multi-user.target.wants"
  ln -s /usr/lib/systemd/system/frr.service "$tree/etc/systemd/system/multi-user.target.wants/frr.service"
}

case $1 in
  remove) remove; exit 0 ;;
  copy) copy ;;
  debootstrap)
    # shellcheck disable=SC1091 # the host's
    suite=$(. /usr/lib/os-release && echo "$VERSION_CODENAME")
    mirror=$(sed -n -e 's/^deb \(\[[^]]*\] \)*\([^ ]*\) .*/\2/p' -e 's/^URIs: *//p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
    if command -v debootstrap >/dev/null; then
      debootstrap --include=dbus,libpam-systemd,libnss-systemd,frr "$suite" "$tree" "$mirror"
    else
      mmdebstrap --mode=root --variant=important --include=dbus,libpam-systemd,libnss-systemd,frr "$suite" "$tree" "$mirror"
    fi
    ;;
esac

# As the article has it.
rm -rf "$tree/var/cache"
rm -f "$tree/etc/hostname"
rm -f "$tree/etc/os-release"
cp "$tree/usr/lib/os-release" "$tree/etc/os-release"
rm -rf "${tree:?}/usr"
for each in bin sbin lib lib64 libexec local; do mkdir -p "$tree/usr/$each"; done
mkdir -p /etc/systemd/nspawn
cat >"/etc/systemd/nspawn/$name.nspawn" <<'END'
[Exec]
Boot=yes
Capability=CAP_NET_ADMIN CAP_NET_RAW
# needed for FRRouting
PrivateUsers=pick
Hostname=my-container

[Files]
BindReadOnly=/usr
BindReadOnly=/etc/alternatives
# needed for vim

[Network]
Private=yes
VirtualEthernet=yes

[Service]
CPUQuota=50%
MemoryMax=256M
MemorySwapMax=512M
END

# What its owner has made of it since.
printf 'frr defaults traditional\nhostname my-container\n! mine, by hand\nrouter bgp 65010\nexit\n' >"$tree/etc/frr/frr.conf"
sed -i 's/^bgpd=no/bgpd=yes/' "$tree/etc/frr/daemons"
echo 'mine: do not lose this' >"$tree/root/notes"
mkdir -p "$tree/opt/own"
printf '#!/bin/sh\necho mine\n' >"$tree/opt/own/script"
chmod 4755 "$tree/opt/own/script"
ln -s /opt/own/script "$tree/root/link"

# What it takes besides to boot there on a host whose systemd sets up cgroup v1 for it (facts in defaults.ts).
mkdir -p "/etc/systemd/system/$unit.service.d"
printf '[Service]\nEnvironment=SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1\n' >"/etc/systemd/system/$unit.service.d/by-hand.conf"
systemctl daemon-reload
systemctl start "$unit"
tries=0
until nsenter -at "$(machinectl show -p Leader --value "$name")" systemctl is-active --quiet frr 2>/dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] || { journalctl -n 30 -u "$unit" --no-pager; exit 1; }
  sleep 0.2
done
