//! From claims to the person who signs in.

use super::{
    claims::{Claims, find},
    groups::{self, Groups},
    mfa::second_factor,
};
use crate::config::{Config, Roles};
use causeway_portal::access::sessions::{Browser, SignIn};

/// Names longer than this are cut, in characters.
const LONGEST: usize = 200;

/// Puts together what is known. `claims` are those of the verified ID token, with user info added where it was fetched.
pub(super) fn person(
    config: &Config,
    claims: &Claims,
    found: &Groups,
    id_token: String,
    browser: Browser,
) -> Option<SignIn> {
    let roles = &config.roles;
    let subject = text(claims, "sub")?;
    let held = match found {
        Groups::Sent(list) => list.clone(),
        Groups::Overage | Groups::Missing => Vec::new(),
    };
    Some(SignIn {
        issuer: text(claims, "iss")?,
        name: first(claims, &roles.name_claims).unwrap_or_else(|| subject.clone()),
        email: first(claims, &roles.email_claims).filter(|e| e.contains('@')).unwrap_or_default(),
        grants: groups::grants(roles, &held),
        groups: held,
        groups_note: notes(claims, found, roles),
        provider_sid: text(claims, "sid"),
        id_token: Some(id_token),
        mfa: second_factor(claims, &config.sign_in),
        subject,
        browser,
    })
}

fn notes(claims: &Claims, found: &Groups, roles: &Roles) -> Option<String> {
    let unverified = claims.get("email_verified").is_some_and(|v| *v == false || *v == "false");
    let email = unverified.then(|| "The sign-in says that your e-mail address is not verified.".to_owned());
    let all: Vec<String> = groups::note(found, &roles.groups_claim).into_iter().chain(email).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

fn first(claims: &Claims, paths: &[String]) -> Option<String> {
    paths.iter().find_map(|path| text(claims, path))
}

fn text(claims: &Claims, path: &str) -> Option<String> {
    let text: String = find(claims, path)?.as_str()?.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
