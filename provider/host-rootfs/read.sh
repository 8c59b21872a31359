# What has become of a rootfs.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; functions before it
if [ -d "$rootfs" ] && [ ! -L "$rootfs" ]; then
  put present 1
  open_tree "$rootfs"
  name=hostname
  if enter etc && [ -f ./hostname ] && [ ! -L ./hostname ]; then put hostname "$(read_here 300)"; fi
  while IFS="$tab" read -r index file mode user group wanted_sha; do
    [ -n "$index" ] || continue
    look=missing
    if enter_parent "$file"; then
      look_here
      case $seen in
        '') ;;
        *" regular "*)
          sha_here
          # shellcheck disable=SC2086 # fields
          set -- $seen
          account_number passwd "$user" quietly
          [ "$number" != "$2" ] || set -- "$1" "$user" "$3"
          account_number group "$group" quietly
          [ "$number" != "$3" ] || set -- "$1" "$2" "$group"
          look="$1$tab$2$tab$3$tab$sha"
          enter_parent "$file" || :
          if [ "$sha" != "$wanted_sha" ] && [ "$(stat -c %s "./$name")" -le 65536 ]; then
            put "content_$index" "$(read_here 65536; echo x)"
          fi
          ;;
        *) look="other$tab${seen#* * * }" ;;
      esac
    fi
    put "file_$index" "$look"
  done <<END
$files
END
  states=''
  defaults=''
  case "$share_usr $packages " in
    "1 "*" frr "*) defaults=frr.service ;;
  esac
  for unit in $defaults $units_enable $units_disable $units_mask; do
    unit_state "$unit"
    states="$states$unit $state$newline"
  done
  put units "$states"
  put_facts
fi
