# The far end of a host session: reads requests on standard input, runs each in the background, answers in frames.
# shellcheck shell=sh disable=SC2154 # nonce was read by the command line that starts this
# A script is a line "NONCE script-NAME LENGTH" and LENGTH bytes, kept for the requests that name it.
# A request is a line "NONCE ID LENGTH" and LENGTH bytes: values as data, a line ".", and the names of the scripts that,
# one after the other, use them.
# A frame is one line of less than PIPE_BUF bytes, so that operations which run at the same time cannot mix theirs:
#   NONCE ID value NAME TEXT    a result
#   NONCE ID part NAME BASE64   a piece of a longer one
#   NONCE ID step TEXT          what it is doing now
#   NONCE ID log BASE64         the end of what its commands printed, in pieces
#   NONCE ID end STATUS         it has ended
# A client that is gone must not stop an operation half-way, hence the traps.
LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077
cd /
trap '' PIPE HUP
exec 3>&1

frame() {
  printf '%s %s %s %s\n' "$nonce" "$id" "$1" "$2" >&3 2>/dev/null || :
}

# operation < REQUEST: values are assigned, never evaluated; the names are the provider's own.
operation() {
  while IFS=' ' read -r kind name rest; do
    case $kind in
      =) eval "$name=\$rest" ;;
      +) rest=$(head -c "$rest"; echo x) && eval "$name=\${rest%x}" ;;
      .) break ;;
    esac
  done
  script=
  while read -r name; do eval "script=\$script\$script_$name"; done
  unset kind name rest
  printed=$({
    (eval "$script") </dev/null 2>&1
    printf '\n%s' "$?"
  } | tail -c 65536)
  status=${printed##*"
"}
  printed=${printed%"
"*}
  if [ -n "$printed" ]; then
    printf '%s' "$printed" | base64 -w 900 | while IFS= read -r line; do frame log "$line"; done
  fi
  frame end "$status"
}

# The login may have printed something that does not end its line.
printf '\n%s ready %s\n' "$nonce" "$(id -u)" >&3
while IFS=' ' read -r word id length; do
  [ "$word" = "$nonce" ] || continue
  request=$(head -c "$length"; echo x)
  request=${request%x}
  case $id in
    script-*) eval "script_${id#script-}=\$request" ;;
    *) printf '%s' "$request" | operation & ;;
  esac
done
wait
