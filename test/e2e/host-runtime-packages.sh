#!/bin/sh
# Makes two packages that a host can install without a network, in versions 1 and 2: rt-daemon with a service, rt-other.
set -eu
folder=/srv/rt-packages
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
for version in 1 2; do
  for name in rt-daemon rt-other; do
    mkdir -p "$name/DEBIAN"
    printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: test <test@localhost>\nDescription: of a test\n' \
      "$name" "$version" >"$name/DEBIAN/control"
    [ "$name" = rt-other ] || {
      mkdir -p "$name/lib/systemd/system"
      printf '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n' >"$name/lib/systemd/system/$name.service"
      # As debhelper writes it.
      # shellcheck disable=SC2016 # its own $2
      printf '#!/bin/sh\nset -e\ndeb-systemd-helper enable rt-daemon.service\nsystemctl --system daemon-reload\n[ -z "$2" ] || exit 0\ndeb-systemd-invoke start rt-daemon.service\n' \
        >"$name/DEBIAN/postinst"
      # shellcheck disable=SC2016 # its own $1
      printf '#!/bin/sh\n[ "$1" != purge ] || deb-systemd-helper purge rt-daemon.service\n' >"$name/DEBIAN/postrm"
      chmod 755 "$name/DEBIAN/postinst" "$name/DEBIAN/postrm"
    }
    dpkg-deb --build --root-owner-group "$name" "$folder/${name}_$version.deb" >/dev/null
    [ "$version" = 2 ] || {
      cat "$name/DEBIAN/control"
      printf 'Filename: ./%s_1.deb\nSize: %s\nSHA256: %s\n\n' "$name" "$(stat -c %s "${name}_1.deb")" "$(sha256sum <"${name}_1.deb" | cut -d' ' -f1)"
    } >>Packages
    rm -rf "$name"
  done
done
# The mirror is not asked: it takes its time.
mkdir -p /srv/rt-sources
for each in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
  [ ! -e "$each" ] || mv "$each" /srv/rt-sources/
done
echo "deb [trusted=yes] file:$folder ./" >/etc/apt/sources.list.d/rt-test.list
