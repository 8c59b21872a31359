# FRR's files in a machine's rootfs, and what was there before us. After host-rootfs/tree.sh.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; functions before it

# What we keep of a machine's configuration, for root only: what FRR printed when it was in force, and what was there before.
kept=$records/frr-config.kept/$machine

# open_rootfs: where the machine's rootfs is, and the numbers of its user and group frr.
open_rootfs() {
  rootfs=$(readlink -e "/var/lib/machines/$machine") ||
    refuse "there is no rootfs /var/lib/machines/$machine: make one first (HostRootfs), and let this wait for it"
  trap close_tree EXIT
  open_tree "$rootfs"
  frr_uid=$(frr_number passwd) frr_gid=$(frr_number group)
  if [ -z "$frr_uid" ] || [ -z "$frr_gid" ]; then
    refuse "the machine has no user or no group frr in /etc/passwd and /etc/group: its rootfs needs the package frr (packages)"
  fi
}

# frr_number passwd|group
frr_number() (
  name=$1
  enter etc || refuse "$why"
  read_here 1000000 | awk -F: '$1 == "frr" && $3 ~ /^[0-9]+$/ { print $3; exit }'
)

# file_text NAME: a file of /etc/frr, with an x at its end, that no line end is lost, and its NUL bytes, which the shell would
# drop, as others; nothing where it is missing or no regular file. Of one larger than what we ever write, the beginning.
file_text() (
  name=$1
  enter etc/frr || exit 0
  if [ -f "./$name" ] && [ ! -L "./$name" ]; then
    read_here 1200000 | tr '\000' '\001'
    echo x
  fi
)

# holds NAME TEXT: whether the file holds that.
holds() {
  [ "$(file_text "$1")" = "${2}x" ]
}

# put_file NAME TEXT: writes it where it differs, as FRR's own package does (0640 frr frr).
put_file() {
  name=$1
  enter etc/frr make || fail "$why"
  if [ -d "./$name" ] && [ ! -L "./$name" ]; then fail "/etc/frr/$name is a directory in the machine's tree; a file was to be there"; fi
  look=$(stat -c '%a %u %g %F' "./$name" 2>/dev/null) || look=
  case $look in
    "640 $((uid_base + frr_uid)) $((uid_base + frr_gid)) regular"*) if holds "$1" "$2"; then return 0; fi ;;
  esac
  printf '%s' "$2" | replace_here 640 "$frr_uid" "$frr_gid"
  cd /
  # A machine whose / is an overlay has its own copy once it has written one.
  if [ -n "$leader" ] && ! printf '%s' "$2" | inside cmp -s - "/etc/frr/$1"; then
    # shellcheck disable=SC2016 # the machine's shell
    printf '%s' "$2" | inside sh -c 'umask 027 && cat >"/etc/frr/$1" && chown frr:frr "/etc/frr/$1"' sh "$1" 2>/dev/null ||
      fail "/etc/frr/$1 cannot be written in the machine, which runs"
  fi
}

# put_files CONFIG DAEMONS: both. `no service integrated-vtysh-config` would make FRR look for a file a daemon instead.
put_files() {
  put_file frr.conf "$1"
  put_file daemons "$2"
  vtysh_conf=$(file_text vtysh.conf)
  case $newline${vtysh_conf%x} in
    *"${newline}no service integrated-vtysh-config$newline"*)
      put_file vtysh.conf "service integrated-vtysh-config$newline"
      ;;
  esac
}

# keep_originals: what is there before we write for the first time, to give it back when this is deleted.
keep_originals() (
  [ ! -d "$kept/original" ] || exit 0
  umask 077
  rm -rf "$kept/original.new"
  mkdir -p "$kept/original.new"
  for each in frr.conf daemons vtysh.conf; do
    there=$(file_text "$each")
    [ -z "$there" ] || printf '%s' "${there%x}" >"$kept/original.new/$each"
  done
  sync -f "$kept"
  mv -T "$kept/original.new" "$kept/original"
)

# read_original NAME: $original, what was there before us; empty where nothing was.
read_original() {
  original=$(cat "$kept/original/$1" 2>/dev/null; echo x)
  original=${original%x}
}

# put_originals: gives back what was there before us.
put_originals() {
  for each in frr.conf daemons vtysh.conf; do
    if [ -f "$kept/original/$each" ]; then
      read_original "$each"
      put_file "$each" "$original"
    else
      name=$each
      if enter etc/frr; then rm -f "./$name"; fi
      cd /
    fi
  done
}

# configured TEXT: whether more stands there than packages and images ship.
configured() {
  printf '%s' "$1" | grep -qvE '^[[:space:]]*([!#].*)?$|^(frr version|frr defaults|hostname|log syslog|service integrated-vtysh-config|no ipv6 forwarding|no ip forwarding|line vty|exit|end)'
}
