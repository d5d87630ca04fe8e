//! The Markdown reference of every key, from the schema of the types.

use super::{Config, check};
use serde_json::Value;

/// A table a section, in the order of the alphabet. Stands in `docs/operations.md` between `<!-- config:begin -->` and
/// `<!-- config:end -->`; a test compares.
pub fn reference() -> String {
    let schema = check::schema();
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    let mut out = String::new();
    for (section, property) in sorted(&schema["properties"]) {
        let (title, keys) = match property["type"].as_str() {
            Some("array") => (format!("[[{section}]]"), &property["items"]),
            _ => (format!("[{section}]"), property),
        };
        out += &format!("### `{title}`\n\n{}\n\n", text(property));
        table(&mut out, keys, &defaults[section], section, property["type"] == "array");
        for (key, nested) in sorted(&keys["properties"]) {
            if check::types(&nested["items"]).contains(&"object") {
                out += &format!("#### `[[{section}.{key}]]`\n\n{}\n\n", text(&nested["items"]));
                table(&mut out, &nested["items"], &Value::Null, section, true);
            }
        }
    }
    out.trim_end().to_owned() + "\n"
}

fn table(out: &mut String, schema: &Value, defaults: &Value, section: &str, list: bool) {
    out.push_str("| key | what it is | default |\n| --- | --- | --- |\n");
    for (key, property) in sorted(&schema["properties"]) {
        let required = property["x-required"] == true
            || (list && schema["required"].as_array().is_some_and(|r| r.iter().any(|k| k == key)));
        let default = match (&property["default"], defaults.get(key)) {
            _ if required => "required".into(),
            (Value::Null, None | Some(Value::Null)) => String::new(),
            (_, Some(value)) if value == "" || value == &serde_json::json!([]) => "empty".into(),
            (_, Some(value)) => format!("`{value}`"),
            (value, None) => format!("`{value}`"),
        };
        let hint = if list {
            String::new()
        } else {
            format!("<br>`CAUSEWAY_{}__{}`", section.to_uppercase(), key.to_uppercase())
        };
        let what = text(property).replace(" Required.", "").replace('|', "\\|");
        out.push_str(&format!("| `{key}`{hint} | {what} ({}) | {default} |\n", plain(&check::described(property))));
    }
    out.push('\n');
}

fn plain(described: &str) -> String {
    described.replace(" in quotes", "").replace('|', "\\|")
}

fn text(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().replace('\n', " ")
}

fn sorted(properties: &Value) -> Vec<(&str, &Value)> {
    let mut all: Vec<_> = properties.as_object().into_iter().flatten().map(|(k, v)| (k.as_str(), v)).collect();
    all.sort_by_key(|(k, _)| *k);
    all
}

#[cfg(test)]
mod tests {
    use super::reference;

    #[test]
    fn the_documentation_is_what_the_types_say() {
        let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md"))
            .expect("docs/operations.md is there");
        let (_, rest) =
            docs.split_once("<!-- config:begin -->\n").expect("docs/operations.md has <!-- config:begin -->");
        let (block, _) = rest.split_once("<!-- config:end -->").expect("docs/operations.md has <!-- config:end -->");
        assert!(
            block.trim() == reference().trim(),
            "docs/operations.md is out of date: put the output of `causeway config-reference` between its config marks"
        );
    }

    #[test]
    fn every_key_is_explained() {
        for line in reference().lines().filter(|l| l.starts_with("| `")) {
            assert!(!line.contains("|  ("), "no doc line: {line}");
        }
    }
}
