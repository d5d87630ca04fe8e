//! Logs, on stderr: stdout is for what programs read.

use crate::config::{LogFormat, Telemetry};
use std::{
    io::{IsTerminal, stderr},
    panic::PanicHookInfo,
};
use tracing_subscriber::{EnvFilter, fmt};

/// Starts logging. A second call changes nothing.
///
/// # Errors
/// A sentence, when `telemetry.log` cannot be read.
pub fn start(settings: &Telemetry) -> Result<(), String> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|e| {
        format!("telemetry.log: \"{}\" is not a filter ({e}); write info, or info,causeway_connect=debug", settings.log)
    })?;
    let builder = fmt().with_env_filter(filter).with_writer(stderr);
    let started = match settings.log_format {
        LogFormat::Human => builder.with_ansi(stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    match started {
        Ok(()) => std::panic::set_hook(Box::new(log_panic)),
        Err(_) => tracing::debug!("logging was started before"),
    }
    Ok(())
}

/// A line like all others: the usual words of a panic would go past the format. Who catches it says what came of it.
fn log_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "something broke: {}", info.payload_as_str().unwrap_or("without a word"));
}
