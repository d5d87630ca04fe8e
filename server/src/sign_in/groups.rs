//! Groups, roles, and why there are none.

use super::claims::{Claims, find, words};
use crate::config::Roles;
use causeway_contract::people::Grant;

/// What the claims say about groups.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Groups {
    Sent(Vec<String>),
    /// There are too many for a token; the provider sent a reference in their place.
    Overage,
    Missing,
}

/// Reads the configured claim.
pub(super) fn groups(claims: &Claims, path: &str) -> Groups {
    match find(claims, path) {
        Some(value) => Groups::Sent(words(value)),
        None if overage(claims, path) => Groups::Overage,
        None => Groups::Missing,
    }
}

/// OpenID Connect Core 5.6.2 (distributed claims), as Microsoft Entra uses it: `_claim_names` names the claim, or
/// `hasgroups` is true.
fn overage(claims: &Claims, path: &str) -> bool {
    let first = path.split('.').next().unwrap_or(path);
    let named = claims
        .get("_claim_names")
        .and_then(|v| v.as_object())
        .is_some_and(|names| names.contains_key(path) || names.contains_key(first) || names.contains_key("groups"));
    let says = claims.get("hasgroups").is_some_and(|v| *v == true || *v == "true");
    named || says
}

/// Every role that one of the groups gives.
pub(super) fn grants(roles: &Roles, groups: &[String]) -> Vec<Grant> {
    let mut out: Vec<Grant> =
        roles.map.iter().filter(|rule| groups.contains(&rule.group)).filter_map(|rule| rule.grant()).collect();
    out.sort();
    out.dedup();
    out
}

/// For the person, when groups are missing.
pub(super) fn note(found: &Groups, path: &str) -> Option<String> {
    match found {
        Groups::Sent(list) if list.is_empty() => Some(format!("The claim \"{path}\" that the sign-in sent is empty.")),
        Groups::Sent(_) => None,
        Groups::Overage => Some(
            "You are in more groups than the sign-in can send: it sent a reference in their place (group overage). \
             An administrator of the sign-in can limit the groups it sends to those assigned to Causeway."
                .into(),
        ),
        Groups::Missing => Some(format!(
            "The sign-in sent no claim \"{path}\". An administrator of the sign-in can add it for Causeway."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::RoleRule;
    use causeway_contract::people::Role;
    use serde_json::{Value, json};

    fn read(claims: Value, path: &str) -> Groups {
        let Value::Object(claims) = claims else { unreachable!() };
        groups(&claims, path)
    }

    #[test]
    fn overage_is_told_from_absence() {
        assert_eq!(read(json!({ "groups": ["a"] }), "groups"), Groups::Sent(vec!["a".into()]));
        assert_eq!(read(json!({}), "groups"), Groups::Missing);
        for odd in [
            json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": { "src1": { "endpoint": "https://x" } } }),
            json!({ "hasgroups": true }),
            json!({ "hasgroups": "true" }),
        ] {
            assert_eq!(read(odd, "groups"), Groups::Overage);
        }
        assert!(note(&Groups::Overage, "groups").unwrap().contains("group overage"));
    }

    #[test]
    fn a_group_may_give_several_roles_and_an_unknown_one_none() {
        let rule = |group: &str, role, scope: &str| RoleRule { group: group.into(), role, scope: scope.into() };
        let roles = Roles {
            map: vec![
                rule("g", Role::Manager, "team:a"),
                rule("g", Role::Engineer, "team:a"),
                rule("h", Role::Engineer, "team:a"),
                rule("x", Role::Auditor, "everything"),
            ],
            ..Default::default()
        };
        let held = grants(&roles, &["g".into(), "h".into(), "unknown".into()]);
        let text: Vec<String> = held.iter().map(|g| format!("{} {}", g.role, g.scope)).collect();
        assert_eq!(text, ["engineer team:a", "manager team:a"]);
    }
}
