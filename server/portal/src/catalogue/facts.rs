//! What is known of every environment, whatever its template asks.

use super::Template;
use causeway_contract::{Answers, FieldError, places::*};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The built-in facts. [`Facts::gather`] reads them from the answers to the standard step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub environment_name: String,
    pub tier: Tier,
    pub cloud: Cloud,
    pub region: String,
    pub team: String,
    /// `CC-1234`.
    pub cost_centre: String,
    /// `public`, `internal`, `confidential` or `restricted`.
    pub data_classification: String,
    /// May be empty in development.
    pub justification: String,
    /// E-mail of the requester.
    pub owner_email: String,
}

impl Facts {
    /// Reads the facts from the answers. The cloud comes from the region.
    ///
    /// `answers` as the person's own form settles them ([`causeway_contract::form::Form::settled`]): only that form knows
    /// that a person of one team means that team.
    ///
    /// # Errors
    /// The facts that are missing or wrong, so far as they stop a preview. [`super::validate_answers`] says everything.
    pub fn gather(template: &Template, answers: &Answers, owner_email: &str) -> Result<Self, Vec<FieldError>> {
        let settled = template.form.settled(answers);
        let mut errors = Vec::new();
        let mut take = |name: &str| match settled.get(name) {
            Some(value) => value.clone(),
            None => {
                errors.push(FieldError { field: name.into(), message: "This is needed.".into() });
                String::new()
            }
        };
        let environment_name = take("environment_name");
        let tier = take("tier");
        let region = take("region");
        let team = take("team");
        let cost_centre = take("cost_centre");
        let data_classification = take("data_classification");
        let mut wrong = |field: &str, message: String| errors.push(FieldError { field: field.into(), message });
        if let Err(why) = causeway_contract::names::environment_name(&environment_name)
            && !environment_name.is_empty()
        {
            wrong("environment_name", why.into());
        }
        let tier = tier.parse::<Tier>().ok().filter(|t| template.tier(*t).is_some());
        if tier.is_none() && settled.contains_key("tier") {
            wrong("tier", "This template is not offered in that tier; choose another.".into());
        }
        let cloud = cloud_of(&region).filter(|_| template.regions.contains(&region));
        if cloud.is_none() && settled.contains_key("region") {
            wrong("region", "This template is not offered in that region; choose another.".into());
        }
        match (tier, cloud) {
            (Some(tier), Some(cloud)) if errors.is_empty() => Ok(Self {
                environment_name,
                tier,
                cloud,
                region,
                team,
                cost_centre,
                data_classification,
                justification: settled.get("justification").cloned().unwrap_or_default(),
                owner_email: owner_email.to_owned(),
            }),
            _ => Err(errors),
        }
    }

    /// The tags that every resource carries, as AWS and Azure spell them.
    pub fn tags(&self) -> Vec<(String, String)> {
        [
            ("Environment", self.tier.as_str()),
            ("Owner", &self.owner_email),
            ("CostCenter", &self.cost_centre),
            ("DataClassification", &self.data_classification),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into()
    }
}

/// Where the environment's files live, from the repository's root, without a slash at the end.
pub fn directory(facts: &Facts) -> String {
    format!("environments/{}/{}/{}", facts.tier, slug(&facts.team), facts.environment_name)
}

/// Text as a path segment: `a-z 0-9 -`, at most 60 characters. Text that loses more than case and spaces in this gets a
/// few digits of its hash, so that two teams do not share a directory by accident.
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    let mut lossy = false;
    for c in text.trim().to_lowercase().chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            out.push(c);
        } else {
            lossy |= !matches!(c, ' ' | '-' | '_' | '/');
            if !out.is_empty() && !out.ends_with('-') {
                out.push('-');
            }
        }
    }
    lossy |= out.len() > 50;
    out.truncate(50);
    let out = out.trim_end_matches('-');
    let out = if out.is_empty() { "team" } else { out };
    if lossy || out == "team" && !text.trim().eq_ignore_ascii_case("team") {
        let hash = hex::encode(&Sha256::digest(text.trim().as_bytes())[..4]);
        format!("{out}-{hash}")
    } else {
        out.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_one_safe_path_segment() {
        assert_eq!(slug("Payments"), "payments");
        assert_eq!(slug(" Data & Insights "), slug("Data & Insights"));
        assert_ne!(slug("Data & Insights"), slug("Data + Insights"));
        assert_ne!(slug("Команда"), slug("Група"));
        for hostile in ["../../etc", "a/b\0", ".", "", "\u{202e}x", &"x".repeat(10_000)] {
            let slug = slug(hostile);
            assert!(!slug.is_empty() && slug.len() <= 60, "{hostile:?} {slug}");
            assert!(slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{slug}");
        }
    }
}
