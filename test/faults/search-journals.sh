# Prints what the journals of the host and of its machine $1 hold of the texts on standard input, one a line, in whatever
# field; and, last, how many lines were searched.
# shellcheck shell=sh
texts=$(cat)
journal() {
  journalctl --no-pager --all --output=export
  journalctl --no-pager --all --output=export --directory="/var/lib/machines/$1/var/log/journal"
}
journal "$1" | {
  lines=$(mktemp)
  tee "$lines" | wc -l >"$lines.count"
  printf '%s\n' "$texts" | grep -aF -f - "$lines"
  cat "$lines.count"
  rm -f "$lines" "$lines.count"
}
