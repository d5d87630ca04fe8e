//! The one binary: configuration, HTTP, sign-in, commands. What the portal does is `causeway_portal`'s.
//!
//! To add a command: a file under `cli` and a variant of [`cli::Command`]. To add a route: see [`http`].

pub mod assemble;
pub mod cli;
pub mod config;
pub mod demo;
pub mod http;
pub mod random;
pub mod sign_in;
pub mod telemetry;

/// Runs the command of the program's arguments.
pub fn run() -> std::process::ExitCode {
    cli::run()
}
