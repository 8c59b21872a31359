# Removes a machine's .nspawn file and drop-in, where they are ours.
# shellcheck shell=sh disable=SC2154 # values come with the request
lock "$machine"
sweep
if owned nspawn-config "$machine" "$owner"; then
  reload=0
  if [ -e "$drop_in_path" ]; then
    step "remove $drop_in_path"
    rm -f "$drop_in_path"
    if in_memory "$unit"; then reload=1; fi
  fi
  rmdir "$drop_in_folder" 2>/dev/null || :
  rm -f "$nspawn_path"
  # linkJournal host or guest leaves a link to the machine's journal, which goes with the machine.
  link="/var/log/journal/$machine_id"
  if [ -n "$machine_id" ] && [ -L "$link" ]; then
    case $(readlink "$link") in
      "/var/lib/machines/$machine/"*) rm -f "$link" ;;
    esac
  fi
  # Also after a run that was cut off between the removal and this.
  if [ "$reload" = 1 ] || [ "$(systemctl show -P NeedDaemonReload "$unit")" != no ]; then
    step "reload systemd"
    reload_systemd
  fi
  forget nspawn-config "$machine"
fi
