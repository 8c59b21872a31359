# What FRR in a machine is to know of a new link. After host/in-machine.sh and observe.sh.
# shellcheck shell=sh disable=SC2154 # what observe.sh sets

# tell_zebras: of interfaces that have just been made. Of those that it knows, zebra forgets nothing.
tell_zebras() {
  for each in $ends; do
    select_end "$each"
    tell_zebra
  done
}

# tell_zebra: announces the addresses of the selected end again, until zebra in its machine knows them. Before FRR 9.1 zebra
# reads addresses in one thread and interfaces in another, and forgets an address that comes before its interface does
# (FRRouting/frr issue 13288), which then has no OSPF, and no BGP over its link-local address.
tell_zebra() {
  if [ "$machine" = .host ] || [ ! -S "/proc/$pid/root/run/frr/zebra.vty" ]; then return 0; fi
  zebra_deadline=$(($(uptime_seconds) + 60))
  until zebra_knows; do
    # The link is there. Whatever ails FRR, others tell of it.
    [ "$(uptime_seconds)" -lt "$zebra_deadline" ] || return 0
    sleep 0.1
  done
}

# An address that is tentative will be announced by the kernel.
zebra_knows() {
  status=0
  known=$(VTYSH_HISTFILE=/dev/null in_machine "$pid" timeout 10 vtysh -d zebra -c "show interface $interface" \
    2>/dev/null) || status=$?
  case $status in
    0) ;;
    124) return 1 ;; # as timeout says it: zebra is busy
    *) return 0 ;;   # it does not run any more; one that starts asks for all there is
  esac
  case $known in *"Interface $interface "*) ;; *) return 1 ;; esac
  there=$(in_namespace -o address show dev "$interface" -tentative) || return 1
  changes=
  while read -r _ _ family address rest; do
    case ${family:+$known} in '' | *" ${address%/*}/"*) continue ;; esac
    again=
    case " $rest " in
      *' dynamic '*) continue ;;
      ' peer '*) rest=${rest#peer } again=" peer ${rest%% *}" ;;
    esac
    for flag in nodad noprefixroute; do
      case " $rest " in *" $flag "*) again="$again $flag" ;; esac
    done
    case " $rest" in *' metric '*) rest=${rest#*metric } again="$again metric ${rest%% *}" ;; esac
    changes="${changes}address change $address$again dev $interface$newline"
  done <<END
$there
END
  [ -n "$changes" ] || return 0
  printf '%s' "$changes" | in_namespace -batch - || :
  return 1
}
