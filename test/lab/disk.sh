#!/bin/sh
# Makes the disk of a host, DISK, from a base IMAGE and the files under SEED which are the host's own.
# Runs in a mount namespace of its own.
set -eu
image=$1 disk=$2 seed=$3

cp --sparse=always --reflink=auto "$image" "$disk.new"
mount -t tmpfs tmpfs /mnt
mkdir /mnt/root
mount -o loop "$disk.new" /mnt/root
cp -R "$seed/." /mnt/root/
chmod 600 /mnt/root/etc/ssh/ssh_host_ed25519_key
for home in root home/operator home/secretive; do
  mkdir -p "/mnt/root/$home/.ssh"
  chmod 700 "/mnt/root/$home/.ssh"
  cp "$seed/root/authorized_keys" "/mnt/root/$home/.ssh/"
  chown -R --reference="/mnt/root/$home" "/mnt/root/$home/.ssh"
done
rm /mnt/root/root/authorized_keys
umount /mnt/root
mv "$disk.new" "$disk"
