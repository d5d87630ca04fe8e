//! SHA-256 over an encoding in which no two different inputs look alike: every text goes in behind its length.

use super::{Facts, Files};
use causeway_contract::Answers;
use sha2::{Digest, Sha256};

struct Encoder(Sha256);

impl Encoder {
    fn new(purpose: &str) -> Self {
        let mut encoder = Self(Sha256::new());
        encoder.text(purpose);
        encoder
    }

    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn map(&mut self, map: &std::collections::BTreeMap<String, String>) {
        self.0.update((map.len() as u64).to_be_bytes());
        for (key, value) in map {
            self.text(key);
            self.text(value);
        }
    }

    fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// Of what is asked for: template, catalogue commit, facts, answers. The request's number is not part of it, so that
/// the preview before submit and the request after it have the same digest. Lower-case hex.
pub fn request_digest(template: &str, commit: &str, facts: &Facts, answers: &Answers) -> String {
    let mut encoder = Encoder::new("causeway request 1");
    for text in [
        template,
        commit,
        &facts.environment_name,
        facts.tier.as_str(),
        facts.cloud.as_str(),
        &facts.region,
        &facts.team,
        &facts.cost_centre,
        &facts.data_classification,
        &facts.justification,
        &facts.owner_email,
    ] {
        encoder.text(text);
    }
    encoder.map(answers);
    encoder.finish()
}

/// Of what a page shows before it is submitted: its parts in order. Lower-case hex.
pub fn shown_digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut encoder = Encoder::new("causeway shown 1");
    for part in parts {
        encoder.text(part);
    }
    encoder.finish()
}

/// Of rendered files: paths and contents. Lower-case hex.
pub fn files_digest(files: &Files) -> String {
    let mut encoder = Encoder::new("causeway files 1");
    encoder.map(files);
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Files {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn different_files_have_different_digests() {
        let all = [
            files(&[]),
            files(&[("", "")]),
            files(&[("a", "bc")]),
            files(&[("ab", "c")]),
            files(&[("a", "b"), ("c", "")]),
            files(&[("a", "b\0c")]),
        ];
        let digests: std::collections::BTreeSet<_> = all.iter().map(files_digest).collect();
        assert_eq!(digests.len(), all.len());
        assert!(digests.iter().all(|d| d.len() == 64));
        assert_eq!(files_digest(&all[2]), files_digest(&files(&[("a", "bc")])));
    }
}
