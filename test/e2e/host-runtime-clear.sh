#!/bin/sh
# Takes away what host-runtime-packages.sh made.
dpkg --purge rt-daemon rt-other
rm -rf /srv/rt-packages /etc/apt/sources.list.d/rt-test.list /var/lib/apt/lists/_srv_rt*
for each in /srv/rt-sources/*; do
  case $each in
    */sources.list) mv "$each" /etc/apt/ ;;
    *) mv "$each" /etc/apt/sources.list.d/ ;;
  esac
done
rmdir /srv/rt-sources
systemctl daemon-reload
