//! Tries a template before anybody asks for it: with sample answers, in every tier and region it is offered in.

use super::{Checks, Facts, Template, answers::fits, matches, render, structure};
use causeway_contract::{Answers, form::*, places::*};
use std::collections::BTreeSet;

/// Facts and answers that pass the form.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub facts: Facts,
    pub answers: Answers,
}

/// Defaults, examples and first choices for one tier and region; `wish` goes before them where the form asks for it.
///
/// # Errors
/// The field for which no value can be made up, in a sentence.
pub fn sample(template: &Template, tier: Tier, region: &str, wish: &Answers) -> Result<Sample, String> {
    let mut answers = Answers::new();
    let cloud = cloud_of(region).map(|c| c.to_string()).unwrap_or_default();
    let built_in = [
        ("environment_name", "example"),
        ("tier", tier.as_str()),
        ("cloud", &cloud),
        ("region", region),
        ("team", "Platform"),
        ("cost_centre", "CC-0000"),
        ("justification", "To try the template."),
    ];
    for field in template.form.fields() {
        if !template.form.is_visible(&field.name, &answers) {
            continue;
        }
        let value = wish
            .get(&field.name)
            .cloned()
            .or_else(|| built_in.iter().find(|b| b.0 == field.name).map(|b| b.1.to_owned()))
            .or_else(|| field.default.clone())
            .map_or_else(|| made_up(template, field, &answers), |v| Ok(Some(v)))?;
        if let Some(value) = value {
            answers.insert(field.name.clone(), value);
        }
    }
    let facts = Facts::gather(template, &answers, "owner@example.com")
        .map_err(|errors| format!("The sample answers are refused at {:?}: {}", errors[0].field, errors[0].message))?;
    Ok(Sample { facts, answers })
}

/// A value for a field without a default; none when it may stay empty.
fn made_up(template: &Template, field: &Field, answers: &Answers) -> Result<Option<String>, String> {
    if !field.required {
        return Ok(None);
    }
    filled(template, field, answers).map(Some)
}

fn filled(template: &Template, field: &Field, answers: &Answers) -> Result<String, String> {
    if let Some(value) = template.examples.get(&field.name).or(field.default.as_ref()) {
        return Ok(value.clone());
    }
    let value = match &field.kind {
        FieldKind::Choice { .. } => match template.form.options(field, answers).first() {
            Some(option) => option.value.clone(),
            None => {
                return Err(format!(
                    "template.yaml: the field {:?} has no choice left for {answers:?}; correct x-options-when.",
                    field.name
                ));
            }
        },
        FieldKind::Boolean => "false".into(),
        FieldKind::Integer { minimum, maximum } => minimum.or(maximum.map(|m| m.min(1))).unwrap_or(1).to_string(),
        FieldKind::Text { min_length, max_length, .. } => {
            let least = min_length.unwrap_or(1) as usize;
            let text: String = "example".chars().cycle().take(least.max(7)).collect();
            text.chars().take(max_length.map_or(usize::MAX, |m| m as usize)).collect()
        }
    };
    match fits(&field.kind, &value) {
        Ok(()) => Ok(value),
        Err(_) => Err(format!(
            "template.yaml: no value can be made up for {:?}; give it a default, or examples with one that its rules accept.",
            field.name
        )),
    }
}

/// Renders the template with sample answers and checks what comes out.
///
/// Every tier in every region, and in one region a cloud every choice, both booleans, both ends of numbers, and each
/// optional field filled in.
///
/// # Errors
/// What is wrong, with file and line, and with which answers where it matters.
pub(super) fn run(template: &Template, checks: &Checks) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let mut tried = BTreeSet::new();
    for rule in &template.tiers {
        for region in &template.regions {
            let base = sample(template, rule.tier, region, &Answers::new())?;
            attempt(template, &base, checks, &mut seen)?;
            for (name, value) in variants(template, &base)? {
                // The same change in another tier or region of the cloud renders the same branches.
                if tried.insert((base.facts.cloud, name.clone(), value.clone())) {
                    let wish = [(name, value)].into();
                    attempt(template, &sample(template, rule.tier, region, &wish)?, checks, &mut seen)?;
                }
            }
        }
    }
    Ok(())
}

/// Other values that one field at a time can have.
fn variants(template: &Template, base: &Sample) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    let own = template.form.steps.iter().skip(1).flat_map(|s| &s.fields);
    for field in own.filter(|f| template.form.is_visible(&f.name, &base.answers)) {
        let values = match &field.kind {
            FieldKind::Choice { .. } => {
                template.form.options(field, &base.answers).into_iter().map(|o| o.value.clone()).collect()
            }
            FieldKind::Boolean => vec!["true".into(), "false".into()],
            FieldKind::Integer { minimum, maximum } => {
                [minimum, maximum].into_iter().flatten().map(ToString::to_string).collect()
            }
            FieldKind::Text { .. } => vec![filled(template, field, &base.answers)?],
        };
        let current = base.answers.get(&field.name);
        all.extend(values.into_iter().filter(|v| Some(v) != current).map(|v| (field.name.clone(), v)));
    }
    Ok(all)
}

fn attempt(template: &Template, sample: &Sample, checks: &Checks, seen: &mut BTreeSet<String>) -> Result<(), String> {
    let Sample { facts, answers } = sample;
    let with = |why: String| format!("{why} (Tried in {}, {}.)", facts.tier, facts.region);
    if let Some(error) = template.form.validate(answers, &matches).first() {
        return Err(with(format!(
            "template.yaml: the sample answer to {:?} is refused: {}",
            error.field, error.message
        )));
    }
    let files = render(template, facts, answers).map_err(|e| with(e.to_string()))?;
    crate::prices::check(template, facts, answers).map_err(&with)?;
    let digest = super::files_digest(&files);
    if seen.insert(digest) {
        structure::check(&files, checks).map_err(&with)?;
    }
    Ok(())
}
