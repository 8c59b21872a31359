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

# Only a drop-in that differs is worth systemd's own opinion of it. It is asked on a copy in a place of its own.
if ! printf '%s\n' "$drop_in" | cmp -s - "$drop_in_path"; then
  trial="/run/pulumi-nspawn/$machine.trial"
  rm -rf "$trial"
  mkdir -p "$trial/$unit.d"
  printf '%s\n' "$drop_in" >"$trial/$unit.d/50-pulumi-nspawn.conf"
  said=$(SYSTEMD_UNIT_PATH="$trial:" SYSTEMD_LOG_TARGET=console SYSTEMD_COLORS=0 \
    systemd-analyze verify --man=no --generators=no "$unit" 2>&1) || :
  rm -rf "$trial"
  faults=$(printf '%s\n' "$said" | sed -n "s|^$trial/[^:]*:\([0-9]*\): *|\1 |p" | while read -r line fault; do
    printf '%s: %s\n' "$(printf '%s\n' "$drop_in" | sed -n "${line}s/=.*//p")" "$fault"
  done)
  [ -z "$faults" ] || refuse "systemd $version would not take all that service says:
$faults"
fi

own nspawn-config "$machine" "$owner" "$exists" "$adopt"
sweep
umask 022
mkdir -p "${nspawn_path%/*}" "$drop_in_folder"
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
  reload=1
fi

# What somebody set by `systemctl set-property` gives way to what is declared.
set_elsewhere=$(overrides)
if [ -n "$set_elsewhere" ]; then
  step "take back what systemctl set-property set"
  printf '%s\n' "$set_elsewhere" | while IFS= read -r each; do
    rm -f "$each"
    rmdir "${each%/*}" 2>/dev/null || :
  done
  reload=1
fi
[ "$(systemctl show -P NeedDaemonReload "$unit")" = no ] || reload=1

# A reload realises the cgroups of running units anew: limits are in force when it returns.
if [ "$reload" = 1 ]; then
  step "reload systemd"
  systemctl daemon-reload
fi
put_live
