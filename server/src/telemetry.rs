//! Logs, on stderr: stdout is for what programs read.

use crate::config::{LogFormat, Telemetry};
use std::io::{IsTerminal, stderr};
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
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
    Ok(())
}
