//! `CAUSEWAY_SECTION__KEY` over what the file says.

use super::{check::types, nearest::nearest};
use serde_json::{Map, Value};

const PREFIX: &str = "CAUSEWAY_";

/// Writes every variable that names a key into `value`. Returns what is wrong with the others.
pub(super) fn overlay(
    schema: &Value,
    value: &mut Value,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Vec<String> {
    let mut out = Vec::new();
    for (name, text) in variables {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        let lower = rest.to_lowercase();
        let path: Vec<&str> = lower.split("__").collect();
        match path[..] {
            // `CAUSEWAY_SITE` and its like belong to other programs, unless the name is a key of the file's first level.
            [first] if schema["properties"][first]["type"] != "array" => {}
            [key] => set(&schema["properties"][key], value, &[key], &name, &text, &mut out),
            [section, key] => {
                let known = &schema["properties"][section]["properties"];
                match known.get(key) {
                    Some(schema) => set(schema, value, &[section, key], &name, &text, &mut out),
                    None => out.push(unknown(schema, &name)),
                }
            }
            _ => out.push(unknown(schema, &name)),
        }
    }
    out
}

fn set(schema: &Value, root: &mut Value, path: &[&str], name: &str, text: &str, out: &mut Vec<String>) {
    let converted = match convert(schema, text) {
        Ok(converted) => converted,
        Err(why) => return out.push(format!("{name}: {why}")),
    };
    let mut place = root;
    for key in path {
        if !place.is_object() {
            // The file's own mistake is reported by the check; the variable still counts.
            *place = Value::Object(Map::new());
        }
        place = &mut place[*key];
    }
    *place = converted;
}

fn convert(schema: &Value, text: &str) -> Result<Value, String> {
    let kinds = types(schema);
    if kinds.contains(&"boolean") {
        return text.parse().map(Value::Bool).map_err(|_| format!("\"{text}\" is neither true nor false"));
    }
    if kinds.contains(&"integer") {
        return text.parse::<i64>().map(Value::from).map_err(|_| format!("\"{text}\" is not a whole number"));
    }
    if kinds.contains(&"array") {
        if text.trim_start().starts_with('[') {
            return serde_json::from_str(text).map_err(|e| format!("the list is not JSON ({e})"));
        }
        return Ok(text.split(',').map(str::trim).filter(|s| !s.is_empty()).map(Value::from).collect());
    }
    Ok(Value::from(text))
}

fn unknown(schema: &Value, name: &str) -> String {
    let mut all = Vec::new();
    for (section, schema) in schema["properties"].as_object().into_iter().flatten() {
        for key in schema["properties"].as_object().into_iter().flat_map(|p| p.keys()) {
            all.push(format!("{PREFIX}{}__{}", section.to_uppercase(), key.to_uppercase()));
        }
    }
    match nearest(name, all.iter().map(String::as_str)) {
        Some(near) => format!("{name} (environment) sets no key; did you mean {near}?"),
        None => format!("{name} (environment) sets no key; the names are CAUSEWAY_SECTION__KEY"),
    }
}
