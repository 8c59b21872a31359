# What a host has of what it must have.
# shellcheck shell=sh disable=SC2154 # values come with the request
read_packages
if [ -n "$(owner host-runtime host)" ] || [ -e "$sysctls_path" ] || [ -e "$modules_path" ]; then
  put present 1
fi
absent=
for each in $modules; do
  module_there "$each" || absent="$absent$each$newline"
done
put absent_modules "$absent"
print_now() {
  value_of "$path"
  printf '%s\t%s\n' "$path" "$now"
}
put sysctls_now "$(each_sysctl print_now)"
altered=
[ "$(modules_text)" = "$(cat "$modules_path" 2>/dev/null)" ] || altered="$modules_path$newline"
[ "$(sysctls_text)" = "$(cat "$sysctls_path" 2>/dev/null)" ] || altered="$altered$sysctls_path"
put altered_files "$altered"
put_facts
