//! The server's state, opened and written down.

use super::{
    BOT,
    events::Sender,
    git::Git,
    rest::Refusal,
    seed, users,
    users::User,
    world::{Repository, World},
};
use crate::{SandboxConfig, desk::Desk, disk, error::SandboxError, random, sync::lock};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::sync::MutexGuard;

pub(crate) struct Bitbucket {
    /// `http://localhost:PORT`
    pub base: String,
    pub dir: PathBuf,
    pub desk: Arc<Desk>,
    pub sender: Sender,
    /// Held over a whole act, git commands included: acts happen one after the other.
    world: tokio::sync::Mutex<World>,
    path: PathBuf,
    /// A copy that can be read without waiting.
    tokens: Mutex<BTreeMap<String, String>>,
}

impl Bitbucket {
    /// Reads the state, seeds what is missing, and takes in what was pushed while nobody was looking.
    pub(crate) async fn open(
        config: &SandboxConfig,
        port: u16,
        http: reqwest::Client,
    ) -> Result<Arc<Self>, SandboxError> {
        let path = config.dir.join("bitbucket.json");
        let mut world: World = disk::read(&path)?.unwrap_or_default();
        for user in users::all() {
            world.tokens.entry(user.name.into()).or_insert_with(|| format!("BBDC-{}", random::secret()));
        }
        let bitbucket = Self {
            base: format!("http://localhost:{port}"),
            dir: config.dir.clone(),
            desk: Arc::default(),
            sender: Sender::new(http, config.iso_dates),
            tokens: Mutex::new(world.tokens.clone()),
            world: tokio::sync::Mutex::new(world),
            path,
        };
        disk::directory(&bitbucket.dir.join("repositories"))?;
        seed::run(&bitbucket, config).await?;
        let bitbucket = Arc::new(bitbucket);
        bitbucket.catch_up().await;
        Ok(bitbucket)
    }

    pub(crate) async fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().await
    }

    /// Writes the state down. Every act ends with it, before anybody is told.
    pub(crate) fn save(&self, world: &World) -> Result<(), SandboxError> {
        disk::write(&self.path, world)
    }

    /// [`Bitbucket::save`] for those who answer a request.
    pub(crate) fn keep(&self, world: &World) -> Result<(), Refusal> {
        self.save(world).map_err(|error| {
            tracing::error!(%error, "Bitbucket's state was not written");
            Refusal::because(500, "server.StorageException", error.to_string())
        })
    }

    pub(crate) fn token_of(&self, user: &str) -> Option<String> {
        lock(&self.tokens).get(user).cloned()
    }

    /// The user that a token belongs to.
    pub(crate) fn user_of_token(&self, token: &str) -> Option<User> {
        let name = lock(&self.tokens).iter().find(|(_, t)| random::same(t, token)).map(|(name, _)| name.clone())?;
        users::find(&name)
    }

    pub(crate) fn git(&self, repository: &Repository) -> Git {
        self.git_of(&repository.project, &repository.slug)
    }

    pub(crate) fn git_of(&self, project: &str, slug: &str) -> Git {
        let project = project.to_ascii_lowercase();
        Git { dir: self.dir.join("repositories").join(project).join(format!("{slug}.git")) }
    }

    pub(crate) fn git_url(&self, project: &str, slug: &str) -> String {
        format!("{}/scm/{}/{slug}.git", self.base, project.to_ascii_lowercase())
    }

    /// Pushes that were received but not yet taken in when the process ended.
    async fn catch_up(self: &Arc<Self>) {
        let repositories: Vec<(String, String)> =
            self.world().await.repositories.iter().map(|r| (r.project.clone(), r.slug.clone())).collect();
        let Some(actor) = users::find(BOT) else { return };
        for (project, slug) in repositories {
            if let Err(refusal) = self.take_in(&project, &slug, &actor).await {
                tracing::error!(project, slug, ?refusal, "a repository could not be read");
            }
        }
    }
}
