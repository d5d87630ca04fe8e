//! From a template, facts and answers to files.
//!
//! Authors write `name = {{ environment_name }}` without quotes: every value is written as a literal of the file's
//! language by the formatter, whatever filters it went through, so that a value never ends the literal it stands in.
//! To add a filter for authors: [`environment`]. To add a file type: [`Dialect`].

use super::{Facts, Files, Template, answers::coerced, directory, literal, slug};
use causeway_contract::{Answers, form::FieldKind};
use minijinja::{
    Environment, Error, ErrorKind, Output, UndefinedBehavior,
    value::{Value, ValueKind},
};
use std::collections::{BTreeMap, BTreeSet};

/// Most instructions one file may take: far above any real template, far below a second.
const FUEL: u64 = 200_000;
const OUTPUT_MAX: usize = 1024 * 1024;

/// Why files could not be made. `message` is a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", place(file, *line))]
pub struct RenderError {
    pub file: String,
    /// Line of the template, or of the rendered text where that does not parse.
    pub line: Option<usize>,
    pub message: String,
}

fn place(file: &str, line: Option<usize>) -> String {
    line.map_or_else(|| file.to_owned(), |line| format!("{file}, line {line}"))
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Hcl,
    Yaml,
    Markdown,
    /// As it is: labels and lookups of prices, never files.
    Text,
}

impl Dialect {
    fn of(path: &str) -> Self {
        match path.rsplit('.').next() {
            Some("md") => Self::Markdown,
            Some("yaml") => Self::Yaml,
            _ => Self::Hcl,
        }
    }
}

/// Renders every file. Keys are paths from the repository's root; a file of nothing but white space is left out.
///
/// # Errors
/// The first file that cannot be rendered, or does not parse as HCL.
pub fn render(template: &Template, facts: &Facts, answers: &Answers) -> Result<Files, RenderError> {
    let context = variables(template, facts, answers);
    let directory = directory(facts);
    let mut files = Files::new();
    for (path, text) in &template.files {
        if let Some(text) = one(path, text, &context)? {
            files.insert(format!("{directory}/{path}"), text);
        }
    }
    Ok(files)
}

fn one(path: &str, text: &str, context: &Value) -> Result<Option<String>, RenderError> {
    let fail = |line, message: String| RenderError { file: path.to_owned(), line, message };
    let dialect = Dialect::of(path);
    let environment = environment(dialect);
    let mut out = Bounded(Vec::new());
    let rendered = environment
        .template_from_named_str(path, text)
        .and_then(|t| t.render_captured_to(context, &mut out).map(drop))
        .map_err(|e| fail(e.line(), words(&e)));
    if out.0.len() >= OUTPUT_MAX {
        return Err(fail(None, "It renders to more than 1 MiB; shorten it.".into()));
    }
    rendered?;
    let text = String::from_utf8(out.0).map_err(|_| fail(None, "It renders to something that is not text.".into()))?;
    let text = text.trim_start_matches('\n').trim_end();
    if text.trim().is_empty() {
        return Ok(None);
    }
    let text = format!("{text}\n");
    match dialect {
        Dialect::Hcl => {
            hcl::parse(&text)
                .map_err(|e| fail(hcl_line(&e), format!("It does not render to valid HCL: {}.", hcl_words(&e))))?;
        }
        Dialect::Yaml => {
            serde_yaml_ng::from_str::<serde_yaml_ng::Value>(&text)
                .map_err(|e| fail(e.location().map(|l| l.line()), format!("It does not render to valid YAML: {e}.")))?;
        }
        Dialect::Markdown | Dialect::Text => {}
    }
    Ok(Some(text))
}

fn hcl_line(error: &hcl::Error) -> Option<usize> {
    match error {
        hcl::Error::Parse(error) => Some(error.location().line()),
        _ => None,
    }
}

fn hcl_words(error: &hcl::Error) -> String {
    match error {
        hcl::Error::Parse(error) => format!("{} in {:?}", error.message(), error.line().trim()),
        other => other.to_string(),
    }
}

/// A template error as a sentence.
pub(crate) fn words(error: &Error) -> String {
    if error.kind() == ErrorKind::OutOfFuel {
        return "It takes too long; shorten its loops.".into();
    }
    match error.detail() {
        Some(detail) => format!("{}: {}.", error.kind(), detail.trim_end_matches('.')),
        None => format!("{}.", error.kind()),
    }
}

/// A writer that stops at [`OUTPUT_MAX`].
struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let room = OUTPUT_MAX - self.0.len();
        if room == 0 {
            return Err(std::io::Error::other("too much output"));
        }
        let taken = bytes.len().min(room);
        self.0.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The template language: strict about unknown names, bounded, without access to anything.
pub(crate) fn environment<'a>(dialect: Dialect) -> Environment<'a> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_keep_trailing_newline(true);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_recursion_limit(50);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(false);
    environment.remove_global("debug");
    environment.add_filter("label_value", |text: String| label_value(&text));
    environment.add_filter("slug", |text: String| slug(&text));
    environment.set_formatter(move |out, _, value| format(dialect, out, value));
    environment
}

