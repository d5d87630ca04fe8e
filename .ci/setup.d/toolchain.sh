# The compiler: the one in use if it is new enough and can compile to wasm, otherwise Debian's, beside it.
# The person's own toolchain is never changed but for adding a target or a component to it through rustup.

RUST_MIN=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml")
WASM=wasm32-unknown-unknown

rustc_version() { "$1" --version 2>/dev/null | awk '{print $2}'; }

# Compiles and links: a standard library of another compiler version, or a missing linker, must not pass.
can_wasm() {
    local out status=0
    out=$(mktemp -d)
    echo 'pub extern "C" fn probe() {}' >"$out/probe.rs"
    "$1" --crate-type cdylib --target $WASM -o "$out/probe.wasm" "$out/probe.rs" >/dev/null 2>&1 || status=1
    rm -rf "$out"
    return $status
}

has_lints() { cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1; }

own_toolchain() {
    have cargo && have rustc || return 1
    at_least "$(rustc_version rustc)" "$RUST_MIN" || return 1
    if ! can_wasm rustc; then
        have rustup || return 1
        step "wasm target for the compiler in use" "rustup target add $WASM" \
            within 90 rustup target add $WASM && can_wasm rustc || return 1
    fi
    [ "$1" != test ] || has_lints ||
        { have rustup && within 90 rustup component add clippy rustfmt && has_lints; }
}

# The standard library for wasm from the source that Debian ships: about 90 s, once per compiler version.
build_wasm_std() {
    local dir=$CACHE/build/wasm-std lib
    lib=$(/usr/bin/rustc --print sysroot)/lib/rustlib/$WASM/lib
    rm -rf "$dir" &&
        mkdir -p "$dir/src" &&
        touch "$dir/src/lib.rs" &&
        printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n' >"$dir/Cargo.toml" &&
        compile_wasm_std "$dir" &&
        rm -f "$dir/target/$WASM"/release/deps/libempty-* &&
        as_root mkdir -p "$lib" &&
        as_root find "$lib" -name '*.rlib' -delete &&
        as_root cp "$dir/target/$WASM"/release/deps/*.rlib "$lib/" &&
        rm -rf "$dir"
}

compile_wasm_std() (
    cd "$1" && unset RUSTUP_TOOLCHAIN RUSTFLAGS &&
        RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc /usr/bin/cargo build --release --target $WASM --target-dir target \
            -Zbuild-std=std,panic_abort,test
)

# rustc looks for its wasm linker under the name rust-lld; Debian's lld of the same LLVM version is that program.
link_wasm_linker() {
    local llvm host bin
    llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
    host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
    bin=$(/usr/bin/rustc --print sysroot)/lib/rustlib/$host/bin
    [ -x "/usr/bin/lld-$llvm" ] || apt_install "lld-$llvm" || return 1
    [ -x "$bin/rust-lld" ] || { as_root mkdir -p "$bin" && as_root ln -sf "/usr/bin/lld-$llvm" "$bin/rust-lld"; }
}

debian_installed() {
    [ -x /usr/bin/cargo ] && [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo-clippy ] && [ -x /usr/bin/rustfmt ] &&
        at_least "$(rustc_version /usr/bin/rustc)" "$RUST_MIN"
}

debian_toolchain() {
    has_apt || return 1
    if ! debian_installed; then
        step "Debian's Rust compiler" "see the message of apt-get above; a Debian with rustc-web $RUST_MIN or newer is needed" \
            apt_install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web || return 1
        debian_installed || return 1
    fi
    if ! can_wasm /usr/bin/rustc; then
        step "wasm linker" "apt-get install the lld of rustc's LLVM version" link_wasm_linker || return 1
    fi
    if ! can_wasm /usr/bin/rustc; then
        [ -d "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library" ] || apt_install rust-web-src || return 1
        step "wasm standard library (about 90 s, once)" "look at cargo's message above; crates.io must be within reach" \
            build_wasm_std || return 1
    fi
    can_wasm /usr/bin/rustc && select_debian
}

# With rustup, Debian's compiler becomes a toolchain of its own name. Without it, links to Debian's programs go first on PATH.
select_debian() {
    if have rustup; then
        local name
        for name in debian causeway-debian; do
            rustup run $name rustc --print sysroot >/dev/null 2>&1 || rustup toolchain link $name /usr 2>/dev/null || true
            if [ "$(rustup run $name rustc --print sysroot 2>/dev/null)" = /usr ]; then
                export RUSTUP_TOOLCHAIN=$name
                return
            fi
        done
        return 1
    fi
    DEBIAN_BIN=$CACHE/debian-bin
    mkdir -p "$DEBIAN_BIN"
    local program
    for program in cargo rustc rustdoc rustfmt cargo-fmt cargo-clippy clippy-driver; do
        ln -sf "/usr/bin/$program" "$DEBIAN_BIN/$program"
    done
    export PATH="$DEBIAN_BIN:$PATH"
}

setup_toolchain() {
    own_toolchain "$1" && return
    debian_toolchain && return
    if have rustc; then
        die "Causeway needs Rust $RUST_MIN or newer with the target $WASM; this is $(rustc --version 2>/dev/null || echo 'an unusable rustc').
   What to do: rustup update stable && rustup target add $WASM"
    fi
    die "Rust is not installed. What to do: install rustup (https://rustup.rs), then: rustup target add $WASM"
}
