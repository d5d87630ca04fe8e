//! The form of a template: steps, fields, conditions and the validation that runs in browser and server alike.
//!
//! A [`Form`] is derived from the `parameters` of a `template.yaml` (JSON Schema in ordered steps) when the template is synced.
//! To add a field kind: extend [`FieldKind`], `check` and the input in `app/src/ui`.

use crate::{Answers, FieldError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
    pub fields: Vec<Field>,
}

/// Holds when every named field has one of the listed values. Any step may look at any answer before it. Empty: always.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Condition(pub BTreeMap<String, Vec<String>>);

impl Condition {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    pub kind: FieldKind,
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    Text {
        min_length: Option<u32>,
        /// In characters (Unicode scalar values), as JSON Schema counts.
        max_length: Option<u32>,
        /// ECMA-262 regular expression, not anchored by itself.
        pattern: Option<String>,
        /// What the pattern means, for the error: "Use a hostname such as shop.example.com."
        pattern_hint: Option<String>,
        multiline: bool,
    },
    Integer {
        minimum: Option<i64>,
        maximum: Option<i64>,
    },
    Boolean,
    Choice {
        options: Vec<ChoiceOption>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChoiceOption {
    pub value: String,
    pub label: String,
    /// Offered only while this holds (regions of the chosen cloud, say).
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
}

/// Matches `text` against an ECMA-262 pattern. The browser hands in its own `RegExp`, the server the `regress` crate.
pub type Matcher<'a> = &'a dyn Fn(&str, &str) -> bool;

impl Form {
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.steps.iter().flat_map(|s| &s.fields)
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().find(|f| f.name == name)
    }

    /// The answer to a field, or its default.
    pub fn value<'a>(&'a self, answers: &'a Answers, name: &str) -> Option<&'a str> {
        match answers.get(name) {
            Some(v) => Some(v),
            None => self.field(name).and_then(|f| f.default.as_deref()),
        }
    }

    /// Whether `condition` holds. A field that is itself hidden has no value.
    pub fn holds(&self, condition: &Condition, answers: &Answers) -> bool {
        condition.0.iter().all(|(name, wanted)| {
            self.is_visible(name, answers) && self.value(answers, name).is_some_and(|v| wanted.iter().any(|w| w == v))
        })
    }

    /// Whether the field is asked for, given the answers so far. Unknown fields count as visible facts
    /// (the caller put them there: `tier`, `team`).
    pub fn is_visible(&self, name: &str, answers: &Answers) -> bool {
        for step in &self.steps {
            if let Some(field) = step.fields.iter().find(|f| f.name == name) {
                return self.holds(&step.when, answers) && self.holds(&field.when, answers);
            }
        }
        true
    }

    /// Options of a choice that may be chosen now.
    pub fn options<'a>(&'a self, field: &'a Field, answers: &Answers) -> Vec<&'a ChoiceOption> {
        match &field.kind {
            FieldKind::Choice { options } => options.iter().filter(|o| self.holds(&o.when, answers)).collect(),
            _ => Vec::new(),
        }
    }

    /// What counts: answers and defaults of the visible fields, whitespace around text cut off, nothing else.
    pub fn settled(&self, answers: &Answers) -> Answers {
        self.fields()
            .filter(|f| self.is_visible(&f.name, answers))
            .filter_map(|f| {
                let value = self.value(answers, &f.name)?.trim();
                let value = if value.is_empty() && matches!(f.kind, FieldKind::Boolean) { "false" } else { value };
                (!value.is_empty()).then(|| (f.name.clone(), value.to_owned()))
            })
            .collect()
    }

    /// Everything wrong with the answers, in the order of the form. Empty: may be submitted.
    pub fn validate(&self, answers: &Answers, matches: Matcher<'_>) -> Vec<FieldError> {
        self.fields()
            .filter(|f| self.is_visible(&f.name, answers))
            .filter_map(|f| self.validate_field(f, answers, matches))
            .collect()
    }

    /// What is wrong with one field, if anything.
    pub fn validate_field(&self, field: &Field, answers: &Answers, matches: Matcher<'_>) -> Option<FieldError> {
        let value = self.value(answers, &field.name).unwrap_or("").trim();
        let message = if value.is_empty() {
            if !field.required || matches!(field.kind, FieldKind::Boolean) {
                return None;
            }
            match field.kind {
                FieldKind::Choice { .. } => "Choose one.".to_owned(),
                _ => "This is needed.".to_owned(),
            }
        } else if matches!(field.kind, FieldKind::Choice { .. }) {
            let options = self.options(field, answers);
            if options.iter().any(|o| o.value == value) {
                return None;
            }
            "Choose one of the list; the earlier answer does not fit the other answers any more.".to_owned()
        } else {
            check(&field.kind, value, matches)?
        };
        Some(FieldError { field: field.name.clone(), message })
    }
}

/// What is wrong with one non-empty value by itself.
fn check(kind: &FieldKind, value: &str, matches: Matcher<'_>) -> Option<String> {
    match kind {
        FieldKind::Text { min_length, max_length, pattern, pattern_hint, multiline } => {
            let count = value.chars().count() as u32;
            if let Some(max) = max_length.filter(|m| count > *m) {
                return Some(format!("This is {count} characters long; at most {max} fit."));
            }
            if let Some(min) = min_length.filter(|m| count < *m) {
                return Some(format!("Use at least {min} characters."));
            }
            if value.chars().any(|c| c.is_control() && !(*multiline && (c == '\n' || c == '\r' || c == '\t'))) {
                return Some("Remove the invisible control characters.".into());
            }
            let pattern = pattern.as_deref()?;
            if matches(pattern, value) {
                return None;
            }
            Some(pattern_hint.clone().unwrap_or_else(|| format!("This must match {pattern}.")))
        }
        FieldKind::Integer { minimum, maximum } => match value.parse::<i64>() {
            Err(_) => Some("Write a whole number.".into()),
            Ok(n) => match (minimum, maximum) {
                (Some(min), Some(max)) if n < *min || n > *max => Some(format!("Write a number from {min} to {max}.")),
                (Some(min), None) if n < *min => Some(format!("Write {min} or more.")),
                (None, Some(max)) if n > *max => Some(format!("Write {max} or less.")),
                _ => None,
            },
        },
        FieldKind::Boolean => (!matches!(value, "true" | "false")).then(|| "Answer yes or no.".into()),
        FieldKind::Choice { .. } => None,
    }
}
