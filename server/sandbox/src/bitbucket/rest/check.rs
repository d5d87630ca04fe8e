//! Bodies and parameters, checked against what the specification allows: unknown, missing and wrongly typed ones are refused.

use super::{
    Refusal,
    endpoint::{Kind, Param},
};
use serde_json::Value;

/// The shape of a JSON body.
pub(crate) enum Shape {
    Text,
    Whole,
    Flag,
    Any,
    OneOf(&'static [&'static str]),
    List(&'static Shape),
    Object(&'static [Field]),
    /// An object with any keys.
    Map,
}

pub(crate) struct Field {
    pub name: &'static str,
    pub shape: &'static Shape,
    pub required: bool,
}

/// `Ok` when the value fits. The path of what does not fit is the error's context.
pub(crate) fn body(shape: &Shape, value: &Value) -> Result<(), Refusal> {
    walk(shape, value, "")
}

fn walk(shape: &Shape, value: &Value, at: &str) -> Result<(), Refusal> {
    let expected = match (shape, value) {
        (Shape::Any, _) | (Shape::Map, Value::Object(_)) => return Ok(()),
        (Shape::Text, Value::String(_)) | (Shape::Flag, Value::Bool(_)) => {
            return Ok(());
        }
        (Shape::Whole, Value::Number(n)) if n.is_i64() || n.is_u64() => return Ok(()),
        (Shape::OneOf(values), Value::String(text)) if values.contains(&text.as_str()) => return Ok(()),
        (Shape::List(inner), Value::Array(items)) => {
            return items.iter().enumerate().try_for_each(|(i, item)| walk(inner, item, &format!("{at}[{i}]")));
        }
        (Shape::Object(fields), Value::Object(map)) => {
            for (key, value) in map {
                let here = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                match fields.iter().find(|f| f.name == key) {
                    Some(field) => walk(field.shape, value, &here)?,
                    None => return Err(malformed(&here, "This property is not known here.")),
                }
            }
            return match fields.iter().find(|f| f.required && !map.contains_key(f.name)) {
                Some(field) => {
                    let here = if at.is_empty() { field.name.to_owned() } else { format!("{at}.{}", field.name) };
                    Err(malformed(&here, "This property is required."))
                }
                None => Ok(()),
            };
        }
        (Shape::Text, _) => "text",
        (Shape::Whole, _) => "a whole number",
        (Shape::Flag, _) => "true or false",
        (Shape::OneOf(values), _) => {
            return Err(malformed(at, &format!("The value must be one of {}.", values.join(", "))));
        }
        (Shape::List(_), _) => "a list",
        (Shape::Object(_) | Shape::Map, _) => "an object",
    };
    Err(malformed(at, &format!("The value must be {expected}.")))
}

/// The query, checked in the same way.
pub(crate) fn query(allowed: &[Param], given: &[(String, String)]) -> Result<(), Refusal> {
    for (name, value) in given {
        let Some(param) = allowed.iter().find(|p| p.name == name) else {
            return Err(malformed(name, "This parameter is not known here."));
        };
        let fits = match &param.kind {
            Kind::Text => true,
            Kind::Number => value.parse::<u32>().is_ok(),
            Kind::Flag => matches!(value.as_str(), "true" | "false"),
            Kind::OneOf(values) => values.contains(&value.as_str()),
        };
        if !fits {
            let text = match &param.kind {
                Kind::Number => "The value must be a number from 0.".to_owned(),
                Kind::Flag => "The value must be true or false.".to_owned(),
                Kind::OneOf(values) => format!("The value must be one of {}.", values.join(", ")),
                Kind::Text => String::new(),
            };
            return Err(malformed(name, &text));
        }
    }
    match allowed.iter().find(|p| p.required && given.iter().all(|(name, _)| name != p.name)) {
        Some(param) => Err(malformed(param.name, "This parameter is required.")),
        None => Ok(()),
    }
}

fn malformed(context: &str, text: &str) -> Refusal {
    Refusal::at(400, context, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static INNER: Shape = Shape::Object(&[Field { name: "key", shape: &Shape::Text, required: true }]);
    static OUTER: Shape = Shape::Object(&[
        Field { name: "n", shape: &Shape::Whole, required: false },
        Field { name: "list", shape: &Shape::List(&INNER), required: false },
    ]);

    #[test]
    fn names_what_does_not_fit() {
        assert!(body(&OUTER, &json!({ "n": 1, "list": [{ "key": "x" }] })).is_ok());
        for (value, context) in [
            (json!({ "m": 1 }), "m"),
            (json!({ "n": "1" }), "n"),
            (json!({ "n": 1.5 }), "n"),
            (json!({ "n": null }), "n"),
            (json!({ "list": [{}] }), "list[0].key"),
            (json!({ "list": [{ "key": "x", "z": 1 }] }), "list[0].z"),
        ] {
            let refusal = body(&OUTER, &value).unwrap_err();
            assert_eq!((refusal.status, refusal.errors[0]["context"].as_str()), (400, Some(context)), "{value}");
        }
    }
}
