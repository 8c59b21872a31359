# Reads and changes files in a machine's tree while the machine may run and may be hostile: whoever is root in there can swap any
# directory or file for a symlink at any moment. So: go down one directory at a time, and look where the kernel says we are;
# work on names in that directory only; make new files where the machine cannot see them and rename them in.
# shellcheck shell=sh disable=SC2154,SC2034 # $machine comes with the request

# open_tree PATH: $tree is its real path; $uid_base the owner of its root: what PrivateUsers= shifts user ids by.
open_tree() {
  if [ -L "$1" ]; then fail "$1 is a symlink"; fi
  cd -P "$1" || fail "cannot go to $1"
  tree=$PWD
  uid_base=$(stat -c %u .)
  stage=${tree%/*}/.$machine.partial-stage
  sync_each=1
  cd /
}

# enter DIRECTORY [make]: makes a directory of $tree ("" or "etc/frr") the current one; status 1, and $why, where there is
# none, or where a symlink is in the way.
enter() {
  cd -P "$tree" || fail "cannot go to $tree"
  reached=$tree remaining=$1
  while [ -n "$remaining" ]; do
    part=${remaining%%/*}
    case $remaining in
      */*) remaining=${remaining#*/} ;;
      *) remaining='' ;;
    esac
    reached=$reached/$part
    if [ -L "./$part" ]; then
      cd /
      why="$reached is a symlink in the machine's tree; nothing is read or written through it"
      return 1
    fi
    if [ ! -e "./$part" ] && [ "${2:-}" = make ]; then
      (umask 022 && mkdir "./$part") || fail "cannot make $reached"
      # If that name is a symlink by now, it is the symlink that changes its owner.
      [ "$uid_base" = 0 ] || chown -h "$uid_base:$uid_base" "./$part"
    fi
    if [ ! -d "./$part" ]; then
      cd /
      why="$reached is no directory"
      return 1
    fi
    if ! cd -P "./$part" || [ "$PWD" != "$reached" ]; then
      cd /
      why="$reached was swapped for something else just now; nothing is read or written there"
      return 1
    fi
  done
}

# enter_parent PATH [make]: enters the directory of an absolute path in the tree; $name is the rest.
enter_parent() {
  name=${1##*/}
  parent=${1%/*}
  enter "${parent#/}" "${2:-}"
}

# read_here LIMIT: the first LIMIT bytes of the regular file $name in the current directory; never through a symlink, never waits.
read_here() {
  dd "if=./$name" iflag=nofollow,nonblock,fullblock,count_bytes "count=$1" bs=65536 status=none 2>/dev/null
}

# sha_here: its digest; empty where it is no regular file or larger than what we ever write.
sha_here() {
  if [ -f "./$name" ] && [ ! -L "./$name" ]; then
    sum=$(read_here 1200000 | sha256sum)
    sha=${sum%% *}
  else
    sha=''
  fi
}

# replace_here MODE UID GID < CONTENT: writes $name in the current directory, whole or not at all.
replace_here() {
  [ -d "$stage" ] || mkdir -m 700 "$stage" || fail "cannot write beside $tree"
  cat >"$stage/new" && chmod "$1" "$stage/new" && chown "$((uid_base + $2)):$((uid_base + $3))" "$stage/new" &&
    { [ -z "$sync_each" ] || sync "$stage/new"; } && mv -T "$stage/new" "./$name" &&
    { [ -z "$sync_each" ] || sync .; } && return 0
  fail "cannot write $PWD/$name"
}

# link_here TARGET: makes $name in the current directory a symlink.
link_here() {
  [ -L "./$name" ] && [ "$(readlink "./$name")" = "$1" ] && return 0
  if [ -d "./$name" ] && [ ! -L "./$name" ]; then fail "$PWD/$name is a directory; a link to $1 was to be there"; fi
  ln -sfnT "$1" "./$name" || fail "cannot link $PWD/$name"
  [ "$uid_base" = 0 ] || chown -h "$uid_base:$uid_base" "./$name"
}

# close_tree: leaves nothing behind, also where the power goes in the next moment.
close_tree() {
  cd /
  if [ -d "${stage:-}" ]; then
    rm -rf --one-file-system "$stage"
    sync "${stage%/*}" || :
  fi
}
