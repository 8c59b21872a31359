# The rootfs of a machine that runs on the host's /usr, derived from the host's own packages.
# shellcheck shell=sh disable=SC2154 # values come with the request; functions before it

# build_from_host TREE: fills the empty directory TREE, which nobody else sees yet. read_packages has run.
build_from_host() {
  step "derive the rootfs from the host's packages"
  copy_package_files "$1"
  ln -s usr/bin usr/sbin usr/lib "$1/"
  for merged in lib32 lib64 libx32 libo32; do
    if [ -L "/$merged" ]; then ln -s "usr/$merged" "$1/$merged"; fi
  done
  # nspawn asks for /usr, the host's is bound onto it; PID 1 refuses a tree without these (file-hierarchy(7)).
  mkdir -p "$1/usr" "$1/proc" "$1/sys" "$1/dev" "$1/run" "$1/root" "$1/tmp" "$1/var/tmp" "$1/etc/systemd/system" "$1/etc/alternatives"
  chmod 1777 "$1/tmp" "$1/var/tmp"
  chmod 700 "$1/root"
  ln -s /run "$1/var/run"
  ln -s /run/lock "$1/var/lock"
  ln -s ../proc/self/mounts "$1/etc/mtab"
  write_accounts "$1"
  write_pam "$1"
  write_nsswitch >"$1/etc/nsswitch.conf"
  cat /usr/share/base-files/dot.bashrc >"$1/root/.bashrc"
  cat /usr/share/base-files/dot.profile >"$1/root/.profile"
  # ld.so.cache says where libraries in /usr are; without it every program looks for each of its own.
  cp /usr/share/base-files/profile /etc/ld.so.cache "$1/etc"
}

# What packages ship in /etc and /var: directories as they are on the host, conffiles as they are in the package.
copy_package_files() {
  work="$1/.work"
  mkdir -m 700 "$work"
  cd /
  printf '%s' "$conffiles" | while IFS="$tab" read -r md5 file _; do
    if [ -f "$file" ] && [ ! -L "$file" ]; then printf '%s  %s\n' "$md5" "${file#/}"; fi
  done >"$work/present"
  # Says "etc/hosts: FAILED" for each that differs (LC_ALL is C).
  md5sum --check --quiet "$work/present" >"$work/changed" 2>/dev/null || :
  changed="$newline$(cat "$work/changed")$newline"
  while IFS="$tab" read -r md5 file package version; do
    [ -n "$md5" ] || continue
    case $changed in
      *"$newline${file#/}: FAILED"*) ;;
      *) if [ -f "$file" ] && [ ! -L "$file" ]; then printf '%s  %s\n' "$md5" "${file#/}" >&4; continue; fi ;;
    esac
    case $given_paths in
      *"$newline$file$newline"*) continue ;;
    esac
    stock_file "$file" "$md5" "$package" "$version" "$work"
    printf '%s\t%s\n' "$md5" "$file" >&5
  done 4>"$work/copy" 5>"$work/stock" <<END
$conffiles
END
  while read -r file; do
    case $file in
      /usr/* | /lib/* | /var/run | /var/lock | '') ;;
      *) if [ -d "$file" ] && [ ! -L "$file" ]; then printf '%s\n' "${file#/}"; fi ;;
    esac
  done >"$work/directories" <<END
$shipped
END
  # tar reads backslashes in a --directory for more than themselves.
  cut -c 35- "$work/copy" | cat "$work/directories" - | tar --create --no-recursion --files-from=- |
    (cd "$1" && tar --extract --numeric-owner --preserve-permissions)
  cd "$1" || fail "cannot go to $1"
  md5sum --check --quiet "$work/copy" || refuse "a configuration file of the host changed while it was copied; run again"
  cd /
  while IFS="$tab" read -r md5 file; do
    mkdir -p "$1${file%/*}"
    cp "$stock/$md5" "$1$file"
    chmod 644 "$1$file"
  done <"$work/stock"
  rm -r "$work"
}

# As libc-bin ships it, with what libnss-systemd's installation adds.
write_nsswitch() {
  if [ -f /usr/share/libc-bin/nsswitch.conf ]; then base=/usr/share/libc-bin/nsswitch.conf; else base=/usr/share/base-files/nsswitch.conf; fi
  case $newline$package_list in
    *"${newline}libnss-systemd$tab"*) sed -E '/^(passwd|group|shadow|gshadow):[^#]*$/ s/$/ systemd/' "$base" ;;
    *) cat "$base" ;;
  esac
}
