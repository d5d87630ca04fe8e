//! Home: what concerns me now.

use super::no_role::no_role;
use crate::{
    api,
    browser::live::Live,
    parts::{
        environment_list::environment_list,
        frame::ViewerResource,
        load::load,
        request_list::request_list,
        time::{When, when},
    },
    paths,
    ui::{
        button::{ButtonLink, Look},
        empty::Empty,
        head::PageHead,
        section::Section,
    },
};
use causeway_contract::{
    people::Viewer,
    requests::{DraftSummary, HomeView},
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn HomePage() -> impl IntoView {
    let live = use_context::<Live>();
    let home = Resource::new(move || live.map(Live::version), |_| api::people::home());
    let viewer = use_context::<ViewerResource>();
    load(home, move |home| match viewer {
        Some(ViewerResource(viewer)) => {
            let home = home.clone();
            Suspend::new(async move {
                match viewer.await {
                    Ok(viewer) if viewer.grants.is_empty() => no_role(viewer),
                    Ok(viewer) => body(&viewer, home),
                    Err(api::AppError(error)) => crate::parts::problem::problem_page(error),
                }
            })
            .into_any()
        }
        None => ().into_any(),
    })
}

fn body(viewer: &Viewer, home: HomeView) -> AnyView {
    let can = viewer.can;
    let first_name = viewer.person.name.split_whitespace().next().unwrap_or_default().to_owned();
    let nothing = home.waiting_for_me.is_empty()
        && home.my_open.is_empty()
        && home.drafts.is_empty()
        && home.environments.is_empty();
    view! {
        <Title text="Home" />
        <PageHead title=format!("Hello, {first_name}")>
            {can.request.then(|| view! { <ButtonLink href=paths::catalogue() label="Request an environment" look=Look::Primary /> })}
        </PageHead>
        {nothing.then(|| welcome(viewer))}
        {(can.decide && !nothing).then(|| waiting(viewer, home.waiting_for_me))}
        {(!home.drafts.is_empty()).then(|| drafts(home.drafts))}
        {(!home.my_open.is_empty())
            .then(|| {
                view! {
                    <Section title="My open requests" id="my-requests">
                        {request_list("My open requests", home.my_open, None, paths::request)}
                    </Section>
                }
            })}
        {(!home.environments.is_empty())
            .then(|| {
                let all = view! { <a href=paths::environments()>"All environments"</a> }.into_any();
                view! {
                    <Section title="My environments" id="my-environments" aside=all>
                        {environment_list("My environments", home.environments)}
                    </Section>
                }
            })}
    }
    .into_any()
}

fn waiting(viewer: &Viewer, rows: Vec<causeway_contract::requests::RequestSummary>) -> AnyView {
    let more = viewer.waiting as usize > rows.len();
    let all = more.then(|| view! { <a href=paths::approvals()>{format!("All {}", viewer.waiting)}</a> }.into_any());
    let list = match rows.is_empty() {
        true => view! { <p class="muted">"Nothing waits for your decision."</p> }.into_any(),
        false => request_list("Waiting for my decision", rows, None, paths::approval),
    };
    match all {
        Some(all) => {
            view! { <Section title="Waiting for my decision" id="waiting" aside=all>{list}</Section> }.into_any()
        }
        None => view! { <Section title="Waiting for my decision" id="waiting">{list}</Section> }.into_any(),
    }
}

fn drafts(drafts: Vec<DraftSummary>) -> AnyView {
    let rows: Vec<_> = drafts
        .into_iter()
        .map(|draft| {
            let name = if draft.environment.is_empty() { "Not named yet".to_owned() } else { draft.environment };
            view! {
                <tr>
                    <td class="cell-main"><a class="row-link" href=paths::draft(draft.id) data-row="">{name}</a></td>
                    <td>{draft.template_title}</td>
                    <td class="cell-when">{when(draft.saved_at, When::Relative)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Section title="My drafts" id="my-drafts">
            <table class="table">
                <caption class="sr-only">"My drafts"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Environment"</th>
                        <th scope="col">"Template"</th>
                        <th scope="col">"Saved"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Section>
    }
    .into_any()
}

/// For somebody with nothing yet: what this is for, and where to begin.
fn welcome(viewer: &Viewer) -> AnyView {
    let can = viewer.can;
    if can.request {
        return view! {
            <Empty
                title="Nothing of yours yet"
                text="Pick a template, answer a few questions, and see the price, the change and who must agree before you submit."
            >
                <ButtonLink href=paths::catalogue() label="See the catalogue" />
            </Empty>
        }
        .into_any();
    }
    let (title, href, label) = match (can.decide, can.read_audit) {
        (true, _) => ("Nothing waits for you", paths::approvals(), "See approvals"),
        (_, true) => ("Everything that happened is in the record", paths::audit(), "Open the audit log"),
        _ => ("Nothing concerns you right now", paths::requests(), "See requests"),
    };
    view! { <Empty title=title><ButtonLink href=href label=label /></Empty> }.into_any()
}
