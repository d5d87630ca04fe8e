//! Whether a second factor was checked.

use super::claims::{Claims, words};
use crate::config::SignIn;

/// By `amr` (RFC 8176) or `acr`, against the configured values.
pub(super) fn second_factor(claims: &Claims, settings: &SignIn) -> bool {
    let amr = claims.get("amr").map(words).unwrap_or_default();
    let acr = claims.get("acr").and_then(|v| v.as_str());
    amr.iter().any(|value| settings.mfa_amr.contains(value))
        || acr.is_some_and(|value| settings.mfa_acr.iter().any(|v| v == value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn either_claim_will_do_and_a_password_will_not() {
        let settings = SignIn { mfa_acr: vec!["loa2".into()], ..Default::default() };
        let has = |claims: Value| second_factor(claims.as_object().unwrap(), &settings);
        assert!(has(json!({ "amr": ["pwd", "otp"] })));
        assert!(has(json!({ "acr": "loa2" })));
        assert!(has(json!({ "amr": "pwd mfa" })));
        assert!(!has(json!({ "amr": ["pwd"], "acr": "loa1" })));
        assert!(!has(json!({})));
    }
}
