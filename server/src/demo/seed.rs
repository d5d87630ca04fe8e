//! What the demo shows on its first day: a month of a company's life, lived through the services.
//!
//! Nobody's rows are written by hand: people sign in, ask, decide and merge, on a clock that runs through the last thirty
//! days. To add a [`Fate`]: its branch in [`Teller::tell`].

use super::{
    settings,
    story::{Fate, STORY, Scene},
};
use causeway_connect::http::client;
use causeway_contract::{
    Answers, ApiError, ApiResult,
    ids::*,
    requests::{NewDecision, RequestFilter, StageState, Submission, Verdict},
};
use causeway_portal::{
    Portal,
    access::{
        Actor,
        sessions::{Browser, SignIn, Standing, TokenHash},
    },
};
use causeway_sandbox::{Sandbox, people};
use causeway_store::{Clock, MockClock};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

/// Syncs the catalogue and the repository; on the very first day, tells the story.
///
/// # Errors
/// A database or a sandbox that is away; a scene that the services refuse, with their words.
pub(super) async fn run(portal: &Portal, sandbox: &Sandbox) -> ApiResult<()> {
    portal.sync_catalogue().await?;
    portal.sync_repository().await;
    let now = portal.now();
    let clock = MockClock::at(now - TimeDelta::days(30));
    let story = portal.with_clock(Arc::new(clock.clone()));
    let mut teller = Teller { story, clock, sandbox, actors: HashMap::new(), tokens: Vec::new(), now };
    // The last scene is only its request, and comes after all others: once it is there, the story is told, and what visitors have
    // made of it since is theirs. Until then a start goes on where the one before was interrupted, scene by scene.
    if let Some(last) = STORY.last()
        && teller.request_of(last).await?.is_none()
    {
        for scene in STORY {
            let told = teller.tell(scene).await;
            told.map_err(|e| ApiError { message: format!("{}: {} {:?}", scene.about[0], e.message, e.fields), ..e })?;
        }
    }
    teller.sign_everybody_out().await
}

struct Teller<'a> {
    story: Portal,
    clock: MockClock,
    sandbox: &'a Sandbox,
    actors: HashMap<&'static str, Actor>,
    tokens: Vec<TokenHash>,
    now: DateTime<Utc>,
}

