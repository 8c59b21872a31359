# The rootfs of a machine without systemd, as in the article's proof of concept: what FRR and a shell need, and no package's
# files. It needs no package database on the host.
# shellcheck shell=sh disable=SC2154 # values come with the request; functions before it

# build_skeleton TREE: fills the empty directory TREE, which nobody else sees yet.
build_skeleton() {
  step "lay out the skeleton"
  for merged in bin sbin lib lib32 lib64 libx32 libo32; do
    if [ -L "/$merged" ]; then ln -s "usr/$merged" "$1/$merged"; fi
  done
  mkdir -p "$1/usr" "$1/proc" "$1/sys" "$1/dev" "$1/run" "$1/root" "$1/tmp" "$1/etc/alternatives" "$1/etc/frr" \
    "$1/etc/pam.d" "$1/var/tmp/frr" "$1/var/log/frr" "$1/var/lib/frr"
  chmod 1777 "$1/tmp" "$1/var/tmp"
  chmod 700 "$1/root"
  ln -s /run "$1/var/run"
  ln -s ../proc/self/mounts "$1/etc/mtab"
  write_accounts "$1"
  # A regular file, as in finish.sh.
  cp -L /usr/lib/os-release "$1/etc/os-release"
  if [ -f /etc/ld.so.cache ]; then cp /etc/ld.so.cache "$1/etc"; fi
  printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n' >"$1/etc/nsswitch.conf"
  # vtysh asks PAM; who may use it is who may open its sockets, of group frrvty.
  printf 'auth sufficient pam_permit.so\naccount sufficient pam_permit.so\n' >"$1/etc/pam.d/frr"
  # zebra and staticd always run.
  printf 'vtysh_enable=yes\nzebra_options="-A 127.0.0.1 -s 90000000"\n' >"$1/etc/frr/daemons"
  printf 'service integrated-vtysh-config\n' >"$1/etc/frr/vtysh.conf"
  : >"$1/etc/frr/frr.conf"
  chmod 640 "$1/etc/frr"/*
  user=$(awk -F: '$1 == "frr" { print $3 ":" $4 }' "$1/etc/passwd")
  [ -z "$user" ] || chown "$user" "$1/etc/frr"/* "$1/var/tmp/frr" "$1/var/log/frr" "$1/var/lib/frr"
}
