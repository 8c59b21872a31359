# The accounts of a machine: Debian's own, and the host's system users and groups with the same numbers, since files in
# /usr belong to them. No password or key of the host goes in: every account is locked.
# shellcheck shell=sh disable=SC2154,SC2016 # its users come before and after it

# write_accounts TREE: writes passwd, group, shadow and gshadow. Where there is no base-passwd, the host's are all there is.
write_accounts() {
  masters=/usr/share/base-passwd
  if [ -f "$masters/passwd.master" ]; then
    set -- "$1" "$masters/passwd.master" "$masters/group.master"
  else
    set -- "$1" /etc/passwd /etc/group
  fi
  # From inside: awk would read a backslash in the tree's path for more than itself.
  (cd "$1" && awk -F: -v OFS=: "$accounts_awk" /etc/passwd "$2" /etc/group "$3")
  chmod 640 "$1/etc/shadow" "$1/etc/gshadow"
  shadow_group=$(awk -F: '$1 == "shadow" { print $3 }' "$1/etc/group")
  chown "0:${shadow_group:-0}" "$1/etc/shadow" "$1/etc/gshadow"
  chmod 644 "$1/etc/passwd" "$1/etc/group"
}

# The host's numbers come first; of base-passwd's master files, what the host has no name and no number for.
# Numbers below 1000 are the system's (Debian Policy 9.2.2), 65534 is nobody.
accounts_awk='
function system_number(number) { return number ~ /^[0-9]+$/ && (number < 1000 || number == 65534) }
FNR == 1 { file++ }
file <= 2 {
  if (!system_number($3) || $1 in user || (file == 2 && $3 in taken)) next
  user[$1] = 1; taken[$3] = 1
  print $1, "x", $3, $4, $5, $6, $7 > "etc/passwd"
  print $1, "*", "", "", "", "", "", "", "" > "etc/shadow"
}
file > 2 {
  if (!system_number($3) || $1 in group || (file == 4 && $3 in grouped)) next
  group[$1] = 1; grouped[$3] = 1
  members = ""
  n = split($4, member, ",")
  for (i = 1; i <= n; i++) if (member[i] in user) members = members (members == "" ? "" : ",") member[i]
  print $1, "x", $3, members > "etc/group"
  print $1, "*", "", members > "etc/gshadow"
}
'
