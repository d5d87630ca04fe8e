//! A message in a box: what happened, why, what to do next.

use super::{Icon, badge::tone_class, icon};
use causeway_contract::requests::Tone;
use leptos::prelude::*;

/// `live` announces it to screen readers at once (`role="alert"`), for what comes up after an act.
#[component]
pub fn Alert(
    tone: Tone,
    #[prop(into)] title: String,
    #[prop(optional)] live: bool,
    #[prop(optional)] id: Option<&'static str>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let sign = match tone {
        Tone::Good => Icon::Check,
        Tone::Attention | Tone::Bad => Icon::Warning,
        Tone::Information => Icon::Info,
    };
    view! {
        <div class=format!("alert {}", tone_class(tone)) role=live.then_some("alert") id=id tabindex=id.map(|_| "-1")>
            {icon(sign)}
            <div class="alert-body">
                <p class="alert-title">{title}</p>
                {children.map(|children| children())}
            </div>
        </div>
    }
}
