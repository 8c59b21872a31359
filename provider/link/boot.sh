# Makes the links of a machine when it has started: sh links.sh MACHINE, from the machine's unit; .host is the host.
# shellcheck shell=sh disable=SC2154 # what parse sets
set -eu
export LC_ALL=C

step() {
  printf '%s\n' "$1"
}

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

refuse() {
  fail "$1"
}

# As in host/prelude.sh, which is not here.
uptime_seconds() {
  read -r uptime _ </proc/uptime
  echo "${uptime%.*}"
}

# A machine is registered before its unit counts as started; no longer than this can its leader be unknown.
wait_for_leader() {
  [ "$1" != .host ] || return 0
  deadline=$(($(uptime_seconds) + 10))
  until machinectl show "$1" >/dev/null 2>&1; do
    [ "$(uptime_seconds)" -lt "$deadline" ] || fail "machined does not know the machine $1"
    sleep 0.1
  done
}

# make_link FILE: while its lock is held, so that no operation changes the link meanwhile.
make_link() {
  parse <"$1"
  exec 9>"/run/pulumi-nspawn/link:$link_id.lock"
  flock -w 60 9 || fail "another operation on the link has held its lock for 60 s"
  # It may have been changed or deleted while we waited.
  [ -e "$1" ] || return 0
  parse <"$1"
  connect
  printf 'link %s: %s\n' "${link_alias#pulumi-nspawn }" "$state"
}

mkdir -p /run/pulumi-nspawn
wait_for_leader "$1"
files=$(grep -lsF -e "end a $1 " -e "end b $1 " /var/lib/pulumi-nspawn/link-data/*) || exit 0
failed=
for file in $files; do
  case $file in */.*) continue ;; esac
  # A link that cannot be made keeps no other from it.
  (make_link "$file") || failed=1
done
[ -z "$failed" ] || fail "not all links of $1 were made"
