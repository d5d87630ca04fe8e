//! From the `parameters` of a manifest to the steps of a form, in order, so that a condition can only look back.

use super::{
    fields,
    manifest::{self, StepSpec, place_in, place_of_step},
};
use causeway_contract::form::*;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Names that a field or table may not have: facts, and words of the template language.
const TAKEN: [&str; 21] = [
    "environment_name",
    "tier",
    "cloud",
    "region",
    "team",
    "team_slug",
    "cost_centre",
    "data_classification",
    "justification",
    "owner_email",
    "hours_a_month",
    "true",
    "false",
    "none",
    "loop",
    "self",
    "super",
    "range",
    "dict",
    "namespace",
    "caller",
];

/// What has been read so far.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) form: Form,
    pub(super) properties: Map<String, Value>,
    pub(super) examples: BTreeMap<String, String>,
}

impl Reader<'_> {
    /// Adds the next step of the form.
    ///
    /// # Errors
    /// The first thing wrong with it, with its line.
    pub(super) fn step(&mut self, spec: StepSpec) -> Result<(), String> {
        let when = spec.when.into_condition();
        let step_at = place_of_step(self.text, &spec.title);
        self.condition(&when, &step_at, &format!("The step {:?}", spec.title))?;
        if spec.properties.is_empty() {
            return Err(format!(
                "{step_at}: the step {:?} asks nothing; give it properties or take it out.",
                spec.title
            ));
        }
        let step = Step { title: spec.title, help: spec.description, when, fields: Vec::new() };
        self.form.steps.push(step);
        let mut known = BTreeSet::new();
        for (key, value) in spec.properties {
            let Some(name) = key.as_str().map(str::to_owned) else {
                return Err("template.yaml: a property's name is not text; put it in quotes.".into());
            };
            self.name(&name, "field", "parameters")?;
            let at = place_in(self.text, "parameters", &name);
            if self.form.field(&name).is_some() {
                return Err(format!("{at}: there are two fields called {name:?}; rename one."));
            }
            let unreadable = |e: serde_yaml_ng::Error| format!("{at}: the field {name:?} cannot be read: {e}.");
            let json =
                serde_json::to_value(&value).map_err(|e| format!("{at}: the field {name:?} cannot be read: {e}."))?;
            let property: manifest::Property = serde_yaml_ng::from_value(value).map_err(unreadable)?;
            if let Some(example) = property.examples.first() {
                self.examples.insert(name.clone(), example.0.clone());
            }
            let field = fields::field(&name, spec.required.contains(&name), property)
                .map_err(|why| format!("{at}: the field {name:?} {}.", why.trim_end_matches('.')))?;
            let who = format!("The field {name:?}");
            self.condition(&field.when, &at, &who)?;
            if let FieldKind::Choice { options } = &field.kind {
                for option in options {
                    self.condition(&option.when, &at, &format!("The choice {:?} of {name:?}", option.value))?;
                }
            }
            self.properties.insert(name.clone(), json);
            self.form.steps.last_mut().expect("a step was pushed above").fields.push(field);
            known.insert(name);
        }
        match spec.required.iter().find(|r| !known.contains(*r)) {
            Some(stray) => Err(format!("{step_at}: {stray:?} is required but not among the step's properties.")),
            None => Ok(()),
        }
    }

    /// Whether a field or table may have the name.
    ///
    /// # Errors
    /// What to change.
    pub(super) fn name(&self, name: &str, what: &str, section: &str) -> Result<(), String> {
        let at = place_in(self.text, section, name);
        if !super::matches("^[a-z][a-z0-9_]{0,49}$", name) {
            return Err(format!(
                "{at}: {name:?} is not a {what}'s name: use lower-case letters, digits and underscores."
            ));
        }
        if TAKEN.contains(&name) {
            return Err(format!("{at}: the {what} {name:?} has the name of something built in; rename it."));
        }
        Ok(())
    }

    fn condition(&self, condition: &Condition, at: &str, who: &str) -> Result<(), String> {
        for (name, values) in &condition.0 {
            let Some(field) = self.form.field(name) else {
                return Err(format!(
                    "{at}: {who} depends on {name:?}, which is not asked before it; move it or correct the name."
                ));
            };
            let possible: Vec<&str> = match &field.kind {
                FieldKind::Choice { options } => options.iter().map(|o| o.value.as_str()).collect(),
                FieldKind::Boolean => vec!["true", "false"],
                _ => continue,
            };
            if let Some(stray) = values.iter().find(|v| !possible.contains(&v.as_str())) {
                return Err(format!(
                    "{at}: {who} depends on {name} being {stray:?}, which it never is ({}).",
                    possible.join(", ")
                ));
            }
        }
        Ok(())
    }
}
