# What the scripts beside this file share. To be sourced, from the top of the repository.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/causeway
TOOLS=$CACHE/tools
ENV_FILE=$ROOT/target/causeway-env.sh
. "$ROOT/.ci/versions"

say() { printf '%s\n' "$*" >&2; }
die() { say "causeway: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# took SECONDS: as people say it.
took() { if [ "$1" -lt 60 ]; then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi; }

# step TITLE HINT COMMAND…: runs the command with its title before and its duration after; when it fails, says what
# to do and returns the command's status. Under `set -e` only the last command of a function decides, so COMMAND is
# an external command or a function that joins its parts with `&&` or runs in a subshell of its own.
step() {
    local title=$1 hint=$2 start=$SECONDS status=0
    shift 2
    say "── $title"
    "$@" || status=$?
    if [ "$status" = 0 ]; then
        say "   $title: done in $(took $((SECONDS - start)))"
    else
        say "   $title: failed after $(took $((SECONDS - start))) (exit code $status)"
        say "   What to do: $hint"
    fi
    return "$status"
}

# within SECONDS COMMAND…: a time limit also where coreutils are not installed (macOS).
within() {
    local limit=$1
    shift
    if have timeout; then timeout "$limit" "$@"; else perl -e 'alarm shift; exec @ARGV or exit 127' "$limit" "$@"; fi
}

# at_least VERSION MINIMUM
at_least() {
    local a b
    IFS=. read -r -a a <<<"${1%%[-+]*}"
    IFS=. read -r -a b <<<"${2%%[-+]*}"
    for i in 0 1 2; do
        if ((10#${a[i]:-0} != 10#${b[i]:-0})); then
            ((10#${a[i]:-0} > 10#${b[i]:-0}))
            return
        fi
    done
}

# The tools that .ci/setup chose and installed.
load_env() {
    [ -f "$ENV_FILE" ] || die "this machine is not set up yet. What to do: .ci/setup test, or use make, which does it."
    # shellcheck source=/dev/null
    . "$ENV_FILE"
}
