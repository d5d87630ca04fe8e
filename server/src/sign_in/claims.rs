//! What a provider's token or user info says, as plain JSON.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

pub(super) type Claims = Map<String, Value>;

/// The claims of a token whose signature was verified before.
pub(super) fn of_token(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// A claim by name, or by a path with dots into nested claims. A claim whose own name has dots is found first.
pub(super) fn find<'a>(claims: &'a Claims, path: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    path.match_indices('.').find_map(|(at, _)| match claims.get(&path[..at]) {
        Some(Value::Object(inner)) => find(inner, &path[at + 1..]),
        _ => None,
    })
}

/// Texts of a claim: an array of them, or one text with spaces between them. Numbers count as their digits, as some
/// providers number their groups. Each once, in order.
pub(super) fn words(value: &Value) -> Vec<String> {
    let word = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let all: Vec<String> = match value {
        Value::Array(items) => items.iter().filter_map(word).collect(),
        Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
        other => word(other).into_iter().collect(),
    };
    let mut out: Vec<String> = Vec::new();
    for word in all {
        if !word.is_empty() && !out.contains(&word) {
            out.push(word);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_and_shapes() {
        let Value::Object(claims) = json!({
            "groups": ["a", "b", "a", 7, null, {}],
            "gid": 4_001,
            "realm_access": { "roles": ["x y"] },
            "https://example.com/groups": "one two",
            "resource": { "my.app": { "roles": ["deep"] } },
        }) else {
            unreachable!()
        };
        let at = |path: &str| find(&claims, path).map(words);
        assert_eq!(at("groups").unwrap(), ["a", "b", "7"]);
        assert_eq!(at("gid").unwrap(), ["4001"]);
        assert_eq!(at("realm_access.roles").unwrap(), ["x y"]);
        assert_eq!(at("https://example.com/groups").unwrap(), ["one", "two"]);
        assert_eq!(at("resource.my.app.roles").unwrap(), ["deep"]);
        assert_eq!(at("realm_access.nothing"), None);
        assert_eq!(at(""), None);
    }
}
