# The files that a program gives for a machine's tree, and the note of what we put there.
# shellcheck shell=sh disable=SC2154,SC2034,SC2031 # values come with the request; functions before it

# $files: a line a file: INDEX PATH MODE OWNER GROUP SHA256, separated by tabs; its text is $content_INDEX.
given_paths=$newline
while IFS="$tab" read -r _ file _; do
  given_paths="$given_paths$file$newline"
done <<END
$files
END

# What we wrote into the tree: `file SHA256 PATH`, `link TARGET PATH`, and `packages …`, `bytes …` of when it was made.
# Fields are separated by tabs. What was there before, if anything, is in the folder beside it.
manifest="$records/rootfs.manifest/$machine"
# While it is written. No machine's name begins with a dot.
manifest_new="$records/rootfs.manifest/.$machine.new"
originals="$records/rootfs.originals/$machine"

# manifest_says KIND: the rest of the lines of a kind.
manifest_says() {
  [ -f "$manifest" ] || return 0
  while IFS="$tab" read -r kind rest; do
    [ "$kind" != "$1" ] || printf '%s\n' "$rest"
  done <"$manifest"
}

# account_number passwd|group NAME [quietly]: $number is what the machine's own accounts say, or the number given.
account_number() {
  number=$2
  case $2 in
    root) number=0 ;;
    *[!0-9]*)
      number=$(
        # shellcheck disable=SC2030 # meant
        name=$1
        enter etc && read_here 1000000 | awk -F: -v name="$2" '$1 == name { print $3; exit }'
      )
      case $number in
        '' | *[!0-9]*) [ -n "${3:-}" ] || fail "the machine has no $1 entry \"$2\" for $file: name one of its own, or give a number" ;;
      esac
      ;;
  esac
}

# look_here: $seen is "MODE UID GID TYPE" of $name in the current directory, as the machine sees it; empty: nothing there.
# What belongs to nobody in there is 65534 to it (user_namespaces(7)).
look_here() {
  seen=$(stat -c '%a %u %g %F' "./$name" 2>/dev/null) || seen=''
  if [ -n "$seen" ] && [ "$uid_base" != 0 ]; then
    # shellcheck disable=SC2086 # fields
    set -- $seen
    uid=$(($2 - uid_base)) gid=$(($3 - uid_base))
    if [ "$uid" -lt 0 ] || [ "$uid" -gt 65535 ]; then uid=65534; fi
    if [ "$gid" -lt 0 ] || [ "$gid" -gt 65535 ]; then gid=65534; fi
    seen="$1 $uid $gid ${seen#"$1 $2 $3 "}"
  fi
}

# put_files: writes those that differ.
put_files() {
  while IFS="$tab" read -r index file mode user group wanted_sha; do
    [ -n "$index" ] || continue
    account_number passwd "$user"
    wanted_uid=$number
    account_number group "$group"
    wanted_gid=$number
    enter_parent "$file" make || fail "$why"
    look_here
    case $seen in
      *directory) fail "$file is a directory in the machine's tree; a file was to be there" ;;
      "$mode $wanted_uid $wanted_gid regular "*)
        sha_here
        if [ "$sha" = "$wanted_sha" ]; then continue; fi
        ;;
    esac
    step "write $file"
    keep_original
    eval "printf '%s' \"\$content_$index\"" | replace_here "$mode" "$wanted_uid" "$wanted_gid"
  done <<END
$files
END
}

# keep_original: what is at $file before we write there for the first time, to give it back later.
keep_original() {
  case $written_before in
    *"$tab$file$newline"*) return 0 ;;
  esac
  case $seen in
    *" regular "*) ;;
    *) return 0 ;;
  esac
  mkdir -p "$originals"
  original_of
  read_here 1000000 >"$originals/$original"
  # shellcheck disable=SC2086 # fields
  set -- $seen
  printf '%s %s %s\n' "$1" "$2" "$3" >"$originals/$original.mode"
}

original_of() {
  original=$(printf '%s' "$file" | sha256sum)
  original=${original%% *}
}

# take_back_files: files that are no longer given and still hold what we wrote become what they were before, or go.
# What somebody else has changed since stays.
take_back_files() {
  while IFS="$tab" read -r old_sha file; do
    [ -n "$old_sha" ] || continue
    case $given_paths in
      *"$newline$file$newline"*) continue ;;
    esac
    enter_parent "$file" || continue
    sha_here
    original_of
    if [ "$sha" = "$old_sha" ]; then
      step "take back $file"
      if [ -f "$originals/$original.mode" ]; then
        read -r mode uid gid <"$originals/$original.mode"
        replace_here "$mode" "$uid" "$gid" <"$originals/$original"
      else
        rm -f "./$name"
        derive_again=1
      fi
    fi
    rm -f "$originals/$original" "$originals/$original.mode"
  done <<END
$written_before
END
  rmdir "$originals" 2>/dev/null || :
}
