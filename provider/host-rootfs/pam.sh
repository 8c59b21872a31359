# Makes /etc/pam.d/common-* as pam-auth-update(8) does, from the profiles of the machine's packages. The host's own
# may have been edited, or name modules that a machine has no use for.
# shellcheck shell=sh disable=SC2154,SC2016 # $shipped and $newline: packages.sh

# write_pam TREE
write_pam() {
  profiles=
  for profile in /usr/share/pam-configs/*; do
    case $shipped in
      *"$newline$profile$newline"*) profiles="$profiles $profile" ;;
    esac
  done
  mkdir -p "$1/etc/pam.d"
  # shellcheck disable=SC2086 # a list of paths without blanks
  (cd "$1/etc/pam.d" && awk "$pam_awk" $profiles /usr/share/pam/common-account /usr/share/pam/common-auth \
    /usr/share/pam/common-password /usr/share/pam/common-session /usr/share/pam/common-session-noninteractive)
}

# Profiles come first: `Key: value` and blocks of module lines under `Auth:`, `Auth-Initial:` and so on; then the templates,
# in which $auth_primary and the like stand for the modules. The highest priority comes first and takes its -Initial lines;
# `success=end` skips what is left of the primary block and the module after it, which denies.
pam_awk='
FNR == 1 {
  template = FILENAME ~ /\/common-[a-z-]*$/
  if (template) { kind = FILENAME; sub(/.*\/common-/, "", kind); target = "common-" kind }
  else { profile = FILENAME; profiles[++count] = profile; block = "" }
}
!template {
  if ($0 ~ /^[ \t]/) { text = $0; sub(/^[ \t]+/, "", text); if (block != "") lines[profile, block] = lines[profile, block] text "\n"; next }
  key = substr($0, 1, index($0, ":") - 1); text = substr($0, index($0, ":") + 1); sub(/^ +/, "", text)
  block = key; value[profile, key] = text
  next
}
/^\$[a-z_]+_(primary|additional)$/ { modules(kind, $0 ~ /_primary$/ ? "Primary" : "Additional"); next }
{ print > target }
function modules(kind, role,  i, j, n, name, total, chosen, left, text, line, type) {
  type = kind; sub(/-.*/, "", type)
  name = toupper(substr(type, 1, 1)) substr(type, 2)
  total = 0
  for (i = 1; i <= count; i++) {
    profile = profiles[i]
    if (value[profile, "Default"] != "yes" || value[profile, name "-Type"] != role) continue
    if (kind == "session-noninteractive" && value[profile, "Session-Interactive-Only"] == "yes") continue
    for (j = ++total; j > 1 && value[chosen[j - 1], "Priority"] + 0 < value[profile, "Priority"] + 0; j--) chosen[j] = chosen[j - 1]
    chosen[j] = profile
  }
  text = ""
  for (i = 1; i <= total; i++) {
    profile = chosen[i]
    text = text ((i == 1 && (profile, name "-Initial") in lines) ? lines[profile, name "-Initial"] : lines[profile, name])
  }
  # With nothing to decide, the module that denies is stepped over.
  if (text == "" && role == "Primary") text = "[default=1]\t\t\tpam_permit.so\n"
  n = split(text, line, "\n") - 1
  for (i = 1; i <= n; i++) {
    left = n - i + 1
    gsub(/=end/, "=" left, line[i])
    print type "\t" line[i] > target
  }
}
'
