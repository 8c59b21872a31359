# Takes a link away, and what brings it back. Only what is ours.
# shellcheck shell=sh disable=SC2154 # values come with the request
recorded=$(owner link "$link_id")
# Another's by now, or never ours.
[ -z "$recorded" ] || [ "$recorded" = "$owner" ] || exit 0

step "remove the link's files"
lock_files
rm -f "$link_data/$link_id" "$reload_owed" "$keys/$link_id" "$keys/.$link_id".pulumi-nspawn.*
rmdir "$keys" 2>/dev/null || :
# What interrupted writes left.
rm -f "$link_data"/.*.pulumi-nspawn.* "${boot%/*}"/.*.pulumi-nspawn.* \
  "$units/.$machine_unit".pulumi-nspawn.* "$units/.$host_unit".pulumi-nspawn.* \
  "${networkd%/*}/.${networkd##*/}".pulumi-nspawn.* "${network_manager%/*}/.${network_manager##*/}".pulumi-nspawn.*
gone=
while read -r machine want; do
  # Also where an interrupted run has removed it already: the rest of it may be left.
  if [ -n "$want" ] && ! grep -qsF -e "end a $machine " -e "end b $machine " "$link_data"/*; then
    rm -f "$units/$want"
    rmdir "$units/${want%/*}" 2>/dev/null || :
    gone="$gone ${want##*/}"
  fi
done <<END
$wants
END
if [ ! -d "$link_data" ] || rmdir "$link_data" 2>/dev/null; then
  rm -f "$units/$machine_unit" "$units/$host_unit" "$boot" "$wireguard_program"
  rmdir "${boot%/*}" 2>/dev/null || :
fi
unlock_files
if [ -n "$gone" ]; then
  reload_systemd
  # shellcheck disable=SC2086 # names of units
  systemctl reset-failed $gone 2>/dev/null || :
fi

step "remove the link's interfaces"
find_machines
observe_all
remove_ours
observe_all
case $a_there,$b_there in *ours*) fail "an interface of the link cannot be removed" ;; esac
remove_bridges

networkd_file=same network_manager_file=same
if [ -e "$networkd" ]; then rm -f "$networkd"; networkd_file=changed; fi
if [ -e "$network_manager" ]; then rm -f "$network_manager"; network_manager_file=changed; fi
reload_network_managers "$networkd_file" "$network_manager_file"

forget link "$link_id"
