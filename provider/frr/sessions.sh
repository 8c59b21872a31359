# A machine's routing sessions, and which of those that are wanted are not up. After inside.sh and json.sh.
# shellcheck shell=sh disable=SC2154,SC2016 # its users come after it; awk and sh have variables of their own

# put_sessions < PREFIXES: a line a session: KIND NAME STATE UP OTHER-NAME…; UP is 1, 0, or - where it was set down on
# purpose. Kinds: bgp, ospf, ospf6 (NAME is INTERFACE/ROUTER-ID) and bfd. Besides these, `ospf-on INTERFACE` and
# `ospf6-on INTERFACE`: neighbours are looked for there, `dynamic NAME`: that BGP session came by a listen range, and `prefixes
# NAME COUNT`: so many came over it, of both families. PREFIXES has lines `route PREFIX` and `received PREFIX`: `route
# PREFIX` is put for those in the routing table, `received NEIGHBOUR PREFIX` for each neighbour that BGP has it from.
# A daemon that does not run is not asked: vtysh would stop at it. A vtysh costs as much to start as hundreds of answers.
put_sessions() {
  inside sh -c "$ask_frr" 2>/dev/null | awk "$json_awk$sessions_awk"
}

ask_frr='
alive() { read -r pid <"/run/frr/$1.pid" && kill -0 "$pid"; } 2>/dev/null
ask() { printf "@ %s\n" "$1"; shift; timeout 20 vtysh "$@" 2>/dev/null; printf "\n"; }
if alive bgpd; then ask bgp -c "show bgp summary json"; fi
if alive ospfd; then ask ospf -c "show ip ospf interface json" -c "show ip ospf neighbor json"; fi
if alive ospf6d; then ask ospf6 -c "show ipv6 ospf6 interface json" -c "show ipv6 ospf6 neighbor json"; fi
if alive bfdd; then ask bfd -c "show bfd peers json"; fi
ask_prefixes() {
  of=$1 about="$*"
  shift
  [ $# -gt 0 ] || return 0
  [ "$of" = route ] || alive bgpd || return 0
  for each; do
    shift
    case $of,$each in
      route,*:*) set -- "$@" -c "show ipv6 route $each json" ;;
      route,*) set -- "$@" -c "show ip route $each json" ;;
      *:*) set -- "$@" -c "show bgp ipv6 unicast $each json" ;;
      *) set -- "$@" -c "show bgp ipv4 unicast $each json" ;;
    esac
  done
  ask "$about" "$@" </dev/null
}
last=
while read -r kind prefix; do
  if [ "$kind" != "$last" ] || [ $# -ge 100 ]; then
    ask_prefixes "$last" "$@"
    set --
  fi
  last=$kind
  set -- "$@" "$prefix"
done
ask_prefixes "$last" "$@"
'

sessions_awk='
function leaf(value) {
  if (asked == "bgp" && key[2] == "peers" && key[4] == "state" && depth == 4) {
    if (!(key[3] in bgp)) { bgp_name[++bgps] = key[3]; bgp[key[3]] = value }
    else if (value == "Established") bgp[key[3]] = value
  } else if (asked == "bgp" && key[2] == "peers" && key[4] == "pfxRcd") received[key[3]] += value
  else if (asked == "bgp" && key[2] == "peers" && key[4] == "dynamicPeer" && value == "true") dynamic[key[3]] = 1
  else if ((asked == "ospf" || asked == "ospf6") && key[1] == "neighbors") {
    record = asked == "ospf" ? key[2] SUBSEP key[3] : key[2]
    name = asked == "ospf" ? key[4] : key[3]
    if (record != last_record) { neighbours++; last_record = record; if (asked == "ospf") field[neighbours, "router"] = key[2] }
    field[neighbours, name] = value
  } else if (asked == "ospf" && key[1] == "interfaces") interface(key[2], key[3], value)
  else if (asked == "ospf6" && depth == 2) interface(key[1], key[2], value)
  else if (asked == "bfd") {
    if (key[1] != last_record) { neighbours++; last_record = key[1] }
    field[neighbours, key[2]] = value
  } else if (asked == "route" && key[1] == about[documents] && key[3] == "selected" && value == "true") {
    if (!found[documents]++) print "route", about[documents]
  } else if (asked == "received" && key[1] == "paths" && key[3] == "peer" && (key[4] == "peerId" || key[4] == "interface"))
    print "received", value, about[documents]
}
function interface(which, name, value) {
  if (!(which in enabled)) interfaces[++interface_count] = which
  enabled[which] += 0
  if ((name == "ospfEnabled" || name == "ospf6Enabled" || name == "attachedToArea") && value == "true") enabled[which] = 1
  if (name ~ /assive/ && value == "true") passive[which] = 1
  if (name == "state" || name == "ospf6InterfaceState") own[which] = value
}
function put(kind, name, state, up, names) {
  gsub(/ /, "_", state)
  print kind, name, state, up names
}
function flush(    i, where, state, up) {
  for (i = 1; i <= bgps; i++) {
    state = bgp[bgp_name[i]]
    put("bgp", bgp_name[i], state, state == "Established" ? 1 : state ~ /Admin/ ? "-" : 0, "")
    if (bgp_name[i] in received) print "prefixes", bgp_name[i], received[bgp_name[i]]
    if (bgp_name[i] in dynamic) print "dynamic", bgp_name[i]
  }
  for (i = 1; i <= interface_count; i++)
    if (enabled[interfaces[i]] && !passive[interfaces[i]]) print asked "-on", interfaces[i]
  for (i = 1; i <= neighbours; i++) {
    if (asked == "bfd") {
      state = field[i, "status"]
      where = field[i, "interface"]
      put("bfd", field[i, "peer"] (where == "" ? "" : "%" where), state, state == "up" ? 1 : state == "shutdown" ? "-" : 0, " " field[i, "peer"] (where == "" ? "" : " " where))
      continue
    }
    where = asked == "ospf" ? field[i, "ifaceName"] : field[i, "interfaceName"]
    sub(/:.*/, "", where)
    state = asked == "ospf" ? field[i, "nbrState"] : field[i, "state"]
    router = asked == "ospf" ? field[i, "router"] : field[i, "neighborId"]
    # Routers of a broadcast network that are neither its DR nor its BDR stay in 2-Way (RFC 2328, section 10.4).
    up = state ~ /^Full/ || (state ~ /^(2-Way|Twoway)/ && own[where] ~ /DROther/)
    put(asked, where "/" router, state, up ? 1 : 0, " " where " " router " " field[i, "ifaceAddress"])
  }
  split("", bgp); split("", dynamic); split("", received); split("", field); split("", enabled); split("", passive); split("", own); split("", found)
  bgps = neighbours = interface_count = 0
  last_record = "none"
}
# Answers come in the order of the questions, a document each.
/^@ / {
  flush()
  asked = $2
  for (i = 3; i <= NF; i++) about[i - 3] = $i
  depth = documents = wants_key = 0
  next
}
{ json($0) }
END { flush() }
'

# unmet WANTS < SESSIONS: the wants that are not met, with what is there instead. A want is a line:
#   was KIND NAME      a session of before: up, unless the configuration no longer has it
#   spare NAME | spare *    sessions of before of that name, or all of them, which may be down all the same
#   any NAME           sessions of that name, of whatever kind
#   KIND NAME | KIND * | KIND #COUNT    one, all there are and at least one, or so many
#   route PREFIX | received NEIGHBOUR PREFIX | received NEIGHBOUR #COUNT
unmet() {
  awk -v wants="$1" "$unmet_awk"
}

unmet_awk='
function told(want, state) { print want " " state }
# spared: of a session of before, its names; INTERFACE/ROUTER-ID and ADDRESS%INTERFACE are two, too.
function spared(names,    parts, each, count, i) {
  parts = names
  gsub(/[\/%]/, " ", parts)
  count = split(names " " parts, each, " ")
  for (i = 1; i <= count; i++) if (each[i] in spare) return 1
  return "*" in spare
}
$1 == "dynamic" { next }
$1 == "prefixes" { count_of[$2] = $3; next }
$1 ~ /-on$/ { on[$1 " " $2] = 1; next }
$1 == "route" || $1 == "received" { there[$0] = 1; next }
{
  sessions++
  kind[sessions] = $1; name[sessions] = $2; state[sessions] = $3; up[sessions] = $4; line[sessions] = $0
  listed[$1 " " $2] = sessions
}
END {
  count = split(wants, want, "\n")
  for (i = 1; i <= count; i++) if (split(want[i], word, " ") == 2 && word[1] == "spare") spare[word[2]] = 1
  for (i = 1; i <= count; i++) {
    fields = split(want[i], word, " ")
    if (fields < 2 || word[1] == "spare") continue
    if (word[1] == "received" && word[3] ~ /^#/) {
      if (count_of[word[2]] + 0 < substr(word[3], 2) + 0) told(want[i], count_of[word[2]] + 0)
      continue
    }
    if (word[1] == "route" || word[1] == "received") {
      if (!(want[i] in there)) told(want[i], "missing")
      continue
    }
    if (word[1] == "was") {
      key = word[2] " " word[3]
      if (spared(key in listed ? key " " line[listed[key]] : key)) continue
      if (key in listed) {
        if (up[listed[key]] == "0") told(key, state[listed[key]])
        continue
      }
      split(word[3], part, "/")
      if (word[2] ~ /^ospf/ && ((word[2] "-on " part[1]) in on)) told(key, "gone")
      continue
    }
    if (word[1] != "any" && spared(want[i])) continue
    wanted = word[2] ~ /^#/ ? substr(word[2], 2) + 0 : 1
    matched = good = 0
    for (j = 1; j <= sessions; j++) {
      if (word[1] != "any" && kind[j] != word[1]) continue
      if (word[2] == "*" && up[j] == "-") continue
      if (word[2] !~ /^[*#]/) {
        names = split(line[j], each, " ")
        is_it = 0
        for (k = 2; k <= names; k++) if (k != 3 && k != 4 && each[k] == word[2]) is_it = 1
        if (!is_it) continue
      }
      matched++
      if (up[j] == "1") good++
      else if (word[2] !~ /^#/) told(kind[j] " " name[j], state[j])
    }
    if (word[2] ~ /^#/) { if (good < wanted) told(want[i], good) }
    else if (!matched) told(want[i], "absent")
  }
}
'

# reasons_of KIND NAME: what FRR tells of a session that is not up, a line each: how it ended last, and what its daemon logged of it.
reasons_of() {
  case $1 in
    bgp) daemon=bgpd asked="show bgp neighbors $2 json" ;;
    bfd) daemon=bfdd asked="show bfd peers json" ;;
    ospf) daemon=ospfd asked= ;;
    ospf6) daemon=ospf6d asked= ;;
    *) return 0 ;;
  esac
  case $2 in [*#]*) name='' ;; *) name=$2 ;; esac
  if [ -n "$asked" ] && [ -n "$name" ]; then
    inside timeout 20 vtysh -c "$asked" 2>/dev/null </dev/null |
      awk -v kind="$1" -v name="${name%%%*}" "$json_awk$reasons_awk"
  fi
  # An OSPF neighbour is INTERFACE/ROUTER-ID, a BFD peer may be ADDRESS%INTERFACE.
  daemon_log "$daemon" </dev/null | awk -v names="$(printf '%s' "$name" | tr '/%' '  ')" '
    BEGIN { count = split(names, part, " ") }
    { if (!count) print; for (i = 1; i <= count; i++) if (index($0, part[i])) { print; break } }' | tail -n 3 | without_secrets
}

# daemon_log DAEMON: its last lines. Without systemd in the machine, they are in the journal of its host.
daemon_log() {
  if inside test -d /run/systemd/system; then
    inside journalctl --no-pager --quiet --output=cat -n 200 -t "$1" 2>/dev/null
  else
    case $1 in ospf6d) word=OSPF6 ;; *) word=$(printf '%s' "${1%d}" | tr '[:lower:]' '[:upper:]') ;; esac
    journalctl --no-pager --quiet --output=cat -n 500 -u "systemd-nspawn@$machine.service" 2>/dev/null | grep -F " $word: "
  fi | sed -E "s/^/$1: /"
}

reasons_awk='
function leaf(value) {
  if (kind == "bgp" && depth == 2) {
    if (key[2] == "lastResetDueTo") reset = value
    if (key[2] == "lastNotificationReason") notification = value
  }
  if (kind == "bfd") {
    if (key[2] == "peer") mine = value == name
    if (mine && (key[2] == "diagnostic" || key[2] == "remote-diagnostic") && value != "ok") print key[2] ": " value
  }
}
{ json($0) }
END { if (reset != "") print "last reset: " reset (notification == "" ? "" : " (" notification ")") }
'
