# Takes away what keeps our sysctls and modules, and puts the sysctls back. Packages stay: others may use them by now.
# shellcheck shell=sh disable=SC2154 # values come with the request
lock @host
sweep_policy
if owned host-runtime host "$owner"; then
  rm -f "$modules_path" "$sysctls_path"
  give_back "$(cat "$former_path" 2>/dev/null)"
  for each in "$modules_path" "$sysctls_path" "$former_path" "$pending" "$policy"; do
    rm -f "${each%/*}/.${each##*/}".pulumi-nspawn.*
  done
  quiet_services
  rm -f "$former_path" /run/pulumi-nspawn/text
  forget host-runtime host
fi
