# What a machine's configuration is now.
# shellcheck shell=sh disable=SC2154 # values come with the request
put_file nspawn "$nspawn_path"
put_file drop_in "$drop_in_path"
if [ -f "$nspawn_path" ] || [ -f "$drop_in_path" ]; then
  put_live
  put overrides "$(overrides)"
fi
