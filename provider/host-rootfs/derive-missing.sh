# Adds to a tree what it would have if it were made now: the files and accounts of packages that came later.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; functions before it

# derive_missing: what is there stays as it is.
derive_missing() {
  forget_it=''
  begin_building
  if [ "$method" = skeleton ]; then
    build_skeleton "$building"
  else
    [ -n "${package_list:-}" ] || read_packages
    build_from_host "$building"
    finish_tree "$building"
  fi
  step "add what is missing"
  find "$building" -mindepth 1 -printf '%y\t%m\t%U\t%G\t%P\t%l\n' >"$building.list"
  while IFS="$tab" read -r kind mode uid gid file target; do
    enter_parent "/$file" || continue
    if [ -e "./$name" ] || [ -L "./$name" ]; then continue; fi
    case $kind in
      d)
        enter "$file" make || fail "$why"
        # The current directory is itself, whatever its name has become.
        chown "$((uid_base + uid)):$((uid_base + gid))" .
        chmod "$mode" .
        ;;
      f) replace_here "$mode" "$uid" "$gid" <"$building/$file" ;;
      l) link_here "$target" ;;
    esac
  done <"$building.list"
  for file in passwd group shadow gshadow; do
    name=$file
    enter etc || fail "$why"
    look_here
    # shellcheck disable=SC2086 # fields
    set -- $seen
    merged=$(
      read_here 1000000 | more="$building/etc/$file" awk -F: '
        { print; known[$1] = 1 }
        END { while ((getline line < ENVIRON["more"]) > 0) { split(line, part, ":"); if (!(part[1] in known)) print line } }'
    )
    if [ "$merged" != "$(read_here 1000000)" ]; then printf '%s\n' "$merged" | replace_here "$1" "$2" "$3"; fi
  done
  cd /
  remove_tree "$building"
  rm -f "$building.list"
}
