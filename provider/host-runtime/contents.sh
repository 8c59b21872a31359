# What a stack has on this host, by its records.
# shellcheck shell=sh disable=SC2154 # values come with the request
found=
for record in "$records"/*/*; do
  kind=${record%/*}
  kind=${kind##*/}
  name=${record##*/}
  [ -f "$record" ] || continue
  IFS= read -r recorded <"$record" || continue
  case $kind:$recorded in
    host-runtime:*) continue ;;
    *:"$stack"*) ;;
    *) continue ;;
  esac
  place=
  case $kind in
    rootfs)
      place=/var/lib/machines/$name
      # One that is elsewhere has a link here (place.sh of the rootfs).
      [ ! -L "$place" ] || place=$(readlink "$place")
      ;;
    link) put "link_$name" "$(cat "$records/link-data/$name" 2>/dev/null)" ;;
  esac
  found="$found$(printf '%s\t%s\t%s\t%s\nx' "$kind" "$name" "$recorded" "$place")"
  found=${found%x}
done
put found "$found"
