# Where a machine's tree is: its folder, what interrupted operations leave beside it, and the link where machined looks.
# shellcheck shell=sh disable=SC2154 # values come with the request; functions before it
machines=/var/lib/machines

# sweep: what an operation that was cut off left beside the tree. What is mounted in there goes first, and is never followed.
sweep() {
  for left in "${rootfs%/*}/.$machine.partial-"*; do
    if [ -d "$left" ] && [ ! -L "$left" ]; then
      step "remove $left, left by an interrupted operation"
      mounts_below "$left" | sort -r | while IFS= read -r mounted; do
        umount "$mounted" 2>/dev/null || umount --lazy "$mounted" || fail "cannot unmount $mounted"
      done
      remove_tree "$left"
    elif [ -e "$left" ] || [ -L "$left" ]; then
      rm -f "$left"
    fi
  done
}

# mounts_below DIRECTORY: mount points under it, or the directory itself. The kernel knows them by their real paths, and
# writes blanks as \040.
mounts_below() {
  below=$(readlink -f "$1")
  while read -r _ _ _ _ mounted _; do
    case $mounted in
      *\\*) mounted=$(printf '%b' "$(printf '%s' "$mounted" | sed 's/\\\([0-7]\{3\}\)/\\0\1/g')") ;;
    esac
    case $mounted in
      "$below" | "$below"/*) printf '%s\n' "$mounted" ;;
    esac
  done </proc/self/mountinfo
}

# remove_tree DIRECTORY: never follows a symlink, never goes into another file system.
remove_tree() {
  [ -e "$1" ] || return 0
  if [ "$(stat -f -c %T "$1")" = btrfs ] && command -v btrfs >/dev/null; then
    find "$1" -depth -type d -inum 256 -exec btrfs --quiet subvolume delete {} ';' >/dev/null
  fi
  rm -rf --one-file-system "$1"
}

# check_place: refuses to put the link where something else is.
check_place() {
  if [ "$rootfs" != "$machines/$machine" ] && [ -e "$machines/$machine" ] && [ ! -L "$machines/$machine" ]; then
    refuse "$machines/$machine is there, and the rootfs is to be at $rootfs: remove it, or leave path out"
  fi
}

# link_place: machined looks in /var/lib/machines (machinectl(1)).
link_place() {
  [ "$rootfs" != "$machines/$machine" ] || return 0
  [ -d "$machines" ] || (umask 077 && mkdir -p "$machines")
  if [ -L "$machines/$machine" ] && [ "$(readlink "$machines/$machine")" = "$rootfs" ]; then return 0; fi
  ln -sfnT "$rootfs" "$machines/$machine"
}
