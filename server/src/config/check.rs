//! Checks what was written against the schema of the types, and names everything that is wrong at once.
//!
//! To add a text format: an arm in [`format_problem`].

use super::{Span, WebUrl, nearest::nearest};
use causeway_contract::{
    people::{Role, Scope},
    places::Tier,
};
use serde_json::{Map, Value};
use std::net::SocketAddr;

/// The schema of [`super::Config`], without references.
pub(super) fn schema() -> Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<super::Config>().to_value()
}

/// Everything wrong with `value`, a sentence each.
pub(super) fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let mut out = Vec::new();
    walk(schema, value, "", &mut out);
    out
}

fn walk(schema: &Value, value: &Value, path: &str, out: &mut Vec<String>) {
    let wanted = types(schema);
    let fits = wanted.iter().any(|t| match *t {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        _ => false,
    });
    if !fits && !wanted.is_empty() {
        return out.push(format!("{path} must be {}, not {}", described(schema), found(value)));
    }
    match value {
        Value::Object(map) => object(schema, map, path, out),
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                walk(&schema["items"], item, &format!("{path}[{i}]"), out);
            }
        }
        Value::String(text) => string(schema, text, path, out),
        Value::Number(_) => number(schema, value, path, out),
        _ => {}
    }
}

fn object(schema: &Value, map: &Map<String, Value>, path: &str, out: &mut Vec<String>) {
    let none = Map::new();
    let known = schema["properties"].as_object().unwrap_or(&none);
    for (key, value) in map {
        match known.get(key) {
            Some(schema) => walk(schema, value, &join(path, key), out),
            None => {
                let hint = match nearest(key, known.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean {}?", join(path, near)),
                    None => format!("the keys here are {}", known.keys().cloned().collect::<Vec<_>>().join(", ")),
                };
                out.push(format!("{} is not a key; {hint}", join(path, key)));
            }
        }
    }
    let listed = |key: &str| schema["required"].as_array().is_some_and(|r| r.iter().any(|k| k == key));
    for (key, property) in known {
        let asked = property["x-required"] == true;
        let given = map.get(key).is_some_and(|v| !(asked && v == ""));
        if (asked || listed(key)) && !given {
            let what =
                property["description"].as_str().unwrap_or_default().replace(" Required.", "").replace('\n', " ");
            out.push(format!("{} is missing; write {}. {what}", join(path, key), described(property)));
        } else if !given && property["type"] == "object" {
            // A section that was left out may hold keys that are required.
            object(property, &none, &join(path, key), out);
        }
    }
}

fn string(schema: &Value, text: &str, path: &str, out: &mut Vec<String>) {
    if let Some(choices) = schema["enum"].as_array()
        && !choices.iter().any(|c| c == text)
    {
        let listed: Vec<&str> = choices.iter().filter_map(Value::as_str).collect();
        return out.push(format!("{path} is \"{text}\"; write one of {}", listed.join(", ")));
    }
    if let Some(why) = schema["format"].as_str().and_then(|format| format_problem(format, text)) {
        out.push(format!("{path}: {why}"));
    }
}

fn format_problem(format: &str, text: &str) -> Option<String> {
    match format {
        "duration" => text.parse::<Span>().err(),
        "web-address" => text.parse::<WebUrl>().err(),
        "role" => text.parse::<Role>().err(),
        "scope" => text.parse::<Scope>().err(),
        "tier" => text.parse::<Tier>().err(),
        "listen-address" => text.parse::<SocketAddr>().err().map(|_| {
            format!("\"{text}\" is not an address to listen on; write address and port: 127.0.0.1:3000 or [::]:3000")
        }),
        _ => None,
    }
}

fn number(schema: &Value, value: &Value, path: &str, out: &mut Vec<String>) {
    let number = value.as_f64().unwrap_or(f64::NAN);
    let (low, high) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
    if low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high) {
        out.push(format!("{path} is {value}; write {}", described(schema)));
    }
}

/// Names in `type`, whether it is one or a list.
pub(super) fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// What belongs there, for a sentence: `a length of time such as "30s"`.
pub(super) fn described(schema: &Value) -> String {
    if let Some(choices) = schema["enum"].as_array() {
        return choices.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
    }
    let kind = types(schema).into_iter().find(|t| *t != "null").unwrap_or("anything");
    match (kind, schema["format"].as_str()) {
        ("string", Some("duration")) => "a length of time such as \"30s\"".into(),
        ("string", Some("web-address")) => "a web address such as \"https://portal.example.com\"".into(),
        ("string", Some("listen-address")) => "an address and port such as \"127.0.0.1:3000\"".into(),
        ("string", Some("secret")) => "a secret: the text, \"file:/path\" or \"vault:path#key\"".into(),
        ("string", Some("role" | "tier" | "scope")) => format!("a {}", schema["format"].as_str().unwrap_or_default()),
        ("string", _) => "text in quotes".into(),
        ("boolean", _) => "true or false".into(),
        ("integer" | "number", _) => match (schema["minimum"].as_u64(), schema["maximum"].as_u64()) {
            (Some(low), Some(high)) => format!("a whole number from {low} to {high}"),
            _ => "a whole number".into(),
        },
        ("array", _) if types(&schema["items"]).contains(&"object") => "a list of tables ([[…]])".into(),
        ("array", _) => "a list: [\"…\", \"…\"]".into(),
        ("object", _) => "a section ([…])".into(),
        (other, _) => other.into(),
    }
}

fn found(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => format!("the number {n}"),
        Value::String(_) => "text".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "a section".into(),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.into() } else { format!("{path}.{key}") }
}
