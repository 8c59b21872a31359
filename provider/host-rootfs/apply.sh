# Makes the rootfs of a machine, or what has changed in it. It is built beside its place and renamed into it.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; functions before it
lock "$machine"
umask 022
derive_again=''
written_before=''
linked_before=''

# what_is_there: takes the note of what we wrote before.
what_is_there() {
  written_before="$(manifest_says file)$newline"
  linked_before="$(manifest_says link)$newline"
}

# note BEFORE: writes down what is in the tree from now on; BEFORE, what may still be.
note() {
  mkdir -p "${manifest%/*}"
  {
    printf '%s' "$1"
    while IFS="$tab" read -r _ file _ _ _ sum; do
      [ -z "$file" ] || printf 'file\t%s\t%s\n' "$sum" "$file"
    done <<END
$files
END
    printf '%s' "$links" | while IFS="$tab" read -r target link; do printf 'link\t%s\t%s\n' "$target" "$link"; done
    printf 'packages\t%s\nbytes\t%s\n' "$packages" "$bytes"
  } | sort -u >"$manifest_new"
  mv -T "$manifest_new" "$manifest"
}

# put_names: host name, and the hosts file as long as it is ours.
put_names() {
  enter etc make || fail "$why"
  name=hostname
  old=$(read_here 300) || old=''
  if [ "$old" != "$hostname" ]; then
    printf '%s\n' "$hostname" | replace_here 644 0 0
    name=hosts
    now=$(read_here 65536) || now=''
    case $given_paths in
      *"$newline/etc/hosts$newline"*) ;;
      *)
        if [ -z "$now" ] || [ "$now" = "$(hosts_text "$old")" ]; then
          hosts_text "$hostname" | replace_here 644 0 0
        fi
        ;;
    esac
  fi
  cd /
}

# follow_host: what was copied from the host's /usr and goes stale when the host is upgraded.
follow_host() {
  enter etc make || fail "$why"
  for copied in /usr/lib/os-release /etc/ld.so.cache; do
    [ -f "$copied" ] || continue
    name=${copied##*/}
    read_here 1000000 | cmp -s - "$copied" || replace_here 644 0 0 <"$copied"
  done
  cd /
}

build() {
  case $method in
    host) build_from_host "$1" ;;
    debootstrap) build_from_archive "$1" ;;
    skeleton) build_skeleton "$1" ;;
  esac
  if [ "$share_usr" = 1 ] && [ "$method" != skeleton ]; then finish_tree "$1"; fi
}

begin_building() {
  building="${rootfs%/*}/.$machine.partial-$$"
  trap 'status=$?; cd /; close_tree; remove_tree "$building"; rm -f "$building".*; [ -z "$forget_it" ] || forget rootfs "$machine"; exit $status' EXIT
  mkdir -m 755 "$building"
}

create() {
  preflight "${rootfs%/*}"
  plan_units
  check_place
  forget_it=$([ -n "$(owner rootfs "$machine")" ] || echo 1)
  own rootfs "$machine" "$owner" 0 "$adopt"
  [ -d "$machines" ] || (umask 077 && mkdir -p "$machines")
  make_folder "${rootfs%/*}"
  sweep
  rm -rf "$originals"
  begin_building
  build "$building"
  open_tree "$building"
  sync_each=''
  [ "$share_usr" = 1 ] || plan_units
  put_names
  put_files
  put_links
  close_tree
  bytes=$(du -s --block-size=1 "$building")
  bytes=${bytes%%"$tab"*}
  note ''
  sync -f "$building" "$records"
  mv -T "$building" "$rootfs"
  sync "${rootfs%/*}"
  forget_it=''
  link_place
  open_tree "$rootfs"
}

update() {
  if [ -L "$rootfs" ] || [ ! -d "$rootfs/etc" ]; then refuse "$rootfs is no rootfs: it has no folder etc"; fi
  check_place
  own rootfs "$machine" "$owner" 1 "$adopt"
  link_place
  sweep
  what_is_there
  bytes=$(manifest_says bytes)
  [ -n "$bytes" ] || { bytes=$(du -sx --block-size=1 "$rootfs"); bytes=${bytes%%"$tab"*}; }
  old_packages=$(manifest_says packages)
  if [ -n "$old_packages" ] && [ "$old_packages" != "$packages" ]; then
    [ "$share_usr" = 1 ] || refuse "packages has changed, and a rootfs with shareUsr: false is a system of its own: install them in it, or replace it"
    derive_again=1
  fi
  open_tree "$rootfs"
  trap 'status=$?; close_tree; exit $status' EXIT
  plan_units
  [ -z "$derive_again" ] || preflight "${rootfs%/*}"
  # Whatever this run is cut off at, the next knows what may be ours.
  note "$(sed -n '/^\(file\|link\)\t/p' "$manifest" 2>/dev/null)$newline"
  sync -f "$records"
  put_names
  if [ "$share_usr" = 1 ]; then follow_host; fi
  take_back_files
  if [ -n "$derive_again" ] && [ "$share_usr" = 1 ]; then derive_missing; fi
  put_files
  put_links
  close_tree
  note ''
  # Links and folders, too, are to last from here on.
  sync -f "$rootfs" "$records"
}

if [ -e "$rootfs" ] || [ -L "$rootfs" ]; then update; else create; fi
put_facts
