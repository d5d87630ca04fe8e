//! Before submitting: every answer once more, with a way back to it.

use super::editor::Editor;
use crate::{parts::answers::step_rows, paths};
use leptos::prelude::*;

pub(super) fn review(editor: Editor) -> AnyView {
    let parts: Vec<_> = editor
        .steps()
        .into_iter()
        .map(|number| {
            let (title, rows) = editor.answers.with(|answers| {
                editor.form(|form| {
                    let step = &form.steps[number - 1];
                    (step.title.clone(), step_rows(form, step, answers))
                })
            });
            let rows: Vec<_> = rows
                .into_iter()
                .map(|(name, value)| view! { <div class="fact"><dt>{name}</dt><dd dir="auto">{value}</dd></div> })
                .collect();
            let words = format!(" {title}");
            view! {
                <section>
                    <div class="section-head">
                        <h3 class="minor">{title}</h3>
                        <a href=paths::draft_step(editor.id, number)>"Change"<span class="sr-only">{words}</span></a>
                    </div>
                    <dl class="facts">{rows}</dl>
                </section>
            }
        })
        .collect();
    view! { <div class="stack">{parts}</div> }.into_any()
}
