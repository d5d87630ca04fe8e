//! The record: search, filter, read, export.

use crate::{
    api,
    parts::{
        filters::{FilterBar, text},
        load::load,
        time::{When, when},
    },
    paths,
    ui::{
        Icon, badge,
        button::ButtonLink,
        code::digest,
        empty::Empty,
        head::PageHead,
        inputs::{DayBox, SearchBox, Select},
        pager::Pager,
    },
};
use causeway_contract::{
    audit::{AuditFilter, AuditPage, AuditRow},
    requests::Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

/// What can be picked; the address takes any action or its beginning.
const ACTIONS: [(&str, &str); 5] = [
    ("", "Any action"),
    ("session", "Sign-in"),
    ("request", "Requests and decisions"),
    ("delivery", "Delivery"),
    ("catalogue", "Catalogue"),
];

#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(filter_of));
    let rows = Resource::new(move || filter.get(), api::audit::audit);
    // Who may not read it sees the refusal alone.
    load(rows, move |page| {
        let filter = filter.get_untracked();
        view! {
            <Title text="Audit" />
            {head(&filter)}
            {bar(filter.clone())}
            {body(page, &filter)}
        }
        .into_any()
    })
}

fn filter_of(query: &ParamsMap) -> AuditFilter {
    AuditFilter {
        q: text(query, "q"),
        action: text(query, "action"),
        outcome: text(query, "outcome"),
        from: text(query, "from"),
        to: text(query, "to"),
        after: Some(text(query, "after")).filter(|a| !a.is_empty()),
    }
}

fn is_active(filter: &AuditFilter) -> bool {
    *filter != AuditFilter { after: filter.after.clone(), ..Default::default() }
}

fn head(filter: &AuditFilter) -> AnyView {
    let (csv, lines) = (paths::audit_export(filter, "csv"), paths::audit_export(filter, "jsonl"));
    view! {
        <PageHead title="Audit" lede="Everything that was done or refused, newest first. Each event carries a hash over the one before.">
            <ButtonLink href=csv label="Export CSV" external=true />
            <ButtonLink href=lines label="Export JSON lines" external=true />
        </PageHead>
    }
    .into_any()
}

fn bar(filter: AuditFilter) -> AnyView {
    let option = |(key, label): (&str, &str)| (key.to_owned(), label.to_owned());
    let mut actions: Vec<_> = ACTIONS.into_iter().map(option).collect();
    if !actions.iter().any(|(key, _)| *key == filter.action) {
        actions.push((filter.action.clone(), filter.action.clone()));
    }
    let outcomes =
        [("", "Any outcome"), ("done", "Done"), ("refused", "Refused")].into_iter().map(option).collect::<Vec<_>>();
    view! {
        <FilterBar action=paths::audit() label="Filter the record" active=is_active(&filter)>
            <SearchBox label="Search" value=filter.q.clone() placeholder="Who or what" />
            <Select name="action" label="Action" options=actions value=filter.action.clone() />
            <Select name="outcome" label="Outcome" options=outcomes value=filter.outcome.clone() />
            <DayBox name="from" label="From (UTC)" value=filter.from.clone() />
            <DayBox name="to" label="To (UTC)" value=filter.to.clone() />
        </FilterBar>
    }
    .into_any()
}

fn body(page: AuditPage, filter: &AuditFilter) -> AnyView {
    let first = filter.after.is_some().then(|| paths::audit_with(&AuditFilter { after: None, ..filter.clone() }));
    let next = page.next.map(|after| paths::audit_with(&AuditFilter { after: Some(after), ..filter.clone() }));
    if page.items.is_empty() {
        return view! { <Empty title="No event matches" text="Change the filter, or clear it to see all of them." /> }
            .into_any();
    }
    let rows: Vec<_> = page.items.into_iter().map(row).collect();
    view! {
        <table class="table">
            <caption class="sr-only">"Audit events"</caption>
            <thead>
                <tr>
                    <th scope="col" class="num">"No."</th>
                    <th scope="col">"When"</th>
                    <th scope="col">"Who"</th>
                    <th scope="col">"Action"</th>
                    <th scope="col">"What"</th>
                    <th scope="col">"Outcome"</th>
                    <th scope="col">"Details"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <Pager first=first next=next />
        <p class="hint">{export_limit(page.export_limit)}</p>
    }
    .into_any()
}

fn export_limit(limit: u32) -> String {
    format!(
        "An export holds the newest {limit} events of the filter at most; its last line says so when there are more."
    )
}

fn row(row: AuditRow) -> AnyView {
    let outcome = match row.outcome.as_str() {
        "done" => badge::state(Tone::Good, Icon::Check, "Done"),
        "refused" => badge::state(Tone::Bad, Icon::Cross, "Refused"),
        _ => row.outcome.clone().into_any(),
    };
    let label = format!("Details of event {}", row.seq);
    view! {
        <tr>
            <td class="num">{row.seq}</td>
            <td class="cell-when">{when(row.at, When::Exact)}</td>
            <td class="cell-main">{row.actor}</td>
            <td><code>{row.action}</code></td>
            <td>{row.subject}</td>
            <td class="cell-state">{outcome}</td>
            <td>
                <details class="evidence">
                    <summary><span aria-hidden="true">"Show"</span><span class="sr-only">{label.clone()}</span></summary>
                    <pre class="detail" role="region" tabindex="0" aria-label=label>{row.detail}</pre>
                    {(!row.actor_id.is_empty()).then(|| view! { <p class="muted">"Who, by id " <code>{row.actor_id}</code></p> })}
                    <p class="muted">"Hash " {digest(&row.hash)}</p>
                </details>
            </td>
        </tr>
    }
    .into_any()
}
