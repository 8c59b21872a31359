# Ends an operation on a link just before its Nth command, as kill -9 would. Installed on a test host under the names of
# the commands, in front of them in PATH; the count is in /run/kill-at.
# shellcheck shell=sh
command=/usr/bin/${0##*/}
[ -x "$command" ] || command=/usr/sbin/${0##*/}
lock=$(readlink /proc/self/fd/9)
case $lock in
  /run/pulumi-nspawn/link:*)
    count=$(($(cat /run/kill-at/count) + 1))
    echo "$count" >/run/kill-at/count
    if [ "$count" = "$(cat /run/kill-at/at)" ]; then
      for process in /proc/[0-9]*; do
        if [ "$(readlink "$process/fd/9")" = "$lock" ] && [ "${process#/proc/}" != "$$" ]; then
          kill -9 "${process#/proc/}"
        fi
      done
      exit 1
    fi
    ;;
esac
exec "$command" "$@"
