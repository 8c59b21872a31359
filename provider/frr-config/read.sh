# What has become of a machine's configuration: on disk, and in force where the machine runs.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; functions before it
rootfs=$(readlink -e "/var/lib/machines/$machine") || rootfs=
if [ -n "$rootfs" ] && [ -n "$(owner frr-config "$machine")" ]; then
  lock "$machine"
  put present 1
  open_tree "$rootfs"
  find_leader
  conf=$(file_text frr.conf) daemons_now=$(file_text daemons)
  conf_sha=$(printf '%s' "${conf%x}" | sha256sum | cut -d' ' -f1)
  put conf_sha "$conf_sha"
  if [ "$conf_sha" != "$text_sha" ]; then put conf "$conf"; fi
  put daemons_file "$daemons_now"
  if [ -n "$leader" ] && [ ! -e "/run/pulumi-nspawn/frr:$machine/token" ]; then
    wait_for_frr
    put running "$daemons_running"
    if runs watchfrr; then
      running_config=$(running_config)
      if [ ! -f "$kept/running" ]; then
        # It was written while the machine did not run, and is in force since its start: so this is what it looks like.
        [ "$conf_sha" != "$text_sha" ] || printf '%s\n' "$running_config" | write_file "$kept/running" 600
      elif ! printf '%s\n' "$running_config" | cmp -s - "$kept/running"; then
        put expected_running "$(cat "$kept/running")"
        put seen_running "$running_config"
      fi
    fi
  fi
  close_tree
fi
