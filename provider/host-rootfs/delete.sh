# Removes a rootfs of ours. The record goes last, so that a run which is cut off can be run again.
# shellcheck shell=sh disable=SC2154 # values come with the request; functions before it

# refuse_while_running: the machine, which lives on the tree.
refuse_while_running() {
  state=$(unit_state "systemd-nspawn@$machine.service")
  case $state in
    active | activating | deactivating | reloading)
      refuse "the machine $machine is running (systemd-nspawn@$machine.service is $state); stop it first: machinectl poweroff $machine"
      ;;
  esac
  if [ -e "/run/systemd/machines/$machine" ]; then
    refuse "the machine $machine is still registered (machinectl status $machine); stop it first: machinectl terminate $machine"
  fi
}

lock "$machine"
if owned rootfs "$machine" "$owner"; then
  refuse_while_running
  if [ -d "$rootfs" ] && [ ! -L "$rootfs" ]; then
    mounted=$(mounts_below "$rootfs")
    [ -z "$mounted" ] || refuse "something is mounted in the rootfs, and would be deleted with it: umount $mounted"
    step "remove the rootfs"
    sweep
    mv -T "$rootfs" "${rootfs%/*}/.$machine.partial-deleted"
    remove_tree "${rootfs%/*}/.$machine.partial-deleted"
    sync -f "${rootfs%/*}"
  else
    sweep
  fi
  if [ -L "$machines/$machine" ] && [ "$(readlink "$machines/$machine")" = "$rootfs" ]; then rm -f "$machines/$machine"; fi
  rm -rf "${records:?}/rootfs.originals/$machine"
  rm -f "$records/rootfs.manifest/$machine" "$records/rootfs.manifest/.$machine.new"
  forget rootfs "$machine"
fi
