//! `causeway check-config`. Whoever gets here has a configuration that can be read; the rest is asking.

use super::{Failure, migrate::TOO_OLD, tell};
use crate::{assemble, config::Config, sign_in::Provider};
use causeway_portal::{catalogue::source::TemplateSource, delivery::host::CodeHost};
use causeway_store::{SystemClock, pending_migrations};
use std::sync::Arc;

/// Says what holds and what to change, in the order a person would change it.
pub(super) async fn check(config: Config, online: bool) -> Result<(), Failure> {
    let mut report = Report::default();
    report.note("prices", config.prices.book().map(|_| "the price book can be read".into()));
    let host = assemble::host(&config);
    let source = assemble::source(&config);
    report.note("bitbucket", host.as_ref().map(|h| format!("delivers to {}", h.repository())).map_err(Clone::clone));
    report.note("catalogue", source.as_ref().map(|s| format!("templates from {}", s.location())).map_err(Clone::clone));
    if config.roles.map.is_empty() {
        report.note("roles", Err("roles.map is empty: nobody would have a role; add [[roles.map]] entries".into()));
    }
    report.note("telemetry", Ok(metrics(&config)));
    if online {
        database(&config, &mut report).await;
        provider(&config, &mut report).await;
        if let Ok(host) = host {
            for probe in host.probe().await {
                report.note(&probe.what, probe.result);
            }
        }
        if let Ok(source) = source {
            let found = source.fetch(None).await;
            report.note("catalogue", found.map(|s| format!("{} files", s.map_or(0, |s| s.files.len()))));
        }
    }
    match report.wrong {
        0 => Ok(()),
        1 => Err(Failure::usage("one thing to change, see above")),
        n => Err(Failure::usage(format!("{n} things to change, see above"))),
    }
}

fn metrics(config: &Config) -> String {
    let open = match (config.telemetry.metrics_token.is_empty(), config.needs_metrics_token()) {
        (false, _) => "answers whoever has telemetry.metrics_token",
        (true, true) => {
            "answers nobody: behind a proxy every caller looks local; set telemetry.metrics_token to read it"
        }
        (true, false) => "answers callers on this machine",
    };
    format!("/metrics {open}")
}

async fn database(config: &Config, report: &mut Report) {
    let found = async {
        let Some(db) = assemble::existing_database(config).await? else {
            return if config.database.migrate_on_start {
                Ok("not there yet; causeway serve makes it".into())
            } else {
                Err("not there yet; run causeway migrate".into())
            };
        };
        let mut conn = db.read().await.map_err(|e| e.to_string())?;
        let found = pending_migrations(&mut conn, &db).await.map_err(|e| e.to_string())?;
        if found.are_newer() {
            return Err(TOO_OLD.into());
        }
        if !found.are_enough() && !config.database.migrate_on_start {
            return Err(format!("{} of {} migrations are applied; run causeway migrate", found.applied, found.known));
        }
        Ok(format!("{} answers", db.engine_name()))
    };
    let found = found.await;
    report.note("database", found);
}

async fn provider(config: &Config, report: &mut Report) {
    let found = match Provider::new(config.sign_in.clone(), &config.server.public_url.as_text(), Arc::new(SystemClock))
    {
        Ok(provider) => provider.probe().await,
        Err(why) => Err(why),
    };
    report.note("sign_in", found);
}

#[derive(Default)]
struct Report {
    wrong: usize,
}

impl Report {
    fn note(&mut self, what: &str, result: Result<String, String>) {
        match result {
            Ok(found) => tell(format_args!("ok     {what}: {found}")),
            Err(change) => {
                self.wrong += 1;
                tell(format_args!("wrong  {what}: {change}"));
            }
        }
    }
}
