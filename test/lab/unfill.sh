#!/bin/sh
# Runs on a host, with the path as $1: undoes fill.sh.
set -eu
top=$(findmnt --noheadings --output TARGET --target "$1")
rm -f "$top"/.lab-fill "$top"/.lab-fill-*
