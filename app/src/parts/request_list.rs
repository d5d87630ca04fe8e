//! Requests as a table; a list on narrow screens.

use super::{
    money, person, state,
    time::{When, when},
};
use crate::paths;
use causeway_contract::{
    ids::RequestId,
    requests::{RequestFilter, RequestSort, RequestSummary},
};
use leptos::prelude::*;

/// `filter` makes the headings sort; `link` says where a row leads.
pub fn request_list(
    label: &'static str,
    rows: Vec<RequestSummary>,
    filter: Option<&RequestFilter>,
    link: fn(RequestId) -> String,
) -> AnyView {
    let rows: Vec<_> = rows.into_iter().map(|r| row(r, link)).collect();
    view! {
        <table class="table">
            <caption class="sr-only">{label}</caption>
            <thead>
                <tr>
                    <th scope="col">"Request"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Tier"</th>
                    <th scope="col">"Team"</th>
                    <th scope="col">"Asked by"</th>
                    {price_heading(filter)}
                    {date_heading(filter)}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn sorted(filter: &RequestFilter, sort: RequestSort) -> String {
    paths::requests_with(&RequestFilter { sort, after: None, ..filter.clone() })
}

fn price_heading(filter: Option<&RequestFilter>) -> AnyView {
    let Some(filter) = filter else { return view! { <th scope="col" class="num">"Price a month"</th> }.into_any() };
    let on = filter.sort == RequestSort::PriceHigh;
    view! {
        <th scope="col" class="num" aria-sort=on.then_some("descending")>
            <a class="sort" href=sorted(filter, RequestSort::PriceHigh) data-noscroll="true">"Price a month"</a>
        </th>
    }
    .into_any()
}

fn date_heading(filter: Option<&RequestFilter>) -> AnyView {
    let Some(filter) = filter else { return view! { <th scope="col">"Asked"</th> }.into_any() };
    let (order, other) = match filter.sort {
        RequestSort::Newest => (Some("descending"), RequestSort::Oldest),
        RequestSort::Oldest => (Some("ascending"), RequestSort::Newest),
        RequestSort::PriceHigh => (None, RequestSort::Newest),
    };
    view! {
        <th scope="col" aria-sort=order>
            <a class="sort" href=sorted(filter, other) data-noscroll="true">"Asked"</a>
        </th>
    }
    .into_any()
}

fn row(row: RequestSummary, link: fn(RequestId) -> String) -> AnyView {
    let what = format!("{} {}", row.kind.label(), row.environment);
    view! {
        <tr>
            <td class="cell-main">
                <a class="row-link" href=link(row.id) data-row="">{what}</a>
                <span class="muted"><span class="sr-only">"request "</span>{row.number}</span>
            </td>
            <td class="cell-state">
                {state::request(row.state)}
                {row.waiting_for.map(|stage| view! { <span class="row-sub">{stage}</span> })}
            </td>
            <td>{state::tier(row.tier)}</td>
            <td>{row.team}</td>
            <td>{person::name(&row.requester)}</td>
            <td class="num">{money::estimate(&row.price)}</td>
            <td class="cell-when">{when(row.submitted_at, When::Relative)}</td>
        </tr>
    }
    .into_any()
}
