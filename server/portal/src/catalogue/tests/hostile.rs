//! Whatever a person types stays inside the literal it is written into.

use super::*;
use hcl::{Expression, Structure};

const HOSTILE: &[&str] = &[
    "",
    "plain",
    "\"",
    "\\",
    "\\\"",
    "a\" }\nresource \"aws_iam_user\" \"evil\" {\n  name = \"x",
    "${file(\"/etc/passwd\")}",
    "$${x}",
    "$$${x}",
    "$$$${x}",
    "$",
    "$$",
    "${",
    "$ {",
    "%{ for x in y }%{ endfor }",
    "%%{x}",
    "%%%{if true}",
    "$%{x}",
    "%${x}",
    "{{ 7 * 7 }}{% raw %}",
    "{# gone #}",
    "<<EOT\nx\nEOT\n",
    "<<-EOT",
    "line one\nline two\r\nthree\ttab",
    "\u{0}\u{1}\u{7f}\u{85}\u{9b}",
    "\u{202e}drawkcab\u{2066}\u{200b}\u{feff}",
    "\u{2028}\u{2029}",
    "مرحبا עולם",
    "🦀👩‍👩‍👧 \u{e0041}\u{10ffff}",
    "# comment // comment /* comment */",
    "\\u0041 \\n",
    "true",
    "null",
    "12",
    "</script><img src=x onerror=alert(1)>",
    "' OR 1=1; --",
];

fn all() -> Vec<String> {
    let mut all: Vec<String> = HOSTILE.iter().map(|s| (*s).to_owned()).collect();
    all.push("x".repeat(10_000));
    all.push("${\"\n".repeat(2_500));
    // Every short text over the characters that mean something, in case one combination was forgotten above.
    let alphabet = ['$', '%', '{', '}', '"', '\\', '\n', 'a'];
    let mut grown = vec![String::new()];
    for _ in 0..4 {
        grown = grown.iter().flat_map(|s| alphabet.map(|c| format!("{s}{c}"))).collect();
        all.extend(grown.iter().cloned());
    }
    all
}

/// The text of a literal, as its parser has it.
fn text(expression: &Expression) -> String {
    let value = hcl::eval::Evaluate::evaluate(expression, &hcl::eval::Context::new()).expect("a literal has a value");
    value.as_str().expect("the value is text").to_owned()
}

#[test]
fn every_value_comes_back_exactly_and_nothing_else_does() {
    for value in all() {
        for template in
            ["{{ v }}", "{{ v|safe }}", "{{ (v ~ '')|string }}", "{% autoescape false %}{{ v }}{% endautoescape %} "]
        {
            let rendered = environment(Dialect::Hcl)
                .render_str(
                    &format!("a = {template}\nb = {{{{ 'pre-' ~ v }}}}\nc = [{{{{ v }}}}, 1]\n"),
                    minijinja::context! { v => value },
                )
                .unwrap();
            assert!(!rendered.chars().any(|c| c != '\n' && super::super::literal::deceives(c)), "{rendered:?}");
            assert_eq!(rendered.lines().count(), 3, "{rendered:?}");
            let body = hcl::parse(&rendered).unwrap_or_else(|e| panic!("{value:?}: {rendered:?}: {e}"));
            let found: Vec<&hcl::Attribute> = body
                .iter()
                .map(|s| match s {
                    Structure::Attribute(a) => a,
                    Structure::Block(b) => panic!("{b:?}"),
                })
                .collect();
            assert_eq!(found.iter().map(|a| a.key()).collect::<Vec<_>>(), ["a", "b", "c"]);
            assert_eq!(text(found[0].expr()), value, "{rendered:?}");
            assert_eq!(text(found[1].expr()), format!("pre-{value}"));
            let Expression::Array(items) = found[2].expr() else { panic!("{rendered:?}") };
            assert_eq!(items.len(), 2);
            assert_eq!(text(&items[0]), value);
        }
    }
}

