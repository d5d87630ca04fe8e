//! One step of the form: its visible fields and where to go from here. Everything is a form post without script.

use super::{
    autosave::{FORM, save_now, submit},
    editor::Editor,
    field::field,
    review::review,
};
use crate::{
    api::drafts::{KeepDraft, SubmitDraft},
    browser::dom,
    paths,
    ui::button::Look,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use server_fn::ServerFn;
use wasm_bindgen::JsCast;

/// Marks the button that submits, among those that only move.
const SUBMIT: &str = "data-submit";

pub(super) fn form(editor: Editor, step: Memo<usize>) -> AnyView {
    let navigate = use_navigate();
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let button = event.submitter();
        if button.as_ref().is_some_and(|b| b.has_attribute(SUBMIT)) {
            submit(editor);
            return;
        }
        save_now(editor);
        let to =
            button.and_then(|b| b.dyn_into::<web_sys::HtmlButtonElement>().ok()).and_then(|b| b.value().parse().ok());
        if let Some(to) = to {
            navigate(&paths::draft_step(editor.id, to), Default::default());
            dom::focus_soon("step-title");
        }
    };
    let names = Memo::new(move |_| editor.visible_names(|i, _| i + 1 == step.get()));
    let is_review = Memo::new(move |_| step.get() == editor.review());
    view! {
        <form id=FORM class="stack" method="post" action=KeepDraft::url() novalidate=true on:submit=on_submit>
            <input type="hidden" name="id" value=editor.id.to_string() />
            <input type="hidden" name="version" value=move || editor.check.with(|c| c.version) />
            {move || heading(editor, step.get())}
            <For each=move || names.get() key=|name| name.clone() let:name>
                {field(editor, &name)}
            </For>
            {move || is_review.get().then(|| review(editor))}
            {move || is_review.get().then(|| seen(editor))}
            {move || buttons(editor, step.get(), editor.submit.pending().get())}
        </form>
    }
    .into_any()
}

/// What the panel beside the review shows: a submit carries it, so that nothing else is submitted.
fn seen(editor: Editor) -> AnyView {
    view! { <input type="hidden" name="seen" value=move || editor.check.with(|c| c.preview.digest.clone()) /> }
        .into_any()
}

fn heading(editor: Editor, step: usize) -> AnyView {
    let (title, help) = editor.form(|form| match form.steps.get(step - 1) {
        Some(step) => (step.title.clone(), step.help.clone()),
        None => ("Review and submit".to_owned(), None),
    });
    view! {
        <div>
            <h2 id="step-title" class="step-title" tabindex="-1">{title}</h2>
            {help.map(|help| view! { <p class="muted">{help}</p> })}
        </div>
    }
    .into_any()
}

fn buttons(editor: Editor, step: usize, busy: bool) -> AnyView {
    let last = step == editor.review();
    let forward = match last {
        true => view! {
            <button type="submit" class=Look::Primary.class() formaction=SubmitDraft::url() data-submit="" aria-busy=busy.then_some("true")>
                "Submit request"
            </button>
        }
        .into_any(),
        false => view! {
            <button type="submit" class=Look::Primary.class() name="step" value=editor.next(step)>"Next"</button>
        }
        .into_any(),
    };
    let back = editor
        .back(step)
        .map(|to| view! { <button type="submit" class=Look::Plain.class() name="step" value=to>"Back"</button> });
    view! {
        <div class="bar">
            {forward} {back}
            <button type="submit" class=Look::Plain.class() name="step" value=step>"Save"</button>
        </div>
    }
    .into_any()
}
