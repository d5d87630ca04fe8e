//! Beside the form: whether it is saved, and what will happen.

use super::editor::{Editor, Saving};
use crate::{
    parts::{
        act::SignInAgain,
        preview::preview,
        time::{When, when},
    },
    ui::alert::Alert,
};
use causeway_contract::{FieldError, requests::Tone};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The panel follows every save.
pub(super) fn panel(editor: Editor) -> AnyView {
    view! {
        <aside class="aside panel" aria-labelledby="panel-title">
            <h2 id="panel-title" class="panel-title">"What will happen"</h2>
            {move || preview(editor.check.with(|check| check.preview.clone()))}
        </aside>
    }
    .into_any()
}

/// In a word, beside the title.
pub(super) fn saved_mark(editor: Editor) -> AnyView {
    view! {
        <span class="saved" role="status">
            {move || match editor.saving.get() {
                Saving::Saved(at) => view! { "Saved " {when(at, When::Clock)} }.into_any(),
                Saving::Now => "Saving\u{2026}".into_any(),
                Saving::Failed(_) | Saving::SignedOut | Saving::Stale(_) => "Not saved".into_any(),
            }}
        </span>
    }
    .into_any()
}

/// Why it is not saved, and what to do.
pub(super) fn trouble(editor: Editor) -> AnyView {
    let location = use_location();
    let here = move || format!("{}{}", location.pathname.get(), location.query.with(|q| q.to_query_string()));
    let view = move || match editor.saving.get() {
        Saving::Saved(_) | Saving::Now => ().into_any(),
        Saving::Failed(why) => view! {
            <Alert tone=Tone::Attention title="Not saved" live=true>
                <p>{why}" What you typed is kept in this tab and saved as soon as that works."</p>
            </Alert>
        }
        .into_any(),
        Saving::SignedOut => view! {
            <Alert tone=Tone::Attention title="Your session has ended" live=true>
                <p>"Sign in again and you come back here. What you typed is kept in this tab."</p>
                <SignInAgain />
            </Alert>
        }
        .into_any(),
        Saving::Stale(why) => view! {
            <Alert tone=Tone::Bad title="Not saved" live=true>
                <p>{why}</p>
                <p><a href=here rel="external">"Reload the page"</a></p>
            </Alert>
        }
        .into_any(),
    };
    view.into_any()
}

/// Every error with a link to its field; the focus comes here after a try to submit.
pub(super) fn error_summary(editor: Editor) -> AnyView {
    let view = move || {
        let errors = if editor.show_all.get() { editor.errors() } else { Vec::new() };
        if errors.is_empty() {
            return ().into_any();
        }
        let title = match errors.len() {
            1 => "One thing needs another look".to_owned(),
            n => format!("{n} things need another look"),
        };
        let items: Vec<_> = errors.into_iter().map(|error| item(editor, error)).collect();
        view! {
            <Alert tone=Tone::Bad title=title live=true id="first-error">
                <ul class="error-list">{items}</ul>
            </Alert>
        }
        .into_any()
    };
    view.into_any()
}

fn item(editor: Editor, error: FieldError) -> AnyView {
    let title = editor.form(|form| form.field(&error.field).map(|f| f.title.clone()));
    match title {
        Some(title) => {
            let id = super::editor::field_id(&error.field);
            let focus = move |_| crate::browser::dom::focus_soon(id.clone());
            view! { <li><a href=editor.field_href(&error.field) on:click=focus>{title}</a>": "{error.message}</li> }
                .into_any()
        }
        None => view! { <li>{error.message}</li> }.into_any(),
    }
}
