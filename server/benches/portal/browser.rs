//! What a browser fetches for a cold page, and when the page is usable. Chromium does it, through `page.mjs` beside this file.

use crate::{
    Outcome,
    report::{Row, tell},
    sign_in::sign_in,
    world::{ADMIN, World, root},
};
use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Stdio},
};

const LOADS: &str = "7";

pub(crate) fn measure(world: &World) -> Outcome<Vec<Row>> {
    let mut rows = assets()?;
    if !root().join("end2end/node_modules/playwright-core").is_dir() {
        tell("the cold page is left out: end2end/node_modules is not there (.ci/setup test installs it)");
        return Ok(rows);
    }
    let cookie = sign_in(world.port, world.sandbox.issuer(), ADMIN)?;
    let seen = node("page.mjs", &[&format!("http://localhost:{}", world.port), "/requests", &cookie, LOADS])?;
    let number = |key: &str| seen[key].as_f64().ok_or_else(|| format!("page.mjs did not say {key}: {seen}"));
    let (count, bytes, usable, painted) =
        (number("requests")?, number("bytes")?, number("usable")?, number("painted")?);
    let streams = number("streams")?;
    let more = if streams > 0.0 { format!(", and {streams:.0} event stream that stays open") } else { String::new() };
    rows.extend([
        Row::new("Cold page in Chromium: requests", format!("{count:.0}{more}")).aim("8", count <= 8.0).rival("79"),
        Row::new("Cold page in Chromium: bytes over the wire, heads included", format!("{:.0} kB", bytes / 1e3))
            .aim("300 kB", bytes <= 300_000.0)
            .rival("1,200 kB"),
        Row::new("Cold page in Chromium: something to read", format!("{:.2} s", painted / 1e3)),
        Row::new("Cold page in Chromium: usable", format!("{:.2} s", usable / 1e3))
            .aim("0.8 s", usable <= 800.0)
            .rival("3.7 s"),
    ]);
    Ok(rows)
}

/// Sizes of what the build left, raw and at brotli's best.
fn assets() -> Outcome<Vec<Row>> {
    let folder = root().join("target/site/pkg");
    let sizes = node("assets.mjs", &[&folder.to_string_lossy()])?;
    let of = |kind: &str, form: &str| sizes[kind][form].as_f64().unwrap_or_default() / 1e3;
    let mut rows = Vec::new();
    let mut total = 0.0;
    for kind in ["wasm", "js", "css"] {
        total += of(kind, "brotli");
        rows.push(Row::new(
            format!("{kind}: raw, brotli"),
            format!("{:.0} kB, {:.0} kB", of(kind, "raw"), of(kind, "brotli")),
        ));
    }
    let ready = if sizes["precompressed"] == true {
        "compressed by the build"
    } else {
        "compressed here: the build leaves no .br files"
    };
    rows.push(
        Row::new(format!("wasm + js + css after brotli ({ready})"), format!("{total:.0} kB"))
            .aim("300 kB", total <= 300.0),
    );
    Ok(rows)
}

/// Runs a script beside this file and reads the JSON it prints.
fn node(script: &str, arguments: &[&str]) -> Outcome<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/portal").join(script);
    let output = Command::new("node").arg(path).args(arguments).current_dir(root()).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(format!("{script} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
