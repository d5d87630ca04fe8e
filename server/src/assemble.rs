//! From configuration to a portal that can serve.

use crate::{
    config::Config,
    http::{Metrics, Site, Streams, Web, use_stylesheet},
    sign_in::{Provider, Refusals},
};
use causeway_connect::{
    bitbucket::{DataCenter, DataCenterConfig},
    catalogue::{GitTemplateSource, TemplateSourceConfig},
    http::Secret,
};
use causeway_portal::{
    Parts, Portal, PortalConfig,
    approvals::default_routes,
    catalogue::source::TemplateSource,
    delivery::host::{CodeHost, Signature},
};
use causeway_store::{Clock, Db, Options, StoreError, open};
use chrono::TimeDelta;
use std::{path::Path, sync::Arc};
use tokio::sync::watch;
use url::Url;

/// Connects to the database, making the data folder where it is missing.
///
/// # Errors
/// A sentence that says what to change.
pub async fn database(config: &Config) -> Result<Db, String> {
    let dir = &config.server.data_dir;
    std::fs::create_dir_all(dir).map_err(|e| {
        format!(
            "server.data_dir: {} cannot be made ({e}); check the path, its permissions and the free space",
            dir.display()
        )
    })?;
    connect(config, true).await.map_err(|e| unreachable_database(&e, config))
}

/// Connects for looking only: nothing is made. `None` when there is no SQLite file yet.
///
/// # Errors
/// A sentence that says what to change.
pub async fn existing_database(config: &Config) -> Result<Option<Db>, String> {
    match connect(config, false).await {
        Ok(db) => Ok(Some(db)),
        Err(StoreError::Absent(_)) => Ok(None),
        Err(error) => Err(unreachable_database(&error, config)),
    }
}

async fn connect(config: &Config, create: bool) -> Result<Db, StoreError> {
    let options = Options {
        url: config.database_url(),
        create,
        connections: config.database.connections,
        timeout: config.database.timeout.0,
    };
    open(&options).await
}

fn unreachable_database(error: &StoreError, config: &Config) -> String {
    // The engine's words may repeat the address, which holds a password on Postgres.
    format!("database.url: {}; check the address, and that the database is running", strike(&error.to_string(), config))
}

fn strike(text: &str, config: &Config) -> String {
    match Url::parse(config.database.url.expose()).ok().and_then(|u| u.password().map(str::to_owned)) {
        Some(password) if password.len() > 2 => text.replace(&password, "[password]"),
        _ => text.to_owned(),
    }
}

/// The repository that changes go to.
///
/// # Errors
/// A sentence that says which setting to change.
pub fn host(config: &Config) -> Result<DataCenter, String> {
    let settings = &config.bitbucket;
    let base_url = settings.url.url().cloned().ok_or("bitbucket.url is missing")?;
    DataCenter::new(DataCenterConfig {
        base_url,
        project: settings.project.clone(),
        slug: settings.repository.clone(),
        token: Secret::new(settings.token.expose()),
        bot: bot(config),
        mirror_dir: mirrors(&config.server.data_dir),
        default_branch: (!settings.branch.is_empty()).then(|| settings.branch.clone()),
        webhook_url: (!settings.webhook_secret.is_empty())
            .then(|| format!("{}/webhooks/bitbucket", config.server.public_url.as_text())),
        ca_file: settings.ca_file.clone(),
    })
    .map_err(|e| format!("bitbucket: {e}"))
}

/// Where the templates come from.
///
/// # Errors
/// A sentence that says which setting to change.
pub fn source(config: &Config) -> Result<GitTemplateSource, String> {
    let settings = &config.catalogue;
    // The service account's token goes to its own server only.
    let same_server = Url::parse(&settings.location)
        .is_ok_and(|u| config.bitbucket.url.url().is_some_and(|b| b.origin() == u.origin()));
    let token = match (settings.token.is_empty(), same_server) {
        (false, _) => Some(&settings.token),
        (true, true) => Some(&config.bitbucket.token),
        (true, false) => None,
    };
    GitTemplateSource::new(TemplateSourceConfig {
        location: settings.location.clone(),
        branch: (!settings.branch.is_empty()).then(|| settings.branch.clone()),
        token: token.map(|t| Secret::new(t.expose())),
        ca_file: settings.ca_file.clone().or_else(|| same_server.then(|| config.bitbucket.ca_file.clone()).flatten()),
        mirror_dir: mirrors(&config.server.data_dir),
    })
    .map_err(|e| format!("catalogue: {e}"))
}

fn mirrors(data: &Path) -> std::path::PathBuf {
    data.join("mirrors")
}

fn bot(config: &Config) -> Signature {
    Signature { name: config.bitbucket.bot_name.clone(), email: config.bitbucket.bot_email.clone() }
}

/// What services look at.
pub fn portal_config(config: &Config, demo: bool) -> PortalConfig {
    let routes =
        if config.routes.is_empty() { default_routes() } else { config.routes.iter().map(|r| r.rule()).collect() };
    PortalConfig {
        public_url: config.server.public_url.as_text(),
        routes,
        teams: config.roles.all_teams(),
        help_contact: config.roles.help_contact.clone(),
        bot: bot(config),
        follow_every: config.bitbucket.follow_every.0,
        sync_every: config.catalogue.sync_every.0,
        lease: TimeDelta::seconds(30),
        session_idle: config.sign_in.session_idle.delta(),
        session_absolute: config.sign_in.session_absolute.delta(),
        export_limit: config.audit.export_limit,
        demo,
    }
}

/// What a portal is made of besides its configuration; tests put their own in.
pub struct World {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub host: Arc<dyn CodeHost>,
    pub source: Arc<dyn TemplateSource>,
    pub site: Site,
    pub demo: bool,
}

/// The portal and everything its routes share.
///
/// # Errors
/// A sentence that says what to change.
pub fn web(config: Config, world: World, stopping: watch::Receiver<bool>) -> Result<Web, String> {
    let prices = config.prices.book()?;
    let provider = Provider::new(config.sign_in.clone(), &config.server.public_url.as_text(), Arc::clone(&world.clock))
        .map_err(|e| format!("sign_in.ca_file: {e}"))?;
    let portal = Portal::new(Parts {
        db: world.db,
        clock: world.clock,
        config: portal_config(&config, world.demo),
        host: world.host,
        source: world.source,
        prices,
    });
    use_stylesheet(&world.site.stylesheet);
    Ok(Web {
        portal,
        provider,
        config: Arc::new(config),
        site: world.site,
        metrics: Arc::new(Metrics::default()),
        streams: Arc::new(Streams::default()),
        refusals: Arc::new(Refusals::default()),
        stopping,
    })
}
