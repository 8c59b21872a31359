# What is told of a rootfs after each operation.
# shellcheck shell=sh disable=SC2154,SC2016,SC2034 # values come with the request; functions before it

put_facts() {
  name=os-release
  if enter etc; then put os_release "$(read_here 65536)"; fi
  cd /
  case $method in
    skeleton) packages='frr tini' ;;
  esac
  # shellcheck disable=SC2086 # a list of package names
  put versions "$(dpkg-query --show --showformat '${db:Status-Abbrev} ${Package} ${Version}\n' $packages systemd 2>/dev/null |
    awk '$1 == "ii" { print $2, $3 }')"
  put bytes "$(manifest_says bytes)"
}
