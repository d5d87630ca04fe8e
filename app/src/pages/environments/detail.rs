//! One environment: its state, its files, where it is, what was asked about it.

use crate::{
    api::{
        drafts::{RequestDeletion, RequestUpdate},
        environments,
    },
    browser::live::Live,
    pages::id_of,
    parts::{
        act::{Failure, failure},
        load::load,
        money, person,
        price::price_table,
        request_list::request_list,
        state,
        time::{When, when},
    },
    paths,
    ui::{
        Icon,
        button::{Barred, Look, Submit},
        code::FileText,
        facts::{facts, text},
        head::PageHead,
        icon,
        section::Section,
    },
};
use causeway_contract::{environments::EnvironmentView, ids::EnvironmentId};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;

#[component]
pub fn EnvironmentPage() -> impl IntoView {
    let live = use_context::<Live>();
    let id = id_of::<EnvironmentId>("environment");
    let environment = Resource::new(
        move || (id.get(), live.map(Live::version)),
        |(id, _)| async move { environments::environment(id?).await },
    );
    let (change, delete) = (ServerAction::<RequestUpdate>::new(), ServerAction::<RequestDeletion>::new());
    load(environment, move |view| body(view, change, delete))
}

fn body(
    environment: EnvironmentView,
    change: ServerAction<RequestUpdate>,
    delete: ServerAction<RequestDeletion>,
) -> AnyView {
    let summary = environment.summary.clone();
    let price = money::in_words(&summary.price);
    let files = match environment.files.is_empty() {
        true => view! { <p class="muted">"The files appear here once the pull request is merged."</p> }.into_any(),
        false => environment
            .files
            .clone()
            .into_iter()
            .map(|(path, text)| view! { <FileText path=path text=text /> })
            .collect::<Vec<_>>()
            .into_any(),
    };
    let requests = environment.requests.clone();
    view! {
        <Title text=summary.name.clone() />
        <PageHead
            title=summary.name.clone()
            crumbs=vec![("My environments".into(), paths::environments())]
            mark=state::environment(summary.state)
        />
        {buttons(&environment, change, delete)}
        <div class="split">
            <div>
                <Section title="Requests" id="requests">
                    {request_list("Requests on this environment", requests, None, paths::request)}
                </Section>
                <Section title="Files" id="files">{files}</Section>
                <Section title="Price" id="price" aside=view! { <span class="figure">{price}</span> }.into_any()>
                    {price_table(summary.price.clone())}
                </Section>
            </div>
            <aside class="aside" aria-label="Facts">{facts(rows(&environment))}</aside>
        </div>
    }
    .into_any()
}

fn rows(environment: &EnvironmentView) -> Vec<(&'static str, AnyView)> {
    let summary = &environment.summary;
    let folder = match &environment.browse_url {
        Some(url) => view! {
            <a href=url.clone() rel="external noopener"><code>{environment.directory.clone()}</code>{icon(Icon::External)}</a>
        }
        .into_any(),
        None => view! { <code>{environment.directory.clone()}</code> }.into_any(),
    };
    vec![
        ("Tier", state::tier(summary.tier)),
        ("Place", text(format!("{}, {}", summary.cloud.label(), summary.region))),
        ("Team", text(summary.team.clone())),
        ("Cost centre", text(summary.cost_centre.clone())),
        ("Owner", person::name(&summary.owner)),
        ("Template", view! { <a href=paths::template(&summary.template)>{summary.template.clone()}</a> }.into_any()),
        ("Repository", view! { <code>{environment.repository.clone()}</code> }.into_any()),
        ("Folder", folder),
        ("Changed", when(summary.updated_at, When::Relative)),
    ]
}

fn buttons(
    environment: &EnvironmentView,
    change: ServerAction<RequestUpdate>,
    delete: ServerAction<RequestDeletion>,
) -> AnyView {
    let id = environment.summary.id;
    match environment.may_request.clone() {
        Err(why) => view! {
            <div class="bar page-bar">
                <Barred label="Change" reason=why.clone() id="why-not-change" />
                <Barred label="Delete" reason=why id="why-not-delete" />
            </div>
        }
        .into_any(),
        Ok(()) => view! {
            <Failure error=failure(change) id="change-failure" />
            <Failure error=failure(delete) id="delete-failure" />
            <div class="bar page-bar">
                <ActionForm action=change>
                    <input type="hidden" name="environment" value=id.to_string() />
                    <Submit label="Change" look=Look::Primary busy=change.pending() />
                </ActionForm>
                <ActionForm action=delete>
                    <input type="hidden" name="environment" value=id.to_string() />
                    <Submit label="Delete" busy=delete.pending() />
                </ActionForm>
            </div>
        }
        .into_any(),
    }
}
