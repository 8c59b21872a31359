# What there is of a link.
# shellcheck shell=sh disable=SC2154 # values come with the request
recorded=$(owner link "$link_id")
[ -z "$recorded" ] || [ "$recorded" = "$owner" ] || exit 0
find_machines
observe_all

# Without these it would not come back after a restart. The state may hold drift that an earlier refresh found, so that
# the data need not be those that it makes.
files=1
grep -qsxF "alias $link_alias" "$link_data/$link_id" || files=
while read -r _ want; do
  if [ -n "$want" ] && { [ ! -L "$units/$want" ] || [ ! -e "$units/$want" ]; }; then files=; fi
done <<END
$wants
END
[ -e "$boot" ] || files=

case $a_there,$b_there in
  *ours*) ;;
  *) [ -n "$recorded" ] || [ -e "$link_data/$link_id" ] || exit 0 ;;
esac
put present 1
put_seen
if [ -n "$wireguard" ]; then
  read_key
  [ -z "$private_key" ] || put public_key "$(printf '%s\n' "$private_key" | wg pubkey)"
fi
[ -n "$files" ] || put state partial
