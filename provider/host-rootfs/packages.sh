# What dpkg knows of the host's packages that a machine's own /etc and /var are made from.
# shellcheck shell=sh disable=SC2154,SC2034,SC2016 # values come with the request; its users come after it

# read_packages: the packages that a machine needs (the Essential ones, systemd, $packages) and all that they depend on.
#   $package_list    NAME VERSION, a line each
#   $missing         of $packages, those that are not installed
#   $conffiles       MD5 PATH PACKAGE VERSION, a line each
#   $shipped         the other paths that they ship outside /usr, and of those in it, units, generators and pam profiles
# Fields are separated by tabs.
read_packages() {
  known=$(awk -v wanted="systemd systemd-sysv $packages" -v info=/var/lib/dpkg/info "$closure_awk" /var/lib/dpkg/status)
  package_list='' missing='' conffiles='' shipped=''
  while IFS="$tab" read -r kind rest; do
    case $kind in
      package) package_list="$package_list$rest$newline" ;;
      missing) missing="$missing $rest" ;;
      conffile) conffiles="$conffiles$rest$newline" ;;
      path) shipped="$shipped$rest$newline" ;;
    esac
  done <<END
$known
END
  shipped="$newline$shipped"
}

tab='	'

# What nothing in a machine reads: it has no package manager, cron, logrotate timer, System V init or kernel of its own.
# /etc/systemd/*.conf hold systemd's own defaults, commented out. dpkg's alternatives are the host's, bound into the machine.
closure_awk='
function flush(  name, i, n, part, at) {
  name = field["Package"]
  if (name != "" && field["Status"] ~ / installed$/ && !(name in version)) {
    version[name] = field["Version"]
    architecture[name] = field["Architecture"]
    needs[name] = field["Pre-Depends"] ", " field["Depends"]
    if (field["Essential"] == "yes") ask(name)
    n = split(field["Provides"], part, /, */)
    for (i = 1; i <= n; i++) { at = bare(part[i]); provider[at] = provider[at] " " name }
    configuration[name] = held
  }
  split("", field); held = ""; inside = ""
}
function bare(text) { sub(/^ +/, "", text); sub(/[ (:[].*/, "", text); return text }
function ask(name) { if (!(name in asked)) { asked[name] = 1; queue[++last] = name } }
function installed(name,  i, n, part) {
  if (name in version) return name
  n = split(provider[name], part, " ")
  for (i = 1; i <= n; i++) if (part[i] in asked) return part[i]
  return n ? part[1] : ""
}
function unneeded(path) {
  return path ~ /^\/etc\/systemd\/[^\/]*\.conf$/ \
    || path ~ /^\/etc\/(cron[^\/]*|init\.d|rc[0-9S]\.d|apt|dpkg|kernel|logrotate\.(conf|d)|rsyslog\.d|update-motd\.d|alternatives)(\/|$)/ \
    || path ~ /^\/(boot|var\/(cache|backups)|var\/lib\/(dpkg|apt|pam|ucf|logrotate|machines|portables))(\/|$)/
}
function list(name,  path) {
  path = info "/" name ".list"
  if ((getline at_first < path) < 0) { path = info "/" name ":" architecture[name] ".list"; if ((getline at_first < path) < 0) return "" }
  return path
}
/^$/ { flush(); next }
/^ / { if (inside == "Conffiles") held = held $0 "\n"; next }
{ inside = substr($0, 1, index($0, ":") - 1); field[inside] = substr($0, index($0, ":") + 2) }
END {
  flush()
  if ("login" in version) ask("login")
  n = split(wanted, part, " ")
  for (i = 1; i <= n; i++) if (part[i] in version) ask(part[i]); else print "missing\t" part[i]
  for (head = 1; head <= last; head++) {
    n = split(needs[queue[head]], part, /, */)
    for (i = 1; i <= n; i++) {
      m = split(part[i], choice, /\|/)
      for (j = 1; j <= m; j++) { found = installed(bare(choice[j])); if (found != "") { ask(found); break } }
    }
  }
  for (head = 1; head <= last; head++) {
    name = queue[head]
    print "package\t" name "\t" version[name]
    n = split(configuration[name], line, "\n")
    for (i = 1; i <= n; i++) {
      m = split(line[i], part, " ")
      if (m == 2 && !unneeded(part[1])) { print "conffile\t" part[2] "\t" part[1] "\t" name "\t" version[name]; isconffile[part[1]] = 1 }
    }
    path = list(name)
    if (path == "") continue
    while ((getline file < path) > 0) {
      sub(/^\/usr\/lib\//, "/lib/", file)
      if (file ~ /^\/(usr|bin|sbin|lib32|libx32|lib64)(\/|$)/) { if (file !~ /^\/usr\/share\/pam-configs\/./) continue }
      else if (file ~ /^\/lib(\/|$)/) { if (file !~ /^\/lib\/systemd\/system(-generators)?\/./) continue }
      else if (file == "/." || unneeded(file)) continue
      if (!(file in isconffile) && !(file in told)) { told[file] = 1; print "path\t" file }
    }
    close(path)
  }
}
'
