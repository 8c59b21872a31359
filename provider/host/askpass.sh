#!/bin/sh
# Answers ssh's questions from files that only the asking process and root can open; see ssh.ts.
case $1 in
  *passphrase*"$PULUMI_NSPAWN_PROXY_KEY"*) [ -n "$PULUMI_NSPAWN_PROXY_KEY" ] && exec cat "$PULUMI_NSPAWN_PROXY_PASSPHRASE" ;;
esac
case $1 in
  *passphrase*) exec cat "$PULUMI_NSPAWN_PASSPHRASE" ;;
  *"@$PULUMI_NSPAWN_PROXY_HOST'"*) [ -n "$PULUMI_NSPAWN_PROXY_HOST" ] && exec cat "$PULUMI_NSPAWN_PROXY_PASSWORD" ;;
esac
exec cat "$PULUMI_NSPAWN_PASSWORD"