impl Teller<'_> {
    /// Tells the scene, or what is left of it.
    async fn tell(&mut self, scene: &Scene) -> ApiResult<()> {
        self.clock.set(self.now - TimeDelta::hours(scene.hours_ago));
        let requester = self.actor(scene.who).await?;
        let id = match self.request_of(scene).await? {
            Some(id) => {
                // Whoever was interrupted may still have had a job.
                self.pass(TimeDelta::minutes(10));
                id
            }
            None => self.ask(&requester, scene).await?,
        };
        self.decide(&requester, id, scene).await?;
        let state = self.story.request(&requester, id).await?.summary.state;
        match scene.fate {
            _ if state.is_final() => Ok(()),
            Fate::Withdrawn => {
                self.pass(TimeDelta::hours(3));
                self.story.withdraw(&requester, id).await
            }
            Fate::Waiting | Fate::HalfWay | Fate::Denied(_) | Fate::Asked(..) => Ok(()),
            Fate::Open => self.deliver().await,
            Fate::Live => self.deliver_and(&requester, id, "merge").await,
            Fate::Declined => self.deliver_and(&requester, id, "decline").await,
        }
    }

    /// The request that the scene is about, once it was made.
    async fn request_of(&mut self, scene: &Scene) -> ApiResult<Option<RequestId>> {
        let admin = self.actor("farah-haddad").await?;
        let name = scene.about[0];
        let found =
            self.story.requests(&admin, RequestFilter { q: name.to_owned(), ..RequestFilter::default() }).await?;
        Ok(found.items.iter().find(|r| r.environment == name).map(|r| r.id))
    }

    async fn ask(&self, requester: &Actor, scene: &Scene) -> ApiResult<RequestId> {
        // A draft of this scene was begun and not submitted.
        let begun = self.story.home(requester).await?.drafts.into_iter().find(|d| d.environment == scene.about[0]);
        let draft = match begun {
            Some(draft) => draft.id,
            None => self.story.start_draft(requester, scene.template, answers(scene)).await?,
        };
        self.pass(TimeDelta::minutes(6));
        let seen = self.story.draft(requester, draft).await?;
        let submission = Submission { version: seen.version, answers: Answers::new(), seen: seen.check.preview.digest };
        self.story.submit_draft(requester, draft, submission).await
    }

    /// The decisions of the scene that have not been given.
    async fn decide(&mut self, requester: &Actor, id: RequestId, scene: &Scene) -> ApiResult<()> {
        let last = scene.deciders.len().saturating_sub(1);
        for (n, decider) in scene.deciders.iter().enumerate() {
            let stages = self.story.request(requester, id).await?.stages;
            let Some(stage) = stages.get(n).filter(|s| s.state == StageState::Open).and_then(|s| s.id) else {
                continue;
            };
            self.pass(TimeDelta::minutes(47));
            let verdict = match scene.fate {
                Fate::Denied(why) if n == last => (Verdict::Deny, why, None),
                Fate::Asked(field, question) if n == last => (Verdict::AskForChanges, question, Some(field.to_owned())),
                _ => (Verdict::Approve, "", None),
            };
            let decider = self.actor(decider).await?;
            let (verdict, comment, field) = (verdict.0, verdict.1.to_owned(), verdict.2);
            self.story.decide(&decider, id, NewDecision { revision: 1, stage, verdict, comment, field }).await?;
        }
        Ok(())
    }

    /// Runs what is due now: the steps up to the open pull request.
    async fn deliver(&self) -> ApiResult<()> {
        self.pass(TimeDelta::seconds(2));
        self.story.run_due_jobs().await.map(drop)
    }

    async fn deliver_and(&self, requester: &Actor, id: RequestId, how: &str) -> ApiResult<()> {
        self.deliver().await?;
        let delivery = self.story.request(requester, id).await?.delivery;
        let Some(opened) = delivery.as_ref().and_then(|d| d.pull_request.as_ref()) else {
            let why = delivery.and_then(|d| d.problem).unwrap_or_default();
            return Err(ApiError::unavailable(format!("no pull request was opened. {why}")));
        };
        self.pass(TimeDelta::minutes(31));
        self.close(opened.id, how).await?;
        self.deliver().await
    }

    /// Merges or declines in Bitbucket, as one of its people does.
    async fn close(&self, pull_request: i64, how: &str) -> ApiResult<()> {
        let path = format!(
            "{}/rest/api/latest/projects/{}/repos/{}/pull-requests/{pull_request}",
            self.sandbox.bitbucket_url(),
            settings::PROJECT,
            settings::REPOSITORY
        );
        let away = |e: reqwest::Error| ApiError::unavailable(e.to_string());
        let http = client(None).map_err(ApiError::unavailable)?;
        let token = self.sandbox.token_of("farah.haddad").unwrap_or_default();
        let seen: Value = http.get(&path).bearer_auth(&token).send().await.map_err(away)?.json().await.map_err(away)?;
        if seen["state"] != "OPEN" {
            return Ok(());
        }
        let answer = http
            .post(format!("{path}/{how}?version={}", seen["version"]))
            .bearer_auth(&token)
            .header("X-Atlassian-Token", "no-check")
            .json(&json!({}))
            .send()
            .await
            .map_err(away)?;
        answer.error_for_status().map(drop).map_err(away)
    }

    fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
    }

    /// The person, signed in.
    async fn actor(&mut self, sub: &'static str) -> ApiResult<Actor> {
        if let Some(actor) = self.actors.get(sub) {
            return Ok(actor.clone());
        }
        let person = people::by_sub(sub).ok_or_else(|| ApiError::not_found("person"))?;
        let groups: Vec<String> = person.groups.iter().map(|g| (*g).to_owned()).collect();
        let facts = SignIn {
            issuer: self.sandbox.issuer().to_owned(),
            subject: person.sub.to_owned(),
            name: person.name.to_owned(),
            email: person.email.to_owned(),
            grants: settings::grants(&groups),
            groups,
            groups_note: None,
            provider_sid: None,
            id_token: None,
            mfa: true,
            since: None,
            data: "{}".into(),
            browser: Browser::new("Causeway demo", "127.0.0.1"),
        };
        let token = TokenHash::of(&format!("{}-{sub}", hex::encode(crate::random::bytes::<16>())));
        self.story.sign_in(&token, &facts).await?;
        let Standing::SignedIn { actor, .. } = self.story.standing(&token).await? else {
            return Err(ApiError::signed_out());
        };
        self.tokens.push(token);
        self.actors.insert(sub, (*actor).clone());
        Ok(*actor)
    }

    /// Everybody is known now, and nobody is signed in who is not there.
    async fn sign_everybody_out(mut self) -> ApiResult<()> {
        for person in people::PEOPLE.iter().filter(|p| !settings::grants(&groups_of(p)).is_empty()) {
            self.actor(person.sub).await?;
        }
        self.clock.set(self.clock.now() + TimeDelta::minutes(1));
        for token in &self.tokens {
            self.story.sign_out(token).await?;
        }
        Ok(())
    }
}

