# What a host must have before a rootfs is made on it; all that is missing is told at once.
# shellcheck shell=sh disable=SC2154 # values come with the request; functions before it

# preflight PARENT: the rootfs is to be made in PARENT, or in its nearest folder that exists.
preflight() {
  problems=''
  if ! command -v systemd-nspawn >/dev/null || ! command -v machinectl >/dev/null; then
    problem "systemd-nspawn or machinectl is missing: apt-get install systemd-container"
  fi
  version=$(systemctl --version 2>/dev/null | awk 'NR == 1 { print $2 + 0 }')
  [ "${version:-0}" -ge 247 ] || problem "systemd is ${version:-not there}; 247 or newer is needed"
  if [ "$share_usr" = 1 ]; then
    for directory in /bin /sbin /lib; do
      [ -L "$directory" ] || problem "$directory is no link into /usr: a host that shares its /usr needs it merged (on Debian: apt-get install usrmerge)"
    done
    if [ "$method" = skeleton ]; then
      what_a_skeleton_runs
    elif [ ! -f /var/lib/dpkg/status ]; then
      case $method in
        host) problem 'this host has no dpkg database, and bootstrap.method "host" reads it: use bootstrap.method "skeleton", or "debootstrap" where debootstrap is installed' ;;
        *) problem "this host is no Debian: a Debian rootfs cannot run on its /usr; set shareUsr: false" ;;
      esac
    else
      read_packages
      [ -z "$missing" ] || problem "packages are not installed on the host, whose /usr the machine runs on: apt-get install$missing"
    fi
  fi
  if [ "$method" = debootstrap ]; then
    if ! command -v debootstrap >/dev/null && ! command -v mmdebstrap >/dev/null; then
      problem "debootstrap and mmdebstrap are missing: apt-get install mmdebstrap"
    fi
    # shellcheck disable=SC1091 # the host's
    host_suite=$(. /usr/lib/os-release && printf '%s' "${VERSION_CODENAME:-}")
    case ${suite:-$host_suite} in
      "$host_suite" | stable | oldstable | testing | unstable) ;;
      *) [ "$share_usr" = 0 ] || problem "bootstrap.suite is $suite and the host, whose /usr the machine runs on, is $host_suite: leave suite out, or set shareUsr: false" ;;
    esac
  fi
  room "$1"
  [ -z "$problems" ] || refuse "this host cannot have the rootfs:$problems"
}

# what_a_skeleton_runs: on the host's /usr, whatever package system that has.
what_a_skeleton_runs() {
  [ -x /usr/bin/tini ] || problem "/usr/bin/tini, which a machine without systemd starts with, is missing: install the package tini"
  [ "$default_init" = 1 ] || return 0
  if [ ! -x /usr/lib/frr/frrinit.sh ] && [ ! -x /usr/libexec/frr/frrinit.sh ]; then
    problem "FRR, which the default init runs, is missing: install the package frr, or give bootstrap.init"
  elif ! grep -q '^frr:' /etc/passwd; then
    problem "the host has no user frr in /etc/passwd: install the package frr, or give bootstrap.init"
  fi
}

problem() {
  problems="$problems$newline- $1"
}

# What each way takes at its peak, with room to spare.
room() {
  near=$1
  while [ ! -d "$near" ]; do near=${near%/*}; near=${near:-/}; done
  need_bytes=4194304 need_inodes=500
  if [ "$method" = debootstrap ]; then need_bytes=734003200 need_inodes=25000; fi
  # File systems without a table of inodes say 0 of 0.
  read -r blocks size inodes all <<END
$(stat -f -c '%a %S %d %c' "$near")
END
  [ $((blocks * size)) -ge "$need_bytes" ] ||
    problem "$near has $((blocks * size / 1048576)) MiB free; $((need_bytes / 1048576)) MiB are needed"
  [ "$all" = 0 ] || [ "$inodes" -ge "$need_inodes" ] ||
    problem "$near has $inodes free inodes; $need_inodes are needed"
}
