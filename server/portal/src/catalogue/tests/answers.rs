//! Checking answers on the server.

use super::*;

fn errors(template: &Template, tier: Tier, changes: &[(&str, &str)]) -> Vec<String> {
    let mut answers = sampled(template, tier, "us-east-1", &[]).answers;
    for (name, value) in changes {
        answers.insert((*name).to_owned(), (*value).to_owned());
    }
    validate_answers(template, &template.form, &answers)
        .into_iter()
        .map(|e| format!("{}: {}", e.field, e.message))
        .collect()
}

#[test]
fn good_answers_pass_and_bad_ones_say_what_to_change() {
    let web = shipped_template("web-service-postgres");
    for tier in [Tier::Development, Tier::Staging, Tier::Production] {
        assert_eq!(errors(&web, tier, &[]), Vec::<String>::new());
    }
    let long = "x".repeat(10_000);
    let cases: &[(&str, &str)] = &[
        ("environment_name", "Shop API"),
        ("environment_name", "a--b"),
        ("environment_name", "prod-"),
        ("environment_name", &long),
        ("environment_name", "מגדל"),
        ("region", "westeurope"),
        ("region", "mars"),
        ("cost_centre", "CC-12345"),
        ("cost_centre", "xCC-1234"),
        ("data_classification", "secret"),
        ("tier", "sandbox"),
        ("image", "evil; rm -rf /"),
        ("image", "a\nb"),
        ("port", "80"),
        ("port", "8080.5"),
        ("port", "99999999999999999999"),
        ("instances", "🦀"),
        ("db_version", "9"),
        ("health_path", "healthz"),
        ("justification", &long),
        ("team", &long),
    ];
    let all: Vec<String> = cases.iter().map(|c| errors(&web, Tier::Development, &[*c]).join(" / ")).collect();
    insta::assert_snapshot!(all.join("\n"), @r"
    environment_name: Use lower-case letters, digits and single hyphens between them, starting with a letter.
    environment_name: Use lower-case letters, digits and single hyphens between them, starting with a letter.
    environment_name: Use lower-case letters, digits and single hyphens between them, starting with a letter.
    environment_name: This is 10000 characters long; at most 40 fit.
    environment_name: Use lower-case letters, digits and single hyphens between them, starting with a letter.
    region: Choose one of the list; the earlier answer does not fit the other answers any more.
    region: Choose one of the list; the earlier answer does not fit the other answers any more.
    cost_centre: This is 8 characters long; at most 7 fit.
    cost_centre: This is 8 characters long; at most 7 fit.
    data_classification: Choose one of the list; the earlier answer does not fit the other answers any more.
    tier: Choose one of the list; the earlier answer does not fit the other answers any more. / db_size: Choose one of the list; the earlier answer does not fit the other answers any more.
    image: Write an image such as registry.example.com/shop/api:1.4.2.
    image: Remove the invisible control characters.
    port: Write a number from 1024 to 65535.
    port: Write a whole number.
    port: Write a whole number.
    instances: Write a whole number.
    db_version: Choose one of the list; the earlier answer does not fit the other answers any more.
    health_path: Start with a slash; use letters, digits, dots, hyphens and underscores.
    justification: This is 10000 characters long; at most 2000 fit.
    team: This is 10000 characters long; at most 100 fit.
    ");
}

#[test]
fn the_server_knows_limits_and_asks_for_a_reason() {
    let web = shipped_template("web-service-postgres");
    let none: Vec<String> = Vec::new();
    assert_eq!(
        errors(&web, Tier::Development, &[("instances", "3")]),
        ["instances: At most 2 in development; write 2 or less."]
    );
    assert_eq!(errors(&web, Tier::Production, &[("instances", "3")]), none);
    assert_eq!(errors(&web, Tier::Development, &[("justification", "")]), none);
    assert_eq!(
        errors(&web, Tier::Staging, &[("justification", "  ")]),
        ["justification: Say in a sentence why it is needed: the approvers read this."]
    );
    // A hidden answer does not count, whatever it says.
    assert_eq!(errors(&web, Tier::Development, &[("read_replicas", "99")]), none);
    assert_eq!(
        errors(&web, Tier::Production, &[("db_size", "small")]),
        ["db_size: Choose one of the list; the earlier answer does not fit the other answers any more."]
    );
}

#[test]
fn the_form_is_bound_to_the_person_and_to_what_exists() {
    let web = shipped_template("web-service-postgres");
    let base = sampled(&web, Tier::Development, "us-east-1", &[]).answers;
    let one = with_teams(web.form.clone(), &["payments".into()]);
    assert_eq!(one.field("team").unwrap().default.as_deref(), Some("payments"));
    let errors = validate_answers(&web, &one, &base);
    assert_eq!(errors.len(), 1, "Platform is not among the person's teams: {errors:?}");
    let nobody = with_teams(web.form.clone(), &[]);
    assert_eq!(validate_answers(&web, &nobody, &base)[0].field, "team");

    let fixed = with_fixed(web.form.clone(), &base, &["environment_name", "tier", "region"]);
    assert!(validate_answers(&web, &fixed, &base).is_empty());
    let mut moved = base.clone();
    moved.insert("environment_name".into(), "other".into());
    moved.insert("tier".into(), "production".into());
    let fields: Vec<String> = validate_answers(&web, &fixed, &moved).into_iter().map(|e| e.field).collect();
    assert!(fields.contains(&"environment_name".to_owned()) && fields.contains(&"tier".to_owned()), "{fields:?}");
}

#[test]
fn facts_come_from_the_answers_and_say_what_is_missing() {
    let web = shipped_template("web-service-postgres");
    let base = sampled(&web, Tier::Staging, "westeurope", &[("environment_name", "shop")]).answers;
    let facts = Facts::gather(&web, &base, "o@example.com").unwrap();
    assert_eq!((facts.cloud.as_str(), facts.tier), ("azure", Tier::Staging));
    assert_eq!(
        facts.tags(),
        [
            ("Environment", "staging"),
            ("Owner", "o@example.com"),
            ("CostCenter", "CC-0000"),
            ("DataClassification", "internal")
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
    );
    let missing =
        Facts::gather(&web, &answers(&[("tier", "development"), ("environment_name", "../x")]), "o").unwrap_err();
    let fields: Vec<&str> = missing.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(fields, ["region", "team", "cost_centre", "environment_name"]);
    let sandbox = shipped_template("sandbox-vm");
    assert!(Facts::gather(&sandbox, &base, "o").unwrap_err().iter().any(|e| e.field == "tier"));

    let digest = |facts: &Facts, answers: &Answers| request_digest("web-service-postgres", "c1", facts, answers);
    assert_eq!(digest(&facts, &base), digest(&facts.clone(), &base));
    assert_ne!(digest(&facts, &base), digest(&Facts { team: "b".into(), ..facts.clone() }, &base));
    assert_ne!(digest(&facts, &base), request_digest("web-service-postgres", "c2", &facts, &base));
}
