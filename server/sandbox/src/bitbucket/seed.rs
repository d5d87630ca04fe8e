//! What the world holds on its first day.

use super::{
    Bitbucket,
    git::Authorship,
    world::{EVENTS, Matcher, Project, Repository, RequiredBuild, ReviewerCondition, Webhook, World},
};
use crate::{SandboxConfig, SeedRepository, WebhookTarget, clock, error::SandboxError};
use std::collections::BTreeMap;

/// Name of the webhook that the configuration asks for.
const WEBHOOK: &str = "Causeway";

/// `CLOUD/infrastructure`: where environments live. Its default branch takes only what carries the portal's approval.
pub fn infrastructure_repository() -> SeedRepository {
    let readme = "# Infrastructure\n\nEvery directory below `environments/` is one environment, written by Causeway and applied by Atlantis.\nPlease ask for changes there; what is changed here by hand is seen as drift.\n";
    let atlantis = "version: 3\nautomerge: false\ndelete_source_branch_on_merge: false\nparallel_plan: true\nparallel_apply: true\nautodiscover:\n  mode: enabled\n";
    let ignore = "**/.terraform/*\n*.tfstate\n*.tfstate.*\n*.tfplan\ncrash.log\n";
    SeedRepository {
        project: "CLOUD".into(),
        slug: "infrastructure".into(),
        files: [("README.md", readme), ("atlantis.yaml", atlantis), (".gitignore", ignore)]
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
            .collect(),
        default_reviewers: vec!["farah.haddad".into(), "gabriel.costa".into()],
        required_build_keys: vec!["causeway/approval".into()],
    }
}

/// `CLOUD/catalogue`: the templates.
pub fn catalogue_repository(files: BTreeMap<String, Vec<u8>>) -> SeedRepository {
    SeedRepository {
        project: "CLOUD".into(),
        slug: "catalogue".into(),
        files,
        default_reviewers: vec!["chen.wei".into()],
        required_build_keys: Vec::new(),
    }
}

/// Makes the repositories that are missing and brings the webhook up to date.
pub(crate) async fn run(bitbucket: &Bitbucket, config: &SandboxConfig) -> Result<(), SandboxError> {
    let mut world = bitbucket.world().await;
    for seed in &config.repositories {
        check(seed)?;
        if world.repository(&seed.project, &seed.slug).is_err() {
            make(bitbucket, &mut world, seed).await?;
        }
        hook(&mut world, seed, config.webhook.as_ref());
    }
    bitbucket.save(&world)
}

fn check(seed: &SeedRepository) -> Result<(), SandboxError> {
    let wrong = |reason: &str| {
        let name = format!("{}/{}", seed.project, seed.slug);
        Err(SandboxError::Seed { name, reason: reason.into() })
    };
    let word = |text: &str, more: &str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    if !word(&seed.project, "_") {
        return wrong("a project key is letters, digits and underscores");
    }
    if !word(&seed.slug, "-_.") || seed.slug != seed.slug.to_ascii_lowercase() || seed.slug.ends_with(".git") {
        return wrong("a slug is lower-case letters, digits, dots, dashes and underscores");
    }
    let bad_path = |path: &String| {
        path.is_empty() || path.split('/').any(|part| part.is_empty() || matches!(part, "." | ".." | ".git"))
    };
    match seed.files.keys().find(|path| bad_path(path)) {
        Some(path) => wrong(&format!("\"{path}\" is not a path inside a repository")),
        None => Ok(()),
    }
}

async fn make(bitbucket: &Bitbucket, world: &mut World, seed: &SeedRepository) -> Result<(), SandboxError> {
    let git = bitbucket.git_of(&seed.project, &seed.slug);
    // Half-made by a process that was killed: nobody has seen it yet.
    if git.dir.exists() {
        std::fs::remove_dir_all(&git.dir).map_err(|source| SandboxError::Disk { path: git.dir.clone(), source })?;
    }
    git.init().await.map_err(|e| SandboxError::Git(e.to_string()))?;
    let mut refs = BTreeMap::new();
    if !seed.files.is_empty() {
        let who = Authorship { name: "Farah Haddad".into(), email: "farah.haddad@causeway.example".into() };
        let commit = git
            .commit_files("refs/heads/main", None, &seed.files, "Start of the repository\n", &who)
            .await
            .map_err(|e| SandboxError::Git(e.to_string()))?;
        refs.insert("refs/heads/main".to_owned(), commit);
    }
    if world.project(&seed.project).is_err() {
        let id = world.next_id();
        let name = if seed.project == "CLOUD" { "Cloud platform".into() } else { seed.project.clone() };
        world.projects.push(Project { id, key: seed.project.clone(), name, description: None });
    }
    let id = world.next_id();
    let reviewers = (!seed.default_reviewers.is_empty()).then(|| ReviewerCondition {
        id: world.next_id(),
        source: Matcher::any(),
        target: Matcher::any(),
        reviewers: seed.default_reviewers.clone(),
        required_approvals: 0,
    });
    world.repositories.push(Repository {
        id,
        project: seed.project.clone(),
        slug: seed.slug.clone(),
        name: seed.slug.clone(),
        description: None,
        archived: false,
        default_branch: "refs/heads/main".into(),
        refs,
        permissions: BTreeMap::new(),
        reviewer_conditions: reviewers.into_iter().collect(),
        required_builds: required_builds(id, &seed.required_build_keys, "refs/heads/main"),
        restrictions: Vec::new(),
        webhooks: Vec::new(),
        pull_requests: Vec::new(),
        reports: Vec::new(),
    });
    Ok(())
}

/// The merge check for these keys; none for no keys.
pub(crate) fn required_builds(id: u64, keys: &[String], branch: &str) -> Vec<RequiredBuild> {
    let condition = RequiredBuild { id, keys: keys.to_vec(), matcher: Matcher::branch(branch), exempt: None };
    if keys.is_empty() { Vec::new() } else { vec![condition] }
}

/// Adds, changes or removes the webhook that the configuration asks for; others are left alone.
fn hook(world: &mut World, seed: &SeedRepository, target: Option<&WebhookTarget>) {
    let id = world.next_id();
    let Ok(repository) = world.repository_mut(&seed.project, &seed.slug) else { return };
    let Some(target) = target else { return repository.webhooks.retain(|w| !w.seeded) };
    let now = clock::millis();
    if let Some(webhook) = repository.webhooks.iter_mut().find(|w| w.seeded) {
        webhook.url.clone_from(&target.url);
        webhook.secret = Some(target.secret.clone());
        return;
    }
    repository.webhooks.push(Webhook {
        id,
        name: WEBHOOK.into(),
        url: target.url.clone(),
        active: true,
        events: EVENTS
            .iter()
            .filter(|e| e.starts_with("pr:") || **e == "repo:refs_changed")
            .map(|e| (*e).into())
            .collect(),
        secret: Some(target.secret.clone()),
        verify_certificates: true,
        created: now,
        updated: now,
        seeded: true,
    });
}
