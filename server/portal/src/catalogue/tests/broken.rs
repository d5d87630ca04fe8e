//! Templates with one fault each: the sentence that its owner reads.

use super::*;

fn fault(manifest: &str, tf: &str) -> String {
    load_one(manifest, tf).expect_err("it is broken")
}

/// [`GOOD`] with one text replaced, which must be there.
fn but(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from:?} is not in the manifest");
    fault(&GOOD.replacen(from, to, 1), GOOD_TF)
}

fn but_tf(from: &str, to: &str) -> String {
    assert!(GOOD_TF.contains(from), "{from:?} is not in the file");
    fault(GOOD, &GOOD_TF.replacen(from, to, 1))
}

#[test]
fn the_base_of_these_tests_is_whole() {
    load_one(GOOD, GOOD_TF).unwrap();
}

#[test]
fn a_manifest_that_cannot_be_read_names_its_line() {
    insta::assert_snapshot!(but("summary:", "  summary: ["), @"");
    insta::assert_snapshot!(but("standard: true", "standard: true\nstandart: false"), @"");
    insta::assert_snapshot!(but("standard: true", "standard: maybe"), @"");
    insta::assert_snapshot!(but("owner: platform\n", ""), @"");
    insta::assert_snapshot!(but("clouds: [aws]", "clouds: [aws, oracle]"), @"");
    insta::assert_snapshot!(but("title: Good", "title: Good\ntitle: Better"), @"");
    insta::assert_snapshot!(but("title: Good", "name: better\ntitle: Good"), @"");
    insta::assert_snapshot!(but("clouds: [aws]", "clouds: [aws]\nregions: [eastus]"), @"");
    insta::assert_snapshot!(but("{development: , production: }", "{}"), @"");
    insta::assert_snapshot!(but("{development: , production: }", "{development: {limits: {note: 3}}}"), @"");
}

#[test]
fn a_field_that_cannot_work_is_named() {
    insta::assert_snapshot!(but("maxLength: 20000", "pattern: '[a-'"), @"");
    insta::assert_snapshot!(but("maxLength: 20000", "maxLenght: 20000"), @"");
    insta::assert_snapshot!(but("maxLength: 20000", "maxLength: 3"), @"");
    insta::assert_snapshot!(but("maxLength: 20000", "minimum: 3"), @"");
    insta::assert_snapshot!(but("default: 2", "default: 10"), @"");
    insta::assert_snapshot!(but("default: 2", "default: 1.5"), @"");
    insta::assert_snapshot!(but("type: boolean", "type: number"), @"");
    insta::assert_snapshot!(but("required: [note]", "required: [note, nothing]"), @"");
    insta::assert_snapshot!(but("      many:", "      region:"), @"");
    insta::assert_snapshot!(but("      many:", "      Many-More:"), @"");
    insta::assert_snapshot!(but("default: hello", "pattern: ^[0-9]+$"), @"");
    insta::assert_snapshot!(but("default: hello", "enum: [hello, hello]"), @"");
}

#[test]
fn a_condition_looks_back_only() {
    insta::assert_snapshot!(but("default: hello", "default: hello\n        x-when: {many: true}"), @"");
    insta::assert_snapshot!(but("x-when: {many: true}", "x-when: {many: perhaps}"), @"");
    insta::assert_snapshot!(but("x-when: {many: true}", "x-when: {tier: staging}"), @"");
    insta::assert_snapshot!(but("required: [note]", "x-when: {count: 3}\n    required: [note]"), @"");
}

#[test]
fn files_that_do_not_render_name_their_line() {
    insta::assert_snapshot!(but_tf("{{ note }}", "{{ nota }}"), @"");
    insta::assert_snapshot!(but_tf("{{ note }}", "{{ note"), @"");
    insta::assert_snapshot!(but_tf("{{ note }}", "{% if many %}{{ note|frobnicate }}{% endif %}1"), @"");
    insta::assert_snapshot!(but_tf("{{ note }}", "{{ count + 1 }}"), @"");
    insta::assert_snapshot!(but_tf("{{ note }}", "{{ range }}"), @"");
    insta::assert_snapshot!(but_tf("{{ note }}", "\"a {{ note }}\""), @"");
    insta::assert_snapshot!(but_tf("{{ note }}", "{% include 'x' %}"), @"");
    insta::assert_snapshot!(but_tf("{{ note }}", "\"{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}\""), @"");
    insta::assert_snapshot!(but_tf("{{ note }}", "{{ 'x' * 1500000 }}"), @"");
}

