//! Saves as one types. Until the server has it, the tab keeps what was typed: a reload, a lost connection or an expired
//! session loses nothing.

use super::editor::{Editor, Saving, field_id};
use crate::{
    api::{self, AppError, drafts::SubmitDraft},
    browser::{dom, storage},
};
use causeway_contract::{Answers, ApiError, ErrorKind, requests::DraftCheck};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(400);
const RETRY: Duration = Duration::from_secs(5);
pub(super) const FORM: &str = "draft-form";

/// Takes over what was typed before the page came alive, and what an earlier page of this tab could not save.
pub(super) fn begin(editor: Editor) {
    Effect::new(move |_| {
        let kept: Answers =
            storage::get(storage::tab(), &key(editor)).and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default();
        for (name, value) in &kept {
            if let Some(element) = dom::by_id(&field_id(name)).filter(|e| e.tag_name() != "FIELDSET") {
                dom::set_value(&element, value);
            }
        }
        let typed = dom::form_entries(FORM)
            .into_iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("answers[")?.strip_suffix(']')?.to_owned(), value)));
        for (name, value) in typed.chain(kept) {
            if value.replace("\r\n", "\n") != untrack(|| editor.value(&name)).replace("\r\n", "\n") {
                change(editor, &name, value);
            }
        }
    });
}

/// Something was typed.
pub(super) fn change(editor: Editor, name: &str, value: String) {
    editor.answers.update(|answers| {
        answers.insert(name.to_owned(), value);
    });
    editor.changes.update_value(|n| *n += 1);
    keep(editor);
    later(editor, PAUSE);
}

/// Saves what is not saved yet, without waiting for a pause.
pub(super) fn save_now(editor: Editor) {
    if unsaved(editor) {
        save(editor);
    }
}

fn unsaved(editor: Editor) -> bool {
    editor.answers.with_untracked(|now| editor.checked.with_untracked(|saved| now != saved))
}

fn later(editor: Editor, pause: Duration) {
    let at = editor.changes.get_value();
    set_timeout(
        move || {
            if editor.changes.try_get_value() == Some(at) {
                save_now(editor);
            }
        },
        pause,
    );
}

fn key(editor: Editor) -> String {
    format!("causeway.draft.{}", editor.id)
}

fn keep(editor: Editor) {
    // Only what the server does not have: another tab may have changed the rest.
    let unsaved: Answers = editor.answers.with_untracked(|now| {
        editor.checked.with_untracked(|saved| {
            now.iter().filter(|(k, v)| saved.get(*k) != Some(v)).map(|(k, v)| (k.clone(), v.clone())).collect()
        })
    });
    if let Ok(text) = serde_json::to_string(&unsaved) {
        storage::set(storage::tab(), &key(editor), &text);
    }
}

fn save(editor: Editor) {
    let stopped = editor.saving.with_untracked(|s| matches!(s, Saving::Stale(_)));
    if stopped || editor.in_flight.get_value() {
        return;
    }
    editor.in_flight.set_value(true);
    editor.saving.set(Saving::Now);
    let (id, version, answers) = (editor.id, editor.version.get_value(), editor.answers.get_untracked());
    spawn_local(async move {
        let result = api::drafts::save_draft(id, version, answers.clone()).await;
        // The page may be gone by now.
        if editor.in_flight.try_set_value(false).is_some() {
            return;
        }
        let submit_next = editor.submit_next.get_value();
        editor.submit_next.set_value(false);
        match result {
            Ok(check) => {
                saved(editor, check, answers);
                if submit_next {
                    submit(editor);
                }
            }
            Err(AppError(error)) => match error.kind {
                ErrorKind::SignedOut => editor.saving.set(Saving::SignedOut),
                ErrorKind::Conflict | ErrorKind::NotFound => editor.saving.set(Saving::Stale(error.message)),
                ErrorKind::Unavailable | ErrorKind::Internal => {
                    editor.saving.set(Saving::Failed(error.message));
                    later(editor, RETRY);
                }
                _ => editor.saving.set(Saving::Failed(error.message)),
            },
        }
    });
}

fn saved(editor: Editor, check: DraftCheck, answers: Answers) {
    editor.version.set_value(check.version);
    editor.saving.set(Saving::Saved(check.saved_at));
    editor.checked.set(answers);
    editor.check.set(check);
    if unsaved(editor) {
        keep(editor);
        save(editor);
    } else {
        forget(editor);
    }
}

/// Submits what stands there, after it is saved: the version and the digest of what is shown are the server's then. Not
/// while another tab has changed the draft: that would be overwritten.
pub(super) fn submit(editor: Editor) {
    let stale = editor.saving.with_untracked(|s| matches!(s, Saving::Stale(_)));
    if stale || editor.submit.pending().get_untracked() {
        return;
    }
    if editor.in_flight.get_value() {
        editor.submit_next.set_value(true);
        return;
    }
    if unsaved(editor) {
        editor.submit_next.set_value(true);
        save(editor);
        return;
    }
    editor.in_flight.set_value(true);
    editor.submit.dispatch(SubmitDraft {
        id: editor.id,
        version: editor.version.get_value(),
        answers: Answers::new(),
        seen: editor.check.with_untracked(|check| check.preview.digest.clone()),
    });
}

/// What to do after a refused submit: goes on from what is saved, with what was wrong. Somebody else's save is not taken
/// over: this page would overwrite it.
pub(super) fn refused(editor: Editor, error: ApiError) {
    spawn_local(async move {
        let draft = api::drafts::draft(editor.id).await;
        if editor.in_flight.try_set_value(false).is_some() {
            return;
        }
        match draft {
            Ok(draft) if draft.version == editor.version.get_value() => saved(editor, draft.check, draft.answers),
            Ok(_) => {
                editor.saving.set(Saving::Stale(error.message));
                return;
            }
            Err(_) => {}
        }
        if !error.fields.is_empty() && !error.must_look() {
            editor.check.update(|check| check.errors = error.fields);
            editor.show_all.set(true);
            dom::focus_soon("first-error");
        }
    });
}

/// What the tab kept is saved, or not wanted any more.
pub(super) fn forget(editor: Editor) {
    storage::remove(storage::tab(), &key(editor));
}
