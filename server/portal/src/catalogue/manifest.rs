//! The keys of `template.yaml`, as an author writes them.
//!
//! To add a key: add it to a struct here, carry it over in [`super::load`] or [`super::fields`], and use it in one of the
//! shipped templates. Unknown keys are refused, so a misspelt one is found when the template is loaded.

use super::PriceComponent;
use causeway_contract::{form::Condition, places::*};
use serde::{Deserialize, Deserializer, de};
use std::{collections::BTreeMap, fmt};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// May repeat the folder's name; anything else is an error.
    pub name: Option<String>,
    pub title: String,
    pub summary: String,
    pub description: String,
    pub owner: String,
    pub standard: bool,
    /// Tier to its limits; a tier that is not here is not offered.
    pub tiers: BTreeMap<Tier, Option<TierSpec>>,
    pub clouds: Vec<Cloud>,
    /// Not said: every region of the clouds.
    pub regions: Option<Vec<String>>,
    #[serde(default)]
    pub parameters: Vec<StepSpec>,
    #[serde(default)]
    pub tables: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    pub prices: Vec<PriceComponent>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TierSpec {
    /// Integer field to its largest value in this tier.
    #[serde(default)]
    pub limits: BTreeMap<String, i64>,
}

/// One step of the form: a JSON Schema object with a title.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepSpec {
    pub title: String,
    pub description: Option<String>,
    #[serde(rename = "x-when", default)]
    pub when: ConditionSpec,
    #[serde(default)]
    pub required: Vec<String>,
    /// Kept as YAML: its order is the order of the fields.
    pub properties: serde_yaml_ng::Mapping,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum PropertyType {
    String,
    Integer,
    Boolean,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Property {
    pub title: String,
    pub description: Option<String>,
    #[serde(rename = "type")]
    pub kind: PropertyType,
    #[serde(rename = "enum")]
    pub options: Option<Vec<Scalar>>,
    pub default: Option<Scalar>,
    #[serde(default)]
    pub examples: Vec<Scalar>,
    pub min_length: Option<u32>,
    pub max_length: Option<u32>,
    pub pattern: Option<String>,
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    #[serde(rename = "x-when", default)]
    pub when: ConditionSpec,
    #[serde(rename = "x-labels", default)]
    pub labels: BTreeMap<Scalar, String>,
    #[serde(rename = "x-options-when", default)]
    pub options_when: BTreeMap<Scalar, ConditionSpec>,
    #[serde(rename = "x-multiline", default)]
    pub multiline: bool,
    #[serde(rename = "x-error")]
    pub error: Option<String>,
}

/// `{tier: production, size: [large, huge]}`: every field has one of its values.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct ConditionSpec(BTreeMap<String, OneOrMany>);

#[derive(Clone, Deserialize)]
#[serde(untagged, expecting = "a value or a list of values")]
enum OneOrMany {
    Many(Vec<Scalar>),
    One(Scalar),
}

impl ConditionSpec {
    pub(super) fn into_condition(self) -> Condition {
        let values = |v| match v {
            OneOrMany::Many(list) => list.into_iter().map(|s| s.0).collect(),
            OneOrMany::One(one) => vec![one.0],
        };
        Condition(self.0.into_iter().map(|(name, v)| (name, values(v))).collect())
    }
}

/// Text, a whole number or a boolean, as the text an HTML form would send.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scalar(pub String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a whole number, true or false (put a version such as \"1.30\" in quotes)")
            }
            fn visit_bool<E>(self, v: bool) -> Result<Scalar, E> {
                Ok(Scalar(v.to_string()))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Scalar, E> {
                Ok(Scalar(v.to_string()))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Scalar, E> {
                Ok(Scalar(v.to_string()))
            }
            fn visit_str<E>(self, v: &str) -> Result<Scalar, E> {
                Ok(Scalar(v.to_owned()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// An expression, which an author may write as a bare number or boolean too.
pub(super) fn expression<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Scalar::deserialize(deserializer).map(|s| s.0)
}

/// As [`expression`], for a key that may be missing.
pub(super) fn optional_expression<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::<Scalar>::deserialize(deserializer).map(|s| s.map(|s| s.0))
}

/// `template.yaml, line 12` for the first line that starts with the key, at or after the line that starts with `section`;
/// without the line when there is none.
pub(super) fn place_in(text: &str, section: &str, key: &str) -> String {
    let before = text.lines().take_while(|l| !l.starts_with(section)).count();
    match position(text.lines().skip(before), key) {
        Some(index) => format!("template.yaml, line {}", before + index + 1),
        None => "template.yaml".into(),
    }
}

/// As [`place_in`], from the start of the file.
pub(super) fn place(text: &str, key: &str) -> String {
    place_in(text, "", key)
}

fn position<'a>(mut lines: impl Iterator<Item = &'a str>, key: &str) -> Option<usize> {
    let starts = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ").trim_start();
        let line = line.trim_start_matches(['"', '\'']);
        line.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
    };
    lines.position(starts)
}

/// `template.yaml, line 12` for the line with the step's title.
pub(super) fn place_of_step(text: &str, title: &str) -> String {
    let before = text.lines().take_while(|l| !l.starts_with("parameters")).count();
    match text.lines().skip(before).position(|l| l.contains("title") && l.contains(title)) {
        Some(index) => format!("template.yaml, line {}", before + index + 1),
        None => "template.yaml".into(),
    }
}

/// A top-level text of one line, also of a manifest that cannot be read otherwise. At most 80 characters.
pub(super) fn line(text: &str, key: &str) -> Option<String> {
    let value = text.lines().find_map(|l| l.strip_prefix(key)?.trim_start().strip_prefix(':'))?;
    let value: String = serde_yaml_ng::from_str(value).unwrap_or_else(|_| value.to_owned());
    let value: String = value.trim().chars().filter(|c| !c.is_control()).take(80).collect();
    (!value.is_empty()).then_some(value)
}

/// Reads the manifest.
///
/// # Errors
/// A sentence with the line.
pub(super) fn parse(text: &str) -> Result<Manifest, String> {
    serde_yaml_ng::from_str(text).map_err(|error| {
        let full = error.to_string();
        let words = full.split(" at line ").next().unwrap_or(&full).to_owned();
        match error.location() {
            Some(at) => format!("template.yaml, line {}: {words}.", at.line()),
            None => format!("template.yaml: {words}."),
        }
    })
}
