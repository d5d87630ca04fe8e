//! Read-only checks: what is missing before the first request is delivered.

use super::{
    DataCenter,
    api::Answer,
    errors::Failure,
    matcher::matches,
    wire::{WireRepository, WireUser},
};
use crate::git;
use causeway_portal::delivery::host::{HostErrorKind, Probe, Tip};
use serde_json::Value;

/// Oldest release that Causeway is written for.
const OLDEST: (u32, u32) = (8, 19);
/// The build status that gates the merge.
const GATE: &str = "causeway/approval";
/// Events that tell Causeway to look.
const EVENTS: [&str; 6] =
    ["pr:merged", "pr:declined", "pr:deleted", "pr:modified", "pr:from_ref_updated", "repo:refs_changed"];

type Finding = Result<String, String>;

impl DataCenter {
    pub(super) async fn look(&self) -> Vec<Probe> {
        let mut found = Findings(Vec::new());
        found.add("git is installed", git::version().await.map(|v| format!("git {v}")).map_err(|e| e.to_string()));
        if !found.add("Bitbucket answers", self.version().await) {
            return found.0;
        }
        let repository = match self.api.get(&self.resource("api", &[]), &[]).await {
            Ok(answer) => answer,
            Err(failure) => {
                // 401 comes for a bad token as for a missing permission: what the server reports tells them apart.
                let lacks = failure.named("AuthorisationException").is_some() || failure.status == 404;
                let what = if lacks { "The repository can be read" } else { "The access token is accepted" };
                found.add(what, Err(failure.error.to_string()));
                return found.0;
            }
        };
        found.add("The access token is accepted", self.identity(&repository).await);
        found.add("The repository can be read", self.readable(&repository));
        let standing = self.in_turn(self.mirror.standing()).await;
        found.add(
            "git over HTTP works",
            standing.as_ref().map(|_| self.mirror.remote.url.clone()).map_err(|e| e.to_string()),
        );
        if let Ok(tip) = &standing {
            found.add("The default branch is there", self.branch_found(tip).await);
        }
        found.add("The account may push", self.writable().await);
        let target = standing.as_ref().map(|tip| tip.branch.as_str()).ok().or(self.branch.as_deref());
        found.add(&format!("The build {GATE} is required"), self.required_build(target).await);
        found.add("Webhooks are set up", self.webhooks().await);
        found.0
    }

