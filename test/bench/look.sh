# What an operation that finds nothing to do asks of a host: a few files and systemd. `put` is its user's.
# shellcheck shell=sh
put kernel "$(uname -r)"
put release "$(cat /etc/os-release)"
put state "$(systemctl show -p ActiveState -p NeedDaemonReload -p MemoryMax ssh.service)"
