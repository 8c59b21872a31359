# Which units start in a machine: links in its tree, worked out from the [Install] sections of the host's units, since
# systemctl --root= sees none in a tree without /usr.
# shellcheck shell=sh disable=SC2154,SC2016,SC2034 # values come with the request; functions before it

# plan_units: $links has TARGET and PATH of each link that is to be in the tree, $no_links the paths where none is to be.
plan_units() {
  links='' no_links=$newline
  defaults=''
  case "$share_usr $packages " in
    "1 "*" frr "*) defaults=frr.service ;;
  esac
  for unit in $units_disable; do
    case " $defaults " in
      *" $unit "*) defaults='' ;;
    esac
    plan_unit "$unit" disable
  done
  for unit in $units_mask; do
    links="$links/dev/null$tab/etc/systemd/system/$unit$newline"
  done
  for unit in $defaults $units_enable; do
    plan_unit "$unit" enable
  done
}

plan_unit() {
  template=$1
  case $1 in
    *@.*) [ "$2" = disable ] || refuse "units.enable: $1 is a template; name an instance of it, such as ${1%@.*}@NAME.${1##*.}" ;;
    *@*) template="${1%%@*}@.${1##*.}" ;;
  esac
  at='' text=''
  while IFS="$tab" read -r index file _; do
    if [ "$file" = "/etc/systemd/system/$template" ] || [ "$file" = "/etc/systemd/system/$1" ]; then
      eval "text=\$content_$index"
      at=$file
    fi
  done <<END
$files
END
  if [ -z "$at" ] && [ "$share_usr" = 1 ]; then
    for directory in /usr/local/lib/systemd/system /usr/lib/systemd/system; do
      if [ -z "$at" ] && [ -f "$directory/$template" ]; then
        at=$directory/$template
        text=$(cat "$at")
      fi
    done
  elif [ -z "$at" ] && [ -n "${tree:-}" ]; then
    for directory in etc/systemd/system usr/local/lib/systemd/system usr/lib/systemd/system; do
      name=$template
      if [ -z "$at" ] && enter "$directory" && [ -f "./$name" ]; then
        at=/$directory/$template
        text=$(read_here 100000)
      fi
    done
    cd /
  fi
  if [ -z "$at" ]; then
    [ "$2" = disable ] && return 0
    refuse "units.enable: there is no unit $1 in the host's /usr/lib/systemd/system, nor in files[\"/etc/systemd/system/$1\"]"
  fi
  found=$(printf '%s\n' "$text" | awk "$install_awk")
  if [ -z "$found" ]; then
    [ "$2" = disable ] && return 0
    refuse "units.enable: $1 has no [Install] section ($at): other units start it, or nothing does"
  fi
  while read -r kind other; do
    case $kind in
      wants | requires) path="/etc/systemd/system/$other.$kind/$1" ;;
      alias) path="/etc/systemd/system/$other" ;;
      *) continue ;;
    esac
    if [ "$2" = enable ]; then links="$links$at$tab$path$newline"; else no_links="$no_links$path$newline"; fi
  done <<END
$found
END
  # A unit that is to start is not masked.
  [ "$2" = disable ] || unmask="$unmask /etc/systemd/system/$1"
}

unmask=''
install_awk='
/^[ \t]*\[/ { install = $0 ~ /^[ \t]*\[Install\]/; next }
!install || !/=/ { next }
{
  key = substr($0, 1, index($0, "=") - 1); gsub(/[ \t]/, "", key)
  n = split(substr($0, index($0, "=") + 1), part, " ")
  kind = key == "WantedBy" ? "wants" : key == "RequiredBy" ? "requires" : key == "Alias" ? "alias" : ""
  if (kind != "") for (i = 1; i <= n; i++) if (part[i] !~ /[\/%]/) print kind, part[i]
}
'

# put_links: what plan_units wants, and away with links of ours that it no longer wants.
put_links() {
  while IFS="$tab" read -r target path; do
    [ -n "$target" ] || continue
    case $links in
      *"$tab$path$newline"*) continue ;;
    esac
    no_links="$no_links$path$newline"
  done <<END
$linked_before
END
  for path in $unmask; do
    enter_parent "$path" || continue
    if [ -L "./$name" ] && [ "$(readlink "./$name")" = /dev/null ]; then rm -f "./$name"; fi
  done
  while read -r path; do
    [ -n "$path" ] || continue
    enter_parent "$path" || continue
    if [ -L "./$name" ]; then rm -f "./$name"; fi
  done <<END
$no_links
END
  while IFS="$tab" read -r target path; do
    [ -n "$target" ] || continue
    enter_parent "$path" make || fail "$why"
    link_here "$target"
  done <<END
$links
END
}

# unit_state UNIT: $state is enabled, disabled or masked.
unit_state() {
  state=disabled
  name=$1
  if enter etc/systemd/system && [ -L "./$name" ] && [ "$(readlink "./$name")" = /dev/null ]; then
    state=masked
    return 0
  fi
  links='' no_links=$newline
  plan_unit "$1" disable
  while read -r path; do
    [ -n "$path" ] || continue
    if enter_parent "$path" && [ -L "./$name" ]; then state=enabled; fi
  done <<END
$no_links
END
  cd /
}
