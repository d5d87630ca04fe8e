//! Money with its currency. An unknown price is said, never 0.

use causeway_contract::{Money, requests::Estimate};
use leptos::prelude::*;

/// `84.10 USD`.
pub fn money(amount: &Money) -> AnyView {
    view! { <span class="money">{amount.rounded()}" "<span class="currency">{amount.currency.clone()}</span></span> }
        .into_any()
}

/// In a table: the sum, and what it leaves out.
pub fn estimate(estimate: &Estimate) -> AnyView {
    match &estimate.monthly {
        Some(sum) => view! { {money(sum)}{left_out(estimate.unpriced)} }.into_any(),
        None => view! { <span class="muted">"Unpriced"</span> }.into_any(),
    }
}

/// ` + 2 unpriced`: parts that are not in the sum before it.
pub fn left_out(unpriced: u32) -> AnyView {
    match unpriced {
        0 => ().into_any(),
        n => view! { " "<span class="muted unpriced">{format!("+ {n} unpriced")}</span> }.into_any(),
    }
}

/// The same in words, for sentences and titles.
pub fn in_words(estimate: &Estimate) -> String {
    match (&estimate.monthly, estimate.unpriced) {
        (Some(sum), 0) => format!("{sum} a month"),
        (Some(sum), 1) => format!("{sum} a month, and one part without a price"),
        (Some(sum), n) => format!("{sum} a month, and {n} parts without a price"),
        (None, _) => "without a price".into(),
    }
}
