//! The parts of a request's page, and what can be done with the request.

use super::detail::Acts;
use crate::{
    parts::{
        act::{Failure, failure},
        answers::all_steps,
        delivery::delivery,
        diff::diff,
        money, person,
        price::price_table,
        state,
        time::{When, when},
    },
    paths,
    ui::{
        button::{Barred, ButtonLink, Look, Submit},
        code::digest,
        facts::{facts, pairs, text},
        section::Section,
    },
};
use causeway_contract::{actions::Action, requests::RequestView};
use leptos::{form::ActionForm, prelude::*};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Overview,
    Changes,
    Price,
    Parameters,
    History,
}

impl Part {
    pub(super) const ALL: [Part; 5] = [Part::Overview, Part::Changes, Part::Price, Part::Parameters, Part::History];

    /// As in the address; the overview has none.
    pub(super) fn key(self) -> &'static str {
        match self {
            Part::Overview => "",
            Part::Changes => "changes",
            Part::Price => "price",
            Part::Parameters => "parameters",
            Part::History => "history",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Part::Overview => "Overview",
            Part::Changes => "Changes",
            Part::Price => "Price",
            Part::Parameters => "Parameters",
            Part::History => "History",
        }
    }

    pub(super) fn of(key: &str) -> Self {
        Part::ALL.into_iter().find(|p| p.key() == key).unwrap_or(Part::Overview)
    }
}

pub(super) fn overview(request: &RequestView) -> AnyView {
    let at = request.summary.state;
    let delivery =
        request.delivery.clone().map(|d| view! { <Section title="Delivery" id="delivery">{delivery(d, at)}</Section> });
    let rows = summary_rows(request);
    let why = Some(request.justification.clone()).filter(|why| !why.is_empty());
    let why = why.map(|why| view! { <Section title="Why" id="why"><p class="typed" dir="auto">{why}</p></Section> });
    view! {
        {delivery}
        {why}
        <Section title="Summary" id="summary">{facts(rows)}</Section>
    }
    .into_any()
}

/// Where and whose it is, what it costs, on what it rests.
pub(in crate::pages) fn summary_rows(request: &RequestView) -> Vec<(&'static str, AnyView)> {
    let summary = &request.summary;
    let environment = match request.environment_id {
        Some(id) => view! { <a href=paths::environment(id)>{summary.environment.clone()}</a> }.into_any(),
        None => text(summary.environment.clone()),
    };
    let revised = (request.revision > 1).then(|| format!("{}, after changes were asked for", request.revision));
    let mut rows = vec![
        ("Environment", environment),
        ("Tier", state::tier(summary.tier)),
        ("Place", text(format!("{}, {}", summary.cloud.label(), summary.region))),
        ("Team", text(summary.team.clone())),
        ("Cost centre", text(request.cost_centre.clone())),
        ("Asked by", person::name(&summary.requester)),
        ("Asked", when(summary.submitted_at, When::Relative)),
        ("Price", text(money::in_words(&summary.price))),
        (
            "Template",
            view! { <span class="inline"><a href=paths::template(&summary.template)>{request.template_title.clone()}</a>" at "{digest(&request.commit)}</span> }
                .into_any(),
        ),
    ];
    if let Some(revised) = revised {
        rows.push(("Revision", text(revised)));
    }
    rows
}

pub(super) fn changes(request: &RequestView) -> AnyView {
    diff(request.files.clone(), false)
}

pub(super) fn price(request: &RequestView) -> AnyView {
    price_table(request.summary.price.clone())
}

pub(super) fn parameters(request: &RequestView) -> AnyView {
    view! {
        <h2 class="sr-only">"Parameters"</h2>
        {all_steps(&request.form, &request.answers, None)}
        <h3 class="minor">"Tags"</h3>
        {pairs(request.tags.clone())}
    }
    .into_any()
}

/// The verbs of the page. What cannot be done now is shown with the reason.
pub(super) fn actions(request: &RequestView, acts: Acts) -> AnyView {
    let id = request.summary.id;
    let allowed = |action: Action| {
        let found = request.actions.iter().find(|(a, _)| *a == action);
        found.map_or_else(|| Err("This cannot be done here.".to_owned()), |(_, allowed)| allowed.clone())
    };
    let decide = allowed(Action::Approve).is_ok();
    let revise = request.draft.filter(|_| allowed(Action::Revise).is_ok());
    let retry = allowed(Action::RetryDelivery).is_ok();
    let clone = match allowed(Action::Clone) {
        Ok(()) => view! {
            <ActionForm action=acts.clone>
                <input type="hidden" name="request" value=id.to_string() />
                <Submit label="Clone" busy=acts.clone.pending() />
            </ActionForm>
        }
        .into_any(),
        Err(why) => view! { <Barred label="Clone" reason=why id="why-not-clone" /> }.into_any(),
    };
    view! {
        <Failure error=failure(acts.withdraw) id="withdraw-failure" />
        <Failure error=failure(acts.retry) id="retry-failure" />
        <Failure error=failure(acts.clone) id="clone-failure" />
        <div class="bar page-bar">
            {decide.then(|| view! { <ButtonLink href=paths::approval(id) label="Decide" look=Look::Primary /> })}
            {revise.map(|draft| view! { <ButtonLink href=paths::draft(draft) label="Change and submit again" look=Look::Primary /> })}
            {retry
                .then(|| {
                    view! {
                        <ActionForm action=acts.retry>
                            <input type="hidden" name="id" value=id.to_string() />
                            <Submit label="Try delivery again" look=Look::Primary busy=acts.retry.pending() />
                        </ActionForm>
                    }
                })}
            {clone}
            {withdraw(request, allowed(Action::Withdraw), acts)}
        </div>
    }
    .into_any()
}

fn withdraw(request: &RequestView, allowed: Result<(), String>, acts: Acts) -> AnyView {
    let id = request.summary.id;
    match allowed {
        Err(why) => view! { <Barred label="Withdraw" reason=why id="why-not-withdraw" /> }.into_any(),
        Ok(()) => view! {
            <details class="confirm confirm-button">
                <summary class="btn">"Withdraw"</summary>
                <ActionForm action=acts.withdraw attr:class="confirm-box">
                    <input type="hidden" name="id" value=id.to_string() />
                    <p>"Nobody is asked to decide any more. You can clone it later."</p>
                    <Submit label="Withdraw request" look=Look::Danger busy=acts.withdraw.pending() />
                </ActionForm>
            </details>
        }
        .into_any(),
    }
}
