//! A monthly price by component.

use super::money::money;
use causeway_contract::requests::{Estimate, PriceLine};
use leptos::prelude::*;

pub fn price_table(estimate: Estimate) -> AnyView {
    if estimate.lines.is_empty() {
        return view! { <p class="muted">"Nothing in it has a price of its own."</p> }.into_any();
    }
    let rows: Vec<_> = estimate.lines.into_iter().map(row).collect();
    let total = estimate.monthly.as_ref().map_or_else(|| "Unpriced".into_any(), money);
    let left_out = (estimate.unpriced > 0).then(|| {
        let words = match estimate.unpriced {
            1 => "One component has no price and is not in the sum.".to_owned(),
            n => format!("{n} components have no price and are not in the sum."),
        };
        view! { <p class="note">{words}</p> }
    });
    view! {
        <table class="table table-plain price">
            <caption class="sr-only">"Price a month by component, at list price"</caption>
            <thead>
                <tr>
                    <th scope="col">"Component"</th>
                    <th scope="col" class="num">"A month"</th>
                </tr>
            </thead>
            <tbody>
                {rows}
                <tr class="total">
                    <th scope="row">"Together, at list price"</th>
                    <td class="num">{total}</td>
                </tr>
            </tbody>
        </table>
        {left_out}
    }
    .into_any()
}

fn row(line: PriceLine) -> AnyView {
    let each = line.unit_price.map(|p| format!(" at {} {}", p.amount.normalize(), p.currency)).unwrap_or_default();
    let month = match &line.monthly {
        Some(amount) => money(amount),
        None => view! { <span class="muted">"Unpriced"</span> }.into_any(),
    };
    view! {
        <tr>
            <td>
                {line.label}
                <span class="row-sub">{line.quantity}{each}". "{line.source}</span>
            </td>
            <td class="num">{month}</td>
        </tr>
    }
    .into_any()
}
