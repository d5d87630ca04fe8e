//! The demo's configuration: what a person would have written into `causeway.toml`.

use crate::config::{Bitbucket, Catalogue, Config, RoleRule, Roles, Secret, Server, SignIn, Span, Telemetry};
use causeway_contract::people::{Grant, Role};
use causeway_sandbox::{Sandbox, people};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

/// Where the demo's changes go.
pub(super) const PROJECT: &str = "CLOUD";
pub(super) const REPOSITORY: &str = "infrastructure";

/// Quiet, so that the welcome stays in sight; `CAUSEWAY_TELEMETRY__LOG` counts here too.
pub(super) fn telemetry() -> Telemetry {
    Telemetry {
        log: std::env::var("CAUSEWAY_TELEMETRY__LOG").unwrap_or_else(|_| "warn".into()),
        ..Telemetry::default()
    }
}

/// # Errors
/// An address of the sandbox that is none.
pub(super) fn config(sandbox: &Sandbox, dir: &Path, port: u16, webhook_secret: &str) -> Result<Config, String> {
    Ok(Config {
        server: Server {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            public_url: format!("http://localhost:{port}").parse()?,
            data_dir: dir.to_owned(),
            shutdown_grace: Span::seconds(3),
            ..Server::default()
        },
        sign_in: SignIn {
            issuer: sandbox.issuer().parse()?,
            client_id: sandbox.client_id().into(),
            client_secret: Secret::new(sandbox.client_secret()),
            scopes: ["openid", "profile", "email", "groups"].map(str::to_owned).into(),
            provider_name: "the demo's sign-in".into(),
            ..SignIn::default()
        },
        roles: Roles {
            help_contact: "Farah Haddad (farah.haddad@causeway.example)".into(),
            map: roles(),
            ..Roles::default()
        },
        bitbucket: Bitbucket {
            url: sandbox.bitbucket_url().parse()?,
            project: PROJECT.into(),
            repository: REPOSITORY.into(),
            token: Secret::new(sandbox.bot_token()),
            webhook_secret: Secret::new(webhook_secret),
            bot_email: format!("{}@causeway.example", sandbox.bot_user()),
            follow_every: Span::seconds(15),
            ..Bitbucket::default()
        },
        catalogue: Catalogue {
            location: sandbox.catalogue_git_url(),
            sync_every: Span::seconds(15),
            ..Catalogue::default()
        },
        telemetry: telemetry(),
        ..Config::default()
    })
}

/// What the sandbox's groups mean.
fn roles() -> Vec<RoleRule> {
    let everywhere = [
        (people::INFRASTRUCTURE_ADMINS, Role::InfrastructureAdmin),
        (people::SENIOR_ENGINEERS, Role::SeniorEngineer),
        (people::SECURITY, Role::Security),
        (people::AUDITORS, Role::Auditor),
        (people::FINOPS, Role::Finops),
    ]
    .map(|(group, role)| (group, role, "everything"));
    let teams = [
        (people::TEAM_PAYMENTS, Role::Engineer, "team:payments"),
        (people::TEAM_SEARCH, Role::Engineer, "team:search"),
        (people::TEAM_PLATFORM, Role::Engineer, "team:platform"),
        (people::MANAGERS_PAYMENTS, Role::Manager, "team:payments"),
        (people::MANAGERS_SEARCH, Role::Manager, "team:search"),
    ];
    let rule = |(group, role, scope): (&str, Role, &str)| RoleRule { group: group.into(), role, scope: scope.into() };
    everywhere.into_iter().chain(teams).map(rule).collect()
}

/// The roles that groups of the sandbox give.
pub(super) fn grants(groups: &[String]) -> Vec<Grant> {
    roles().iter().filter(|rule| groups.contains(&rule.group)).filter_map(RoleRule::grant).collect()
}