/// The same through the whole path, with a form in front: what the form lets through arrives as it was typed.
#[test]
fn a_hostile_answer_arrives_as_text_in_the_files() {
    let template = load_one(GOOD, GOOD_TF).unwrap();
    for value in all().into_iter().take(HOSTILE.len() + 2) {
        let base = sampled(&template, Tier::Development, "af-south-1", &[("note", "base")]);
        let mut answers = base.answers.clone();
        answers.insert("note".into(), value.clone());
        let files = render(&template, &base.facts, &answers).unwrap();
        let (path, rendered) = files.iter().next().unwrap();
        assert_eq!(path, "environments/development/platform/example/main.tf");
        let body = hcl::parse(rendered).unwrap();
        assert_eq!(body.blocks().count(), 3, "{rendered}");
        let output = body.blocks().find(|b| b.identifier() == "output").unwrap();
        let expected = if value.trim().is_empty() { None } else { Some(value.trim()) };
        let expression = output.body().attributes().next().unwrap().expr();
        match expected {
            None => assert_eq!(*expression, Expression::Null),
            Some(expected) => assert_eq!(text(expression), expected),
        }
    }
}

#[test]
fn yaml_and_markdown_have_their_own_literals() {
    for value in all() {
        let render =
            |dialect, text: &str| environment(dialect).render_str(text, minijinja::context! { v => value }).unwrap();
        let yaml: std::collections::BTreeMap<String, String> =
            serde_yaml_ng::from_str(&render(Dialect::Yaml, "a: {{ v }}\nb: {{ v }}\n")).unwrap();
        assert_eq!(yaml.values().collect::<Vec<_>>(), [&value, &value]);
        let markdown = render(Dialect::Markdown, "- {{ v }}\n");
        assert_eq!(markdown.lines().count(), 1, "{markdown:?}");
        assert!(!markdown.contains('<') || markdown.contains("\\<"), "{markdown:?}");
    }
    let shown = environment(Dialect::Markdown)
        .render_str("{{ v }}", minijinja::context! { v => "[x](https://evil) <b>" })
        .unwrap();
    assert_eq!(shown, "\\[x\\]\\(https\\://evil\\) \\<b\\>");
}

#[test]
fn values_that_are_no_literal_are_refused() {
    for template in ["{{ {'a': 1} }}", "{{ 1e999 }}", "{{ range }}", "{{ nothing }}"] {
        assert!(environment(Dialect::Hcl).render_str(template, ()).is_err(), "{template}");
    }
    let ok = environment(Dialect::Hcl).render_str("{{ [1, true, none, 'a'] }} {{ -3 }} {{ 1.5 }}", ()).unwrap();
    assert_eq!(ok, "[1, true, null, \"a\"] -3 1.5");
}

/// Terraform itself, where it is installed, reads the literals as they were meant.
#[test]
fn terraform_reads_the_same_values() {
    let Some(terraform) = super::shipped::terraform() else { return };
    let folder = tempfile::tempdir().unwrap();
    let values: Vec<String> = all().into_iter().filter(|v| v.len() < 200).collect();
    let mut text = String::from("locals {\n  all = [\n");
    for value in &values {
        text += &format!("    {},\n", super::super::literal::hcl_string(value));
    }
    text += "  ]\n}\noutput \"all\" {\n  value = local.all\n}\n";
    std::fs::write(folder.path().join("main.tf"), text).unwrap();
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(terraform);
        let output = command.args(args).current_dir(folder.path()).env("CHECKPOINT_DISABLE", "1").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    run(&["init", "-input=false", "-no-color"]);
    run(&["apply", "-auto-approve", "-input=false", "-no-color"]);
    let read: Vec<String> = serde_json::from_slice(&run(&["output", "-json", "all"])).unwrap();
    assert_eq!(read.len(), values.len());
    for (read, value) in read.iter().zip(&values) {
        assert_eq!(read, value);
    }
}
