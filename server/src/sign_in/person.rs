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

/// Longest `sub` of OpenID Connect Core 2, in characters; `sid` and `iss` are held to the same.
const LONGEST_ID: usize = 255;

/// Puts together what is known. `claims` are those of the verified ID token, with user info added where it was fetched.
///
/// # Errors
/// What is wrong with the claims that name the person, for the record.
pub(super) fn person(
    config: &Config,
    claims: &Claims,
    found: &Groups,
    id_token: String,
    browser: Browser,
) -> Result<SignIn, String> {
    let roles = &config.roles;
    let subject = exact(claims, "sub")?.ok_or("sub is missing")?;
    let held = match found {
        Groups::Sent(list) => list.clone(),
        Groups::Overage | Groups::Missing => Vec::new(),
    };
    Ok(SignIn {
        issuer: exact(claims, "iss")?.ok_or("iss is missing")?,
        name: name(claims, roles).unwrap_or_else(|| "Nameless".into()),
        email: first(claims, &roles.email_claims).filter(|e| e.contains('@')).unwrap_or_default(),
        grants: groups::grants(roles, &held),
        groups: held,
        groups_note: notes(claims, found, roles),
        provider_sid: exact(claims, "sid")?,
        id_token: Some(id_token),
        mfa: second_factor(claims, &config.sign_in),
        since: None,
        data: "{}".into(),
        subject,
        browser,
    })
}

/// What the person is called, or their identifier where nothing else is said.
pub(super) fn name(claims: &Claims, roles: &Roles) -> Option<String> {
    first(claims, &roles.name_claims).or_else(|| text(claims, "sub"))
}

/// Whether the claims say what the person is called and where mail reaches them.
pub(super) fn is_named(claims: &Claims, roles: &Roles) -> bool {
    first(claims, &roles.name_claims).is_some() && first(claims, &roles.email_claims).is_some()
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

/// A claim that tells people or sessions apart: to the letter, or not at all. Two that differ must never become one.
fn exact(claims: &Claims, claim: &str) -> Result<Option<String>, String> {
    match claims.get(claim) {
        None => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) if !text.is_empty() && text.chars().count() <= LONGEST_ID => Ok(Some(text.to_owned())),
            _ => Err(format!("{claim} is not a text of 1 to {LONGEST_ID} characters")),
        },
    }
}

/// A claim to be shown: on one line, not too long, and without signs that turn what stands beside it around.
fn text(claims: &Claims, path: &str) -> Option<String> {
    let shown = |c: &char| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let text: String = find(claims, path)?.as_str()?.chars().filter(shown).take(LONGEST).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
