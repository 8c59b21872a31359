# Kernel modules and sysctls of a host: what is there, what is to be there at boot, and what was there before us.
# shellcheck shell=sh disable=SC2154,SC2034 # values come with the request; its users come after it
modules_path=/etc/modules-load.d/pulumi-nspawn.conf
sysctls_path=/etc/sysctl.d/60-pulumi-nspawn.conf
# PATH, what we set and what was there before, separated by tabs; a line each.
former_path="$records/host-runtime/sysctls"
heading="# Made by Pulumi (pulumi-nspawn): changes here are undone."

# module_there NAME: whether the kernel has it, loaded or built in. It writes all names with "_".
module_there() {
  plain=$(printf '%s' "$1" | tr - _)
  [ -e "/sys/module/$plain" ] || grep -qs "^$plain " /proc/modules && return 0
  tr - _ 2>/dev/null <"/lib/modules/$(uname -r)/modules.builtin" | grep -q "/$plain\.ko"
}

# value_of PATH: $now is what a sysctl has, its fields separated by one blank.
value_of() {
  # Not by `read`, which takes a byte at a time: a sysctl gives its value to the first of these alone.
  now=$(cat "/proc/sys/$1" 2>/dev/null) || now=
  set -f
  # shellcheck disable=SC2086 # its fields
  set -- $now
  set +f
  now=$*
}

# each_sysctl COMMAND: runs it for each that is declared, with $how, $path, $name and $value.
each_sysctl() {
  while IFS="$tab" read -r how path name value; do
    [ -z "$how" ] || "$@"
  done <<END
$sysctls
END
}

# former_of PATH: sets $ours and $former from the record; fails when there is none.
former_of() {
  former_line=$(awk -F "$tab" -v path="$1" '$1 == path { print; exit }' "$former_path" 2>/dev/null) || return 1
  [ -n "$former_line" ] || return 1
  former_line=${former_line#*"$tab"}
  ours=${former_line%%"$tab"*}
  former=${former_line#*"$tab"}
}

# left_alone: whether the sysctl has at least what a default wants, and that was not us.
left_alone() {
  [ "$how" = least ] && value_of "$path" && [ "$now" -ge "$value" ] && ! former_of "$path"
}

print_sysctl() {
  left_alone || printf '%s = %s\n' "$name" "$value"
}

# files_text: what the file of sysctls and that of modules are to hold; nothing where there is to be none.
sysctls_text() {
  lines=$(each_sysctl print_sysctl)
  [ -z "$lines" ] || printf '%s\n%s\n' "$heading" "$lines"
}
modules_text() {
  [ -z "$modules" ] || printf '%s\n' "$heading"
  for each in $modules; do printf '%s\n' "$each"; done
}

# give_back LINES: what we set becomes what it was, where nobody has changed it since.
give_back() {
  printf '%s\n' "$1" | while IFS= read -r line; do
    path=${line%%"$tab"*}
    rest=${line#*"$tab"}
    if [ -z "$line" ] || [ ! -f "/proc/sys/$path" ]; then continue; fi
    value_of "$path"
    if [ "$now" = "${rest%%"$tab"*}" ] && [ "$now" != "${rest#*"$tab"}" ]; then
      step "put $path back"
      printf '%s\n' "${rest#*"$tab"}" >"/proc/sys/$path" || fail "$path could not be put back to ${rest#*"$tab"}"
    fi
  done
}
