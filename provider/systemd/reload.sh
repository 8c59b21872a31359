# Has systemd read its files again, where it must. That takes it longer the more units there are.
# shellcheck shell=sh

# in_memory UNIT: whether systemd has read it; if not, it reads what is on disk when it needs it (seen with 252 and 257).
in_memory() {
  [ -n "$(systemctl list-units --all --full --plain --no-legend "$1")" ]
}

# reload_systemd: returns when it has read what is on disk now. A reload that has begun since counts for all who wait here:
# the lock holds when the last one began.
reload_systemd() (
  reloads=/run/pulumi-nspawn/reload.lock
  asked=$(hundredths)
  exec 6>>"$reloads"
  flock -w 120 6 || step "go on without the lock of reloads"
  last=$(cat "$reloads")
  [ "${last:-0}" -le "$asked" ] || exit 0
  began=$(hundredths)
  systemctl daemon-reload
  echo "$began" >"$reloads"
)

# hundredths: of seconds, by a clock that nobody sets.
hundredths() {
  read -r uptime _ </proc/uptime
  echo "${uptime%.*}${uptime#*.}"
}