/// Text as a Google Cloud or Kubernetes label takes it: `a-z 0-9 _ -`, at most 63, a letter or digit at both ends.
fn label_value(text: &str) -> String {
    let keep = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '_' };
    let out: String = text.chars().take(63).map(keep).collect();
    out.trim_matches(['_', '-']).to_owned()
}

fn format(dialect: Dialect, out: &mut Output<'_>, value: &Value) -> Result<(), Error> {
    let refuse =
        |what: &str| Err(Error::new(ErrorKind::BadSerialization, format!("{what} cannot be written into a file")));
    match value.kind() {
        ValueKind::Undefined => {
            return Err(Error::new(ErrorKind::UndefinedError, "a name that is not known is written out"));
        }
        ValueKind::String => {
            let text = value.as_str().unwrap_or_default();
            match dialect {
                Dialect::Hcl => out.write_str(&literal::hcl_string(text))?,
                Dialect::Yaml => out.write_str(&literal::yaml_string(text))?,
                Dialect::Markdown => out.write_str(&literal::markdown(text))?,
                Dialect::Text => out.write_str(text)?,
            }
        }
        ValueKind::Bool => out.write_str(if value.is_true() { "true" } else { "false" })?,
        ValueKind::Number => {
            if f64::try_from(value.clone()).is_ok_and(|n| !n.is_finite()) {
                return refuse("a number without an end");
            }
            out.write_str(&value.to_string())?;
        }
        ValueKind::None => match dialect {
            Dialect::Hcl | Dialect::Yaml => out.write_str("null")?,
            Dialect::Markdown | Dialect::Text => {}
        },
        ValueKind::Seq if matches!(dialect, Dialect::Hcl | Dialect::Yaml) => {
            out.write_str("[")?;
            for (i, item) in value.try_iter()?.enumerate() {
                if i > 0 {
                    out.write_str(", ")?;
                }
                format(dialect, out, &item)?;
            }
            out.write_str("]")?;
        }
        other => return refuse(&format!("a {other}")),
    }
    Ok(())
}

/// What files and prices may name: facts, answers, tables. A field that is hidden or left empty is `none`.
pub(crate) fn variables(template: &Template, facts: &Facts, answers: &Answers) -> Value {
    let mut all = BTreeMap::<String, Value>::new();
    if let Some(tables) = template.tables.as_object() {
        all.extend(tables.iter().map(|(name, table)| (name.clone(), Value::from_serialize(table))));
    }
    let settled = template.form.settled(answers);
    for field in template.form.fields() {
        let value = match (settled.get(&field.name), &field.kind) {
            (Some(value), _) => Value::from_serialize(coerced(template, &field.name, value)),
            (None, FieldKind::Boolean) => Value::from(false),
            (None, _) => Value::from(()),
        };
        all.insert(field.name.clone(), value);
    }
    let built_in = [
        ("environment_name", facts.environment_name.as_str()),
        ("tier", facts.tier.as_str()),
        ("cloud", facts.cloud.as_str()),
        ("region", &facts.region),
        ("team", &facts.team),
        ("team_slug", &slug(&facts.team)),
        ("cost_centre", &facts.cost_centre),
        ("data_classification", &facts.data_classification),
        ("justification", &facts.justification),
        ("owner_email", &facts.owner_email),
    ];
    all.extend(built_in.map(|(name, value)| (name.to_owned(), Value::from(value))));
    Value::from_serialize(all)
}

/// Compiles every file and refuses names that are nothing the template knows, also where no trial would come by.
///
/// # Errors
/// A sentence with file and line.
pub(super) fn compile(template: &Template) -> Result<(), String> {
    let known = known_names(template);
    for (path, text) in &template.files {
        let environment = environment(Dialect::of(path));
        let compiled = environment
            .template_from_named_str(path, text)
            .map_err(|e| format!("{}: {}", place(path, e.line()), words(&e)))?;
        if let Some(name) = unknown(&environment, &known, compiled.undeclared_variables(false)) {
            let line = text.lines().position(|l| l.contains(&name)).map(|i| i + 1);
            return Err(format!("{}: {}", place(path, line), unknown_words(&name)));
        }
    }
    Ok(())
}

pub(crate) fn known_names(template: &Template) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = template.form.fields().map(|f| f.name.clone()).collect();
    known.extend(template.tables.as_object().into_iter().flatten().map(|(name, _)| name.clone()));
    known.extend(["cloud", "team_slug", "owner_email"].map(String::from));
    known
}

pub(crate) fn unknown(
    environment: &Environment<'_>,
    known: &BTreeSet<String>,
    used: impl IntoIterator<Item = String>,
) -> Option<String> {
    let built_in: BTreeSet<String> = environment.globals().map(|(name, _)| name.to_owned()).collect();
    let used: BTreeSet<String> = used.into_iter().collect();
    used.into_iter().find(|name| !known.contains(name) && !built_in.contains(name))
}

pub(crate) fn unknown_words(name: &str) -> String {
    format!("{name:?} is neither a field, nor a table, nor a built-in fact; correct the name.")
}
