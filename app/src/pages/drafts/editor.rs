//! What the pieces of the form share: answers as typed, what the server thought of them, what is shown of it.

use crate::{api::drafts::SubmitDraft, browser::pattern, paths};
use causeway_contract::{
    Answers, FieldError,
    form::{Form, Step},
    ids::DraftId,
    requests::{DraftCheck, DraftView},
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Where saving stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Saving {
    Saved(DateTime<Utc>),
    Now,
    /// Tried again by itself.
    Failed(String),
    /// The session ended; what was typed is kept in this tab.
    SignedOut,
    /// Changed elsewhere; saving here would overwrite that.
    Stale(String),
}

#[derive(Clone, Copy)]
pub(super) struct Editor {
    pub(super) id: DraftId,
    form: StoredValue<Form>,
    pub(super) answers: RwSignal<Answers>,
    pub(super) check: RwSignal<DraftCheck>,
    /// The answers that `check` is about.
    pub(super) checked: RwSignal<Answers>,
    /// Fields the person has been in: their errors are shown.
    touched: RwSignal<BTreeSet<String>>,
    /// Every error is shown: somebody tried to submit.
    pub(super) show_all: RwSignal<bool>,
    pub(super) saving: RwSignal<Saving>,
    pub(super) version: StoredValue<i64>,
    /// Counts up with each change.
    pub(super) changes: StoredValue<u32>,
    pub(super) in_flight: StoredValue<bool>,
    pub(super) submit: ServerAction<SubmitDraft>,
    /// Somebody pressed submit while a save was on its way.
    pub(super) submit_next: StoredValue<bool>,
}

impl Editor {
    pub(super) fn new(draft: &DraftView, show_all: bool, submit: ServerAction<SubmitDraft>) -> Self {
        Self {
            id: draft.id,
            form: StoredValue::new(draft.form.clone()),
            answers: RwSignal::new(draft.answers.clone()),
            check: RwSignal::new(draft.check.clone()),
            checked: RwSignal::new(draft.answers.clone()),
            touched: RwSignal::new(BTreeSet::new()),
            show_all: RwSignal::new(show_all),
            saving: RwSignal::new(Saving::Saved(draft.saved_at)),
            version: StoredValue::new(draft.version),
            changes: StoredValue::new(0),
            in_flight: StoredValue::new(false),
            submit,
            submit_next: StoredValue::new(false),
        }
    }

    pub(super) fn form<T>(self, read: impl FnOnce(&Form) -> T) -> T {
        self.form.with_value(read)
    }

    /// The answer as it stands, or the default; followed.
    pub(super) fn value(self, name: &str) -> String {
        self.answers.with(|answers| self.form(|f| f.value(answers, name).unwrap_or("").to_owned()))
    }

    pub(super) fn value_untracked(self, name: &str) -> String {
        untrack(|| self.value(name))
    }

    /// The page has been left.
    pub(super) fn is_gone(self) -> bool {
        self.touched.is_disposed()
    }

    pub(super) fn touch(self, name: &str) {
        if !self.touched.with_untracked(|t| t.contains(name)) {
            self.touched.update(|t| {
                t.insert(name.to_owned());
            });
        }
    }

    /// What is shown at a field: nothing before the person has been there. The server's word, while it is about the
    /// answer that stands there; else what can be said here.
    pub(super) fn error(self, name: &str) -> Option<String> {
        let shown = self.show_all.get() || self.touched.with(|t| t.contains(name));
        if shown { self.verdict(name) } else { None }
    }

    fn verdict(self, name: &str) -> Option<String> {
        let unchanged = self.checked.with(|old| self.answers.with(|now| old.get(name) == now.get(name)));
        if unchanged {
            return self.check.with(|check| server_error(check, name));
        }
        self.answers.with(|answers| {
            self.form(|form| {
                let field = form.field(name)?;
                form.validate_field(field, answers, &pattern::matches).map(|e| e.message)
            })
        })
    }

    /// Everything wrong, in the order of the form; what belongs to no field last.
    pub(super) fn errors(self) -> Vec<FieldError> {
        let names = self.visible_names(|_, _| true);
        let mut errors: Vec<_> = names
            .iter()
            .filter_map(|name| Some(FieldError { field: name.clone(), message: self.verdict(name)? }))
            .collect();
        self.check.with(|check| {
            let homeless = |field: &str| !names.iter().any(|n| n == field);
            // That the files cannot be made yet is no news while answers are missing.
            if errors.is_empty() {
                errors.extend(check.errors.iter().filter(|e| homeless(&e.field)).cloned());
            }
            let blocking = check.preview.conflicts.iter().filter(|c| c.blocking);
            errors.extend(
                blocking
                    .filter(|c| c.field.as_deref().is_none_or(homeless))
                    .map(|c| FieldError { field: String::new(), message: c.message.clone() }),
            );
        });
        errors.dedup();
        errors
    }

    /// Visible fields of the steps that `wanted` picks by index.
    pub(super) fn visible_names(self, wanted: impl Fn(usize, &Step) -> bool) -> Vec<String> {
        self.answers.with(|answers| {
            self.form(|form| {
                let steps = form.steps.iter().enumerate().filter(|(i, s)| wanted(*i, s));
                let fields = steps.flat_map(|(_, s)| &s.fields);
                fields.filter(|f| form.is_visible(&f.name, answers)).map(|f| f.name.clone()).collect()
            })
        })
    }

    /// Numbers of the steps that the answers call for, from 1.
    pub(super) fn steps(self) -> Vec<usize> {
        self.answers.with(|answers| {
            self.form(|form| (1..=form.steps.len()).filter(|n| form.holds(&form.steps[n - 1].when, answers)).collect())
        })
    }

    /// Number of the review, after the last step.
    pub(super) fn review(self) -> usize {
        self.form(|form| form.steps.len() + 1)
    }

    /// The step after, or the review.
    pub(super) fn next(self, step: usize) -> usize {
        self.steps().into_iter().find(|n| *n > step).unwrap_or_else(|| self.review())
    }

    pub(super) fn back(self, step: usize) -> Option<usize> {
        self.steps().into_iter().rfind(|n| *n < step)
    }

    /// Address of a field: its step, and the place in it.
    pub(super) fn field_href(self, name: &str) -> String {
        let step = self.form(|form| form.steps.iter().position(|s| s.fields.iter().any(|f| f.name == name)));
        match step {
            Some(step) if self.show_all.get() => {
                format!("{}#{}", paths::draft_step_checked(self.id, step + 1), field_id(name))
            }
            Some(step) => format!("{}#{}", paths::draft_step(self.id, step + 1), field_id(name)),
            None => paths::draft_step(self.id, self.review()),
        }
    }
}

/// `id` of a field's input.
pub(super) fn field_id(name: &str) -> String {
    format!("f-{name}")
}

fn server_error(check: &DraftCheck, name: &str) -> Option<String> {
    let conflict = || check.preview.conflicts.iter().find(|c| c.blocking && c.field.as_deref() == Some(name));
    let error = check.errors.iter().find(|e| e.field == name).map(|e| e.message.clone());
    error.or_else(|| conflict().map(|c| c.message.clone()))
}
