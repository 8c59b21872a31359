# What dpkg knows of the packages that a host must have, and of those whose programs run in machines from its /usr.
# shellcheck shell=sh disable=SC2154,SC2034,SC2016 # values come with the request; its users come after it
tab='	'

# read_packages: $missing of $packages, separated by blanks, and $shared: NAME VERSION, a line each.
read_packages() {
  missing='' shared=''
  if [ ! -e /var/lib/dpkg/status ]; then
    missing=$(missing_commands)
    return 0
  fi
  known=$(awk -v wanted="$packages" "$packages_awk" /var/lib/dpkg/status)
  while IFS="$tab" read -r kind rest; do
    case $kind in
      missing) missing="$missing${missing:+ }$rest" ;;
      shared) shared="$shared$rest$newline" ;;
    esac
  done <<END
$known
END
}

# Without dpkg, a package counts as there when its commands are.
missing_commands() {
  for each in $packages; do
    case $each in
      systemd-container) command -v systemd-nspawn && command -v machinectl ;;
      frr) command -v vtysh ;;
      frr-pythontools) ls /usr/lib/frr/frr-reload.py || ls /usr/libexec/frr/frr-reload.py ;;
      iproute2) command -v ip ;;
      *) false ;;
    esac >/dev/null 2>&1 || printf '%s ' "$each"
  done
}

# What keeps running in a machine: systemd, D-Bus, FRR and what is asked for, and the libraries that they have loaded.
# Not all that they depend on: a new Python restarts no router.
packages_awk='
function flush(  name) {
  name = field["Package"]
  if (name != "" && field["Status"] ~ / installed$/ && !(name in version)) {
    version[name] = field["Version"]
    library[name] = name ~ /^lib/ || field["Section"] ~ /(^|\/)libs$/
    needs[name] = field["Pre-Depends"] ", " field["Depends"]
  }
  split("", field)
}
function bare(text) { sub(/^ +/, "", text); sub(/[ (:[].*/, "", text); return text }
function take(name) { if (name in version && !(name in taken)) { taken[name] = 1; queue[++last] = name } }
/^$/ { flush(); next }
/^ / { next }
{ at = index($0, ":"); field[substr($0, 1, at - 1)] = substr($0, at + 2) }
END {
  flush()
  n = split(wanted, part, " ")
  for (i = 1; i <= n; i++) if (bare(part[i]) in version) take(bare(part[i])); else print "missing\t" part[i]
  n = split("systemd dbus dbus-daemon dbus-broker libpam-systemd libnss-systemd frr libc6", part, " ")
  for (i = 1; i <= n; i++) take(part[i])
  for (head = 1; head <= last; head++) {
    n = split(needs[queue[head]], part, /[,|]/)
    for (i = 1; i <= n; i++) if (library[bare(part[i])]) take(bare(part[i]))
  }
  for (head = 1; head <= last; head++) print "shared\t" queue[head] " " version[queue[head]]
}
'

# put_facts: what only the host can know.
put_facts() {
  put shared "$shared"
  put missing "$(printf '%s' "$missing" | tr ' ' '\n')"
  put kernel "$(uname -r)"
  put memory_kib "$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)"
  put os_release "$(cat /etc/os-release)"
  if [ -z "$shared" ]; then
    put systemd_version "$(systemctl --version | sed -n '1s/^systemd \([^ ]*\).*/\1/p')"
    put frr_version "$(vtysh --version 2>/dev/null | sed -n '1s/.*version \([^ ]*\).*/\1/p')"
  fi
}
