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
  printf '%s\n' "$wanted" | awk '$1 == "route" || $1 == "received" && $3 !~ /^#/ { print $1, $NF }' | sort -u |
    put_sessions | unmet "$wanted" | sed "s/^/$machine /"
}

# what_is_missing < LINES: in a few words.
what_is_missing() {
  awk '
    NR <= 3 { what = what (NR > 1 ? ", " : $1 ": "); for (i = 2; i < NF; i++) what = what $i " "; what = what "(" $NF ")" }
    END { print what (NR > 3 ? " and " NR - 3 " more" : "") }'
}

# One router after the other is waited for: to ask all of them again and again would take the time that they need.
deadline=$(($(uptime_seconds) + wait_seconds))
missing='' told=''
for each in $(printf '%s\n' "$wants" | awk '!seen[$1]++ { print $1 }'); do
  pause=1
  while :; do
    found=$(look "$each")
    if [ -z "$found" ] || [ "$(uptime_seconds)" -ge "$deadline" ]; then break; fi
    waits=$(printf '%s\n' "$found" | what_is_missing)
    [ "$waits" = "$told" ] || step "wait for $waits"
    told=$waits
    sleep "0.$pause"
    [ "$pause" -ge 8 ] || pause=$((pause * 2))
  done
  [ -z "$found" ] || missing="$missing$found
"
done
put missing "$missing"
[ "$wait_seconds" = 0 ] || put reasons "$(printf '%s' "$missing" | while read -r machine kind name _; do
  # There may be thousands of routes, of which FRR has nothing to tell.
  case $kind in route | received) continue ;; esac
  find_leader
  [ -z "$leader" ] || reasons_of "$kind" "$name" | sed "s|^|$machine $kind $name |"
done)"
