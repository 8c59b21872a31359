# What the questions of nspawn-starts.ts are asked with.
# shellcheck shell=sh disable=SC2154,SC2034 # $name comes before it, and its users after it
tree=/var/lib/machines/$name
id=$(sed -n 's/^MachineID=//p' "/etc/systemd/nspawn/$name.nspawn")
leader=$(machinectl show -p Leader --value "$name" 2>/dev/null)
program=$(pgrep -P "$leader" 2>/dev/null)
grep -q sd-stubinit "/proc/$leader/cmdline" 2>/dev/null || program=$leader
root=/proc/$leader/root
shift=$(awk 'NR == 1 { print $2 }' "/proc/$leader/uid_map" 2>/dev/null)

inside() { nsenter -t "$leader" -a "$@" 2>&1; }
first_word() { tr ' ' '\0' | sed -z q | tr -d '\0'; }
first_words() { sed 's/[@ ].*//'; }
# said N: the Nth line that the program printed.
said() { sed -n "$1p" "$root/tmp/said"; }
# status FIELD: of the program's /proc/PID/status.
status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$program/status"; }
# has SET NUMBER…: which capabilities are in one of its sets.
has() (
  bits=$((0x$(status "$1")))
  shift
  for each in "$@"; do printf '%s ' "$((bits >> each & 1))"; done | sed 's/ $/\n/'
)
# limit NAME: soft and hard.
limit() { sed -n "s/^$1 *\([^ ]*\) *\([^ ]*\).*/\1 \2/p" "/proc/$program/limits"; }
users() { awk '{ print $1, $2, $3 }' "/proc/$leader/uid_map"; }
# What is mounted last at a path counts.
field() { awk -v path="$1" -v field="$2" '$5 == path { value = $field; for (i = 7; i <= NF; i++) if ($i == "-") { type = $(i + 1); super = $(i + 3) } } END { print (field == "type" ? type : field == "all" ? options : value) (field == 6 ? "," super : "") }' "/proc/$leader/mountinfo"; }
options() { field "$1" 6; }
type() { field "$1" type; }
mounted_from() { field "$1" 4; }
mounted() { [ -n "$(field "$1" 4)" ]; }
# from SOURCE PATH: how a file of the host came to a path in the machine.
from() {
  if ! inside cat "$2" | cmp -s - "$1"; then
    echo other
  elif mounted "$2"; then
    echo mounted
  elif [ -L "$root$2" ]; then
    echo linked
  else
    echo copied
  fi
}
