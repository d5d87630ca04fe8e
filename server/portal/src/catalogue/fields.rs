//! From JSON Schema properties to the fields of a form, and the step that every form starts with.
//!
//! To add a keyword: add it to [`Property`], turn it into a [`FieldKind`] in [`kind`].

use super::{
    answers::fits,
    manifest::{Property, PropertyType, Scalar},
};
use causeway_contract::{Answers, form::*, names::ENVIRONMENT_NAME_MAX, places::*};

/// Text without a `maxLength` may be this long, in characters.
const LINE_MAX: u32 = 200;
const LINES_MAX: u32 = 4_000;

/// What every environment is asked first. `team` is a text field: [`with_teams`] turns it into a choice.
pub fn standard_step(tiers: &[Tier], clouds: &[Cloud], regions: &[String]) -> Step {
    let choice = |name: &str, title: &str, help: &str, options: Vec<ChoiceOption>, default: Option<String>| Field {
        name: name.into(),
        title: title.into(),
        help: Some(help.into()),
        kind: FieldKind::Choice { options },
        required: true,
        default,
        when: Condition::default(),
    };
    let option = |value: &str, label: String| ChoiceOption { value: value.into(), label, when: Condition::default() };
    let tier_default = tiers.iter().find(|t| **t == Tier::Development).or(tiers.first().filter(|_| tiers.len() == 1));
    let mut fields = vec![
        text(
            "environment_name",
            "Name",
            "Becomes part of host names and resource names, for example shop-api. It cannot be changed later.",
            (Some(3), Some(ENVIRONMENT_NAME_MAX as u32)),
            Some((
                "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
                "Use lower-case letters, digits and single hyphens between them, starting with a letter.",
            )),
        ),
        choice(
            "tier",
            "Tier",
            "How much depends on it. Staging and production need somebody's approval.",
            tiers.iter().map(|t| option(t.as_str(), t.label().into())).collect(),
            tier_default.map(|t| t.to_string()),
        ),
    ];
    if clouds.len() > 1 {
        let options = clouds.iter().map(|c| option(c.as_str(), c.label().into())).collect();
        fields.push(choice("cloud", "Cloud", "Where it runs.", options, None));
    }
    let offered = REGIONS.iter().filter(|r| regions.iter().any(|x| x == r.1));
    let options = offered.map(|(cloud, id, place)| ChoiceOption {
        value: (*id).into(),
        label: format!("{place} ({id})"),
        when: if clouds.len() > 1 { only_if("cloud", cloud.as_str()) } else { Condition::default() },
    });
    let options: Vec<_> = options.collect();
    let only = (options.len() == 1).then(|| options[0].value.clone());
    fields.push(choice("region", "Region", "Pick the one closest to the people who use it.", options, only));
    fields.push(text("team", "Team", "The team that owns it and pays for it.", (None, Some(100)), None));
    fields.push(text(
        "cost_centre",
        "Cost centre",
        "Who pays: CC- and four digits, for example CC-1234.",
        (None, Some(7)),
        Some(("^CC-[0-9]{4}$", "Write CC- and four digits, for example CC-1234.")),
    ));
    let classes = [
        ("public", "Public: anybody may see it"),
        ("internal", "Internal: everybody in the company may see it"),
        ("confidential", "Confidential: customers' or employees' data"),
        ("restricted", "Restricted: payment, health or identity data"),
    ];
    fields.push(choice(
        "data_classification",
        "Data classification",
        "The most sensitive data it will hold.",
        classes.map(|(value, label)| option(value, label.into())).into(),
        Some("internal".into()),
    ));
    let mut justification = text(
        "justification",
        "Why it is needed",
        "The approvers read this. Needed for staging and production.",
        (None, Some(2_000)),
        None,
    );
    justification.required = false;
    if let FieldKind::Text { multiline, .. } = &mut justification.kind {
        *multiline = true;
    }
    fields.push(justification);
    Step { title: "Environment".into(), help: None, when: Condition::default(), fields }
}

fn text(
    name: &str,
    title: &str,
    help: &str,
    (min_length, max_length): (Option<u32>, Option<u32>),
    pattern: Option<(&str, &str)>,
) -> Field {
    let kind = FieldKind::Text {
        min_length,
        max_length,
        pattern: pattern.map(|p| p.0.into()),
        pattern_hint: pattern.map(|p| p.1.into()),
        multiline: false,
    };
    let (name, title, help) = (name.into(), title.into(), Some(help.into()));
    Field { name, title, help, kind, required: true, default: None, when: Condition::default() }
}

fn only_if(field: &str, value: &str) -> Condition {
    Condition([(field.to_owned(), vec![value.to_owned()])].into())
}

/// The form with `team` as a choice of the person's teams; one team is chosen already.
pub fn with_teams(mut form: Form, teams: &[String]) -> Form {
    if let Some(field) = form.steps.iter_mut().flat_map(|s| &mut s.fields).find(|f| f.name == "team") {
        let option = |t: &String| ChoiceOption { value: t.clone(), label: t.clone(), when: Condition::default() };
        field.kind = FieldKind::Choice { options: teams.iter().map(option).collect() };
        field.default = (teams.len() == 1).then(|| teams[0].clone());
    }
    form
}

