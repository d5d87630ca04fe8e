# System packages: apt on Debian and Ubuntu, a sentence elsewhere. To add one, add a line to `wanted_packages`.

has_apt() { have apt-get && [ -f /etc/debian_version ]; }

# as_root COMMAND…: as it is for root, through sudo for others; a sudo that would ask is used only at a terminal.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo "$@"
    else
        say "This needs root, and sudo is not available. Run as root: $*"
        return 1
    fi
}

# apt_install PACKAGE…: never removes a package that stands in the way. apt's own words are shown when it fails.
apt_install() {
    local log
    mkdir -p "$CACHE"
    log=$CACHE/apt.log
    { as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 \
            --no-install-recommends --no-remove "$@"; } >"$log" 2>&1 || { cat "$log" >&2; return 1; }
}

postgres_bin() {
    local dir
    for dir in $(ls -d /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin \
        2>/dev/null | sort -Vr) "$(pg_config --bindir 2>/dev/null || true)"; do
        if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
            echo "$dir"
            return
        fi
    done
    return 1
}

chromium_path() {
    local candidate
    for candidate in "${CAUSEWAY_CHROMIUM:-}" chromium google-chrome google-chrome-stable chromium-browser \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        if [ -n "$candidate" ] && have "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# wanted_packages MODE: Debian's names of what is missing, one a line.
wanted_packages() {
    have git || echo git
    have cc || echo build-essential
    have pkg-config || echo pkg-config
    [ "$(uname -s)" != Linux ] || have mold || echo mold
    if [ "$1" = test ]; then
        chromium_path >/dev/null || echo chromium
        postgres_bin >/dev/null || echo postgresql
    fi
}

# Debian starts a server of its own when `postgresql` is installed. The tests start private ones, so none is wanted.
without_main_cluster() {
    local conf=/etc/postgresql-common/createcluster.d/causeway.conf
    as_root mkdir -p "${conf%/*}" &&
        echo "create_main_cluster = false" | as_root tee "$conf" >/dev/null &&
        { "$@" || { as_root rm -f "$conf"; return 1; }; } &&
        as_root rm -f "$conf"
}

setup_packages() {
    local missing
    # shellcheck disable=SC2207 # package names have no spaces
    missing=($(wanted_packages "$1"))
    [ ${#missing[@]} -gt 0 ] || return 0
    if has_apt; then
        local install=(apt_install "${missing[@]}")
        [[ " ${missing[*]} " != *" postgresql "* ]] || install=(without_main_cluster "${install[@]}")
        if step "system packages: ${missing[*]}" "apt-get install ${missing[*]}" "${install[@]}"; then return; fi
    fi
    have git || die "git is not installed. Install it with this system's package manager and run this again."
    have cc || die "there is no C compiler. Install gcc or clang (macOS: xcode-select --install) and run this again."
    say "Going on without ${missing[*]}: the steps that need them will say so."
}
