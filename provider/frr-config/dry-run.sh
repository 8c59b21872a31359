# Whether FRR takes a configuration: its own vtysh reads it, with no daemon, and nothing of a machine, which may be hostile.
# shellcheck shell=sh disable=SC2154,SC2016 # values come with the request; the other shell has its own variables

# Known to no FRR: where vtysh does not complain of it, it has stopped reading before.
end_of_text='pulumi-nspawn-end-of-text'

# dry_run TEXT: refuses what FRR does not take, with the lines as they were given: $lines_before are ours.
dry_run() {
  command -v vtysh >/dev/null || refuse "vtysh is missing on the host: install the package frr (HostRuntime)"
  found=$(printf '%s\n%s\n' "$1" "$end_of_text" | in_a_bare_tree 2>&1) || :
  problems=$(printf '%s\n' "$found" | grep -vF "$end_of_text" |
    awk -v before="$lines_before" "$given_lines_awk" | without_secrets | head -n 20)
  case $found in
    # In node 3 it has left the configuration, and takes commands (enum node_type in lib/command.h).
    *"Unknown command[3]: $end_of_text"*) left_early=1 ;;
    *"$end_of_text"*) left_early= ;;
    *) left_early=1 ;;
  esac
  if [ -n "$left_early" ]; then
    refuse "FRR stops reading the configuration before its end, as it does at an exit that ends no block; nothing was changed.
$problems"
  fi
  [ -z "$problems" ] || refuse "FRR does not take the configuration; nothing was changed:
$problems"
}

# in_a_bare_tree < TEXT: vtysh executes some commands itself, also when it is only to read them: `output file PATH` truncates
# any file, and `write file` replaces /etc/frr/frr.conf (FRR 8.4 and 10.3). So it gets a tree of its own, in memory, of which
# nothing remains, with the host's /usr in it for reading.
in_a_bare_tree() {
  unshare --mount --propagation private sh -c '
    set -e
    cd /run/pulumi-nspawn
    mount -t tmpfs -o mode=700 pulumi-nspawn .
    cd /run/pulumi-nspawn
    mkdir usr dev etc etc/frr
    mount --bind -o ro /usr usr
    mount -o remount,bind,ro usr
    for each in bin sbin lib lib64; do [ ! -e "/$each" ] || ln -s "usr/$each" "$each"; done
    [ ! -e /etc/ld.so.cache ] || cp /etc/ld.so.cache etc/
    : >etc/frr/vtysh.conf
    cat >given.conf
    exec chroot . /usr/bin/vtysh -C -f /given.conf'
}

given_lines_awk='
/processing failure/ { next }
/^line [0-9]+: / {
  number = $2 + 0
  sub(/^line [0-9]+: */, "")
  sub(/Unknown command\[[0-9]*\]: */, "Unknown command: ")
  $0 = "line " (number > before ? number - before : number) ": " $0
}
{ print }
'
