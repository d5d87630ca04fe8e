//! Environments as a table; a list on narrow screens.

use super::{
    money, person, state,
    time::{When, when},
};
use crate::{paths, ui::badge};
use causeway_contract::environments::EnvironmentSummary;
use leptos::prelude::*;

pub fn environment_list(label: &'static str, rows: Vec<EnvironmentSummary>) -> AnyView {
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <table class="table">
            <caption class="sr-only">{label}</caption>
            <thead>
                <tr>
                    <th scope="col">"Environment"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Tier"</th>
                    <th scope="col">"Place"</th>
                    <th scope="col">"Team"</th>
                    <th scope="col">"Owner"</th>
                    <th scope="col" class="num">"Price a month"</th>
                    <th scope="col">"Changed"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(row: EnvironmentSummary) -> AnyView {
    view! {
        <tr>
            <td class="cell-main">
                <a class="row-link" href=paths::environment(row.id) data-row="">{row.name}</a>
            </td>
            <td class="cell-state">{state::environment(row.state)}</td>
            <td>{state::tier(row.tier)}</td>
            <td><span class="place">{badge::tag(row.cloud.label())}" "{row.region}</span></td>
            <td>{row.team}</td>
            <td>{person::name(&row.owner)}</td>
            <td class="num">{money::estimate(&row.price)}</td>
            <td class="cell-when">{when(row.updated_at, When::Relative)}</td>
        </tr>
    }
    .into_any()
}
