# FRR's configuration in a machine that runs: compared, changed with as little as can be, watched. After frr/*.sh.
# shellcheck shell=sh disable=SC2154,SC2034,SC2016 # values come with the request; the machine's shell has its own variables

# wait_for_frr: a machine that has just started may still be starting FRR, and a daemon that has died may be coming back.
# Sets what running_daemons does.
wait_for_frr() {
  tries=0
  while :; do
    running_daemons
    [ "$tries" -lt 60 ] || return 0
    if runs watchfrr; then
      [ -n "$frr_starts" ] || service_starts || return 0
    else
      boots || return 0
    fi
    tries=$((tries + 1))
    sleep 0.5
  done
}

# service_starts: watchfrr of FRR 8.4 runs before its service has started all others, which must not be started twice.
service_starts() {
  [ "$(inside systemctl is-active frr.service 2>/dev/null)" = activating ]
}

# wait_while_it_stops: a machine that stops takes nothing any more, and is held up by what is started in it. Finds the leader anew.
wait_while_it_stops() {
  stopped_by=$(($(uptime_seconds) + 100))
  find_leader
  while [ -n "$leader" ] && [ "$(inside systemctl is-system-running 2>/dev/null)" = stopping ] &&
    [ "$(uptime_seconds)" -lt "$stopped_by" ]; do
    sleep 0.5
    find_leader
  done
}

# boots: whether the machine is still starting, and FRR may be yet to come.
boots() {
  read -r stat <"/proc/$leader/stat" || return 1
  state=$(inside sh -c '
    read -r init </proc/1/comm
    echo "$init"
    if [ "$init" = systemd ]; then systemctl is-active frr.service; systemctl is-system-running; fi' 2>/dev/null) || :
  case $state in
    # Its manager does not answer yet, or nothing has become the first process yet.
    *activating* | *initializing | *starting | *unknown | systemd | *nspawn* | '('*) return 0 ;;
    systemd*) return 1 ;;
  esac
  # What an init of another kind starts, it starts at once; in hundredths of a second (proc(5)).
  # shellcheck disable=SC2086 # fields
  set -- ${stat##*) }
  shift 19
  [ $(($(uptime_seconds) - $1 / 100)) -lt 10 ]
}

# refuse_reload: ends the change before it has begun, where it could not be made live.
refuse_reload() {
  found=$(inside sh -c 'command -v python3 && ls "$0/frr-reload.py"' "$frr_programs" 2>/dev/null) || :
  case $found in
    */frr-reload.py) ;;
    *) fail "a change to FRR that runs needs python3 and $frr_programs/frr-reload.py: install the package frr-pythontools (HostRuntime); nothing was changed" ;;
  esac
  unlocked || fail "somebody else has FRR's configuration in the machine locked (configure terminal file-lock): end that session, and run again; nothing was changed"
}

# unlocked: whether nobody else has FRR's configuration locked, by `configure terminal file-lock`, for some seconds at most. FRR
# 10's vtysh would ask again and again until it is free, as long as frr-reload.py lets it; 8.4 has no such lock.
unlocked() {
  free_by=$(($(uptime_seconds) + 5))
  while inside timeout 20 vtysh -c 'configure terminal file-lock' -c end 2>/dev/null | grep -q 'locked by another'; do
    [ "$(uptime_seconds)" -lt "$free_by" ] || return 1
    sleep 0.5
  done
}

# reload TEXT: makes it what FRR runs, by the difference only, and writes no file in the machine that lasts: until it is
# confirmed, a start of the machine or of a daemon finds what was before. frr-reload.py writes /etc/frr/frr.conf unless
# the file it is given is the one of its --confdir (E.44); with --stdout it keeps no log of lines, which may hold secrets.
# FRR refuses to forget an interface that is there (10.3: "only inactive interfaces can be deleted"), and then keeps all that was
# set on it: so each that the new text says nothing of stands there with nothing, and its lines go one by one.
reload() {
  reload_once "$1" || return 1
  # Of a VRF's static route that has another tag or distance, the new one is made before the old one is taken away, which takes
  # both (8.4, 10.3). Another reload makes it again; where nothing is missing it could lose one (FRRouting/frr issue 17606).
  wanted_routes=$(printf '%s\n' "$1" | vrf_routes)
  if [ "$wanted_routes" = 0 ] || [ "$(running_config | vrf_routes)" -ge "$wanted_routes" ]; then return 0; fi
  reload_once "$1"
}

