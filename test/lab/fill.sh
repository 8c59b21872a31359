#!/bin/sh
# Runs on a host, with the path as $1: writes to the file system that holds it until not a byte is free.
set -eu
top=$(findmnt --noheadings --output TARGET --target "$1")
blocks=$(stat --file-system --format=%a "$top")
size=$(stat --file-system --format=%S "$top")
fallocate --length "$((blocks * size))" "$top/.lab-fill" 2>/dev/null || :
for size in 1M 64K 4K; do
  dd if=/dev/zero of="$top/.lab-fill-$size" bs="$size" status=none 2>/dev/null || :
done
sync --file-system "$top"
