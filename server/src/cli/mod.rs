//! The commands. Each exits 0, or says on stderr what to do: 2 for wrong arguments or configuration, 1 for everything else.
//! Standard output holds only what programs read.

mod audit;
mod check_config;
mod migrate;
pub mod serve;

use crate::{
    config::{self, Config, Needs, Place},
    demo, telemetry,
};
use clap::{Args, Parser, Subcommand};
use std::{
    fmt::Display,
    io::{Write, stderr, stdout},
    path::PathBuf,
    process::ExitCode,
};

/// Self-service infrastructure over GitOps.
#[derive(Debug, Parser)]
#[command(name = "causeway", version)]
pub struct Cli {
    #[command(flatten)]
    pub place: PlaceArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// Where configuration and data are.
#[derive(Clone, Debug, Default, Args)]
pub struct PlaceArgs {
    /// The configuration file (default: causeway.toml here, or in the data folder)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder (default: server.data_dir, else ./data)
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the portal
    Serve,
    /// Run the portal with an OpenID provider and a Bitbucket of its own, on this machine only
    Demo(DemoArgs),
    /// Bring the database to the schema of this version
    Migrate,
    /// Say everything that is wrong with the configuration
    CheckConfig {
        /// Ask the database, the OpenID provider, Bitbucket and the catalogue too
        #[arg(long)]
        online: bool,
    },
    /// The record
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Print the reference of every configuration key, as Markdown
    ConfigReference,
}

#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// Port of the portal; the OpenID provider takes the next, Bitbucket the one after
    #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u16).range(1..=65533))]
    pub port: u16,
    /// Address to listen on; only this machine's own are allowed
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Walk the whole chain and name the first link that does not hold
    Verify {
        /// Event N must have this hash too, as an earlier run or the log said: finds an end that was cut off and a
        /// record that was written anew
        #[arg(long, value_name = "N:HASH")]
        expect: Option<audit::Expected>,
    },
}

/// Why a command failed, and the code it ends with.
#[derive(Debug)]
pub struct Failure {
    pub code: u8,
    pub message: String,
}

impl Failure {
    /// Something outside is wrong: 1.
    pub fn outside(message: impl Display) -> Self {
        Self { code: 1, message: message.to_string() }
    }

    /// What was written is wrong: 2.
    pub fn usage(message: impl Display) -> Self {
        Self { code: 2, message: message.to_string() }
    }
}

/// Reads the arguments and runs.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // The first caller wins; openidconnect, Bitbucket and the sandbox all speak through it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&Failure::outside(format!("the runtime cannot start ({error})"))),
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure),
    }
}

async fn dispatch(cli: Cli) -> Result<(), Failure> {
    let place = cli.place;
    match cli.command {
        Command::Serve => serve::serve(load(&place).await?).await,
        Command::Demo(args) => demo::run(&place, &args).await,
        Command::Migrate => migrate::migrate(load_for(&place, Needs::Database).await?).await,
        Command::CheckConfig { online } => check_config::check(load(&place).await?, online).await,
        Command::Audit { command: AuditCommand::Verify { expect } } => {
            audit::verify(load_for(&place, Needs::Database).await?, expect).await
        }
        Command::ConfigReference => print(&config::reference()),
    }
}

/// Reads configuration, fetches secrets, starts logging.
async fn load(place: &PlaceArgs) -> Result<Config, Failure> {
    load_for(place, Needs::Everything).await
}

async fn load_for(place: &PlaceArgs, needs: Needs) -> Result<Config, Failure> {
    let place = Place { config: place.config.clone(), data: place.data.clone() };
    let mut config = config::read(&place, needs, std::env::vars()).map_err(Failure::usage)?;
    telemetry::start(&config.telemetry).map_err(Failure::usage)?;
    config.resolve().await.map_err(Failure::usage)?;
    Ok(config)
}

/// For programs.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    stdout()
        .write_all(text.as_bytes())
        .map_err(|e| Failure::outside(format!("standard output cannot be written ({e})")))
}

/// For people.
pub(crate) fn tell(text: impl Display) {
    // Nobody is left to tell when stderr is closed.
    let _ = writeln!(stderr(), "{text}");
}

fn fail(failure: &Failure) -> ExitCode {
    tell(format_args!("causeway: {}", failure.message));
    ExitCode::from(failure.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_sound() {
        Cli::command().debug_assert();
        let cli = Cli::try_parse_from(["causeway", "demo", "--port", "4000", "--data", "/tmp/x"]).unwrap();
        assert_eq!(cli.place.data, Some("/tmp/x".into()));
        assert!(Cli::try_parse_from(["causeway", "demo", "--port", "65535"]).is_err());
        let expect = |pair: &str| Cli::try_parse_from(["causeway", "audit", "verify", "--expect", pair]).is_ok();
        assert!(expect(&format!("12:{}", "aB".repeat(32))));
        for bad in
            [String::new(), "12".into(), "12:".into(), format!("0:{}", "a".repeat(64)), format!("x:{}", "a".repeat(64))]
        {
            assert!(!expect(&bad), "{bad}");
        }
    }
}
