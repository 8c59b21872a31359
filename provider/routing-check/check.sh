# Waits until the routers of a host have the sessions and routes that they must have. After inside.sh, json.sh, sessions.sh.
# shellcheck shell=sh disable=SC2154 # values come with the request

# wants_of ROUTER: what must be so there, one a line.
wants_of() {
  printf '%s\n' "$wants" | awk -v router="$1" '$1 == router { sub(/^[^ ]+ /, ""); print }'
}

# look ROUTER: what is not so, with the router in front.
look() {
  machine=$1
  wanted=$(wants_of "$machine")
  find_leader
  if [ -z "$leader" ]; then
    printf '%s\n' "$wanted" | sed "s/^/$machine /; s/\$/ not-running/"
    return 0
  fi
  printf '%s\n' "$wanted" | awk '$1 == "route" { print $2 } $1 == "received" { print $3 }' | sort -u |
    put_sessions | unmet "$wanted" | sed "s/^/$machine /"
}

deadline=$(($(uptime_seconds) + wait_seconds))
left=$(printf '%s\n' "$wants" | awk '!seen[$1]++ { print $1 }')
while :; do
  missing='' still=''
  for each in $left; do
    found=$(look "$each")
    [ -n "$found" ] || continue
    still="$still $each"
    missing="$missing$found
"
  done
  left=$still
  if [ -z "$left" ] || [ "$(uptime_seconds)" -ge "$deadline" ]; then break; fi
  step "wait for the routing sessions of$left"
  sleep 0.3
done
put missing "$missing"
