# What a tree that runs on the host's /usr needs besides its packages' files, however it was made.
# shellcheck shell=sh disable=SC2154 # values come with the request; functions before it

# finish_tree TREE: TREE is still out of sight. read_packages has run.
finish_tree() {
  units="$1/etc/systemd/system"
  mkdir -p "$units/multi-user.target.wants" "$1/etc/systemd/journald.conf.d" "$1/var/log/journal"
  # nspawn wants a regular file: it looks before /usr is there (nspawn.c; systemd issue 29185).
  cp -L --remove-destination /usr/lib/os-release "$1/etc/os-release"
  # Empty, not missing: a missing one is a first boot, which enables every unit of the host's /usr (machine-id(5)).
  [ ! -L "$1/etc/machine-id" ] || rm "$1/etc/machine-id"
  : >"$1/etc/machine-id"
  # The tree fits this /usr: nothing to rebuild at the first boot (ConditionNeedsUpdate=, systemd.unit(5)).
  touch -r /usr "$1/etc/.updated" "$1/var/.updated"
  ln -sfn /usr/lib/systemd/system/multi-user.target "$units/default.target"
  # On disk, so that the lines which tell why a machine ended outlive it; small, since a tree is less than 1 MB itself.
  printf '[Journal]\nStorage=persistent\nSystemMaxUse=4M\nSystemMaxFileSize=1M\nRuntimeMaxUse=1M\n' \
    >"$1/etc/systemd/journald.conf.d/50-pulumi-nspawn.conf"
  case " $packages " in
    *" frr "*)
      # Nice=-5 is refused in a user namespace, even to its root (FRR issue 8118).
      mkdir -p "$units/frr.service.d"
      printf '[Service]\nNice=0\n' >"$units/frr.service.d/50-pulumi-nspawn.conf"
      # The kernel lets a socket join 20 multicast groups, and ospfd has one socket for all its links (ip-sysctl.rst).
      mkdir -p "$1/etc/sysctl.d"
      printf 'net.ipv4.igmp_max_memberships = 1000\n' >"$1/etc/sysctl.d/50-pulumi-nspawn.conf"
      ;;
  esac
  mask_foreign "$1"
}

# mask_foreign TREE: what the host's other packages would start in the machine through /usr alone: statically wanted units
# and generators (cloud-init's, for one). What they enable through /etc is the host's and not in the tree.
mask_foreign() {
  for link in /usr/lib/systemd/system/*.wants/* /usr/lib/systemd/system/*.requires/* /usr/lib/systemd/system/*.upholds/* \
    /usr/local/lib/systemd/system/*.wants/* /usr/local/lib/systemd/system/*.requires/*; do
    if [ -e "$link" ] || [ -L "$link" ]; then
      name=${link##*/}
      case $shipped in
        *"$newline/lib/systemd/system/$name$newline"*) ;;
        *"$newline${link#/usr}$newline"*) ;;
        *) ln -sfn /dev/null "$1/etc/systemd/system/$name" ;;
      esac
    fi
  done
  for generator in /usr/lib/systemd/system-generators/* /usr/local/lib/systemd/system-generators/*; do
    [ -f "$generator" ] || continue
    case $shipped in
      *"$newline${generator#/usr}$newline"*) ;;
      *)
        mkdir -p "$1/etc/systemd/system-generators"
        ln -sfn /dev/null "$1/etc/systemd/system-generators/${generator##*/}"
        ;;
    esac
  done
  # Nobody can log in on a console: root has no password; machinectl shell needs none. Nothing waits for a network
  # that others bring up.
  for name in console-getty.service systemd-networkd-wait-online.service; do
    ln -sfn /dev/null "$1/etc/systemd/system/$name"
  done
}

# hosts_text HOSTNAME: what /etc/hosts says as long as nobody gives another.
hosts_text() {
  printf '127.0.0.1\tlocalhost\n127.0.1.1\t%s\n::1\tlocalhost ip6-localhost ip6-loopback\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n' "$1"
}
