//! `causeway serve`.

use super::{Failure, migrate::TOO_OLD, tell};
use crate::{
    assemble::{self, World},
    config::Config,
    http::{Site, Web, router},
};
use causeway_store::{Db, SystemClock, migrate, pending_migrations};
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
};

/// Runs until told to stop.
pub(super) async fn serve(config: Config) -> Result<(), Failure> {
    let (stop, stopping) = watch::channel(false);
    let web = prepare(config, false, stopping).await?;
    let listener = listen(web.config.server.listen).await?;
    tell(format_args!("Causeway answers on http://{} for {}", web.config.server.listen, web.config.server.public_url));
    until_stopped(web, listener, stop).await
}

/// Connects, migrates where that is wanted, and puts the portal together.
pub(crate) async fn prepare(config: Config, demo: bool, stopping: watch::Receiver<bool>) -> Result<Web, Failure> {
    let db = assemble::database(&config).await.map_err(Failure::outside)?;
    up_to_date(&db, config.database.migrate_on_start).await?;
    let world = World {
        db,
        clock: Arc::new(SystemClock),
        host: Arc::new(assemble::host(&config).map_err(Failure::usage)?),
        source: Arc::new(assemble::source(&config).map_err(Failure::usage)?),
        site: Site::find(config.server.listen),
        demo,
    };
    assemble::web(config, world, stopping).map_err(Failure::usage)
}

/// Migrates where that is wanted, else sees whether it was done.
async fn up_to_date(db: &Db, migrate_on_start: bool) -> Result<(), Failure> {
    let mut conn = db.read().await.map_err(Failure::outside)?;
    let found = pending_migrations(&mut conn, db).await.map_err(Failure::outside)?;
    drop(conn);
    if found.are_newer() {
        return Err(Failure::outside(TOO_OLD));
    }
    if migrate_on_start {
        return migrate(db).await.map_err(|e| {
            Failure::outside(format!("the database cannot be migrated ({e}); nothing of the failed migration was kept"))
        });
    }
    if found.are_enough() {
        return Ok(());
    }
    Err(Failure::outside(format!(
        "the database has {} of {} migrations; run causeway migrate first, or turn on database.migrate_on_start",
        found.applied, found.known
    )))
}

/// Takes the port.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|e| {
        Failure::outside(format!(
            "{address} cannot be listened on ({e}); choose another port, or stop the program that holds it"
        ))
    })
}

/// Serves and works until SIGTERM, SIGINT or Ctrl-C, then lets what is under way come to its end. When the server or the
/// workers end by themselves, the rest stops too: half a portal must not look like one that is ready.
///
/// # Errors
/// What ended by itself; signals that cannot be watched.
pub async fn until_stopped(web: Web, listener: TcpListener, stop: watch::Sender<bool>) -> Result<(), Failure> {
    let grace = web.config.server.shutdown_grace.0;
    let mut parts = JoinSet::new();
    let (portal, mut stopping) = (web.portal.clone(), web.stopping.clone());
    parts.spawn({
        let stopping = web.stopping.clone();
        async move {
            portal.run_workers(stopping).await;
            "the workers ended".to_owned()
        }
    });
    let db = web.portal.db().clone();
    let service = router(web).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    });
    parts.spawn(async move {
        match server.await {
            Ok(()) => "the server ended".to_owned(),
            Err(error) => format!("the server ended ({error})"),
        }
    });
    let ended = first_end(&mut parts, asked_to_stop()).await?;
    match &ended {
        None => tell("Stopping: what is under way comes to its end."),
        Some(why) => tracing::error!(why, "a part of the process ended by itself; the rest stops"),
    }
    let _ = stop.send(true);
    if tokio::time::timeout(grace, async { while parts.join_next().await.is_some() {} }).await.is_err() {
        tracing::warn!("some requests or jobs took longer than server.shutdown_grace; jobs go on after the next start");
    }
    // A connection that is still out would keep the pools from closing.
    let _ = tokio::time::timeout(Duration::from_secs(2), db.close()).await;
    match ended {
        None => Ok(()),
        Some(why) => Err(Failure::outside(format!(
            "{why}, so Causeway stopped; the log says more. Start it again: nothing that was saved is lost"
        ))),
    }
}

/// Waits until a part ends, saying why, or until a stop is asked for (`None`).
async fn first_end(
    parts: &mut JoinSet<String>,
    asked: impl Future<Output = Result<(), Failure>>,
) -> Result<Option<String>, Failure> {
    tokio::select! {
        asked = asked => asked.map(|()| None),
        Some(ended) = parts.join_next() => Ok(Some(ended.unwrap_or_else(|broken| format!("a part of it broke ({broken})")))),
    }
}

async fn asked_to_stop() -> Result<(), Failure> {
    let no_signals = |e| Failure::outside(format!("signals cannot be watched ({e})"));
    let mut terminate = signal(SignalKind::terminate()).map_err(no_signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
