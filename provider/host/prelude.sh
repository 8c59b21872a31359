# What every operation's script can use. Sent in front of it.
# shellcheck shell=sh
set -eu

# shellcheck disable=SC2034 # for what comes after it
newline='
'

# step TEXT: says what is being done now; named in the error if it fails.
step() {
  frame step "$1"
}

# refuse TEXT: ends the operation before it has changed anything.
refuse() {
  printf '%s\n' "$1"
  exit 65
}

# fail TEXT: ends it after changes may have been made; running it again repairs.
fail() {
  printf '%s\n' "$1"
  exit 1
}

# put NAME VALUE: a result, of any length.
put() {
  case $2 in
    *[!\ -~]*) long=1 ;;
    *) long= ;;
  esac
  if [ -z "$long" ] && [ "${#2}" -le 900 ]; then
    frame value "$1 $2"
  else
    printf '%s' "$2" | base64 -w 900 | while IFS= read -r line; do frame part "$1 $line"; done
  fi
}

# uptime_seconds: by a clock that nobody sets.
uptime_seconds() {
  read -r uptime _ </proc/uptime
  echo "${uptime%.*}"
}

# lock NAME: one operation a machine at a time, also when an earlier one outlived its client.
lock() {
  command -v flock >/dev/null || refuse "flock is missing: install the package util-linux"
  attend
  lock_file=/run/pulumi-nspawn/$1.lock
  exec 9>"$lock_file"
  flock -w "${lock_seconds:-120}" 9 ||
    refuse "another operation on $1 has held its lock for ${lock_seconds:-120} s ($lock_file)"
}

# attend: from now on nobody takes away folders that are empty for the moment (sweep_records); all who change something here
# hold this lock together.
attend() {
  attended=/run/pulumi-nspawn/@attended.lock
  attempts=0
  while :; do
    mkdir -p /run/pulumi-nspawn
    # Whoever had it may have taken it away with all the rest, or does so now.
    if { command exec 5>>"$attended"; } 2>/dev/null && flock -s -w 60 5 && is_attended; then return 0; fi
    attempts=$((attempts + 1))
    [ "$attempts" -lt 20 ] || refuse "$attended cannot be had: see whether /run can be written"
  done
}

is_attended() {
  # shellcheck disable=SC3013 # dash, bash and busybox have -ef
  [ "$attended" -ef /proc/self/fd/5 ]
}

# write_file PATH MODE < CONTENT: whole or not at all, also over a power cut. Says "same" or "changed" in $written.
write_file() {
  new="${1%/*}/.${1##*/}.pulumi-nspawn.$$"
  # What an interrupted write left goes, too.
  rm -f "${new%.*}".*
  cat >"$new" || { rm -f "$new"; fail "cannot write $1"; }
  chmod "$2" "$new"
  if cmp -s "$new" "$1" && [ "$(stat -c %a "$1")" = "$2" ]; then
    rm -f "$new"
    written=same
    return 0
  fi
  sync "$new" || { rm -f "$new"; fail "cannot write $1"; }
  mv -T "$new" "$1" || { rm -f "$new"; fail "cannot write $1"; }
  sync "${1%/*}"
  # shellcheck disable=SC2034 # for the caller
  written=changed
}

# The records of what is ours: /var/lib/pulumi-nspawn/KIND/NAME holds the owner, PROJECT/STACK/RESOURCE. Root alone can look
# into them: beside them lie keys, copies of files that may hold secrets, and digests of such files.
records=/var/lib/pulumi-nspawn

# owner KIND NAME: the owner on record, or nothing.
owner() {
  cat "$records/$1/$2" 2>/dev/null || :
}

