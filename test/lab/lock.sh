#!/bin/sh
# Takes the lock file $1, says "locked", and gives it back when standard input ends. The file is there only while someone wants it.
set -eu
while :; do
  exec 9>"$1"
  flock 9
  # Who had the lock may have removed the file that we waited on: then the lock is another file's by now.
  [ "$(stat --format=%i "$1" 2>/dev/null)" = "$(stat --dereference --format=%i /dev/fd/9)" ] && break
done
echo locked
cat >/dev/null
rm -f "$1"
