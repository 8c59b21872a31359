# Makes a link and what brings it back: its data and units, then its interfaces, where its machines run.
# shellcheck shell=sh disable=SC2154 # values come with the request
command -v machinectl >/dev/null || refuse "machinectl is missing: install the package systemd-container"
command -v ip >/dev/null || refuse "ip is missing: install the package iproute2"

lock_files

# refuse_taken: another link's claim to one of the names, to the VNI or to the port counts also while its machines do not
# run. Of all that there are, only those that can clash are looked at.
refuse_taken() {
  set -- -e ':wireguard '
  [ -z "$vxlan" ] || set -- "$@" -e ":vxlan ${vxlan%% *} "
  [ -z "$wireguard" ] || set -- "$@" -e ':vxlan '
  for each in $ends; do
    select_end "$each"
    set -- "$@" -e ":end a $machine $interface " -e ":end b $machine $interface "
  done
  claims=$(grep -E '^(end|vxlan|wireguard) ' /dev/null "$link_data"/* 2>/dev/null | grep -F "$@") || :
  while IFS= read -r line; do
    other=${line%%:*}
    other=${other##*/}
    if [ -z "$line" ] || [ "$other" = "$link_id" ]; then continue; fi
    # shellcheck disable=SC2086 # fields of checked text
    set -- ${line#*:}
    if [ "$1" = end ]; then
      for each in $ends; do
        select_end "$each"
        [ "$machine $interface" != "$3 $4" ] ||
          refuse "the interface $interface of $(place) is an end of another link, of $(owner link "$other")"
      done
    elif [ -n "$wireguard" ] || [ "$1" = wireguard ]; then
      [ "$(port_of "$@")" != "$our_port" ] ||
        refuse "UDP port $our_port of this host is that of another tunnel, of $(owner link "$other"): choose another port"
    elif [ -n "$vxlan" ] && [ "$(same_vni "$2" "$3" "$4" "$5")" = 1 ]; then
      refuse "the tunnel of $(owner link "$other") on this host has the VNI $2 and the same port: choose another vni"
    fi
  done <<END
$claims
END
}

# refuse_taken_bridge: one that was made for another stack would join the segments of both unseen.
refuse_taken_bridge() {
  for each in $ends; do
    select_end "$each"
    if [ -z "$bridge" ] || ! bridge_is_ours "$bridge" || [ "$seen_stack" = "$bridge_stack" ]; then continue; fi
    [ "$adopt" = 1 ] ||
      refuse "the bridge $bridge of the host was made for links of the stack $seen_stack: choose another name"
    ip link set dev "$bridge" alias "pulumi-nspawn bridge $bridge_stack"
  done
}

# port_of KEY VALUE…: the UDP port of a tunnel's data.
port_of() {
  if [ "$1" = wireguard ]; then echo "$2"; else echo "$5"; fi
}

# refuse_without_wireguard: what it needs, before anything is changed.
refuse_without_wireguard() {
  command -v wg >/dev/null || refuse "wg is missing: install the package wireguard-tools"
  ! whole || return 0
  # Another program's socket, that is; a link that waits for its machine may have had it already.
  if ! grep -qs "^wireguard $our_port " "$link_data/$link_id" &&
    grep -qsi "^ *[0-9]*: [0-9a-f]*:$(printf '%04x' "$our_port") " /proc/net/udp /proc/net/udp6; then
    refuse "UDP port $our_port of this host is taken by another program: choose another port"
  fi
  select_end "$ends"
  if made=$(ip link add name "$temporary" type wireguard 2>&1); then
    ip link delete dev "$temporary"
  else
    why=$(why_no_userspace)
    [ -z "$why" ] || refuse "the kernel has no WireGuard (${made#Error: }), and it cannot be run without: $why"
  fi
}

# make_key: where there is none, or it was made for another trigger.
make_key() {
  read_key
  if [ -z "$private_key" ] || [ "$key_trigger" != "$rekey" ]; then
    step "make a key"
    private_key=$(wg genkey)
    mkdir -p "$keys"
    write_text "$keys/$link_id" 600 "key $private_key${newline}rekey $rekey$newline"
  fi
  put public_key "$(printf '%s\n' "$private_key" | wg pubkey)"
}

# The kernel holds one VNI a port and family, whatever the remote address (vxlan_vni_in_use in vxlan_core.c, Linux 6.18).
same_vni() {
  # shellcheck disable=SC2086 # fields of checked text
  set -- "$@" $vxlan
  case $2,$6 in
    *:*,*:* | *.*,*.*) [ "$1 ${4##* }" != "$5 $8" ] || echo 1 ;;
  esac
}
our_port=
[ -z "$wireguard$vxlan" ] || our_port=$(port_of ${wireguard:+wireguard $wireguard} ${vxlan:+vxlan $vxlan})
refuse_taken
find_machines
observe_all
refuse_foreign
[ -z "$wireguard" ] || refuse_without_wireguard
refuse_taken_bridge
own link "$link_id" "$owner" 0 "$adopt"
# From here on something has been changed.
refuse() {
  fail "$1"
}

if [ -n "$wireguard" ]; then
  make_key
  # The other host's key is asked for at the same time; what it is to be told to this one then.
  case $wireguard in *' -') exit 0 ;; esac
fi

step "write the link's files"
mkdir -p "${boot%/*}" "$link_data"
if [ -e "$link_data/$link_id" ]; then
  # What was given before and is not any more goes.
  while IFS=' ' read -r key side rest; do
    case $key in
      address) eval "${side}_old=\$${side}_old\$rest\$newline" ;;
      bridge) eval "${side}_old_bridge=\${rest%% *}" ;;
      rate) eval "${side}_old_rate=\$rest" ;;
    esac
  done <"$link_data/$link_id"
fi
write_text "$boot" 755 "$boot_script"
[ -z "$wireguard" ] || write_text "$wireguard_program" 644 "$wireguard_program_text"
write_text "$link_data/$link_id" 644 "$data"
reload=
# A run that was cut off here has left it to the next to tell systemd. /run, since a boot reads all.
if [ -e "$reload_owed" ]; then reload=1; fi
: >"$reload_owed"
write_text "$units/$machine_unit" 644 "$machine_unit_text"
[ "$written" = same ] || reload=1
write_text "$units/$host_unit" 644 "$host_unit_text"
[ "$written" = same ] || reload=1
while read -r machine want; do
  if [ -z "$want" ] || [ -L "$units/$want" ]; then continue; fi
  mkdir -p "$units/${want%/*}"
  ln -s "../$(unit_of "$machine")" "$units/$want"
  sync "$units/${want%/*}"
  reload=1
done <<END
$wants
END
if [ -n "$networkd_text" ]; then
  make_folder "${networkd%/*}"
  write_text "$networkd" 644 "$networkd_text"
  networkd_file=$written network_manager_file=same
  if [ -d "${network_manager%/*}" ]; then
    write_text "$network_manager" 644 "$network_manager_text"
    network_manager_file=$written
  fi
  reload_network_managers "$networkd_file" "$network_manager_file"
fi
unlock_files
[ -z "$reload" ] || reload_systemd
rm -f "$reload_owed"

connect
remove_bridges
put_seen
