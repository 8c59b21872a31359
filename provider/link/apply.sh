# Makes a link and what brings it back: its data and units, then its interfaces, where its machines run.
# shellcheck shell=sh disable=SC2154 # values come with the request
command -v machinectl >/dev/null || refuse "machinectl is missing: install the package systemd-container"
command -v ip >/dev/null || refuse "ip is missing: install the package iproute2"

lock_files

# refuse_taken: another link's claim to one of the names or to the VNI counts also while its machines do not run.
refuse_taken() {
  claims=$(grep -E '^(end|vxlan) ' /dev/null "$link_data"/* 2>/dev/null) || :
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
    elif [ -n "$vxlan" ] && [ "$(same_vni "$2" "$3" "$4" "$5")" = 1 ]; then
      refuse "the tunnel of $(owner link "$other") on this host has the VNI $2 and the same port: choose another vni"
    fi
  done <<END
$claims
END
}

# The kernel holds one VNI a port and family, whatever the remote address (vxlan_vni_in_use in vxlan_core.c, Linux 6.18).
same_vni() {
  # shellcheck disable=SC2086 # fields of checked text
  set -- "$@" $vxlan
  case $2,$6 in
    *:*,*:* | *.*,*.*) [ "$1 ${4##* }" != "$5 $8" ] || echo 1 ;;
  esac
}
refuse_taken
find_machines
observe_all
refuse_foreign
own link "$link_id" "$owner" 0 "$adopt"
# From here on something has been changed.
refuse() {
  fail "$1"
}

step "write the link's files"
mkdir -p "${boot%/*}" "$link_data"
if [ -e "$link_data/$link_id" ]; then
  # What was given before and is not any more goes.
  while IFS=' ' read -r key side rest; do
    [ "$key" != address ] || eval "${side}_old=\$${side}_old\$rest\$newline"
  done <"$link_data/$link_id"
fi
write_text "$boot" 755 "$boot_script"
write_text "$link_data/$link_id" 644 "$data"
reload=
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
[ -z "$reload" ] || systemctl daemon-reload
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

connect
put_seen
