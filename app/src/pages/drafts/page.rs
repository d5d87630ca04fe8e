//! The form of one draft: steps at the left, the step, what will happen at the right.

use super::{
    autosave,
    editor::{Editor, Saving, field_id},
    panel::{error_summary, panel, saved_mark, trouble},
    step,
};
use crate::{
    api::{
        AppError,
        drafts::{self, DiscardDraft, KeepDraft, SubmitDraft},
    },
    browser::{dom, press},
    pages::id_of,
    parts::{
        act::{Failure, failure},
        load::load,
    },
    paths,
    ui::{
        alert::Alert,
        button::{Look, Submit},
        head::PageHead,
        steps::{StepLink, StepLook, steps},
    },
};
use causeway_contract::{
    ids::DraftId,
    requests::{DraftView, ReopenedRequest, RequestKind, Tone},
};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn DraftPage() -> impl IntoView {
    let id = id_of::<DraftId>("draft");
    let draft = Resource::new(move || id.get(), |id| async move { drafts::draft(id?).await });
    let acts = Acts { keep: ServerAction::new(), submit: ServerAction::new(), discard: ServerAction::new() };
    load(draft, move |view| body(view, acts))
}

#[derive(Clone, Copy)]
struct Acts {
    keep: ServerAction<KeepDraft>,
    submit: ServerAction<SubmitDraft>,
    discard: ServerAction<DiscardDraft>,
}

fn body(draft: DraftView, acts: Acts) -> AnyView {
    let query = use_query_map();
    let asked = query.with_untracked(|q| q.get_str("check").is_some());
    let look = query.with_untracked(|q| q.get_str("look").is_some());
    let editor = Editor::new(&draft, asked, acts.submit);
    let step = Memo::new(move |_| {
        let wanted = query.with(|q| match q.get_str("step") {
            Some("review") => Some(editor.review()),
            other => other.and_then(|s| s.parse::<usize>().ok()),
        });
        let steps = editor.steps();
        let first = steps.first().copied().unwrap_or_else(|| editor.review());
        wanted.filter(|n| *n == editor.review() || steps.contains(n)).unwrap_or(first)
    });
    press::watch();
    autosave::begin(editor);
    follow_submit(editor);
    let failed = Signal::derive(move || {
        // What another tab did is said once, beside the way to reload.
        let stale = editor.saving.with(|s| matches!(s, Saving::Stale(_)));
        let submit = failure(acts.submit).get().filter(|e| !stale && (e.fields.is_empty() || e.must_look()));
        submit.or_else(|| failure(acts.keep).get())
    });
    let title = title(&draft);
    let crumbs = vec![
        ("Catalogue".into(), paths::catalogue()),
        (draft.template_title.clone(), paths::template(&draft.template)),
    ];
    view! {
        <Title text=title.clone() />
        <PageHead title=title crumbs=crumbs mark=saved_mark(editor) />
        {draft.reopens.map(|reopened| wish(editor, reopened))}
        {look.then(look_again)}
        <Failure error=failed id="draft-failure" />
        {trouble(editor)}
        {error_summary(editor)}
        <div class="form-page">
            {move || steps(step_links(editor, step.get()))}
            <div>
                {step::form(editor, step)}
                {discard(editor, acts.discard)}
            </div>
            {panel(editor)}
        </div>
    }
    .into_any()
}

fn title(draft: &DraftView) -> String {
    let name = draft.answers.get("environment_name").filter(|n| !n.is_empty());
    match (draft.kind, name) {
        (RequestKind::Create, _) => format!("Request: {}", draft.template_title),
        (RequestKind::Update, Some(name)) => format!("Change {name}"),
        (RequestKind::Delete, Some(name)) => format!("Delete {name}"),
        (RequestKind::Update | RequestKind::Delete, None) => {
            format!("{}: {}", draft.kind.label(), draft.template_title)
        }
    }
}

fn step_links(editor: Editor, current: usize) -> Vec<StepLink> {
    let broken: Vec<String> = editor.errors().into_iter().map(|e| e.field).collect();
    let show = editor.show_all.get();
    let look = |number: usize| {
        let names = editor.visible_names(|i, _| i + 1 == number);
        let wrong = names.iter().any(|n| broken.contains(n));
        let seen = names.iter().any(|n| editor.error(n).is_some());
        match (wrong, show || seen) {
            (false, _) => StepLook::Good,
            (true, true) => StepLook::Bad,
            (true, false) => StepLook::Open,
        }
    };
    let href = |n| if show { paths::draft_step_checked(editor.id, n) } else { paths::draft_step(editor.id, n) };
    let mut links: Vec<_> = editor
        .steps()
        .into_iter()
        .map(|n| StepLink {
            title: editor.form(|f| f.steps[n - 1].title.clone()),
            href: href(n),
            current: n == current,
            look: look(n),
        })
        .collect();
    let review = editor.review();
    links.push(StepLink {
        title: "Review and submit".into(),
        href: href(review),
        current: review == current,
        look: StepLook::Open,
    });
    links
}

/// A plain form was sent that had not seen what would happen.
fn look_again() -> AnyView {
    view! {
        <Alert tone=Tone::Attention title="Not submitted yet">
            <p>"What will happen is not what you had looked at. Look again, then submit."</p>
        </Alert>
    }
    .into_any()
}

/// What the approver asked to change, and where.
fn wish(editor: Editor, reopened: ReopenedRequest) -> AnyView {
    let title = format!("{} asked for changes on request {}", reopened.asked_by.name, reopened.number);
    let field = reopened.field.and_then(|name| {
        let title = editor.form(|form| form.field(&name).map(|f| f.title.clone()))?;
        let (href, id) = (editor.field_href(&name), field_id(&name));
        Some(view! { <p><a href=href on:click=move |_| dom::focus_soon(id.clone())>{format!("Go to {title}")}</a></p> })
    });
    view! {
        <Alert tone=Tone::Attention title=title>
            {(!reopened.comment.is_empty()).then(|| view! { <blockquote>{reopened.comment}</blockquote> })}
            {field}
            <p><a href=paths::request(reopened.id)>"See the request"</a></p>
        </Alert>
    }
    .into_any()
}

/// With script, a refused submit shows its errors here.
fn follow_submit(editor: Editor) {
    Effect::new(move |_| match editor.submit.value().get() {
        Some(Ok(())) => autosave::forget(editor),
        Some(Err(AppError(error))) => autosave::refused(editor, error),
        None => {}
    });
}

fn discard(editor: Editor, action: ServerAction<DiscardDraft>) -> AnyView {
    let error = failure(action);
    view! {
        <details class="confirm">
            <summary>"Discard this draft"</summary>
            <ActionForm action=action attr:class="stack" on:submit=move |_| autosave::forget(editor)>
                <input type="hidden" name="id" value=editor.id.to_string() />
                <p>"Its answers are gone then."</p>
                <Failure error=error id="discard-failure" />
                <div>
                    <Submit label="Discard draft" look=Look::Danger busy=action.pending() />
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}
