# What a machine is doing.
# shellcheck shell=sh disable=SC2154 # values come with the request
case $(active) in
  active | reloading) state=running ;;
  failed) state=failed ;;
  *) state=stopped ;;
esac
starts_at_boot=0
if enabled; then starts_at_boot=1; fi
put state "$state"
put enabled "$starts_at_boot"
if [ "$state" != stopped ] || [ "$starts_at_boot" = 1 ] || [ -n "$(owner machine "$machine")" ]; then
  put present 1
  put addresses "$(host0_addresses)"
fi
