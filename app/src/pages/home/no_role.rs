//! For a person without any role: what arrived from the provider, and who can help.

use crate::ui::{alert::Alert, badge, head::PageHead, section::Section};
use causeway_contract::{people::Viewer, requests::Tone};
use leptos::prelude::*;
use leptos_meta::Title;

pub(super) fn no_role(viewer: Viewer) -> AnyView {
    let groups = match viewer.groups.is_empty() {
        true => view! { <p>"Your sign-in provider sent no groups."</p> }.into_any(),
        false => {
            let tags: Vec<_> = viewer.groups.into_iter().map(|g| view! { <li>{badge::tag(g)}</li> }).collect();
            view! { <ul class="tags" aria-label="Groups received">{tags}</ul> }.into_any()
        }
    };
    view! {
        <Title text="No role yet" />
        <PageHead
            title="You have no role yet"
            lede="You are signed in, but none of your groups gives you a role in Causeway, so there is nothing to show."
        />
        {viewer.groups_note.map(|note| view! { <Alert tone=Tone::Attention title="Groups are missing"><p>{note}</p></Alert> })}
        <Section title="Groups received" id="groups">{groups}</Section>
        <Section title="Who can help" id="help">
            <p>{viewer.help_contact}</p>
            <p class="muted">"Say your address, " <strong>{viewer.person.email}</strong> ", and the team you work in. After a change, sign out and in again."</p>
        </Section>
    }
    .into_any()
}
