# Ends a change, by its token: confirmed where it is verified and still in force. Says what has become of it.
# shellcheck shell=sh disable=SC2154 # values come with the request; functions before it
lock "$machine"
open_rootfs
find_leader
became=unknown
if [ "$(cat "$pending/token" 2>/dev/null)" = "$change_token" ]; then
  if [ -e "$pending/verified" ] && [ ! -e "$pending/confirmed" ] && ! unharmed; then
    harm=$problem
    take_back
    rm -f "$told"
    put problem "$harm${problem:+$newline$problem}"
    became='not in force'
  elif [ -e "$pending/verified" ] || [ -e "$pending/confirmed" ]; then
    step "keep the configuration"
    confirm
    became=confirmed
  else
    take_back
  fi
fi
if [ "$became" = unknown ] && [ "$(head -n 1 "$told" 2>/dev/null)" = "$change_token" ]; then
  became='taken back'
  put problem "$(sed 1d "$told")"
  rm -f "$told"
elif [ "$became" = unknown ] && holds frr.conf "$text"; then
  became=confirmed
fi
if [ "$became" = confirmed ] && [ -n "$leader" ]; then running_config | write_file "$kept/running" 600; fi
put became "$became"
