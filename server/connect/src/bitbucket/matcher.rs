//! Which branches a rule of Bitbucket's is about.

use serde_json::Value;

/// Whether a rule of Bitbucket's is about a branch; `None` for rules that only Bitbucket can work out.
pub(super) fn matches(matcher: &Value, branch: &str) -> Option<bool> {
    let id = matcher["id"].as_str().unwrap_or_default();
    let full = format!("refs/heads/{branch}");
    match matcher["type"]["id"].as_str().unwrap_or("BRANCH") {
        "ANY_REF" => Some(true),
        "BRANCH" => Some(id == full || id == branch),
        "PATTERN" => Some(fits(id.as_bytes(), full.as_bytes()) || fits(id.as_bytes(), branch.as_bytes())),
        _ => None,
    }
}

/// Bitbucket's branch patterns: `**` stands for anything, `*` for anything but a slash, `?` for one character.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([b'*', b'*', rest @ ..], _) => (0..=text.len()).any(|at| fits(rest, &text[at..])),
        ([b'*', rest @ ..], _) => {
            let end = text.iter().position(|b| *b == b'/').unwrap_or(text.len());
            (0..=end).any(|at| fits(rest, &text[at..]))
        }
        ([b'?', pattern @ ..], [b, text @ ..]) if *b != b'/' => fits(pattern, text),
        ([a, pattern @ ..], [b, text @ ..]) if a == b => fits(pattern, text),
        ([], []) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rules_are_about_branches() {
        let rule = |id: &str, kind: &str| matches(&json!({ "id": id, "type": { "id": kind } }), "release/1.2");
        assert_eq!(rule("ANY_REF_MATCHER_ID", "ANY_REF"), Some(true));
        assert_eq!(
            [rule("refs/heads/release/1.2", "BRANCH"), rule("refs/heads/main", "BRANCH")],
            [Some(true), Some(false)]
        );
        for (pattern, fits) in [
            ("release/*", true),
            ("release/**", true),
            ("**", true),
            ("*", false),
            ("release/?.?", true),
            ("rel*", false),
            ("refs/heads/release/*", true),
        ] {
            assert_eq!(rule(pattern, "PATTERN"), Some(fits), "{pattern}");
        }
        assert_eq!(rule("production", "MODEL_BRANCH"), None);
    }
}