# vrf_routes < TEXT: how many static routes of VRFs are in it.
vrf_routes() {
  grep -cE '^ +ip(v6)? route ' || :
}

reload_once() {
  reloaded=$(printf '%s\n=\n%s\n%s\n' "$(secrets_to_forget "$1")" "$1" "$(interfaces_without_lines "$1")" | inside sh -c '
    umask 077
    trap "rm -rf /run/pulumi-nspawn-frr" EXIT
    rm -rf /run/pulumi-nspawn-frr
    mkdir /run/pulumi-nspawn-frr && cd /run/pulumi-nspawn-frr || exit 1
    while IFS= read -r line && [ "$line" != "=" ]; do printf "%s\n" "$line"; done >forget.conf
    cat >frr.conf && echo "service integrated-vtysh-config" >vtysh.conf || exit 1
    [ -z "$(head -c 2 forget.conf)" ] || timeout 60 vtysh -f "$PWD/forget.conf" >/dev/null 2>&1
    timeout 300 python3 "$0/frr-reload.py" --reload --confdir "$PWD" --rundir "$PWD" --stdout --log-level error "$PWD/frr.conf" 2>&1
  ' "$frr_programs") && return 0
  reload_problem=$(printf '%s\n' "$reloaded" | plain_lines | without_secrets | tail -n 20)
  return 1
}

# secrets_to_forget TEXT: commands that take away the passwords and keys that FRR has and the text has not. frr-reload.py
# would give vtysh command lines which hold them, for all of the host to see. These come from a file.
secrets_to_forget() {
  printf '%s\n=\n%s\n' "$1" "$(running_config)" | awk "$forget_secrets_awk"
}

# Some commands FRR takes away only with their secret, others only without: of the two, it refuses one. Key chains go as a
# whole: frr-reload.py 8.4 fails over those that have keys, for it takes away the keys after the chain.
forget_secrets_awk='
{
  match($0, /^ */)
  depth = RLENGTH
  for (i in above) if (i + 0 >= depth) delete above[i]
  place = ""
  for (i = 0; i < depth; i++) if (i in above) place = place above[i] "\n"
  above[depth] = $0
}
$0 == "=" { running = 1; next }
!running { wanted[place $0] = 1; next }
(place $0) in wanted || (gone != "" && index(place, gone) == 1) { next }
/^key chain |^ key [0-9]+$/ {
  gone = place $0 "\n"
  print place " no " $0
  while (sub(/\n/, " ", place)) print "exit"
  next
}
match($0, /(password|md5|key-string|authentication-key|authentication string|nhrp authentication|hash-algo [^ ]+ key|secret) +[^ ]/) {
  print place " no " $0
  print " no " substr($0, 1, RSTART + RLENGTH - 2)
  while (sub(/\n/, " ", place)) print "exit"
}
'

# interfaces_without_lines TEXT: those that FRR has lines of and the text has not.
interfaces_without_lines() {
  running_config | sed -n '/^interface /p' | while IFS= read -r heading; do
    case $newline$1$newline in
      *"$newline$heading$newline"*) ;;
      *) printf '%s\nexit\n' "$heading" ;;
    esac
  done
}

# plain_lines: what frr-reload.py tells of its errors, without times, colours and what is none.
plain_lines() {
  escape=$(printf '\033')
  sed -E "s/$escape\[[0-9;]*m//g; s/^[0-9-]+ [0-9:,]+ +ERROR: //; /sending configuration|\] done$|^Waiting for children|processing failure|^$/d"
}

# profile_of TEXT: what `frr defaults` says there; more than one where daemons were started with others.
profile_of() {
  found=$(printf '%s\n' "$1" | sed -n 's/^frr defaults  *//p' | sort -u | tr '\n' ' ')
  echo "${found:-traditional }"
}

