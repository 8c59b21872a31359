#!/bin/sh
# Takes the lock file $1, says "locked", and gives it back when standard input ends. The file is there only while someone wants it.
# The folder $2, if any, is scratch space of who has the lock: it is removed as well.
set -eu
while :; do
  exec 9>"$1"
  flock 9
  # Who had the lock may have removed the file that we waited on: then the lock is another file's by now.
  [ "$(stat --format=%i "$1" 2>/dev/null)" = "$(stat --dereference --format=%i /dev/fd/9)" ] && break
done
echo locked
cat >/dev/null
# What was killed with the owner may still write for a moment.
left=50
until [ -z "${2-}" ] || rm -rf "$2" 2>/dev/null || [ "$left" = 0 ]; do
  left=$((left - 1))
  sleep 0.1
done
rm -f "$1"
