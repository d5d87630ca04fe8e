//! What the demo shows on its first day: a month of a company's life, lived through the services.
//!
//! Nobody's rows are written by hand: people sign in, ask, decide and merge, on a clock that runs through the last thirty
//! days. To add to the story: a line in [`STORY`], or a new [`Fate`] with its branch in [`Teller::tell`].

use super::settings;
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

/// What becomes of a request, as far as the story tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Approved where needed, delivered, merged.
    Live,
    /// Delivered; the pull request waits in Bitbucket.
    Open,
    /// Delivered; somebody pushed to the branch afterwards is left to the visitor. The pull request was declined.
    Declined,
    /// The first stage waits.
    Waiting,
    /// The first stage is approved, the second waits.
    HalfWay,
    Denied(&'static str),
    /// Field and question.
    Asked(&'static str, &'static str),
    Withdrawn,
}

/// One request of the story.
struct Scene {
    /// Hours before now.
    hours_ago: i64,
    who: &'static str,
    template: &'static str,
    /// Name, tier, region, cost centre, why.
    about: [&'static str; 5],
    /// The template's own answers.
    answers: &'static [(&'static str, &'static str)],
    /// Who decides, in the order of the stages.
    deciders: &'static [&'static str],
    fate: Fate,
}

const STORY: &[Scene] = &[
    Scene {
        hours_ago: 24 * 29,
        who: "amara-okafor",
        template: "web-service-postgres",
        about: [
            "checkout-api",
            "staging",
            "af-south-1",
            "CC-1042",
            "The new checkout needs a place for its integration tests.",
        ],
        answers: &[
            ("image", "registry.example.com/payments/checkout:2.4.0"),
            ("db_size", "small"),
            ("hostname", "checkout.staging.example.com"),
        ],
        deciders: &["dana-levi"],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 27,
        who: "ben-fischer",
        template: "kubernetes-namespace",
        about: ["search-index", "development", "europe-west1", "CC-2210", ""],
        answers: &[("team_group", "search-team@example.com"), ("size", "medium")],
        deciders: &[],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 24,
        who: "amara-okafor",
        template: "web-service-postgres",
        about: [
            "checkout-live",
            "production",
            "af-south-1",
            "CC-1042",
            "Checkout goes live on the first of the month; tested in staging for a week.",
        ],
        answers: &[
            ("image", "registry.example.com/payments/checkout:2.4.1"),
            ("size", "medium"),
            ("db_size", "medium"),
            ("hostname", "checkout.example.com"),
        ],
        deciders: &["dana-levi", "farah-haddad"],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 20,
        who: "ben-fischer",
        template: "batch-worker-spot",
        about: [
            "nightly-reindex",
            "staging",
            "us-central1",
            "CC-2210",
            "Rebuilds the index every night from a full export.",
        ],
        answers: &[("image", "registry.example.com/search/reindex:1.0"), ("workers", "4")],
        deciders: &["egil-berg"],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 17,
        who: "amara-okafor",
        template: "object-store",
        about: ["receipts-archive", "production", "us-east-1", "CC-1042", "Receipts must be kept for seven years."],
        answers: &[("access", "seldom"), ("expected_gb", "2000"), ("lock", "true")],
        deciders: &["dana-levi"],
        fate: Fate::Denied("Receipts of African customers stay in af-south-1. Ask again with that region."),
    },
    Scene {
        hours_ago: 24 * 16,
        who: "amara-okafor",
        template: "object-store",
        about: [
            "receipts-store",
            "production",
            "af-south-1",
            "CC-1042",
            "Receipts must be kept for seven years, in Cape Town.",
        ],
        answers: &[("access", "seldom"), ("expected_gb", "2000"), ("lock", "true")],
        deciders: &["dana-levi", "gabriel-costa"],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 12,
        who: "ben-fischer",
        template: "sandbox-vm",
        about: ["ranking-lab", "development", "westeurope", "CC-2210", ""],
        answers: &[("size", "large")],
        deciders: &[],
        fate: Fate::Declined,
    },
    Scene {
        hours_ago: 24 * 9,
        who: "chen-wei",
        template: "kubernetes-namespace",
        about: ["platform-tools", "development", "eastus", "CC-3001", ""],
        answers: &[("team_group", "platform@example.com")],
        deciders: &[],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 6,
        who: "amara-okafor",
        template: "sandbox-vm",
        about: ["amara-lab", "development", "af-south-1", "CC-1042", ""],
        answers: &[],
        deciders: &[],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 4,
        who: "ben-fischer",
        template: "object-store",
        about: ["crawl-dumps", "staging", "us-central1", "CC-2210", "Raw pages for the ranking experiments."],
        answers: &[("expected_gb", "5000")],
        deciders: &[],
        fate: Fate::Withdrawn,
    },
    Scene {
        hours_ago: 50,
        who: "amara-okafor",
        template: "batch-worker-spot",
        about: ["ledger-export", "staging", "af-south-1", "CC-1042", "Exports the ledger for the yearly audit."],
        answers: &[("image", "registry.example.com/payments/ledger-export:0.9"), ("workers", "6"), ("size", "large")],
        deciders: &["dana-levi"],
        fate: Fate::Asked("workers", "Six large workers for a yearly export? Two small ones do it in a night."),
    },
    Scene {
        hours_ago: 27,
        who: "lena-novak",
        template: "web-service-postgres",
        about: ["refunds-live", "production", "us-east-1", "CC-1042", "Refunds move out of the old monolith."],
        answers: &[
            ("image", "registry.example.com/payments/refunds:1.2"),
            ("db_size", "medium"),
            ("hostname", "refunds.example.com"),
        ],
        deciders: &["dana-levi"],
        fate: Fate::HalfWay,
    },
    Scene {
        hours_ago: 20,
        who: "ben-fischer",
        template: "object-store",
        about: ["query-logs", "development", "europe-west1", "CC-2210", ""],
        answers: &[],
        deciders: &[],
        fate: Fate::Open,
    },
    Scene {
        hours_ago: 5,
        who: "amara-okafor",
        template: "web-service-postgres",
        about: [
            "payouts-staging",
            "staging",
            "westeurope",
            "CC-1042",
            "Payouts to European merchants, first integration.",
        ],
        answers: &[
            ("image", "registry.example.com/payments/payouts:0.3"),
            ("db_size", "small"),
            ("hostname", "payouts.staging.example.com"),
        ],
        deciders: &[],
        fate: Fate::Waiting,
    },
    Scene {
        hours_ago: 2,
        who: "ben-fischer",
        template: "web-service-postgres",
        about: [
            "search-live",
            "production",
            "europe-west1",
            "CC-2210",
            "The new ranking service, after three weeks in staging.",
        ],
        answers: &[
            ("image", "registry.example.com/search/ranking:3.0"),
            ("size", "large"),
            ("instances", "3"),
            ("db_size", "medium"),
            ("hostname", "search.example.com"),
        ],
        deciders: &[],
        fate: Fate::Waiting,
    },
];

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
    let admin = teller.actor("farah-haddad").await?;
    if portal.requests(&admin, RequestFilter::default()).await?.items.is_empty() {
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
    async fn tell(&mut self, scene: &Scene) -> ApiResult<()> {
        self.clock.set(self.now - TimeDelta::hours(scene.hours_ago));
        let requester = self.actor(scene.who).await?;
        let draft = self.story.start_draft(&requester, scene.template, answers(scene)).await?;
        self.pass(TimeDelta::minutes(6));
        let seen = self.story.draft(&requester, draft).await?;
        let submission = Submission { version: seen.version, answers: Answers::new(), seen: seen.check.preview.digest };
        let id = self.story.submit_draft(&requester, draft, submission).await?;
        let last = scene.deciders.len().saturating_sub(1);
        for (n, decider) in scene.deciders.iter().enumerate() {
            self.pass(TimeDelta::minutes(47));
            let verdict = match scene.fate {
                Fate::Denied(why) if n == last => (Verdict::Deny, why, None),
                Fate::Asked(field, question) if n == last => (Verdict::AskForChanges, question, Some(field.to_owned())),
                _ => (Verdict::Approve, "", None),
            };
            let decider = self.actor(decider).await?;
            let stages = self.story.request(&decider, id).await?.stages;
            let open = stages.iter().find(|s| s.state == StageState::Open).and_then(|s| s.id);
            let stage = open.ok_or_else(|| ApiError::conflict("no stage is open"))?;
            let (verdict, comment, field) = (verdict.0, verdict.1.to_owned(), verdict.2);
            self.story.decide(&decider, id, NewDecision { revision: 1, stage, verdict, comment, field }).await?;
        }
        match scene.fate {
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
