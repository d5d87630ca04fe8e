//! Answers as facts, by the form's own titles.

use crate::ui::{badge, facts::text};
use causeway_contract::{
    Answers,
    form::{Field, FieldKind, Form, Step},
};
use leptos::prelude::*;

/// An answer as people say it: the label of a choice, yes or no, a dash for nothing.
pub fn in_words(field: &Field, value: Option<&str>) -> String {
    let value = value.unwrap_or("").trim();
    match &field.kind {
        FieldKind::Boolean => if value == "true" { "Yes" } else { "No" }.into(),
        _ if value.is_empty() => "\u{2013}".into(),
        FieldKind::Choice { options } => {
            options.iter().find(|o| o.value == value).map_or_else(|| value.to_owned(), |o| o.label.clone())
        }
        _ => value.to_owned(),
    }
}

/// Names and values of one step's visible fields.
pub fn step_rows(form: &Form, step: &Step, answers: &Answers) -> Vec<(String, String)> {
    let visible = step.fields.iter().filter(|f| form.is_visible(&f.name, answers));
    visible.map(|f| (f.title.clone(), in_words(f, form.value(answers, &f.name)))).collect()
}

/// Every step with its answers. `before` are the answers that an environment has now: what differs is marked.
pub fn all_steps(form: &Form, answers: &Answers, before: Option<&Answers>) -> AnyView {
    let steps: Vec<_> = form
        .steps
        .iter()
        .filter(|s| form.holds(&s.when, answers))
        .map(|step| {
            let rows: Vec<_> = step
                .fields
                .iter()
                .filter(|f| form.is_visible(&f.name, answers))
                .map(|f| {
                    let now = in_words(f, form.value(answers, &f.name));
                    let old = before.map(|b| in_words(f, form.value(b, &f.name))).filter(|old| *old != now);
                    view! {
                        <div class="fact">
                            <dt>{f.title.clone()}</dt>
                            <dd>{text(now)} {old.map(|old| view! { " " {badge::tag(format!("was {old}"))} })}</dd>
                        </div>
                    }
                })
                .collect();
            view! {
                <h3 class="minor">{step.title.clone()}</h3>
                <dl class="facts">{rows}</dl>
            }
        })
        .collect();
    steps.into_any()
}
