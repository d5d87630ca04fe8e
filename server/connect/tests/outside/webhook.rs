//! Webhooks as Bitbucket signs and sends them.

use crate::support::fixture;
use causeway_connect::{
    http::Secret,
    webhook::{Refusal, Webhook, receive},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

const SECRET: &str = "Gkvl$k$wyNpQAF42";
const SIGNATURE: &str = "sha256=f205c729821c6954aff2afe72b965c34015b4baf96ea8ddc2cc44999c014a035";

fn secrets() -> Vec<Secret> {
    vec![Secret::new("the-new-one"), Secret::new(SECRET)]
}

fn sign(body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(b"the-new-one").unwrap().chain_update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[test]
fn a_recorded_signature_is_accepted_and_a_changed_byte_is_not() {
    let body = fixture("webhook-signed-payload.json");
    let taken = receive(Some("pullrequest:created"), Some(SIGNATURE), &body, &secrets()).unwrap();
    assert_eq!(taken, Webhook::Ignored { key: "pullrequest:created".into() });
    let only_old = [Secret::new("another")];
    assert_eq!(receive(Some("x"), Some(SIGNATURE), &body, &only_old), Err(Refusal::Forged));
    let mut changed = body.clone();
    changed[100] ^= 1;
    assert_eq!(receive(Some("x"), Some(SIGNATURE), &changed, &secrets()), Err(Refusal::Forged));
}

#[test]
fn what_is_not_signed_properly_is_refused_before_it_is_read() {
    let body = fixture("pr_merged.json");
    let key = Some("pr:merged");
    assert_eq!(receive(key, None, &body, &secrets()), Err(Refusal::Unsigned));
    assert_eq!(receive(key, Some(&sign(&body)), &body, &[]), Err(Refusal::NoSecret));
    assert_eq!(receive(key, Some(&sign(&body)), &body, &[Secret::new("")]), Err(Refusal::NoSecret));
    let upper = sign(&body).to_uppercase();
    for bad in ["", "sha256=", "sha256=zz", "sha1=abcd", &sign(&body)[7..], &sign(&body)[..40], &upper] {
        assert_eq!(receive(key, Some(bad), &body, &secrets()), Err(Refusal::Forged), "{bad}");
    }
    for odd in [
        &b"not json"[..],
        b"",
        b"[1]",
        b"{\"eventKey\":\"pr:merged\"}",
        b"{\"eventKey\":\"pr:merged\",\"pullRequest\":{\"id\":\"3\"}}",
    ] {
        assert_eq!(receive(key, Some(&sign(odd)), odd, &secrets()), Err(Refusal::Malformed));
    }
}

#[test]
fn the_test_button_is_answered_unsigned_and_does_nothing() {
    assert_eq!(receive(Some("diagnostics:ping"), None, b"{\"test\":true}", &[]), Ok(Webhook::Ping));
    // It opens no door: whatever the body claims, nothing is read from it.
    let body = fixture("pr_merged.json");
    assert_eq!(receive(Some("diagnostics:ping"), None, &body, &secrets()), Ok(Webhook::Ping));
}

#[test]
fn events_tell_what_to_look_at_whatever_the_dates_look_like() {
    for name in ["pr_merged.json", "pr_merged_iso_dates.json"] {
        let body = fixture(name);
        let Webhook::Event(event) = receive(None, Some(&sign(&body)), &body, &secrets()).unwrap() else {
            panic!("{name}")
        };
        assert_eq!(
            (event.key.as_str(), event.pull_request, event.repository.as_deref()),
            ("pr:merged", Some(3), Some("PRJ/my-repo")),
            "{name}"
        );
        assert_eq!(event.branches, ["develop"], "{name}");
        assert!(event.at.is_some(), "{name}");
    }
    let body = fixture("pr_declined_iso_dates.json");
    // The signed body counts, not the header.
    let Webhook::Event(event) = receive(Some("pr:merged"), Some(&sign(&body)), &body, &secrets()).unwrap() else {
        panic!()
    };
    assert_eq!(event.key, "pr:declined");
    let body = fixture("refs_changed.json");
    let Webhook::Event(event) = receive(None, Some(&sign(&body)), &body, &secrets()).unwrap() else { panic!() };
    assert_eq!(
        (event.pull_request, event.branches, event.repository),
        (None, vec!["master".into()], Some("PROJ/repository".into()))
    );
    let body = fixture("pr_comment_added.json");
    assert!(
        matches!(receive(None, Some(&sign(&body)), &body, &secrets()).unwrap(), Webhook::Ignored { key } if key == "pr:comment:added")
    );
}
