# Ends an operation just before its Nth command, as kill -9 would. Installed on a test host under the names of the
# commands, in front of them in PATH. In /run/kill-at: the count, and at which one and under which lock it is to be.
# shellcheck shell=sh
command=/usr/bin/${0##*/}
[ -x "$command" ] || command=/usr/sbin/${0##*/}
lock=$(readlink /proc/self/fd/9)
read -r at pattern </run/kill-at/at
# shellcheck disable=SC2254 # a pattern
case $lock in
  /run/pulumi-nspawn/$pattern.lock)
    read -r count </run/kill-at/count
    count=$((count + 1))
    echo "$count" >/run/kill-at/count
    if [ "$count" = "$at" ]; then
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
