# Makes a host have what it must have: packages, kernel modules, sysctls.
# shellcheck shell=sh disable=SC2154 # values come with the request
lock @host
# Files of packages are for everyone.
umask 022
sweep_policy

# All that can be refused is, before anything is changed.
read_packages
to_load=
lacking=
for each in $modules; do
  if module_there "$each"; then continue; fi
  if modprobe -n -q "$each" 2>/dev/null; then to_load="$to_load $each"; else lacking="$lacking $each"; fi
done
[ -z "$lacking" ] || refuse "kernelModules: the kernel $(uname -r) of this host has no$lacking"

# Says what is wrong with a sysctl. One may come with a module that is yet to be loaded.
doubt_sysctl() {
  if [ ! -f "/proc/sys/$path" ]; then
    printf 'sysctls: %s is not there: the kernel of this host does not have it, or the module that brings it is not loaded\n' "$name"
    return 0
  fi
  value_of "$path"
  case "$(stat -c %A "/proc/sys/$path")" in
    ?r*) ;;
    *) printf 'sysctls: %s cannot be read: it is no setting\n' "$name" ;;
  esac
  if { [ "$how" = least ] && [ "$now" -ge "$value" ]; } || [ "$now" = "$value" ]; then return 0; fi
  case "$(stat -c %A "/proc/sys/$path")" in
    ??w*) [ -w "/proc/sys/$path" ] || printf 'sysctls: %s is read-only on this host (a container?); it is %s\n' "$name" "$now" ;;
    *) printf 'sysctls: %s is read-only; it is %s\n' "$name" "$now" ;;
  esac
}
doubts=$(each_sysctl doubt_sysctl)
if [ -n "$doubts" ] && [ -z "$to_load" ]; then refuse "$doubts"; fi

if [ -n "$missing" ] && ! command -v apt-get >/dev/null; then
  refuse "packages: this host has no apt-get, and these are missing: $missing. Install what they hold, and give packages: []"
fi

known=$(owner host-runtime host)
exists=0
if [ -e "$sysctls_path" ] || [ -e "$modules_path" ]; then exists=1; fi
own host-runtime host "$owner" "$exists" "$adopt"

if [ -n "$missing" ]; then
  step "ask for package lists"
  update_lists
  if ! trial_install; then
    [ -n "$known" ] || forget host-runtime host
    refuse "packages: apt-get would not install $missing
$(printf '%s\n' "$said" | grep '^[WE]:' || :)
$trial"
  fi
  install_missing
  read_packages
  [ -z "$missing" ] || fail "packages: after the installation these are still missing: $missing. Virtual packages have no name that counts here"
fi
quiet_services

for each in $to_load; do
  step "load $each"
  modprobe "$each" || fail "the kernel does not load $each"
  module_there "$each" || fail "kernelModules: $each is only another name of a module; give the name that lsmod shows"
done
modules_text >"/run/pulumi-nspawn/text"
keep_file() {
  if [ -s /run/pulumi-nspawn/text ]; then
    make_folder "${1%/*}"
    write_file "$1" 644 </run/pulumi-nspawn/text
    [ "$written" = same ] || step "write $1"
  elif [ -e "$1" ]; then
    step "remove $1"
    rm -f "$1"
  fi
  rm -f /run/pulumi-nspawn/text
}
keep_file "$modules_path"

if [ -n "$doubts" ]; then
  doubts=$(each_sysctl doubt_sysctl)
  [ -z "$doubts" ] || fail "$doubts"
fi

# What was there before is on record before anything is set, and until it is back.
declared_former() {
  if left_alone; then return 0; fi
  value_of "$path"
  former_of "$path" || former=$now
  printf '%s\t%s\t%s\n' "$path" "$value" "$former"
}
set_sysctl() {
  value_of "$path"
  [ "$now" != "$value" ] || return 0
  [ "$how" = exact ] || [ "$now" -lt "$value" ] || return 0
  step "set $name"
  printf '%s\n' "$value" >"/proc/sys/$path" || fail "sysctls: the kernel refuses $value for $name"
  value_of "$path"
  [ "$now" = "$value" ] || fail "sysctls: the kernel makes $now of $value for $name; give what it makes of it"
}
declared=$(each_sysctl declared_former)
undeclared=$(printf '%s\n' "$declared" |
  awk -F "$tab" 'FNR == NR { if (NF) declared[$1]; next } !($1 in declared)' - "$former_path" 2>/dev/null) || undeclared=
# What set the value last goes with it, so that it can be told from what somebody else sets later.
if [ -n "$declared$undeclared" ]; then
  printf '%s\n' "$declared" "$undeclared" | sed '/^$/d' | write_file "$former_path" 600
fi
each_sysctl set_sysctl
sysctls_text >/run/pulumi-nspawn/text
keep_file "$sysctls_path"
give_back "$undeclared"
if [ -n "$declared" ]; then printf '%s\n' "$declared" | write_file "$former_path" 600; else rm -f "$former_path"; fi
put_facts
