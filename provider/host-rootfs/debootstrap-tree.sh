# The rootfs of a machine from a Debian archive, by mmdebstrap or debootstrap on the host.
# shellcheck shell=sh disable=SC2154,SC2016,SC1091 # values come with the request; functions before it

# build_from_archive TREE: fills the empty directory TREE, which nobody else sees yet.
build_from_archive() {
  suite=${suite:-$host_suite}
  mirror=${mirror:-$(host_mirror)}
  with=$(printf '%s' "$packages $include" | tr -s ' ' ,)
  step "install $suite from $mirror (a minute or two)"
  export DEBIAN_FRONTEND=noninteractive
  # In a mount namespace of its own, so that what it mounts ends with it, however it ends. Of our files it has none: mmdebstrap's
  # own would have numbers of two digits, which dash, by which apt runs its hooks, does not know.
  if command -v mmdebstrap >/dev/null; then
    unshare --mount mmdebstrap --mode=root --format=directory --quiet --variant="${variant:-important}" \
      --include="${with%,}" --components="${components:-main}" "$suite" "$1" "$mirror" 3>&- 5>&- 9>&-
  else
    unshare --mount debootstrap ${variant:+--variant="$variant"} --include="${with%,}" \
      --components="${components:-main}" "$suite" "$1" "$mirror" >"$1.log" 2>&1 3>&- 5>&- 9>&- || {
      tail -n 20 "$1.log" "$1/debootstrap/debootstrap.log" 2>/dev/null || :
      fail "debootstrap ended with an error"
    }
    rm -f "$1.log"
  fi
  step "clean the new system up"
  # The host's name and resolver are copied by both.
  rm -rf "$1/var/cache/apt" "$1/var/lib/apt/lists" "$1/var/log/bootstrap.log" "$1/var/log/dpkg.log" \
    "$1/var/log/apt" "$1/var/log/alternatives.log" "$1/etc/hostname" "$1/etc/resolv.conf"
  mkdir -p "$1/var/cache/apt/archives/partial" "$1/var/lib/apt/lists/partial"
  : >"$1/etc/machine-id"
  if [ "$share_usr" = 1 ]; then strip_usr "$1"; fi
}

# strip_usr TREE: as the article does, and the accounts in the host's numbers, which files in its /usr belong to.
strip_usr() {
  now=$(. "$1/usr/lib/os-release" && printf '%s' "${VERSION_CODENAME:-}")
  [ "$now" = "$host_suite" ] || refuse "bootstrap.suite $suite is $now, and the host, whose /usr the machine runs on, is $host_suite"
  rm -rf "${1:?}/usr" "$1/var/cache"
  mkdir -p "$1/var/cache" "$1/usr/bin" "$1/usr/sbin" "$1/usr/lib" "$1/usr/lib64" "$1/usr/libexec" "$1/usr/local"
  cp "$1/etc/passwd" "$1.passwd"
  cp "$1/etc/group" "$1.group"
  write_accounts "$1"
  find "$1" -xdev '(' '!' -uid 0 -o '!' -gid 0 ')' -printf '%U\t%G\t%m\t%p\n' |
    awk -F '[:\t]' "$renumber_awk" "$1.passwd" "$1.group" "$1/etc/passwd" "$1/etc/group" - |
    while IFS="$tab" read -r numbers mode file; do
      chown -h "$numbers" "$file"
      # chown takes setuid and setgid bits away.
      [ -L "$file" ] || chmod "$mode" "$file"
    done
  rm -f "$1.passwd" "$1.group"
}

renumber_awk='
FNR == 1 { part++ }
part == 1 { user_name[$3] = $1 }
part == 2 { group_name[$3] = $1 }
part == 3 { user[$1] = $3 }
part == 4 { group[$1] = $3 }
part == 5 {
  uid = ($1 in user_name) && (user_name[$1] in user) ? user[user_name[$1]] : $1
  gid = ($2 in group_name) && (group_name[$2] in group) ? group[group_name[$2]] : $2
  if (uid != $1 || gid != $2) { file = $0; sub(/^[^\t]*\t[^\t]*\t[^\t]*\t/, "", file); print uid ":" gid "\t" $3 "\t" file }
}
'

# The mirror that the host itself installs this suite from; both formats of sources.list(5).
host_mirror() {
  found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    awk -v suite="$suite" '
      /^deb / { sub(/\[[^]]*\] */, ""); if ($3 == suite) { print $2; exit } next }
      /^URIs:/ { mirror = $2 }
      /^Suites:/ { for (i = 2; i <= NF; i++) if ($i == suite) { at = 1 } }
      /^$/ { mirror = ""; at = 0 }
      mirror != "" && at { print mirror; exit }')
  printf '%s' "${found:-http://deb.debian.org/debian}"
}
