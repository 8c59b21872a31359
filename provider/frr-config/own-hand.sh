# What stands in front of prelude.sh where the host runs a script of ours by itself, without a session to tell of it.
# shellcheck shell=sh disable=SC2034 # for what comes after it
LC_ALL=C
export LC_ALL
umask 077
machine=$1 token=$2 own_hand=1
frame() {
  printf '%s: %s\n' "$machine" "$2"
}
