# Reads JSON in awk, since hosts need neither jq nor Python.
# shellcheck shell=sh disable=SC2034,SC2016 # its users come after it

# json(LINE) takes the next line of JSON apart, wherever lines break, and calls leaf(VALUE) for each value, which
# key[1] to key[depth] lead to: names, and places in lists, from 0; `documents` counts those that have ended. Lines of
# plain text do no harm.
json_awk='
function json(line,    first, value) {
  for (;;) {
    sub(/^[ \t\r]+/, "", line)
    if (line == "") return
    first = substr(line, 1, 1)
    if (first == "\"") {
      if (!match(line, /^"([^"\\]|\\.)*"/)) return
      value = substr(line, 2, RLENGTH - 2)
      line = substr(line, RLENGTH + 1)
      gsub(/\\\//, "/", value)
      if (wants_key) key[depth] = value
      else if (depth) leaf(value)
      continue
    }
    if (first !~ /[]{}[,:]/) {
      match(line, /^[^],}]+/)
      value = substr(line, 1, RLENGTH)
      line = substr(line, RLENGTH + 1)
      sub(/[ \t\r]+$/, "", value)
      if (depth) leaf(value)
      continue
    }
    line = substr(line, 2)
    if (first == "{" || first == "[") {
      depth++
      list[depth] = first == "["
      key[depth] = list[depth] ? 0 : ""
      wants_key = !list[depth]
    } else if (first == "}" || first == "]") {
      if (depth && !--depth) documents++
      wants_key = 0
    } else if (first == ",") {
      if (list[depth]) key[depth]++
      else wants_key = 1
    } else wants_key = 0
  }
}
'