# own KIND NAME OWNER EXISTS ADOPT: records us as the owner, or refuses what is not ours.
# EXISTS is 1 when the thing is there, ADOPT is 1 when taking it over was asked for.
own() {
  rm -f "$records/$1/.$2".pulumi-nspawn.*
  recorded=$(owner "$1" "$2")
  if [ -n "$recorded" ] && [ "$recorded" != "$3" ] && [ "$5" != 1 ]; then
    refuse "$1 $2 belongs to $recorded (recorded in $records/$1/$2); this is $3. Set adopt: true to take it over."
  fi
  if [ -z "$recorded" ] && [ "$4" = 1 ] && [ "$5" != 1 ]; then
    refuse "$1 $2 exists and is not managed by Pulumi. Set adopt: true to take it over, or choose another name."
  fi
  if [ "$recorded" != "$3" ]; then
    (umask 077 && mkdir -p "$records/$1")
    printf '%s\n' "$3" | write_file "$records/$1/$2" 600
  fi
}

# owned KIND NAME OWNER: whether it is ours to delete. Another's is left alone.
owned() {
  recorded=$(owner "$1" "$2")
  # A run that was cut off may have left the beginnings of a record, or what goes with the last one.
  [ -n "$recorded" ] || forget "$1" "$2"
  [ "$recorded" = "$3" ]
}

# make_folder PATH: makes it and those above it where they are missing, and notes that it was us: before, for a run that is cut
# off between the two.
make_folder() {
  if [ -z "$1" ] || [ -d "$1" ]; then return 0; fi
  make_folder "${1%/*}"
  (umask 077 && mkdir -p "$records")
  with_folders note_folder "$1"
  mkdir -p "$1"
}

note_folder() {
  grep -qxF -e "$1" "$records/folders" 2>/dev/null ||
    { cat "$records/folders" 2>/dev/null || :; printf '%s\n' "$1"; } | write_file "$records/folders" 600
}

# with_folders COMMAND…: while nobody else changes the note of folders, or another thing that is there once for all.
with_folders() (
  # As no machine can be called, whose own lock this process may hold.
  exec 8>/run/pulumi-nspawn/@folders.lock
  flock -w 60 8 || fail "another operation has held the note of folders for 60 s (/run/pulumi-nspawn/@folders.lock)"
  "$@"
)

# forget KIND NAME: takes it off the record, as the last thing of an operation. With the last record goes all that was made
# for them.
forget() {
  rm -f "$records/$1/$2" "$records/$1/.$2".pulumi-nspawn.*
  sweep_records
  make_lasting
}

# sweep_records: takes away what is empty now, unless somebody else is at work, who may be about to put something there. If
# that one takes something away, it sweeps after us.
sweep_records() {
  # Before it is asked for alone: of two who both had it still, neither would get it.
  flock -u 5
  for _ in 1 2 3; do
    if ! flock -n -x 5 || ! is_attended; then return 0; fi
    sweep_now
    flock -u 5
    # Who went away meanwhile could not have it.
    [ -n "$(find "$records" -maxdepth 1 -type d -empty 2>/dev/null)" ] || return 0
  done
}

sweep_now() {
  rmdir "$records"/*/ 2>/dev/null || :
  # What interrupted writes left: nobody writes it now.
  rm -f "$records"/.folders.pulumi-nspawn.*
  noted=$(cat "$records/folders" 2>/dev/null) || :
  # Those inside of others come first.
  left=$(printf '%s\n' "$noted" | sort -r | while IFS= read -r folder; do
    if [ -d "$folder" ] && ! rmdir "$folder" 2>/dev/null; then printf '%s\n' "$folder"; fi
  done | sort)
  for kind in "$records"/*/; do
    [ -d "$kind" ] || continue
    if [ -z "$left" ]; then
      rm -f "$records/folders"
    elif [ "$left" != "$noted" ]; then
      printf '%s\n' "$left" | write_file "$records/folders" 600
    fi
    return 0
  done
  rm -f "$records/folders"
  if rmdir "$records" 2>/dev/null || [ ! -d "$records" ]; then rm -rf /run/pulumi-nspawn; fi
}

# make_lasting: what was done outlives a power cut in the next moment. For what is no file that write_file writes: without it
# a machine that was deleted would be back, and run.
make_lasting() {
  sync -f /etc /var/lib
}
