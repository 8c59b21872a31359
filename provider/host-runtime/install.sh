# Installs packages, and keeps their services from starting.
# shellcheck shell=sh disable=SC2154 # values come with the request
policy=/usr/sbin/policy-rc.d
running_before=/run/pulumi-nspawn/running-before
# Packages whose installation has begun; their services are still to be disabled.
pending="$records/host-runtime/installing"

# apt_get ARGUMENT…: without a question. What it starts must hold neither our lock nor our session.
apt_get() {
  DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1 UCF_FORCE_CONFFOLD=1 \
    apt-get -q -y -o DPkg::Lock::Timeout=300 -o APT::Cmd::Pattern-Only=true \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@" 3>&- 5>&- 9>&-
}

# update_lists: what apt says of it is in $said. Another apt's lock on the lists is waited for: apt-get itself does not.
update_lists() {
  deadline=$(($(uptime_seconds) + 300))
  until said=$(apt_get update 2>&1); do
    case $said in
      *"Could not get lock"*) [ "$(uptime_seconds)" -lt "$deadline" ] || return 0 ;;
      *) return 0 ;;
    esac
    sleep 1
  done
}

# trial_install: whether apt would install what is missing, without removing anything. What apt says is in $trial.
trial_install() {
  # shellcheck disable=SC2086,SC2034 # a list of package names; the caller reads it
  trial=$(apt_get --simulate install --fix-broken --no-install-recommends --no-remove -- $missing 2>&1)
}

# sweep_policy: also after a run that was cut off.
sweep_policy() {
  ! grep -qs pulumi-nspawn "$policy" || rm -f "$policy"
  rm -f "$running_before"
}

# hold_services: from now on, until sweep_policy, no service starts that does not run (invoke-rc.d(8), deb-systemd-invoke).
hold_services() {
  if [ -e "$policy" ] || [ -L "$policy" ]; then return 0; fi
  systemctl list-units --state=active --plain --no-legend --no-pager | awk '{ print $1 }' >"$running_before"
  trap sweep_policy EXIT
  write_file "$policy" 755 <<'END'
#!/bin/sh
# Here for the time of one installation by pulumi-nspawn: services start only if they ran before. D-Bus is needed by systemd.
case $1 in
  dbus | dbus.* | dbus-* | systemd-*) exit 0 ;;
esac
grep -qxF -e "$1" -e "$1.service" /run/pulumi-nspawn/running-before || exit 101
END
}

install_missing() {
  mkdir -p "${pending%/*}"
  # shellcheck disable=SC2086 # a list of package names
  if [ "$start_services" = 0 ]; then
    printf '%s\n' $missing | write_file "$pending" 600
    hold_services
  fi
  # dpkg was killed: apt-get does nothing before this is finished.
  if [ -n "$(ls -A /var/lib/dpkg/updates)" ] || [ -n "$(dpkg --audit)" ]; then
    step "finish what an interrupted dpkg left"
    DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confdef --force-confold 3>&- 5>&- 9>&- || :
  fi
  step "install $missing"
  # shellcheck disable=SC2086 # a list of package names
  apt_get install --fix-broken --no-install-recommends --no-remove -- $missing || fail "apt-get could not install $missing"
  sweep_policy
}

# quiet_services: services of what was installed do not start at boot either.
quiet_services() {
  [ -e "$pending" ] || return 0
  while read -r package; do
    case $package in
      systemd* | dbus*) continue ;;
    esac
    dpkg -L "$package" 2>/dev/null | sed -nE 's#^(/usr)?/lib/systemd/system/([^/@]*\.(service|socket))$#\2#p' |
      while read -r each; do
        [ "$(systemctl is-enabled "$each" 2>/dev/null)" = enabled ] || continue
        step "disable $each"
        systemctl disable --now --quiet "$each"
      done
  done <"$pending"
  rm -f "$pending"
}
