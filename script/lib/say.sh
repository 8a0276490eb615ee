# Words to the person at the terminal: plain Japanese, one step a line.

say() { printf '▶ %s\n' "$*"; }

# One line of explanation under a step.
note() { printf '  %s\n' "$@"; }

# Ends the script: the first argument says what is wrong, the others what to do.
fail() {
  printf '\n✕ %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}
