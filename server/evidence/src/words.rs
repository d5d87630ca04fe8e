//! Paths, values and sentences as people read them.

use crate::json::{Json, quoted};

/// A path with one more member: `tags.Owner`, `tags["cost centre"]`.
pub(crate) fn member(path: &str, key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let simple = key.chars().all(plain) && key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    match (simple, path) {
        (true, "") => key.to_owned(),
        (true, path) => format!("{path}.{key}"),
        (false, path) => format!("{path}[{}]", quoted(key)),
    }
}

/// A path of Terraform's JSON, `["ingress", 0, "cidr_blocks"]`, as `ingress[0].cidr_blocks`.
pub(crate) fn path(steps: &[Json]) -> String {
    steps.iter().fold(String::new(), |path, step| match step {
        Json::Text(key) => member(&path, key),
        other => format!("{path}[{}]", other.to_json()),
    })
}

/// An address without its instance keys: `module.db["a.b"].module.x[0]` is `module.db.module.x`.
pub(crate) fn without_keys(address: &str) -> String {
    let (mut out, mut inside, mut in_text, mut escaped) = (String::new(), false, false, false);
    for c in address.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' if inside => in_text = !in_text,
            '[' if !in_text => inside = true,
            ']' if !in_text => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// A value in one short line: at most 60 characters.
pub(crate) fn value(value: &Json) -> String {
    const MOST: usize = 60;
    let text = match value {
        Json::Null => "nothing".to_owned(),
        other => other.to_json(),
    };
    if text.chars().count() <= MOST {
        return text;
    }
    let mut short: String = text.chars().take(MOST - 1).collect();
    short.push('…');
    short
}

/// What people read, without characters that move or hide others: addresses and values come from outside.
pub(crate) fn safe(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if !text.contains(hidden) {
        return text.to_owned();
    }
    text.chars().map(|c| if hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// `1 attribute`, `2 attributes`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_unambiguous() {
        assert_eq!(member("", "tags"), "tags");
        assert_eq!(member("tags", "Owner"), "tags.Owner");
        assert_eq!(member("tags", "a.b"), r#"tags["a.b"]"#);
        assert_eq!(member("tags", "0"), r#"tags["0"]"#);
        assert_eq!(member("tags", "a\"]"), r#"tags["a\"]"]"#);
        assert_eq!(member("", "a b"), r#"["a b"]"#);
        assert_eq!(
            path(&[Json::Text("ingress".into()), Json::Number("0".into()), Json::Text("to".into())]),
            "ingress[0].to"
        );
    }

    #[test]
    fn addresses_lose_their_keys() {
        assert_eq!(without_keys("module.a"), "module.a");
        assert_eq!(without_keys(r#"module.a["x].y\"]["].module.b[0]"#), "module.a.module.b");
    }

    #[test]
    fn hidden_characters_show() {
        assert_eq!(safe("a\u{202e}b\nc"), "a\\u{202e}b\\u{a}c");
        assert_eq!(safe("Zürich"), "Zürich");
        assert_eq!(value(&Json::Text("x".repeat(100))).chars().count(), 60);
    }
}