#[test]
fn missing_tags_and_open_stores_are_found() {
    insta::assert_snapshot!(but_tf("    CostCenter         = {{ cost_centre }}\n", ""), @"");
    insta::assert_snapshot!(but_tf("  tags                    = local.tags\n", ""), @"");
    insta::assert_snapshot!(but_tf("  tags                    = local.tags\n", "  tags                    = var.tags\n"), @"");
    insta::assert_snapshot!(fault(GOOD, "output \"a\" {\n  value = 1\n}\n"), @"");
    let add = |text: &str| fault(GOOD, &format!("{GOOD_TF}\n{text}"));
    insta::assert_snapshot!(add("resource \"aws_s3_bucket\" \"files\" {\n  tags = local.tags\n}\n"), @"");
    insta::assert_snapshot!(add("resource \"aws_db_instance\" \"db\" {\n  tags = local.tags\n}\n"), @"");
    insta::assert_snapshot!(add("resource \"aws_db_instance\" \"db\" {\n  storage_encrypted = false\n  tags = local.tags\n}\n"), @"");
    insta::assert_snapshot!(add("resource \"aws_instance\" \"vm\" {\n  tags = merge(local.tags, { Name = \"x\" })\n}\n"), @"");
    insta::assert_snapshot!(add("resource \"google_sql_database_instance\" \"db\" {\n  settings {\n    user_labels = local.tags\n  }\n}\n"), @"");
    insta::assert_snapshot!(add("resource \"azurerm_storage_account\" \"st\" {\n  tags = local.tags\n  https_traffic_only_enabled = true\n}\n"), @"");
    insta::assert_snapshot!(but_tf("sqs_managed_sse_enabled = true", "sqs_managed_sse_enabled = false"), @"");
}

#[test]
fn price_faults_are_found() {
    insta::assert_snapshot!(but("quantity: hours_a_month", "quantity: hours_a_mont"), @"");
    insta::assert_snapshot!(but("quantity: hours_a_month", "quantity: 'hours_a_month +'"), @"");
    insta::assert_snapshot!(but("quantity: hours_a_month", "quantity: hours_a_month * 0.5"), @"");
    insta::assert_snapshot!(but("quantity: hours_a_month", "quantity: 0 - 1"), @"");
    insta::assert_snapshot!(but("sku: t3.micro", "sku: '{{ machines[cloud] }}', when: many"), @"");
    insta::assert_snapshot!(but("sku: t3.micro", "sku: '{{ 1 / 0 }}'"), @"");
    insta::assert_snapshot!(but("unit: hour, ", ""), @"");
}

#[test]
fn paths_out_of_the_folder_and_strange_files_are_refused() {
    let with = |path: &str, bytes: &[u8]| {
        let mut snapshot = snapshot(&[("templates/good/template.yaml", GOOD), ("templates/good/main.tf", GOOD_TF)]);
        snapshot.files.insert(format!("templates/good/{path}"), bytes.to_vec());
        load(&snapshot, &Checks::default()).remove(0).result.expect_err("it is broken")
    };
    insta::assert_snapshot!(with("../../etc/main.tf", b""), @"");
    insta::assert_snapshot!(with(".git/config.yaml", b""), @"");
    insta::assert_snapshot!(with("a b.tf", b""), @"");
    insta::assert_snapshot!(with("run.sh", b""), @"");
    insta::assert_snapshot!(with("main2.tf", b"\xff"), @"");
    insta::assert_snapshot!(with("big.tf", &vec![b'#'; 300_000]), @"");
    insta::assert_snapshot!(with("extra.yaml", b"a: [\n"), @"");
    let alone = load(&snapshot(&[("x/good/template.yaml", GOOD)]), &Checks::default());
    insta::assert_snapshot!(alone[0].result.as_ref().unwrap_err(), @"");
    let root = load(&snapshot(&[("template.yaml", GOOD), ("main.tf", GOOD_TF)]), &Checks::default());
    insta::assert_snapshot!(root[0].result.as_ref().unwrap_err(), @"");
}

#[test]
fn a_broken_template_leaves_the_others_alone() {
    let loaded = load(
        &snapshot(&[
            ("templates/good/template.yaml", GOOD),
            ("templates/good/main.tf", GOOD_TF),
            ("templates/bad/template.yaml", "title: ["),
            ("old/twin/template.yaml", GOOD),
            ("new/twin/template.yaml", GOOD),
            ("README.md", "not a template"),
            ("templates/good-old/notes.txt", "not a template either"),
        ]),
        &Checks::default(),
    );
    let names: Vec<(&str, bool)> = loaded.iter().map(|l| (l.name.as_str(), l.result.is_ok())).collect();
    assert_eq!(names, [("bad", false), ("good", true), ("twin", false)]);
    insta::assert_snapshot!(loaded[2].result.as_ref().unwrap_err(), @"");
}
