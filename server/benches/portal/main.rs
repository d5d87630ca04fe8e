//! The figures of `docs/performance.md`, in one run: `make bench`.
//!
//! The built `target/release/causeway serve` answers on loopback, on a seeded SQLite database, in front of the sandbox's
//! provider and Bitbucket, which this process runs. Next to it stands a bare axum handler, this program started again
//! ([`bare`]), that runs the same statements on the same database and answers JSON. The two are loaded in turns, so that
//! what else happens on the machine happens to both.
//!
//! To add a figure: a file here that measures it and returns rows, a call in [`measure`], and a paragraph in
//! `docs/performance.md` that says how it is measured.
//!
//! Smaller, while working on the bench itself: `CAUSEWAY_BENCH_REQUESTS=2000 CAUSEWAY_BENCH_EVENTS=20000
//! CAUSEWAY_BENCH_SECONDS=1`; `CAUSEWAY_BINARY` names another build. Such a run prints its figures and leaves the page alone.

mod bare;
mod browser;
mod copy;
mod crowd;
mod delivery;
mod depth;
mod http;
mod load;
mod models;
mod pages;
mod process;
mod report;
mod same_sql;
mod scale;
mod seed;
mod sign_in;
mod start;
mod world;

use report::Report;
use scale::Scale;
use std::process::ExitCode;
use world::World;

/// A failure in words; the run ends with it.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let result = if std::env::var_os(bare::PORT).is_some() {
        bare::run()
    } else if std::env::args().any(|argument| argument == "--bench") {
        bench()
    } else {
        // `cargo test --all-targets` comes here too.
        report::tell("this takes minutes and a release build; run it with: make bench");
        Ok(())
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::tell(format_args!("bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Outcome<()> {
    let scale = Scale::from_environment()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let world = runtime.block_on(World::start())?;
    let result = measure(&runtime, &world, &scale);
    // Whatever came of it: nothing goes on running.
    runtime.block_on(world.shutdown());
    let report = result?;
    report.print()?;
    if scale.is_full() && world::is_release() { report.write() } else { Ok(()) }
}

fn measure(runtime: &tokio::runtime::Runtime, world: &World, scale: &Scale) -> Outcome<Report> {
    let mut report = Report::default();
    let seeded = runtime.block_on(async {
        let models = models::make(world).await?;
        seed::seed(world, &models, scale).await
    })?;
    report.add(seeded.rows());
    report.add(start::verify(world, seeded.events)?);
    report.add(start::measure(world)?);
    let statements = same_sql::check(world, &seeded)?;
    report.add(statements.rows());
    if scale.is_full() {
        statements.must_agree()?;
    }
    let portal = world.serve(&[])?;
    report.add(pages::measure(world, &portal, &seeded, &statements, scale)?);
    report.add(depth::measure(world, &seeded)?);
    report.add(browser::measure(world)?);
    report.add(delivery::measure(world, scale)?);
    report.add(start::memory(&portal)?);
    portal.stop()?;
    Ok(report)
}
