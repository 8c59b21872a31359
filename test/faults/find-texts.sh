# Prints MODE and PATH of each file of the folders $@ that holds one of the texts on standard input, one a line.
# shellcheck shell=sh
texts=$(cat)
printf '%s\n' "$texts" | grep -rlaF -D skip -f - -- "$@" 2>/dev/null | while IFS= read -r file; do
  stat -c '%a %n' "$file" 2>/dev/null
done | sort
