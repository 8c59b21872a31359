# wireguard-go in the place of a kernel that has no WireGuard: one process for the selected end, as a unit of its own.
# shellcheck shell=sh disable=SC2154,SC2034 # what observe.sh and connect.sh set; its users come after it
# Its interface is in the machine and its socket on the host. wireguard-go ends when its interface is moved, but takes
# over one that is open already (wireguard.pl). It asks for that one's index and MTU by name, on the host
# (CreateTUNFromFile in tun/tun_linux.go, 0.0.20250522): there stands one of the same name in for it, set down.

wireguard_program=/var/lib/pulumi-nspawn/bin/wireguard.pl

# start_userspace: makes the interface, under its temporary name, and what runs it; $problem where it cannot.
start_userspace() {
  stop_userspace
  place_pid=$pid
  set -- "--property=OnFailure=pulumi-nspawn-links@$machine.service"
  if [ "$machine" = .host ]; then
    # This shell will be gone.
    place_pid=1
    set -- --property=OnFailure=pulumi-nspawn-host-links.service
  else
    ip tuntap add name "$temporary" mode tun
    # The machine's network would stay as long as this runs. Nothing here may start the machine.
    set -- "$@" "--property=StopPropagatedFrom=systemd-nspawn@$machine.service"
  fi
  # A name of its own each time: systemd keeps one that has ended for as long as the unit of OnFailure= runs.
  wireguard_unit=pulumi-nspawn-wireguard-$link_id-$(date +%s%N).service
  set -- --quiet --collect --unit="$wireguard_unit" --service-type=exec \
    --description="WireGuard of $interface in $(place) (pulumi-nspawn)" \
    --property=OnFailureJobMode=ignore-dependencies "$@" \
    nsenter -t "$place_pid" -n perl "$wireguard_program" "$temporary" "$(tun_flags)"
  started=$(systemd-run "$@" 2>&1) || {
    problem="cannot start wireguard-go: $started"
    return 1
  }
  deadline=$(($(uptime_seconds) + 10))
  until wg show "$temporary" >/dev/null 2>&1; do
    sleep 0.05
    if ! systemctl --quiet is-active "$wireguard_unit" || [ "$(uptime_seconds)" -gt "$deadline" ]; then
      problem="wireguard-go does not run: $(journalctl --quiet --unit="$wireguard_unit" --lines=5 --output=cat)"
      return 1
    fi
  done
  [ "$machine" = .host ] || match_stand_in
}

# match_stand_in: wireguard-go pads packets up to the MTU that it knows (calculatePaddingSize in device/send.go), and looks
# for it when something of its interface, or of what stands in for it, has changed. On the host itself, where the
# interface had the name at first, this comes after it was renamed.
match_stand_in() {
  ip link show dev "$temporary" >/dev/null 2>&1 || ip tuntap add name "$temporary" mode tun
  ip link set dev "$temporary" mtu "$mtu"
  [ "$machine" != .host ] || ip link set dev "$interface" alias "$link_alias"
}

# stop_userspace: ends what runs the selected end, if anything does; its interface goes with it.
stop_userspace() {
  systemctl stop "pulumi-nspawn-wireguard-$link_id-*.service" 2>/dev/null || :
  ip link delete dev "$temporary" 2>/dev/null || :
  rm -f "/run/wireguard/$temporary.sock"
  rmdir /run/wireguard 2>/dev/null || :
}

# tun_flags: IFF_TUN, and what else wireguard-go has packets framed with: IFF_NO_PI and IFF_VNET_HDR since 9e2f386 (March
# 2023), whose error message tells, for the versions that packages report do not.
tun_flags() {
  if grep -q 'unsupported virtio GSO type' "$(command -v wireguard-go)"; then
    echo $((0x1 | 0x1000 | 0x4000))
  else
    echo $((0x1))
  fi
}

# why_no_userspace: what is missing for it; nothing where it can run.
why_no_userspace() {
  command -v wireguard-go >/dev/null || echo "install the package wireguard-go, or a kernel that has it"
  command -v perl >/dev/null || echo "install the package perl-base"
  [ -c /dev/net/tun ] || echo "/dev/net/tun is missing"
}
