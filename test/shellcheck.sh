#!/bin/sh
# Lint every shell file of the project; the scripts that run on hosts are POSIX sh.
set -eu
cd "$(dirname "$0")/.."
git ls-files -co --exclude-standard '*.sh' | xargs shellcheck --severity=style
