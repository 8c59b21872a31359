#!/bin/sh
# Builds one base image: RELEASE DIRECTORY MIRROR SIZE PACKAGES. Leaves DIRECTORY/image and nothing else there.
# Runs as PID 1 of a PID and mount namespace of its own, so that it ends, whole, with the process that wants it.
set -eu
release=$1 directory=$2 mirror=$3 size=$4 packages=$5
here=$(dirname "$(realpath "$0")")
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

mmdebstrap --mode=root --variant=minbase --format=directory --skip=check/qemu,output/dev \
  --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook="sh '$here/image-customize.sh' \"\$1\"" \
  "$release" "$directory/tree" "deb $mirror $release main" >&2

# The journal is small since a host writes little; no block is kept back for root, so that a full disk is full.
truncate --size="$size" "$directory/image"
mkfs.ext4 -q -L "$release" -m 0 -J size=16 -d "$directory/tree" "$directory/image" >&2
rm -rf "$directory/tree"
