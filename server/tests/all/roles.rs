//! What people are let do, from what the provider says.

use crate::kit::{Browser, TestApp, each, each_with};
use causeway_portal::access::{
    Actor,
    sessions::{Standing, TokenHash},
};
use serde_json::{Value, json};

async fn sign_in(app: &TestApp, claims: Value) -> Actor {
    app.idp.says(claims);
    let mut browser = Browser::new(app);
    browser.sign_in(app).await.expect(303);
    match app.portal.standing(&TokenHash::of(&browser.cookies[app.cookie])).await.unwrap() {
        Standing::SignedIn { actor, .. } => *actor,
        Standing::Nobody => panic!("nobody is signed in"),
    }
}

fn roles(actor: &Actor) -> Vec<String> {
    actor.grants.iter().map(|g| format!("{} {}", g.role, g.scope)).collect()
}

#[tokio::test]
async fn groups_become_roles_and_the_last_sign_in_counts() {
    each(async |app| {
        let actor = sign_in(app, json!({ "groups": ["managers", "auditors", "others"] })).await;
        assert_eq!(roles(&actor), ["auditor everything", "manager team:payments"]);
        assert_eq!(actor.groups, ["managers", "auditors", "others"]);
        assert_eq!(actor.groups_note, None);
        let actor = sign_in(app, json!({ "groups": [4001, "managers"] })).await;
        assert_eq!(actor.groups, ["4001", "managers"]);
        let actor = sign_in(app, json!({ "groups": "engineers others" })).await;
        assert_eq!(roles(&actor), ["engineer team:payments"]);
    })
    .await;
}

#[tokio::test]
async fn a_person_without_roles_gets_in_and_is_told_why() {
    each(async |app| {
        for (claims, note) in [
            (json!({}), "sent no claim"),
            (json!({ "groups": [] }), "is empty"),
            (json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": { "src1": { "endpoint": "https://x" } } }), "group overage"),
            (json!({ "hasgroups": true }), "group overage"),
            (json!({ "groups": ["engineers"], "email_verified": false }), "not verified"),
        ] {
            let actor = sign_in(app, claims.clone()).await;
            assert!(actor.groups_note.as_deref().unwrap_or_default().contains(note), "{claims}: {:?}", actor.groups_note);
        }
    })
    .await;
}

#[tokio::test]
async fn user_info_fills_in_but_only_of_the_same_person() {
    each(async |app| {
        app.idp.desk().user_info = json!({ "sub": "someone", "groups": ["engineers"] }).as_object().unwrap().clone();
        assert_eq!(roles(&sign_in(app, json!({})).await), ["engineer team:payments"]);
        app.idp.desk().user_info =
            json!({ "sub": "somebody-else", "groups": ["auditors"] }).as_object().unwrap().clone();
        assert_eq!(roles(&sign_in(app, json!({})).await), Vec::<String>::new());
        // What the ID token says is never overwritten.
        app.idp.desk().user_info = json!({ "sub": "someone", "groups": ["auditors"] }).as_object().unwrap().clone();
        assert_eq!(roles(&sign_in(app, json!({ "groups": ["managers"] })).await), ["manager team:payments"]);
        // Name and address are asked for there too, and nothing is when the token says all.
        let fetched = app.idp.desk().user_info_fetches;
        sign_in(app, json!({ "groups": ["managers"] })).await;
        assert_eq!(app.idp.desk().user_info_fetches, fetched);
        app.idp.desk().user_info = json!({ "sub": "someone", "name": "Told There", "email": "there@example.com" })
            .as_object()
            .unwrap()
            .clone();
        let actor = sign_in(app, json!({ "groups": ["managers"], "name": null, "email": null })).await;
        assert_eq!((actor.person.name.as_str(), actor.person.email.as_str()), ("Told There", "there@example.com"));
        let actor = sign_in(app, json!({ "groups": ["managers"], "email": null })).await;
        assert_eq!((actor.person.name.as_str(), actor.person.email.as_str()), ("Some One", "there@example.com"));
        // More than anybody has to say about a person is not read to its end.
        app.idp.desk().user_info.insert("padding".into(), "x".repeat(2 * 1024 * 1024).into());
        let actor = sign_in(app, json!({ "groups": ["managers"], "name": null, "email": null })).await;
        assert_eq!((actor.person.name.as_str(), actor.person.email.as_str()), ("someone", ""));
    })
    .await;
}

#[tokio::test]
async fn names_fall_back_and_odd_ones_are_tamed() {
    each(async |app| {
        let actor = sign_in(app, json!({ "name": null, "email": null, "preferred_username": "jo@example.com" })).await;
        assert_eq!((actor.person.name.as_str(), actor.person.email.as_str()), ("jo@example.com", "jo@example.com"));
        let actor = sign_in(app, json!({ "name": format!("A\n{}", "x".repeat(10_000)), "email": "none" })).await;
        assert_eq!((actor.person.name.chars().count(), actor.person.email.as_str()), (200, ""));
        let actor = sign_in(app, json!({ "name": "  ", "email": null, "sub": "🦆 مرحبا" })).await;
        assert_eq!(actor.person.name, "🦆 مرحبا");
        // Signs that turn the words beside a name around are not part of it; letters of any script are.
        let actor = sign_in(app, json!({ "name": "\u{202e}nimdA\u{202c} \u{2066}مرحبا\u{2069} O'Neil" })).await;
        assert_eq!(actor.person.name, "nimdA مرحبا O'Neil");
    })
    .await;
}

#[tokio::test]
async fn a_path_leads_into_nested_claims() {
    each_with(
        |config| config.roles.groups_claim = "realm_access.roles".into(),
        async |app| {
            let actor =
                sign_in(app, json!({ "realm_access": { "roles": ["auditors"] }, "groups": ["managers"] })).await;
            assert_eq!(roles(&actor), ["auditor everything"]);
        },
    )
    .await;
}
