# What a machine was started with: its .nspawn file and its unit's drop-ins, as they were then and as they are now.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; its users come after it
drop_in_folder="/etc/systemd/system/$unit.d"
own_drop_in="$drop_in_folder/60-pulumi-nspawn-machine.conf"

# Where the drop-in has each start put them aside.
started_files="/run/pulumi-nspawn/$machine.started"

# digest_of FOLDER-OF-NSPAWN FOLDER-OF-DROP-INS: of what a machine takes at its start only, so without limits and comments.
digest_of() {
  for each in "$1/$machine.nspawn" "$2"/*.conf; do
    if [ ! -e "$each" ] || [ "${each##*/}" = "${own_drop_in##*/}" ]; then continue; fi
    printf '%s\n' "${each##*/}"
    grep -vE -e '^[[:space:]]*([#;].*)?$' -e "^[[:space:]]*($live_keys)[[:space:]]*=" "$each" || :
  done | sha256sum | cut -c 1-64
}

settings_now() {
  digest_of /etc/systemd/nspawn "$drop_in_folder"
}

# settings_started: nothing where nobody has put them aside.
settings_started() {
  [ ! -d "$started_files" ] || digest_of "$started_files" "$started_files"
}

# assume_settings: a machine that was started before there was a drop-in counts as started with what there is now.
assume_settings() {
  umask 077
  mkdir -p "$started_files"
  for each in "/etc/systemd/nspawn/$machine.nspawn" "$drop_in_folder"/*.conf; do
    [ ! -e "$each" ] || cp -L "$each" "$started_files/"
  done
}

# write_drop_in: for the machine's life; a change of it needs no restart. $reload is 1 where systemd has to be told.
write_drop_in() {
  umask 022
  mkdir -p "$drop_in_folder"
  write_file "$own_drop_in" 644 <<END
$drop_in
END
  reload=
  if [ "$written" != same ]; then
    step "write $own_drop_in"
    if in_memory "$unit"; then reload=1; fi
  fi
  # Also after a run that was cut off between the two.
  [ "$(systemctl show -P NeedDaemonReload "$unit")" != yes ] || reload=1
}

remove_drop_in() {
  rm -rf "$started_files"
  rm -f "$drop_in_folder/.${own_drop_in##*/}".pulumi-nspawn.*
  if [ -e "$own_drop_in" ]; then
    rm -f "$own_drop_in"
    rmdir "$drop_in_folder" 2>/dev/null || :
  fi
}
