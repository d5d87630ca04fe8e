//! The decision itself. A choice first, then one button: nothing is approved by a slip. What each choice asks for comes
//! up by style sheet alone, so it works without script.

use crate::{
    api::approvals::Decide,
    browser::dom,
    parts::act::{Failure, failure},
    paths,
    ui::{
        Icon,
        alert::Alert,
        button::{ButtonLink, Look},
        code::key,
        field::error_line,
        icon,
    },
};
use causeway_contract::{
    actions::Action,
    names::TEXT_MAX,
    requests::{RequestView, StageState, Tone, Verdict},
};
use leptos::{form::ActionForm, prelude::*};

/// The choices in order: verdict, action, key, what it means.
const CHOICES: [(Verdict, Action, &str, &str); 3] = [
    (Verdict::Approve, Action::Approve, "a", "It may go on as it is."),
    (Verdict::AskForChanges, Action::AskForChanges, "c", "The requester changes it and submits again."),
    (Verdict::Deny, Action::Deny, "d", "It ends here."),
];

pub(super) fn decision(request: &RequestView, decide: ServerAction<Decide>) -> AnyView {
    let reason = request
        .actions
        .iter()
        .find(|(action, _)| *action == Action::Approve)
        .and_then(|(_, allowed)| allowed.clone().err());
    let error = failure(decide);
    let form = match reason {
        None => form(request, decide),
        Some(reason) => view! {
            <p class="inline">{icon(Icon::Info)}<span>{reason}</span></p>
            <div class="bar">
                <ButtonLink href=paths::approvals() label="Back to approvals" />
                <ButtonLink href=paths::request(request.summary.id) label="See the request" look=Look::Quiet />
            </div>
        }
        .into_any(),
    };
    let done = move || matches!(decide.value().get(), Some(Ok(())));
    view! {
        <section class="decide" aria-labelledby="decide-title">
            <h2 id="decide-title">"Your decision"</h2>
            <div role="status">{move || done().then(|| view! { <Alert tone=Tone::Good title="Your decision is recorded" /> })}</div>
            <Failure error=error id="decide-failure" focus=false />
            {form}
        </section>
    }
    .into_any()
}

fn form(request: &RequestView, decide: ServerAction<Decide>) -> AnyView {
    let error = failure(decide);
    let of = move |field: &'static str| {
        Memo::new(move |_| {
            error.with(|e| {
                e.as_ref().and_then(|e| e.fields.iter().find(|f| f.field == field)).map(|f| f.message.clone())
            })
        })
    };
    let comment_error = of("comment");
    Effect::new(move |_| {
        if comment_error.with(Option::is_some) {
            dom::focus_soon("decide-comment");
        } else if error.with(Option::is_some) {
            dom::focus_soon("decide-failure");
        }
    });
    let fields: Vec<_> = request
        .form
        .fields()
        .filter(|f| request.form.is_visible(&f.name, &request.answers))
        .map(|f| view! { <option value=f.name.clone()>{f.title.clone()}</option> })
        .collect();
    let (id, revision) = (request.summary.id.to_string(), request.revision.to_string());
    let open = request.stages.iter().find(|s| s.state == StageState::Open).and_then(|s| s.id);
    let stage = open.map(|id| id.to_string()).unwrap_or_default();
    let choices: Vec<_> = CHOICES.into_iter().map(choice).collect();
    view! {
        <ActionForm action=decide attr:class="stack" attr:novalidate=true>
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="revision" value=revision />
            <input type="hidden" name="stage" value=stage />
            <fieldset class="verdicts">
                <legend class="sr-only">"Decision"</legend>
                {choices}
            </fieldset>
            <div class="field only-changes">
                <label class="label" for="decide-field">"Where?"</label>
                <select class="input" id="decide-field" name="field">
                    <option value="">"The request as a whole"</option>
                    {fields}
                </select>
            </div>
            <div class="field" class:has-error=move || comment_error.with(Option::is_some)>
                <label class="label" for="decide-comment">
                    "Comment"<span class="optional only-approve">" (optional)"</span><span class="optional only-reasons">", needed"</span>
                </label>
                <textarea
                    class="input"
                    id="decide-comment"
                    name="comment"
                    rows="4"
                    dir="auto"
                    maxlength=TEXT_MAX.to_string()
                    aria-invalid=move || comment_error.with(Option::is_some).then_some("true")
                    aria-describedby=move || comment_error.with(Option::is_some).then_some("decide-comment-error")
                ></textarea>
                {move || comment_error.get().map(|message| error_line("decide-comment", message))}
            </div>
            <div class="bar">
                <button type="submit" class=Look::Primary.class() aria-busy=move || decide.pending().get().then_some("true")>
                    <span class="only-none">"Decide"</span>
                    <span class="only-approve">"Approve"</span>
                    <span class="only-changes">"Ask for changes"</span>
                    <span class="only-deny">"Deny"</span>
                </button>
                <span class="hint">{key("Ctrl")} {key("Enter")}</span>
            </div>
        </ActionForm>
    }
    .into_any()
}

fn choice((verdict, action, letter, meaning): (Verdict, Action, &'static str, &'static str)) -> AnyView {
    let id = format!("verdict-{}", verdict.as_str());
    let meaning_id = format!("{id}-meaning");
    view! {
        <div class="verdict">
            <input type="radio" id=id.clone() name="verdict" value=verdict.as_str() data-key=letter aria-describedby=meaning_id.clone() />
            <label for=id>{action.label()}</label>
            {key(letter)}
            <p class="help" id=meaning_id>{meaning}</p>
        </div>
    }
    .into_any()
}