    async fn version(&self) -> Finding {
        let told: Value = self
            .api
            .get_anonymous(&["rest", "api", "latest", "application-properties"])
            .await
            .and_then(|a| a.json())
            .map_err(said)?;
        let version = told["version"].as_str().unwrap_or_default();
        let mut numbers = version.split('.').map(|n| n.parse::<u32>().ok());
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(major), Some(minor)) if (major, minor) >= OLDEST => Ok(format!("version {version}")),
            (Some(_), Some(_)) => {
                Err(format!("Version {version} is too old: Causeway needs {}.{} or later.", OLDEST.0, OLDEST.1))
            }
            _ => Err(
                "The address answers, but not as a Bitbucket Data Center: check the base address and its context path."
                    .into(),
            ),
        }
    }

    async fn identity(&self, answer: &Answer) -> Finding {
        let Some(name) = user_name(answer) else {
            return Err(
                "The repository is public and Bitbucket treats Causeway as a stranger: create a new access token."
                    .into(),
            );
        };
        let user = match self.api.get(&["rest", "api", "latest", "users", &name], &[]).await {
            Ok(answer) => answer.json::<WireUser>().ok(),
            // The slug in the address may differ from the name.
            Err(failure) if failure.status == 404 => self
                .api
                .find(&["rest", "api", "latest", "users"], &[("filter", &name)], |v| {
                    serde_json::from_value::<WireUser>(v.clone()).ok().filter(|u| u.name.as_deref() == Some(&name))
                })
                .await
                .map_err(said)?,
            Err(failure) => return Err(said(failure)),
        };
        match user {
            None => Err(format!(
                "The token belongs to {name}, which is no user: it is a token of a project or a repository. Bitbucket lets those neither merge nor edit: create one for a service account."
            )),
            Some(user) if user.email_address.as_deref().is_none_or(|e| e.trim().is_empty()) => {
                Err(format!("The account {name} has no e-mail address: give it one, Bitbucket needs it for commits."))
            }
            Some(user) => {
                let email = user.email_address.unwrap_or_default();
                if email.trim().eq_ignore_ascii_case(self.bot.email.trim()) {
                    return Ok(format!("{name}, {email}"));
                }
                Err(format!(
                    "The account {name} has the e-mail address {email}, and Causeway commits as {}: set bitbucket.bot_email to \
                     {email}, or Bitbucket shows the commits as a stranger's and may refuse them.",
                    self.bot.email
                ))
            }
        }
    }

    fn readable(&self, answer: &Answer) -> Finding {
        let repository: WireRepository = answer.json().map_err(said)?;
        if repository.archived == Some(true) {
            return Err(format!("{} is archived: unarchive it or configure another repository.", self.name));
        }
        Ok(self.name.clone())
    }

    /// What git follows, and whether Bitbucket takes it for the default too.
    async fn branch_found(&self, tip: &Tip) -> Finding {
        let told = match self.api.get(&self.resource("api", &["default-branch"]), &[]).await {
            Ok(answer) if answer.body.is_empty() => None,
            Ok(answer) => answer.json::<Value>().map_err(said)?["displayId"].as_str().map(str::to_owned),
            Err(failure) if failure.status == 404 => None,
            Err(failure) => return Err(said(failure)),
        };
        let at = format!("{} at {}", tip.branch, &tip.commit[..12]);
        Ok(match told {
            Some(branch) if branch != tip.branch => format!("{at} as configured; Bitbucket's default is {branch}"),
            _ => at,
        })
    }

    /// Asks for what a push would ask for first; nothing is sent.
    async fn writable(&self) -> Finding {
        let (project, repository) = (self.project.to_lowercase(), format!("{}.git", self.slug));
        let asked =
            self.api.get(&["scm", &project, &repository, "info", "refs"], &[("service", "git-receive-pack")]).await;
        match asked {
            Ok(answer) if answer.header("Content-Type").is_some_and(|t| t.contains("git-receive-pack-advertisement")) => {
                Ok("Bitbucket takes pushes from it. Whether branch permissions allow causeway/* shows only with the first push.".into())
            }
            Ok(_) => Err("The server did not answer as a git server: a proxy may stand in between.".into()),
            Err(failure) if failure.error.kind == HostErrorKind::Denied => {
                Err(format!("The account may read but not push: give it and its token REPO_WRITE ({}).", failure.error.detail))
            }
            Err(failure) => Err(said(failure)),
        }
    }

    /// `target`: the branch that pull requests go to, where it is known.
    async fn required_build(&self, target: Option<&str>) -> Finding {
        let (mut here, mut elsewhere, mut unsure) = (false, Vec::new(), false);
        let pick = |condition: &Value| {
            if !condition["buildParentKeys"].as_array()?.iter().any(|key| key == GATE) {
                return None;
            }
            let matcher = &condition["refMatcher"];
            match target.map_or(Some(true), |target| matches(matcher, target)) {
                Some(true) => here = true,
                Some(false) => elsewhere.push(matcher["displayId"].as_str().unwrap_or("another branch").to_owned()),
                None => unsure = true,
            }
            None::<()>
        };
        match self.api.find(&self.resource("required-builds", &["conditions"]), &[], pick).await {
            Ok(_) if here => Ok("merging waits for it".into()),
            Ok(_) if unsure => Ok(format!(
                "It is, for branches of the branching model: see that {} is one of them.",
                target.unwrap_or("the target branch")
            )),
            Ok(_) if !elsewhere.is_empty() => Err(format!(
                "It is required for {}, and pull requests go to {}: nothing stops a merge there before the approvals. Add {GATE} \
                 for that branch under Repository settings, Required builds.",
                elsewhere.join(", "),
                target.unwrap_or("another branch")
            )),
            Ok(_) => Err(format!(
                "Nothing stops a merge before the approvals: add {GATE} under Repository settings, Required builds."
            )),
            Err(failure) => {
                unseen(failure, &format!("ask an administrator of the repository whether {GATE} is a required build"))
            }
        }
    }

    async fn webhooks(&self) -> Finding {
        let Some(wanted) = &self.webhook_url else {
            return Ok("None is wanted: Causeway looks by itself, less promptly. For prompt news set bitbucket.webhook_secret.".into());
        };
        let (mut events, mut others, mut found) = (Vec::new(), Vec::new(), false);
        let pick = |hook: &Value| {
            let address = hook["url"].as_str().unwrap_or("(no address)");
            if hook["active"].as_bool() == Some(false) {
                return None;
            }
            if address.trim_end_matches('/') == wanted.trim_end_matches('/') {
                found = true;
                events.extend(
                    hook["events"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned),
                );
            } else {
                others.push(address.split('?').next().unwrap_or_default().to_owned());
            }
            None::<()>
        };
        match self.api.find(&self.resource("api", &["webhooks"]), &[], pick).await {
            Ok(_) if !found => {
                let others = if others.is_empty() {
                    "there is none".into()
                } else {
                    format!("they go to {}", others.join(", "))
                };
                Err(format!(
                    "No active webhook leads to {wanted} ({others}): add one with the secret of bitbucket.webhook_secret and the \
                     events {}.",
                    EVENTS.join(", ")
                ))
            }
            Ok(_) => {
                let missing: Vec<&str> = EVENTS.into_iter().filter(|e| !events.iter().any(|has| has == e)).collect();
                if missing.is_empty() {
                    return Ok(format!("one leads to {wanted}"));
                }
                Err(format!("The webhook to {wanted} does not send {}: add these events to it.", missing.join(", ")))
            }
            Err(failure) => unseen(failure, "Causeway looks by itself where there are none"),
        }
    }
}

struct Findings(Vec<Probe>);

impl Findings {
    fn add(&mut self, what: &str, result: Finding) -> bool {
        let fine = result.is_ok();
        self.0.push(Probe { what: what.to_owned(), result });
        fine
    }
}

fn said(failure: Failure) -> String {
    failure.error.to_string()
}

/// What only an administrator may list is no fault of the configuration.
fn unseen(failure: Failure, advice: &str) -> Finding {
    match failure.error.kind {
        HostErrorKind::Denied | HostErrorKind::NotFound => {
            Ok(format!("Could not be told: listing needs REPO_ADMIN; {advice}."))
        }
        _ => Err(said(failure)),
    }
}

/// `X-AUSERNAME`, which the server writes percent-encoded.
pub(super) fn user_name(answer: &Answer) -> Option<String> {
    let raw = answer.header("X-AUSERNAME")?.replace('+', "%2B");
    url::form_urlencoded::parse(format!("n={raw}").as_bytes())
        .next()
        .map(|(_, name)| name.into_owned())
        .filter(|n| !n.is_empty())
}
