# Where a machine's configuration is, and what there is now; for apply.sh, read.sh and delete.sh.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; its users come after it
unit="systemd-nspawn@$machine.service"
nspawn_path="/etc/systemd/nspawn/$machine.nspawn"
drop_in_folder="/etc/systemd/system/$unit.d"
drop_in_path="$drop_in_folder/50-pulumi-nspawn.conf"
# Where systemd is asked what it makes of a text before it counts. A machine's name may be as long as one can be.
trial="/run/pulumi-nspawn/$machine.trial"
trial_nspawn="/run/systemd/nspawn/trial-$(printf '%s' "$machine" | sha256sum | head -c 16).nspawn"

# put_file NAME PATH: its text, and whether it is there.
put_file() {
  [ -f "$2" ] || return 0
  put "$1_present" 1
  put "$1" "$(cat "$2"; echo x)"
}

# overrides: files of `systemctl set-property` for keys of ours. They are there until a reload or for good, by their kind.
overrides() {
  for folder in "/run/systemd/system.control/$unit.d" "/etc/systemd/system.control/$unit.d"; do
    [ -d "$folder" ] || continue
    for key in $live_keys; do
      # Those of times have the name that they have on the bus.
      for each in "$folder/50-$key.conf" "$folder/50-${key%Sec}USec.conf"; do
        [ ! -e "$each" ] || printf '%s\n' "$each"
      done
    done
  done
}

# put_live: what systemd itself has.
put_live() {
  # shellcheck disable=SC2086 # a list of arguments
  put live "$(systemctl show $show_arguments -p NeedDaemonReload "$unit")"
  if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then put unified 1; fi
}

# sweep: what a run that was cut off left while it wrote.
sweep() {
  rm -rf "$trial" "$trial_nspawn"
  for each in "$drop_in_folder"/.50-pulumi-nspawn.conf.pulumi-nspawn.* "${nspawn_path%/*}/.$machine.nspawn.pulumi-nspawn".*; do
    rm -f "$each"
  done
}
