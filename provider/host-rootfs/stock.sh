# Conffiles as their packages ship them, where the host's own are changed or gone. What an administrator wrote on the host
# (routes, keys, passwords) is the host's and never gets into a machine.
# shellcheck shell=sh disable=SC2154 # values come with the request

# Small files by their md5, so that ten routers fetch a package once.
stock=/var/cache/pulumi-nspawn/conffiles

# stock_file PATH MD5 PACKAGE VERSION WORK: puts the package's file into $stock/MD5. WORK is an empty private directory.
stock_file() {
  is_md5 "$stock/$2" "$2" && return 0
  package_file "$3" "$4" "$5"
  mkdir -p "$stock"
  if [ -n "$deb" ] && dpkg-deb --fsys-tarfile "$deb" | tar -xOf - ".$1" >"$5/conffile" 2>/dev/null &&
    is_md5 "$5/conffile" "$2"; then
    mv -T "$5/conffile" "$stock/$2"
    return 0
  fi
  refuse "the host's $1 is not as its package $3 ships it, so it is the host's own and stays out of the machine; the package's file could not be had: ${deb_problem:-$3 in the archive has another $1}
Give the file in files[\"$1\"] of this rootfs, or put ${3}_$(escaped_version "$4")_*.deb into /var/cache/apt/archives of the host and run again."
}

is_md5() {
  [ -f "$1" ] && found=$(md5sum <"$1") && [ "${found%% *}" = "$2" ]
}

# package_file PACKAGE VERSION WORK: $deb is a .deb of it: apt's copy, else fetched to WORK; empty where neither is to be had.
package_file() {
  deb_problem=''
  for deb in "/var/cache/apt/archives/${1}_$(escaped_version "$2")"_*.deb "$3/${1}"_*.deb; do
    [ -f "$deb" ] && return 0
  done
  step "fetch the package $1 $2 for its unchanged configuration"
  download "$@" && return 0
  # The host has no lists, or old ones: make our own, which leaves the host's as they are.
  mkdir -p "$3/lists/partial"
  apt "$3" -o "Dir::State::Lists=$3/lists" update >"$3/problem" 2>&1 || deb_problem=$(cat "$3/problem")
  download "$@" -o "Dir::State::Lists=$3/lists" && return 0
  deb=''
}

# download PACKAGE VERSION WORK OPTION…: the archive keeps only the newest version; the md5 tells whether its file is still
# the same.
download() {
  package_name=$1 package_version=$2 into=$3
  shift 3
  for wanted in "$package_name=$package_version" "$package_name"; do
    if apt "$into" "$@" download "$wanted" >"$into/problem" 2>&1; then
      for deb in "$into/$package_name"_*.deb; do
        [ -f "$deb" ] && return 0
      done
    fi
  done
  deb_problem=$(cat "$into/problem")
  return 1
}

# apt WORK ARGUMENT…: apt-get in the folder WORK, as root since no other user can go there, and not for ever.
apt() {
  (
    cd "$1" && shift
    timeout 100 apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=1 -o Acquire::http::Timeout=20 \
      -o Acquire::https::Timeout=20 -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "$@" </dev/null
  )
}

# Versions with an epoch: apt writes 1%3a2.3 in file names.
escaped_version() {
  case $1 in
    *:*) printf '%s%%3a%s' "${1%%:*}" "${1#*:}" ;;
    *) printf '%s' "$1" ;;
  esac
}