fn groups_of(person: &people::Person) -> Vec<String> {
    person.groups.iter().map(|g| (*g).to_owned()).collect()
}

fn answers(scene: &Scene) -> Answers {
    let [name, tier, region, cost_centre, why] = scene.about;
    let cloud = causeway_contract::places::cloud_of(region).map(|c| c.to_string()).unwrap_or_default();
    let facts = [
        ("environment_name", name),
        ("tier", tier),
        ("cloud", cloud.as_str()),
        ("region", region),
        ("cost_centre", cost_centre),
        ("data_classification", "internal"),
        ("justification", why),
    ];
    let team = people::by_sub(scene.who).map_or("", |p| p.team);
    facts
        .iter()
        .chain(scene.answers)
        .chain([&("team", team)])
        .filter(|(_, value)| !value.is_empty())
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{assemble, http::Site};
    use causeway_sandbox::{SandboxConfig, catalogue_repository, infrastructure_repository};
    use causeway_store::SystemClock;
    use tokio::sync::watch;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_story_that_was_interrupted_is_told_to_its_end() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let files =
            causeway_portal::catalogue::shipped().into_iter().map(|(path, bytes)| (path, bytes.to_vec())).collect();
        let sandbox = SandboxConfig {
            repositories: vec![infrastructure_repository(), catalogue_repository(files)],
            ..SandboxConfig::new(dir.path().join("sandbox"), "http://localhost:3000")
        };
        let sandbox = Sandbox::start(sandbox).await.unwrap();
        let config = settings::config(&sandbox, &dir.path().join("data"), 3000, "secret").unwrap();
        let db = causeway_store::testing::sqlite().await;
        let parts = assemble::World {
            db: db.db.clone(),
            clock: Arc::new(SystemClock),
            host: Arc::new(assemble::host(&config).unwrap()),
            source: Arc::new(assemble::source(&config).unwrap()),
            site: Site::at(&dir.path().join("site"), config.server.listen),
            demo: true,
        };
        let (_stop, stopping) = watch::channel(false);
        let portal = assemble::web(config, parts, stopping).unwrap().portal;

        // The third pull request cannot be merged.
        let fault = json!({ "method": "POST", "path_prefix": "/rest/api/latest/projects/CLOUD/repos/infrastructure/pull-requests/3/merge", "status": 500 });
        let faults = format!("{}/sandbox/faults", sandbox.bitbucket_url());
        client(None).unwrap().post(faults).json(&fault).send().await.unwrap().error_for_status().unwrap();
        assert!(run(&portal, &sandbox).await.is_err());
        let told = states(&portal, &sandbox).await;
        assert!(told.len() < STORY.len(), "{told:?}");
        run(&portal, &sandbox).await.unwrap();
        let told = states(&portal, &sandbox).await;
        assert_eq!(told.len(), STORY.len(), "each scene once: {told:?}");
        for scene in STORY {
            let state = match scene.fate {
                Fate::Live => "merged",
                Fate::Open => "in_review",
                Fate::Declined => "declined",
                Fate::Waiting | Fate::HalfWay => "pending",
                Fate::Denied(_) => "denied",
                Fate::Asked(..) => "changes_requested",
                Fate::Withdrawn => "withdrawn",
            };
            assert_eq!(told.get(scene.about[0]).map(String::as_str), Some(state), "{}", scene.about[0]);
        }
        run(&portal, &sandbox).await.unwrap();
        assert_eq!(states(&portal, &sandbox).await, told, "another start leaves it as it is");
        sandbox.shutdown().await;
    }

    /// State of the request for each environment.
    async fn states(portal: &Portal, sandbox: &Sandbox) -> HashMap<String, String> {
        let now = portal.now();
        let clock = MockClock::at(now);
        let mut teller = Teller {
            story: portal.with_clock(Arc::new(clock.clone())),
            clock,
            sandbox,
            actors: HashMap::new(),
            tokens: Vec::new(),
            now,
        };
        let admin = teller.actor("farah-haddad").await.unwrap();
        let found = portal.requests(&admin, RequestFilter::default()).await.unwrap();
        assert!(found.next.is_none());
        let count = found.items.len();
        let states: HashMap<_, _> = found.items.into_iter().map(|r| (r.environment, r.state.to_string())).collect();
        assert_eq!(states.len(), count, "a scene was told twice");
        states
    }
}