/// The form with the named fields bound to the answers they have: a change must not rename or move an environment.
pub fn with_fixed(mut form: Form, answers: &Answers, names: &[&str]) -> Form {
    for field in form.steps.iter_mut().flat_map(|s| &mut s.fields).filter(|f| names.contains(&f.name.as_str())) {
        let Some(value) = answers.get(&field.name) else { continue };
        let label = match &field.kind {
            FieldKind::Choice { options } => options.iter().find(|o| o.value == *value).map(|o| o.label.clone()),
            _ => None,
        };
        let label = label.unwrap_or_else(|| value.clone());
        field.help = Some("This cannot be changed any more.".into());
        field.default = Some(value.clone());
        let option = ChoiceOption { value: value.clone(), label, when: Condition::default() };
        field.kind = FieldKind::Choice { options: vec![option] };
    }
    form
}

/// One property as a field.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that starts with the field's name.
pub(super) fn field(name: &str, required: bool, property: Property) -> Result<Field, String> {
    let kind = kind(&property)?;
    let default = property.default.map(|d| d.0);
    if let Some(value) = &default {
        fits(&kind, value).map_err(|why| format!("has a default that its own rules refuse: {why}"))?;
    }
    for Scalar(value) in &property.examples {
        fits(&kind, value).map_err(|why| format!("has an example that its own rules refuse: {why}"))?;
    }
    Ok(Field {
        name: name.into(),
        title: property.title,
        help: property.description,
        kind,
        required,
        default,
        when: property.when.into_condition(),
    })
}

fn kind(property: &Property) -> Result<FieldKind, String> {
    let texts = property.min_length.is_some() || property.max_length.is_some() || property.pattern.is_some();
    let numbers = property.minimum.is_some() || property.maximum.is_some();
    let misplaced = |what: &str, fit: &str| Err(format!("has {what}, which fits only {fit}; take it out"));
    if (texts || property.error.is_some()) && (property.kind != PropertyType::String || property.options.is_some()) {
        return misplaced("minLength, maxLength, pattern or x-error", "text without an enum");
    }
    if property.multiline && (property.kind != PropertyType::String || property.options.is_some()) {
        return misplaced("x-multiline", "text without an enum");
    }
    if numbers && (property.kind != PropertyType::Integer || property.options.is_some()) {
        return misplaced("minimum or maximum", "an integer without an enum");
    }
    if property.options.is_none() && !(property.labels.is_empty() && property.options_when.is_empty()) {
        return misplaced("x-labels or x-options-when", "a field with an enum");
    }
    if let (Some(min), Some(max)) = (property.minimum, property.maximum)
        && min > max
    {
        return Err(format!("has the minimum {min} above the maximum {max}"));
    }
    Ok(match (&property.options, property.kind) {
        (Some(_), PropertyType::Boolean) => return Err("is a boolean with an enum; take one of them out".into()),
        (Some(options), kind) => choice(property, options, kind)?,
        (None, PropertyType::Boolean) => FieldKind::Boolean,
        (None, PropertyType::Integer) => FieldKind::Integer { minimum: property.minimum, maximum: property.maximum },
        (None, PropertyType::String) => {
            if let Some(pattern) = &property.pattern {
                regress::Regex::with_flags(pattern, "u")
                    .map_err(|e| format!("has a pattern that is not a regular expression ({e}); correct it"))?;
            }
            let longest = if property.multiline { LINES_MAX } else { LINE_MAX };
            FieldKind::Text {
                min_length: property.min_length,
                max_length: Some(property.max_length.unwrap_or(longest)),
                pattern: property.pattern.clone(),
                pattern_hint: property.error.clone(),
                multiline: property.multiline,
            }
        }
    })
}

fn choice(property: &Property, options: &[Scalar], kind: PropertyType) -> Result<FieldKind, String> {
    if options.is_empty() {
        return Err("has an empty enum; give it at least one value".into());
    }
    for (i, option) in options.iter().enumerate() {
        if options[..i].contains(option) {
            return Err(format!("has {:?} twice in its enum", option.0));
        }
        if option.0.trim() != option.0 || option.0.is_empty() {
            return Err(format!("has the choice {:?}; a choice is not empty and has no space around it", option.0));
        }
        if kind == PropertyType::Integer && option.0.parse::<i64>().is_err() {
            return Err(format!("is an integer but has {:?} in its enum", option.0));
        }
    }
    if let Some(stray) = property.labels.keys().chain(property.options_when.keys()).find(|k| !options.contains(k)) {
        return Err(format!("has a label or a condition for {:?}, which is not in its enum", stray.0));
    }
    let options = options.iter().map(|value| ChoiceOption {
        value: value.0.clone(),
        label: property.labels.get(value).cloned().unwrap_or_else(|| value.0.clone()),
        when: property.options_when.get(value).cloned().unwrap_or_default().into_condition(),
    });
    Ok(FieldKind::Choice { options: options.collect() })
}
