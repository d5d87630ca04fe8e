//! What is no plan that a decision can be made on, and what is read of one that is.

use causeway_evidence::fingerprint::Key;
use causeway_evidence::json::Limits;
use causeway_evidence::plan::{Action, PlanError, read, read_within};
use causeway_evidence::{Fingerprint, Plan, Summary};
use serde_json::{Value, json};

fn plan(extra: Value) -> Value {
    let mut plan = json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "complete": true, "errored": false,
        "configuration": { "root_module": {} },
    });
    for (key, value) in extra.as_object().unwrap() {
        plan[key] = value.clone();
    }
    plan
}

fn change(address: &str, actions: Value) -> Value {
    let kind = address.split('.').next().unwrap();
    json!({ "address": address, "mode": "managed", "type": kind, "name": "x", "provider_name": "p",
            "change": { "actions": actions, "before": { "id": "1" }, "after": { "size": 2 }, "after_unknown": {} } })
}

fn with_changes(changes: &[Value]) -> Result<Plan, PlanError> {
    read(plan(json!({ "resource_changes": changes })).to_string().as_bytes())
}

fn said(text: &str) -> String {
    read(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn says_what_it_is_instead_of_a_plan() {
    for (text, says) in [
        ("", "The plan is not JSON (byte 0: the text ends too early)"),
        ("Terraform will perform the following actions:", "The plan is not JSON (byte 0: not the start of a value)"),
        ("PK\u{3}\u{4}", "This is Terraform's plan file"),
        ("[]", "This is JSON, but not a Terraform plan"),
        ("{}", "This is JSON, but not a Terraform plan"),
        (r#"{"@level":"info","@message":"Terraform 1.11.4"}"#, "This is the log of terraform plan -json"),
        ("{\"@level\":\"info\"}\n{\"@level\":\"info\"}\n", "This is the log of terraform plan -json"),
        (r#"{"format_version":"1.0"}"#, "This is a state"),
        (r#"{"format_version":"1.0","values":{"root_module":{}}}"#, "This is a state"),
        (r#"{"version":4,"lineage":"a","resources":[]}"#, "This is a state"),
        ("{} {}", "The plan is more than one JSON value"),
        (r#"{"format_version":"1.2","resource_changes":[]}"#, "The plan has no configuration section"),
        (
            r#"{"format_version":"1.2","resource_changes":[],"configuration":null}"#,
            "The plan has no configuration section",
        ),
        (r#"{"format_version":"2.0","configuration":{}}"#, "The plan has format \"2.0\""),
        (r#"{"format_version":"0.2","configuration":{}}"#, "The plan has format \"0.2\""),
    ] {
        assert!(said(text).starts_with(says), "{text}: {}", said(text));
    }
}

#[test]
fn refuses_what_is_not_the_whole_change() {
    let refused = |extra: Value| read(plan(extra).to_string().as_bytes()).unwrap_err();
    assert_eq!(refused(json!({ "errored": true })), PlanError::Errored);
    assert_eq!(refused(json!({ "complete": false })), PlanError::Incomplete);
    assert_eq!(refused(json!({ "complete": false, "deferred_changes": [{}, {}] })), PlanError::Deferred(2));
    assert_eq!(refused(json!({ "deferred_action_invocations": [{}] })), PlanError::Deferred(1));
    // Versions that do not know these fields wrote whole plans only.
    let mut old = plan(json!({}));
    old.as_object_mut().unwrap().retain(|key, _| key != "complete" && key != "errored");
    assert!(read(old.to_string().as_bytes()).is_ok());
}

#[test]
fn refuses_what_it_does_not_understand() {
    let actions = json!(["create", "open"]);
    assert!(matches!(with_changes(&[change("a.x", actions)]), Err(PlanError::UnknownAction { .. })));
    assert!(matches!(with_changes(&[change("a.x", json!([]))]), Err(PlanError::UnknownAction { .. })));
    let twice = [change("a.x", json!(["create"])), change("a.x", json!(["delete"]))];
    assert_eq!(with_changes(&twice), Err(PlanError::Twice("a.x".into())));
    for (pointer, value, at) in [
        ("/mode", json!("ephemeral"), "resource_changes[0].mode"),
        ("/address", json!(""), "resource_changes[0].address"),
        ("/address", json!("x".repeat(2_001)), "resource_changes[0].address"),
        ("/type", json!(3), "resource_changes[0].type"),
        ("/change", json!(null), "resource_changes[0].change"),
    ] {
        let mut wrong = change("a.x", json!(["create"]));
        *wrong.pointer_mut(pointer).unwrap() = value;
        assert!(matches!(with_changes(&[wrong]), Err(PlanError::Malformed { at: found, .. }) if found == at), "{at}");
    }
    let text = plan(json!({ "resource_changes": {} })).to_string();
    assert_eq!(said(&text), "The plan is malformed: resource_changes is not a list.");
}

#[test]
fn is_bounded() {
    let limits = Limits { bytes: 1_000, depth: 8, values: 100 };
    let of =
        |extra: Value| read_within(plan(extra).to_string().as_bytes(), limits).map(|_| ()).map_err(|e| e.to_string());
    assert_eq!(of(json!({})), Ok(()));
    let big = of(json!({ "prior_state": "x".repeat(1_000) })).unwrap_err();
    assert!(big.starts_with("The plan is too big to be read: it has more than 1000 bytes."), "{big}");
    assert!(of(json!({ "variables": [[[[[[[[[]]]]]]]]] })).unwrap_err().contains("nested more than 8 deep"));
    assert!(of(json!({ "variables": vec![0; 200] })).unwrap_err().contains("more than 100 values"));
    assert_eq!(of(json!({ "planned_values": vec![0; 200] })), Ok(()), "what nobody reads is not counted");
}

#[test]
fn keeps_what_would_be_done_and_nothing_else() {
    let mut data = change("data.a.x", json!(["read"]));
    data["mode"] = json!("data");
    let mut moved = change("b.x", json!(["no-op"]));
    moved["previous_address"] = json!("b.y");
    let mut imported = change("c.x", json!(["no-op"]));
    imported["change"]["importing"] = json!({ "id": "outside" });
    let changes = [
        change("z.x", json!(["delete", "create"])),
        data,
        change("a.x", json!(["no-op"])),
        moved,
        imported,
        change("d.x", json!(["create", "forget"])),
    ];
    let plan = with_changes(&changes).unwrap();
    let found: Vec<_> = plan.changes.iter().map(|c| (c.address.as_str(), c.action)).collect();
    assert_eq!(
        found,
        [("b.x", Action::Keep), ("c.x", Action::Keep), ("d.x", Action::ReplaceForget), ("z.x", Action::Replace)]
    );
}

#[test]
fn the_key_counts_for_sensitive_values_alone() {
    let key = |secret: &[u8]| Key::new(secret).unwrap();
    assert!(Key::new(b"too short").is_none());
    assert_eq!(format!("{:?}", key(b"sixteen bytes ok")), "Key(…)");
    let mut secret = change("a.x", json!(["create"]));
    let open = with_changes(&[secret.clone()]).unwrap();
    secret["change"]["after_sensitive"] = json!({ "size": true });
    let secret = with_changes(&[secret]).unwrap();
    let of = |plan, secret: &[u8]| Fingerprint::of(plan, &key(secret)).digest;
    assert_eq!(of(&open, b"the one key, long"), of(&open, b"the other, longer"));
    assert_ne!(of(&secret, b"the one key, long"), of(&secret, b"the other, longer"));
}

#[test]
fn the_blast_radius_in_numbers_and_words() {
    let mut replaced = change("aws_db_instance.x", json!(["delete", "create"]));
    replaced["action_reason"] = json!("replace_because_cannot_update");
    replaced["change"]["replace_paths"] = json!([["engine_version"], ["settings", 0, "tier"]]);
    let mut moved = change("aws_vpc.x", json!(["no-op"]));
    moved["previous_address"] = json!("aws_vpc.y");
    let of = |changes: &[Value]| {
        let plan = with_changes(changes).unwrap();
        Summary::of(&Fingerprint::of(&plan, &Key::new(b"a key for the summary").unwrap()))
    };
    let summary = of(&[
        replaced,
        moved,
        change("aws_instance.x", json!(["create"])),
        change("aws_eip.x", json!(["update"])),
        change("aws_security_group.x", json!(["delete"])),
        change("aws_s3_bucket.x", json!(["forget"])),
        change("google_sql_database.x", json!(["create", "forget"])),
    ]);
    assert_eq!(
        summary.sentence(),
        "1 to create, 1 to update in place, 2 to replace, 1 to delete, 2 to drop from management, 1 to move to another address."
    );
    assert_eq!(summary.touched(), 5);
    let said: Vec<&str> = summary.losses.iter().map(|l| l.sentence.as_str()).collect();
    assert_eq!(
        said,
        [
            "aws_db_instance.x (database) would be replaced by an empty one because engine_version, settings[0].tier cannot be changed in place. What it holds is lost unless it is kept elsewhere.",
            "aws_s3_bucket.x (object store) would no longer be managed. It stays, costs on, and nobody changes it.",
            "google_sql_database.x (database) would be replaced by an empty one. The old one stays, no longer managed.",
        ]
    );
    assert_eq!(of(&[]).sentence(), "Nothing would change.");
    assert_eq!(of(&[change("aws_eip.x", json!(["update"]))]).sentence(), "1 to update in place; nothing to delete.");
}
