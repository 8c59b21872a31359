#!/bin/sh
# Waits for the end of the process that holds the other end of standard input, and sweeps its lab unless that process says it did.
# COMMAND… is what sweeps.
read -r word || word=gone
[ "$word" = swept ] || exec "$@"
