# Build tools from crates.io and npm. To add one from crates.io, pin it in .ci/versions and call `cargo_tool`.

# cargo_tool BINARY PACKAGE VERSION HOW-LONG ARGUMENT…: unless that very version is there. It is compiled without
# optimisation and outside the repository, so that neither the project's flags nor its linker apply to it.
cargo_tool() {
    local binary=$1 package=$2 version=$3 how_long=$4
    shift 4
    if grep -qs "^\"$package $version " "$TOOLS/.crates.toml" && [ -x "$TOOLS/bin/$binary" ]; then return; fi
    if have "$binary" && [ "$("$binary" --version 2>/dev/null | awk 'NR == 1 {print $NF}')" = "$version" ]; then return; fi
    mkdir -p "$CACHE/build"
    step "$package $version ($how_long, once)" \
        "look at cargo's message above; crates.io must be within reach, then run the same command again" \
        in_cache env -u RUSTFLAGS -u CARGO_BUILD_TARGET CARGO_TARGET_DIR="$CACHE/build/tools" \
        CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_DEBUG=0 \
        cargo install "$package" --version "=$version" --force --root "$TOOLS" "$@"
}
in_cache() { (cd "$CACHE" && "$@"); }

wasm_bindgen_version() {
    awk '/^name = "wasm-bindgen"$/ { getline; gsub(/version = |"/, ""); print; exit }' "$ROOT/Cargo.lock"
}

setup_cargo_tools() {
    # wasm-bindgen's own lock file may name versions newer than a registry mirror carries: it goes without --locked.
    cargo_tool cargo-leptos cargo-leptos "$CARGO_LEPTOS" "about 8 min on two cores" --locked --features no_downloads &&
        cargo_tool wasm-bindgen wasm-bindgen-cli "$(wasm_bindgen_version)" "about 3 min" &&
        { [ "$1" != test ] || cargo_tool cargo-deny cargo-deny "$CARGO_DENY" "about 2 min" --locked; } &&
        rm -rf "$CACHE/build"
}

# npm_ci FOLDER: skipped while the lock file is the one that was installed. No package's install script is run.
npm_ci() {
    local folder=$1 stamp=$ROOT/$1/node_modules/.causeway-lock
    if cmp -s "$ROOT/$folder/package-lock.json" "$stamp"; then return; fi
    step "npm packages of $folder/" "look at npm's message above; the npm registry must be within reach" \
        in_folder "$folder" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error &&
        cp "$ROOT/$folder/package-lock.json" "$stamp"
}
in_folder() { (cd "$ROOT/$1" && shift && "$@" >&2); }

setup_node_tools() {
    have node && have npm || die "Node.js is not installed. What to do: install Node $NODE_MAJOR or newer (https://nodejs.org)."
    at_least "$(node --version | tr -d v)" "$NODE_MAJOR" ||
        die "Node $(node --version) is too old. What to do: install Node $NODE_MAJOR or newer (https://nodejs.org)."
    npm_ci style && { [ "$1" != test ] || npm_ci end2end; }
}

# Where no system package brought a browser, Playwright's own download is tried.
setup_browser() {
    chromium_path >/dev/null && return
    step "a browser for the tests" "install Chromium or Google Chrome, or name one in CAUSEWAY_CHROMIUM" \
        in_folder end2end within 300 npx playwright install chromium
}
