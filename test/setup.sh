#!/bin/sh
# Makes a machine with Node.js and npm ready for the tests and the demo: Debian packages, npm packages, the build.
# Takes no arguments, says each thing it does in one line, and does nothing where all is there.
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "setup: $*" >&2
  exit 1
}

# Each line: a command or, with a slash, a file; and the Debian package that brings it.
missing_packages() {
  while read -r thing package; do
    case $thing in
      /*) [ -e "$thing" ] || echo "$package" ;;
      *) command -v "$thing" >/dev/null || echo "$package" ;;
    esac
  done <<'END'
systemd-nspawn systemd-container
systemctl systemd
mmdebstrap mmdebstrap
/usr/share/keyrings/debian-archive-trixie-stable.gpg debian-archive-keyring
ip iproute2
nft nftables
ssh openssh-client
mkfs.ext4 e2fsprogs
losetup mount
unshare util-linux
perl perl-base
shellcheck shellcheck
git git
END
}

# The rest of a session's PATH may lack the folders that the commands above are in.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

packages=$(missing_packages | sort -u | tr '\n' ' ')
if [ -n "$packages" ]; then
  command -v apt-get >/dev/null || fail "this is no Debian system: install the equivalents of: $packages"
  [ "$(id -u)" = 0 ] || fail "run this as root, or first: sudo apt-get install $packages"
  export DEBIAN_FRONTEND=noninteractive
  echo "setup: installing $packages"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # shellcheck disable=SC2086 # a list of names
  { apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends $packages; } >"$log" 2>&1 ||
    { tail -n 15 "$log" >&2; fail "apt-get could not install: $packages"; }
fi

command -v npm >/dev/null || fail 'Node.js 20.19 or later with npm is missing: https://nodejs.org or apt-get install npm'

lock=$(sha256sum <package-lock.json)
if [ "$(cat node_modules/.setup 2>/dev/null)" != "$lock" ]; then
  # What is installed by hand counts, too, as long as it is complete.
  if ! npm ls --all >/dev/null 2>&1; then
    echo 'setup: npm ci'
    npm ci --silent || fail 'npm ci failed; its own log is named above'
  fi
  echo "$lock" >node_modules/.setup
fi

# Scripts are taken from the sources: only what the compiler reads counts.
if [ ! -e dist/sdk/index.js ] || [ -n "$(find provider sdk tsconfig.json tsconfig.build.json -name '*.*s*' -newer dist/sdk/index.js | head -n 1)" ]; then
  echo 'setup: npm run build'
  npm run --silent build || fail 'the sources do not compile: see above'
  # The compiler leaves the time of what it did not have to write.
  touch dist/sdk/index.js
fi
