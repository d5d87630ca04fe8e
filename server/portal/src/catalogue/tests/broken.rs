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
    insta::assert_snapshot!(but("summary:", "  summary: ["), @"template.yaml, line 3: mapping values are not allowed in this context.");
    insta::assert_snapshot!(but("standard: true", "standard: true\nstandart: false"), @"template.yaml, line 7: unknown field `standart`, expected one of `name`, `title`, `summary`, `description`, `owner`, `standard`, `tiers`, `clouds`, `regions`, `parameters`, `tables`, `prices`.");
    insta::assert_snapshot!(but("standard: true", "standard: maybe"), @r#"template.yaml, line 6: standard: invalid type: string "maybe", expected a boolean."#);
    insta::assert_snapshot!(but("owner: platform\n", ""), @"template.yaml, line 2: missing field `owner`.");
    insta::assert_snapshot!(but("clouds: [aws]", "clouds: [aws, oracle]"), @"template.yaml, line 8: clouds[1]: unknown variant `oracle`, expected one of `aws`, `gcp`, `azure`.");
    insta::assert_snapshot!(but("title: Good", "title: Good\ntitle: Better"), @"template.yaml, line 2: duplicate field `title`.");
    insta::assert_snapshot!(but("title: Good", "name: better\ntitle: Good"), @r#"template.yaml, line 2: the name is "better" but the folder is "good"; make them equal."#);
    insta::assert_snapshot!(but("clouds: [aws]", "clouds: [aws]\nregions: [eastus]"), @r#"template.yaml, line 9: "eastus" is not a region of its clouds; these are: af-south-1, us-east-1."#);
    insta::assert_snapshot!(but("{development: , production: }", "{}"), @"template.yaml: tiers and clouds need at least one entry each.");
    insta::assert_snapshot!(but("{development: , production: }", "{development: {limits: {note: 3}}}"), @r#"template.yaml: a limit is set on "note", which is no integer field."#);
}

#[test]
fn a_field_that_cannot_work_is_named() {
    insta::assert_snapshot!(but("maxLength: 20000", "pattern: '[a-'"), @r#"template.yaml, line 13: the field "note" has a pattern that is not a regular expression (Unbalanced bracket); correct it."#);
    insta::assert_snapshot!(but("maxLength: 20000", "maxLenght: 20000"), @r#"template.yaml, line 13: the field "note" cannot be read: unknown field `maxLenght`, expected one of `title`, `description`, `type`, `enum`, `default`, `examples`, `minLength`, `maxLength`, `pattern`, `minimum`, `maximum`, `x-when`, `x-labels`, `x-options-when`, `x-multiline`, `x-error`."#);
    insta::assert_snapshot!(but("maxLength: 20000", "maxLength: 3"), @r#"template.yaml, line 13: the field "note" has a default that its own rules refuse: This is 5 characters long; at most 3 fit."#);
    insta::assert_snapshot!(but("maxLength: 20000", "minimum: 3"), @r#"template.yaml, line 13: the field "note" has minimum or maximum, which fits only an integer without an enum; take it out."#);
    insta::assert_snapshot!(but("default: 2", "default: 10"), @r#"template.yaml, line 23: the field "count" has a default that its own rules refuse: Write a number from 1 to 9."#);
    insta::assert_snapshot!(but("default: 2", "default: 1.5"), @r#"template.yaml, line 23: the field "count" cannot be read: invalid type: floating point `1.5`, expected text, a whole number, true or false (put a version such as "1.30" in quotes)."#);
    insta::assert_snapshot!(but("type: boolean", "type: number"), @r#"template.yaml, line 19: the field "many" cannot be read: unknown variant `number`, expected one of `string`, `integer`, `boolean`."#);
    insta::assert_snapshot!(but("required: [note]", "required: [note, nothing]"), @r#"template.yaml, line 10: "nothing" is required but not among the step's properties."#);
    insta::assert_snapshot!(but("      many:", "      region:"), @r#"template.yaml, line 19: the field "region" has the name of something built in; rename it."#);
    insta::assert_snapshot!(but("      many:", "      Many-More:"), @r#"template.yaml, line 19: "Many-More" is not a field's name: use lower-case letters, digits and underscores."#);
    insta::assert_snapshot!(but("default: hello", "pattern: ^[0-9]+$"), @r#"template.yaml: no value can be made up for "note"; give it a default, or examples with one that its rules accept."#);
    insta::assert_snapshot!(but("default: hello", "enum: [hello, hello]"), @r#"template.yaml, line 13: the field "note" has minLength, maxLength, pattern or x-error, which fits only text without an enum; take it out."#);
}

#[test]
fn a_condition_looks_back_only() {
    insta::assert_snapshot!(but("default: hello", "default: hello\n        x-when: {many: true}"), @r#"template.yaml, line 13: The field "note" depends on "many", which is not asked before it; move it or correct the name."#);
    insta::assert_snapshot!(but("x-when: {many: true}", "x-when: {many: perhaps}"), @r#"template.yaml, line 23: The field "count" depends on many being "perhaps", which it never is (true, false)."#);
    insta::assert_snapshot!(but("x-when: {many: true}", "x-when: {tier: staging}"), @r#"template.yaml, line 23: The field "count" depends on tier being "staging", which it never is (development, production)."#);
    insta::assert_snapshot!(but("required: [note]", "x-when: {count: 3}\n    required: [note]"), @r#"template.yaml, line 10: The step "One" depends on "count", which is not asked before it; move it or correct the name."#);
}

#[test]
fn files_that_do_not_render_name_their_line() {
    insta::assert_snapshot!(but_tf("{{ note }}", "{{ nota }}"), @r#"main.tf, line 17: "nota" is neither a field, nor a table, nor a built-in fact; correct the name."#);
    insta::assert_snapshot!(but_tf("{{ note }}", "{{ note"), @"main.tf, line 18: syntax error: unexpected `}`, expected end of variable block.");
    insta::assert_snapshot!(but_tf("{{ note }}", "{% if many %}{{ note|frobnicate }}{% endif %}1"), @"main.tf, line 17: unknown filter: filter frobnicate is unknown. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(but_tf("{{ note }}", "{{ count + 1 }}"), @"main.tf, line 17: invalid operation: tried to use + operator on unsupported types none and number. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(but_tf("{{ note }}", "{{ range }}"), @"main.tf, line 17: could not serialize to value: a plain object cannot be written into a file. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(but_tf("{{ note }}", "\"a {{ note }}\""), @r#"main.tf, line 17: It does not render to valid HCL: expected newline or eof in "value = \"a \"hello\"\"". (Tried in development, af-south-1.)"#);
    insta::assert_snapshot!(but_tf("{{ note }}", "{% include 'x' %}"), @r#"main.tf, line 17: template not found: tried to include non-existing template "x". (Tried in development, af-south-1.)"#);
    insta::assert_snapshot!(but_tf("{{ note }}", "\"{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}\""), @"main.tf, line 17: It takes too long; shorten its loops. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(but_tf("{{ note }}", "{{ 'x' * 1500000 }}"), @"main.tf: It renders to more than 1 MiB; shorten it. (Tried in development, af-south-1.)");
}

#[test]
fn missing_tags_and_open_stores_are_found() {
    insta::assert_snapshot!(but_tf("    CostCenter         = {{ cost_centre }}\n", ""), @"main.tf: aws_sqs_queue.this lacks CostCenter among its tags; add what is missing. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(but_tf("  tags                    = local.tags\n", ""), @"main.tf: aws_sqs_queue.this has no tags; give it Environment, Owner, CostCenter, DataClassification. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(but_tf("  tags                    = local.tags\n", "  tags                    = var.tags\n"), @"main.tf: aws_sqs_queue.this lacks Environment, Owner, CostCenter, DataClassification among its tags; add what is missing. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(fault(GOOD, "output \"a\" {\n  value = 1\n}\n"), @"No resource carries the tags Environment, Owner, CostCenter, DataClassification; add them. (Tried in development, af-south-1.)");
    let add = |text: &str| fault(GOOD, &format!("{GOOD_TF}\n{text}"));
    insta::assert_snapshot!(add("resource \"aws_s3_bucket\" \"files\" {\n  tags = local.tags\n}\n"), @"main.tf: aws_s3_bucket.files is not encrypted: add an aws_s3_bucket_server_side_encryption_configuration with bucket = aws_s3_bucket.files.id. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(add("resource \"aws_db_instance\" \"db\" {\n  tags = local.tags\n}\n"), @"main.tf: aws_db_instance.db is not encrypted: write storage_encrypted = true. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(add("resource \"aws_db_instance\" \"db\" {\n  storage_encrypted = false\n  tags = local.tags\n}\n"), @"main.tf: aws_db_instance.db is not encrypted: write storage_encrypted = true. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(add("resource \"aws_instance\" \"vm\" {\n  tags = merge(local.tags, { Name = \"x\" })\n}\n"), @"main.tf: aws_instance.vm is not encrypted: write root_block_device.encrypted = true. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(add("resource \"google_sql_database_instance\" \"db\" {\n  settings {\n    user_labels = local.tags\n  }\n}\n"), @r#"main.tf: google_sql_database_instance.db is not encrypted: write settings.ip_configuration.ssl_mode = "ENCRYPTED_ONLY". (Tried in development, af-south-1.)"#);
    insta::assert_snapshot!(add("resource \"azurerm_storage_account\" \"st\" {\n  tags = local.tags\n  https_traffic_only_enabled = true\n}\n"), @"main.tf: azurerm_storage_account.st is not encrypted: write infrastructure_encryption_enabled = true. (Tried in development, af-south-1.)");
    insta::assert_snapshot!(but_tf("sqs_managed_sse_enabled = true", "sqs_managed_sse_enabled = false"), @"main.tf: aws_sqs_queue.this is not encrypted: write sqs_managed_sse_enabled = true. (Tried in development, af-south-1.)");
}

#[test]
fn price_faults_are_found() {
    insta::assert_snapshot!(but("quantity: hours_a_month", "quantity: hours_a_mont"), @r#"template.yaml: the price of "Machine": "hours_a_mont" is neither a field, nor a table, nor a built-in fact; correct the name."#);
    insta::assert_snapshot!(but("quantity: hours_a_month", "quantity: 'hours_a_month +'"), @r#"template.yaml: the price of "Machine": "hours_a_month +" cannot be read: syntax error: unexpected end of input, expected expression."#);
    insta::assert_snapshot!(but("quantity: hours_a_month", "quantity: hours_a_month * 0.5"), @r#"template.yaml: the price of "Machine": "hours_a_month * 0.5" is not a quantity; write a whole number, or a decimal as text. (Tried in development, af-south-1.)"#);
    insta::assert_snapshot!(but("quantity: hours_a_month", "quantity: 0 - 1"), @r#"template.yaml: the price of "Machine": "0 - 1" is not a quantity; write a whole number, or a decimal as text. (Tried in development, af-south-1.)"#);
    insta::assert_snapshot!(but("sku: t3.micro", "sku: '{{ machines[cloud] }}', when: many"), @r#"template.yaml: the price of "Machine": "machines" is neither a field, nor a table, nor a built-in fact; correct the name."#);
    insta::assert_snapshot!(but("sku: t3.micro", "sku: '{{ 1 / 0 }}'"), @r#"template.yaml: the price of "Machine": "{{ 1 / 0 }}" cannot be worked out: could not serialize to value: a number without an end cannot be written into a file. (Tried in development, af-south-1.)"#);
    insta::assert_snapshot!(but("unit: hour, ", ""), @"template.yaml, line 31: prices[0]: missing field `unit`.");
}

#[test]
fn paths_out_of_the_folder_and_strange_files_are_refused() {
    let with = |path: &str, bytes: &[u8]| {
        let mut snapshot = snapshot(&[("templates/good/template.yaml", GOOD), ("templates/good/main.tf", GOOD_TF)]);
        snapshot.files.insert(format!("templates/good/{path}"), bytes.to_vec());
        load(&snapshot, &Checks::default()).remove(0).result.expect_err("it is broken")
    };
    insta::assert_snapshot!(with("../../etc/main.tf", b""), @r#"The file path "../../etc/main.tf" is not safe: use letters, digits, dots, hyphens and underscores, and no part that starts with a dot."#);
    insta::assert_snapshot!(with(".git/config.yaml", b""), @r#"The file path ".git/config.yaml" is not safe: use letters, digits, dots, hyphens and underscores, and no part that starts with a dot."#);
    insta::assert_snapshot!(with("a b.tf", b""), @r#"The file path "a b.tf" is not safe: use letters, digits, dots, hyphens and underscores, and no part that starts with a dot."#);
    insta::assert_snapshot!(with("run.sh", b""), @"run.sh cannot be delivered: only .tf, .tfvars, .md and .yaml files can. Move it elsewhere.");
    insta::assert_snapshot!(with("main2.tf", b"\xff"), @"main2.tf is not UTF-8 text; save it as UTF-8.");
    insta::assert_snapshot!(with("big.tf", &vec![b'#'; 300_000]), @"big.tf is larger than 256 KiB; split it or take it out.");
    insta::assert_snapshot!(with("extra.yaml", b"a: [\n"), @"extra.yaml, line 2: It does not render to valid YAML: did not find expected node content at line 2 column 1, while parsing a flow node. (Tried in development, af-south-1.)");
    let alone = load(&snapshot(&[("x/good/template.yaml", GOOD)]), &Checks::default());
    insta::assert_snapshot!(alone[0].result.as_ref().unwrap_err(), @"There is no .tf file beside template.yaml; add the Terraform that it should deliver.");
    let root = load(&snapshot(&[("template.yaml", GOOD), ("main.tf", GOOD_TF)]), &Checks::default());
    insta::assert_snapshot!(root[0].result.as_ref().unwrap_err(), @"template.yaml lies in the root of the repository; move the template into a folder with its name.");
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
    insta::assert_snapshot!(loaded[2].result.as_ref().unwrap_err(), @"Several folders are called twin: new/twin/, old/twin/. Rename all but one.");
}
