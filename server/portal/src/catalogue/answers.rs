//! The server's half of checking answers: the form's own rules, then the JSON Schema, then what only the server knows.

use super::Template;
use causeway_contract::{Answers, FieldError, form::*, places::Tier};
use serde_json::{Map, Value, json};

/// Whether the text contains a match of the ECMA-262 pattern, as JavaScript's `new RegExp(pattern, "u").test(text)`.
/// A pattern that does not compile matches nothing.
pub fn matches(pattern: &str, text: &str) -> bool {
    regress::Regex::with_flags(pattern, "u").is_ok_and(|regex| regex.find(text).is_some())
}

/// Everything wrong with the answers, in the order of the form. Empty: may be submitted.
///
/// `form` is the template's form as the person sees it ([`super::with_teams`], [`super::with_fixed`] applied).
pub fn validate_answers(template: &Template, form: &Form, answers: &Answers) -> Vec<FieldError> {
    let mut errors = form.validate(answers, &matches);
    let settled = form.settled(answers);
    let add = |errors: &mut Vec<FieldError>, field: &str, message: String| {
        if !errors.iter().any(|e| e.field == field) {
            errors.push(FieldError { field: field.to_owned(), message });
        }
    };
    for (field, message) in schema_errors(template, form, &settled) {
        add(&mut errors, &field, message);
    }
    let tier = settled.get("tier").and_then(|t| t.parse::<Tier>().ok());
    if let Some(rule) = tier.and_then(|t| template.tier(t)) {
        for (field, limit) in &rule.limits {
            if settled.get(field).and_then(|v| v.parse::<i64>().ok()).is_some_and(|n| n > *limit) {
                let tier = rule.tier.label().to_lowercase();
                add(&mut errors, field, format!("At most {limit} in {tier}; write {limit} or less."));
            }
        }
        if rule.tier != Tier::Development && !settled.contains_key("justification") {
            let message = "Say in a sentence why it is needed: the approvers read this.".to_owned();
            add(&mut errors, "justification", message);
        }
    }
    let position = |e: &FieldError| form.fields().position(|f| f.name == e.field);
    errors.sort_by_key(position);
    errors
}

/// Whether a value fits the field by itself.
///
/// # Errors
/// The form's sentence.
pub(super) fn fits(kind: &FieldKind, value: &str) -> Result<(), String> {
    let field = Field {
        name: "value".into(),
        title: String::new(),
        help: None,
        kind: match kind {
            // A choice under a condition is still a choice.
            FieldKind::Choice { options } => {
                let free = |o: &ChoiceOption| ChoiceOption { when: Condition::default(), ..o.clone() };
                FieldKind::Choice { options: options.iter().map(free).collect() }
            }
            other => other.clone(),
        },
        required: true,
        default: None,
        when: Condition::default(),
    };
    let form = Form { steps: vec![Step { fields: vec![field.clone()], ..Step::default() }] };
    let answers = [("value".to_owned(), value.to_owned())].into();
    if matches!(kind, FieldKind::Choice { .. }) && form.validate_field(&field, &answers, &matches).is_some() {
        return Err(format!("{value:?} is not one of the choices."));
    }
    form.validate_field(&field, &answers, &matches).map_or(Ok(()), |e| Err(e.message))
}

/// An answer with the type that the schema gives it. Text that is no such value stays text.
pub(super) fn coerced(template: &Template, name: &str, value: &str) -> Value {
    match template.schema["properties"][name]["type"].as_str() {
        Some("integer") => value.parse::<i64>().map_or_else(|_| json!(value), |n| json!(n)),
        Some("boolean") => value.parse::<bool>().map_or_else(|_| json!(value), |b| json!(b)),
        _ => json!(value),
    }
}

/// Answers to the template's own fields that its JSON Schema refuses.
fn schema_errors(template: &Template, form: &Form, settled: &Answers) -> Vec<(String, String)> {
    let own = |name: &str| template.schema["properties"].get(name).is_some();
    let object: Map<String, Value> =
        settled.iter().filter(|(n, _)| own(n)).map(|(n, v)| (n.clone(), coerced(template, n, v))).collect();
    let Ok(validator) = jsonschema::draft202012::new(&without_patterns(&template.schema)) else {
        let message = "The template's rules cannot be read; tell its owner.".to_owned();
        return form.fields().take(1).map(|f| (f.name.clone(), message.clone())).collect();
    };
    let instance = Value::Object(object);
    let errors = validator.iter_errors(&instance);
    let named = errors.map(|e| {
        let path = e.instance_path().to_string();
        let name = path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
        (name, "The template's schema does not allow this value.".to_owned())
    });
    named.collect()
}

/// The schema without `pattern`: the form has checked those already, with the same engine as the browser, and two
/// engines could disagree.
fn without_patterns(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(properties) = schema["properties"].as_object_mut() {
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            property.remove("pattern");
        }
    }
    schema
}