# start_daemons NAME…: those that do not run, beside the others. watchfrr takes care of them only once it is told of them.
start_daemons() {
  for each; do
    runs "$each" && continue
    step "start $each"
    frr_script watchfrr.sh start "$each"
    running_daemons
    runs "$each" || { problem="$each does not start in the machine: $(last_words "$each")"; return 1; }
  done
}

# frr_script NAME ARGUMENT…: one of FRR's own scripts, which start daemons; where there is no syslog their lines go where
# our init script for machines without systemd reads them.
frr_script() {
  as_daemon sh -c '
    if [ -p /run/frr.log ]; then export frr_global_options="--log file:/run/frr.log"; fi
    script=$1
    shift
    exec "$0/$script" "$@"' "$frr_programs" "$@" >/dev/null 2>&1 </dev/null || :
}

last_words() {
  inside_systemd || return 0
  inside journalctl --no-pager --quiet --output=cat -n 5 -t "$1" -t frrinit.sh -t watchfrr.sh 2>/dev/null | without_secrets
}

stop_daemons() {
  for each; do
    runs "$each" || continue
    step "stop $each"
    inside "$frr_programs/watchfrr.sh" stop "$each" >/dev/null 2>&1 || :
  done
}

# watch_daemons: tells watchfrr which daemons there are now, as /etc/frr/daemons says: it is started anew, which restarts
# none of them. systemd has to be told, for it would take the end of watchfrr for the end of FRR.
watch_daemons() {
  step "tell watchfrr of its daemons"
  if inside_systemd; then
    inside timeout 120 systemctl reload frr.service >/dev/null 2>&1 || :
  else
    inside "$frr_programs/watchfrr.sh" stop watchfrr >/dev/null 2>&1 || :
    frr_script frrinit.sh start
  fi
}

# restart_frr: with what is on disk.
restart_frr() {
  step "start FRR in the machine"
  if inside_systemd; then
    inside systemctl reset-failed frr.service 2>/dev/null || :
    inside timeout 120 systemctl restart frr.service >/dev/null 2>&1 || :
  else
    frr_script frrinit.sh restart
  fi
  wait_for_frr
}

# wait_until_met WANTS SECONDS: until all of them are met for as long as $stable_seconds, or $problem says which are not.
wait_until_met() {
  now=$(uptime_seconds)
  last=$((now + $2)) since=
  while :; do
    problem=$(put_sessions </dev/null | unmet "$1")
    now=$(uptime_seconds)
    if [ -n "$problem" ]; then
      since=
      [ "$now" -lt "$last" ] || return 1
    else
      since=${since:-$now}
      [ $((now - since)) -lt "${stable_seconds:-0}" ] || return 0
    fi
    [ -z "${daemons_noted:-}" ] || no_daemon_ended "$daemons_noted" || return 2
    sleep 0.4
  done
}

# no_daemon_ended BORN: whether all of those live on; otherwise $problem says which does not. What comes back by itself, or with
# the machine, has the configuration that is on disk.
no_daemon_ended() {
  running_daemons
  ended=$(printf '%s\n=\n%s\n' "$1" "$daemons_born" | awk '
    $0 == "=" { now = 1; next }
    !now { born[$0] = $1; order[++count] = $0; next }
    { delete born[$0] }
    END { for (i = 1; i <= count; i++) if (order[i] in born) printf " %s", born[order[i]] }')
  [ -n "$ended" ] || return 0
  leader_then=$leader
  find_leader
  if [ "$leader" != "$leader_then" ] || ! systemctl --quiet is-active "systemd-nspawn@$machine.service"; then
    problem="the machine was stopped or restarted while the new configuration was tried"
    return 1
  fi
  problem="while the new configuration was in force,$ended ended: $(for each in $ended; do last_words "$each"; done)"
  return 1
}

# up_now: the sessions that are up, as wants; "dynamic" after those that came by a listen range.
up_now() {
  put_sessions </dev/null | awk '
    $1 == "dynamic" { dynamic[$2] = " dynamic"; next }
    $4 == "1" { up[++count] = $1 " " $2 }
    END { for (i = 1; i <= count; i++) { split(up[i], part, " "); print "was " up[i] (part[1] == "bgp" ? dynamic[part[2]] : "") } }'
}
