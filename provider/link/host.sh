# What a link is on a host, for apply.sh, read.sh and delete.sh.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; its users come after it
parse <<END
$data
END
boot=$records/bin/links.sh
link_data=$records/link-data
units=/etc/systemd/system
machine_unit=pulumi-nspawn-links@.service
host_unit=pulumi-nspawn-host-links.service
reload_owed=/run/pulumi-nspawn/link:$link_id.reload
networkd=/etc/systemd/network/10-pulumi-nspawn-link-$link_id.network
network_manager=/etc/NetworkManager/conf.d/pulumi-nspawn-link-$link_id.conf

# The lock of one link also keeps the host's own script away (boot.sh). A machine's name has no colon.
lock "link:$link_id"

# lock_files: while the files that links share, and those that another link may look at, are changed.
lock_files() {
  exec 8>/run/pulumi-nspawn/@links.lock
  flock -w "${lock_seconds:-120}" 8 ||
    refuse "another operation on links has held its lock for ${lock_seconds:-120} s (/run/pulumi-nspawn/@links.lock)"
}

unlock_files() {
  exec 8>&-
}

# write_text PATH MODE TEXT: write_file in this shell, so that $written is known here.
write_text() {
  write_file "$1" "$2" <<END
${3%"$newline"}
END
}

# unit_of MACHINE: the file of the unit that makes its links.
unit_of() {
  if [ "$1" = .host ]; then echo "$host_unit"; else echo "$machine_unit"; fi
}

# put_seen: what there is of the link: its state, and lines "END PROPERTY VALUE".
put_seen() {
  put state "$(state_of_link)"
  seen=
  for each in $ends; do
    eval "there=\$${each}_there seen_mac=\$${each}_seen_mac seen_mtu=\$${each}_seen_mtu seen_bridge=\$${each}_seen_bridge seen_rate=\$${each}_seen_rate global=\$${each}_global local=\$${each}_local metrics=\$${each}_metrics"
    [ "$there" = ours ] || continue
    seen="$seen$each mac $seen_mac$newline$each mtu $seen_mtu$newline"
    [ -z "$seen_rate" ] || seen="$seen$each rate $seen_rate$newline"
    [ -z "$seen_bridge" ] || seen="$seen$each bridge $seen_bridge$newline"
    while IFS= read -r address; do
      [ -z "$address" ] || seen="$seen$each global $address$newline"
    done <<END
$global
END
    while IFS= read -r address; do
      [ -z "$address" ] || seen="$seen$each local $address$newline"
    done <<END
$local
END
    while IFS= read -r line; do
      [ -z "$line" ] || seen="$seen$each metric $line$newline"
    done <<END
$metrics
END
  done
  put seen "$seen"
}

# remove_bridges: those of ours that no link names any more and that have no port. Whatever run left them.
remove_bridges() {
  for each in /sys/class/net/*/bridge; do
    each=${each%/bridge}
    is_left "${each##*/}" || continue
    lock_files
    # Another link may have come meanwhile, and will find it gone.
    if is_left "${each##*/}"; then
      step "remove the bridge ${each##*/}"
      ip link delete dev "${each##*/}"
    fi
    unlock_files
  done
}

# is_left BRIDGE
is_left() {
  bridge_is_ours "$1" || return 1
  if grep -qsF -e "bridge a $1 " -e "bridge b $1 " "$link_data"/*; then return 1; fi
  for each_port in "/sys/class/net/$1/brif"/*; do [ ! -e "$each_port" ] || return 1; done
}

# reload_network_managers NETWORKD NETWORK_MANAGER: those whose files have "changed", where they run.
reload_network_managers() {
  if [ "$1" = changed ] && systemctl --quiet is-active systemd-networkd.service; then networkctl reload || :; fi
  if [ "$2" = changed ] && systemctl --quiet is-active NetworkManager.service; then
    systemctl reload NetworkManager.service || :
  fi
}
