//! `causeway serve`.

use super::{Failure, tell};
use crate::{
    assemble::{self, World},
    config::Config,
    http::{Site, Web, router},
};
use causeway_store::{SystemClock, migrate, pending_migrations};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
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
    if config.database.migrate_on_start {
        migrate(&db).await.map_err(|e| {
            Failure::outside(format!("the database cannot be migrated ({e}); run this version or a newer one"))
        })?;
    } else {
        let mut conn = db.read().await.map_err(Failure::outside)?;
        let found = pending_migrations(&mut conn, &db).await.map_err(Failure::outside)?;
        if found.applied != found.known {
            return Err(Failure::outside(format!(
                "the database has {} of {} migrations; run causeway migrate first, or turn on database.migrate_on_start",
                found.applied, found.known
            )));
        }
    }
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

/// Takes the port.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|e| {
        Failure::outside(format!(
            "{address} cannot be listened on ({e}); choose another port, or stop the program that holds it"
        ))
    })
}

/// Serves and works until SIGTERM, SIGINT or Ctrl-C, then lets what is under way come to its end.
pub(crate) async fn until_stopped(web: Web, listener: TcpListener, stop: watch::Sender<bool>) -> Result<(), Failure> {
    let grace = web.config.server.shutdown_grace.0;
    let workers = tokio::spawn({
        let (portal, stopping) = (web.portal.clone(), web.stopping.clone());
        async move { portal.run_workers(stopping).await }
    });
    let db = web.portal.db().clone();
    let mut stopping = web.stopping.clone();
    let service = router(web).into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn(
        axum::serve(listener, service)
            .with_graceful_shutdown(async move {
                let _ = stopping.wait_for(|stop| *stop).await;
            })
            .into_future(),
    );
    asked_to_stop().await?;
    tell("Stopping: what is under way comes to its end.");
    let _ = stop.send(true);
    if tokio::time::timeout(grace, async { tokio::join!(server, workers) }).await.is_err() {
        tracing::warn!("some requests or jobs took longer than server.shutdown_grace; jobs go on after the next start");
    }
    // A connection that is still out would keep the pools from closing.
    let _ = tokio::time::timeout(Duration::from_secs(2), db.close()).await;
    Ok(())
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
