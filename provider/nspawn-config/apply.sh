# Writes a machine's .nspawn file and its unit's drop-in, and lets systemd take up what it can without a restart.
# shellcheck shell=sh disable=SC2154 # values come with the request
tab=$(printf '\t')
command -v systemd-nspawn >/dev/null || refuse "systemd-nspawn is missing: install the package systemd-container"
lock "$machine"

# All that this systemd does not know, at once.
version=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
too_new=$(printf '%s\n' "$required" | while IFS="$tab" read -r property needed; do
  [ -z "$property" ] || [ "$needed" -le "$version" ] || printf '%s needs systemd %s\n' "$property" "$needed"
done)
[ -z "$too_new" ] || refuse "this host has systemd $version:
$too_new"

exists=0
if [ -e "$nspawn_path" ] || [ -L "$nspawn_path" ] || [ -e "$drop_in_path" ] || [ -L "$drop_in_path" ]; then exists=1; fi

# faults_of PREFIX TEXT: of what systemd says of a file, by its lines, what it says of which key.
faults_of() {
  sed -n "s|^$1:\([0-9]*\): *|\1 |p" | while read -r line fault; do
    printf '%s: %s\n' "$(printf '%s\n' "$2" | sed -n "${line}s/=.*//p")" "$fault"
  done
}

# Only files that differ are worth systemd's own opinion of them. It is asked on copies in places of their own.
export SYSTEMD_LOG_TARGET=console SYSTEMD_COLORS=0
faults=
if ! printf '%s\n' "$drop_in" | cmp -s - "$drop_in_path"; then
  rm -rf "$trial"
  mkdir -p "$trial/$unit.d"
  printf '%s\n' "$drop_in" >"$trial/$unit.d/50-pulumi-nspawn.conf"
  said=$(SYSTEMD_UNIT_PATH="$trial:" systemd-analyze verify --man=no --generators=no "$unit" 2>&1) || :
  rm -rf "$trial"
  faults=$(printf '%s\n' "$said" | faults_of "$trial/[^:]*" "$drop_in")
fi

# systemd-nspawn reads settings, says what it ignores, refuses combinations, and only then looks for the tree: here, for
# none. With what systemd-nspawn@.service has in its command line.
if ! printf '%s\n' "$nspawn" | cmp -s - "$nspawn_path"; then
  mkdir -p "${trial_nspawn%/*}"
  printf '%s\n' "$nspawn" >"$trial_nspawn"
  trial_name=${trial_nspawn##*/}
  said=$(systemd-nspawn --quiet --boot --link-journal=try-guest --network-veth -U --settings=override \
    --machine="${trial_name%.nspawn}" --directory=/run/pulumi-nspawn/no-tree 2>&1) || :
  rm -f "$trial_nspawn"
  faults="$faults
$(printf '%s\n' "$said" | faults_of "$trial_nspawn" "$nspawn")
$(printf '%s\n' "$said" | grep -vF -e "$trial_nspawn:" -e /run/pulumi-nspawn/no-tree || :)"
fi
unset SYSTEMD_LOG_TARGET SYSTEMD_COLORS
faults=$(printf '%s\n' "$faults" | grep .) || :
[ -z "$faults" ] || refuse "systemd $version would not take all that was given:
$faults"

own nspawn-config "$machine" "$owner" "$exists" "$adopt"
sweep
umask 022
make_folder "${nspawn_path%/*}"
mkdir -p "$drop_in_folder"
write_file "$nspawn_path" "$nspawn_mode" <<END
$nspawn
END
[ "$written" = same ] || step "write $nspawn_path"
write_file "$drop_in_path" "$drop_in_mode" <<END
$drop_in
END
reload=0
if [ "$written" != same ]; then
  step "write $drop_in_path"
  if in_memory "$unit"; then reload=1; fi
fi

# take_back: removes what `systemctl set-property` left. Says so by its exit status.
take_back() {
  set_elsewhere=$(overrides)
  [ -n "$set_elsewhere" ] || return 1
  printf '%s\n' "$set_elsewhere" | while IFS= read -r each; do
    rm -f "$each"
    rmdir "${each%/*}" 2>/dev/null || :
  done
}

# What somebody set in that way gives way to what is declared.
if take_back; then
  step "take back what systemctl set-property set"
  reload=1
fi
[ "$(systemctl show -P NeedDaemonReload "$unit")" = no ] || reload=1

if [ "$reload" = 1 ]; then
  step "reload systemd"
  reload_systemd
fi

# A reload brings limits into force on 252. On 257 it only shows them: the cgroup of a running unit stays as it was until
# something sets a property (seen with IPAddressDeny= and DevicePolicy=). The same values are set once more for that, and
# the files that set-property writes of them are removed: the drop-in has them.
if [ "$reload" = 1 ] && [ "$version" -gt 252 ] && ! is_down "$unit"; then
  step "put the limits into force"
  set --
  while IFS= read -r each; do
    [ -z "$each" ] || set -- "$@" "$each"
  done <<END
$live_settings
END
  [ "$#" -gt 0 ] || set -- "TasksMax=$(systemctl show -P TasksMax "$unit")"
  systemctl set-property --runtime "$unit" "$@" || fail "systemd does not take the limits"
  live_keys="$live_keys TasksMax"
  if take_back; then reload_systemd; fi
fi
put_live
