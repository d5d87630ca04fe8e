//! `/ui`: every primitive on one page, in the demo only.

use crate::{
    api::AppError,
    parts::{
        frame::ViewerResource,
        problem::{NotFound, problem_page},
    },
    ui::{
        Icon,
        alert::Alert,
        badge,
        button::{Barred, ButtonLink, Look, Submit},
        code::{FileText, digest, key},
        empty::Empty,
        facts::{facts, text},
        field::Labelled,
        head::PageHead,
        icon,
        inputs::{DayBox, SearchBox, Select},
        pager::Pager,
        section::Section,
        steps::{StepLink, StepLook, steps},
        tabs::{Tab, tabs},
    },
};
use causeway_contract::requests::Tone;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn GalleryPage() -> impl IntoView {
    let viewer = use_context::<ViewerResource>();
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let Some(ViewerResource(viewer)) = viewer else { return ().into_any() };
                match viewer.await {
                    Ok(viewer) if viewer.demo => gallery(),
                    Ok(_) => view! { <NotFound /> }.into_any(),
                    Err(AppError(error)) => problem_page(error),
                }
            })}
        </Transition>
    }
}

/// All of them, with sample text.
pub fn gallery() -> AnyView {
    view! {
        <Title text="Gallery" />
        <PageHead
            title="Gallery"
            crumbs=vec![("Home".into(), "/".into())]
            lede="The primitives that the pages are made of."
            mark=badge::state(Tone::Good, Icon::Check, "Approved")
        >
            <ButtonLink href="/ui" label="One primary" look=Look::Primary />
        </PageHead>
        {buttons()}
        {badges()}
        {alerts()}
        {fields()}
        {moving()}
        {texts()}
        {icons()}
    }
    .into_any()
}

fn buttons() -> AnyView {
    view! {
        <Section title="Buttons" id="g-buttons">
            <div class="bar">
                <Submit label="Primary" look=Look::Primary />
                <Submit label="Plain" />
                <Submit label="Danger" look=Look::Danger />
                <Submit label="Quiet" look=Look::Quiet />
                <Submit label="Busy" look=Look::Primary busy=Signal::stored(true) />
                <Barred label="Barred" reason="Delivery has started." id="g-barred" />
            </div>
        </Section>
    }
    .into_any()
}

fn badges() -> AnyView {
    view! {
        <Section title="States and tags" id="g-badges">
            <div class="bar">
                {badge::state(Tone::Good, Icon::Check, "Good")}
                {badge::state(Tone::Attention, Icon::Clock, "Attention")}
                {badge::state(Tone::Bad, Icon::Cross, "Bad")}
                {badge::state(Tone::Information, Icon::Info, "Information")}
                {badge::tag("Staging")} {badge::strong_tag("Production")} <span class="count">"7"</span>
            </div>
        </Section>
    }
    .into_any()
}

fn alerts() -> AnyView {
    view! {
        <Section title="Messages" id="g-alerts">
            <div class="stack">
                <Alert tone=Tone::Good title="Your decision is recorded" />
                <Alert tone=Tone::Attention title="Your session has ended"><p>"Sign in again and you come back here."</p></Alert>
                <Alert tone=Tone::Bad title="Somebody was quicker"><p>"Chen denied it a moment ago."</p></Alert>
                <Alert tone=Tone::Information title="Worth knowing"><p>"A request on the same environment is open."</p></Alert>
                <Empty title="Nothing waits for your decision" text="New requests appear here by themselves.">
                    <ButtonLink href="/ui" label="See all requests" />
                </Empty>
            </div>
        </Section>
    }
    .into_any()
}

fn fields() -> AnyView {
    let wrong = Signal::stored(Some("Use only lower-case letters, digits and hyphens.".to_owned()));
    let options = vec![(String::new(), "Any tier".to_owned()), ("staging".into(), "Staging".into())];
    view! {
        <Section title="Fields" id="g-fields">
            <div class="stack">
                <Labelled id="g-name" label="Name" help="Becomes part of host names." error=wrong>
                    <input class="input" id="g-name" value="Shop_API" aria-invalid="true" aria-describedby="g-name-help g-name-error" />
                </Labelled>
                <Labelled id="g-note" label="Note" optional=true>
                    <textarea class="input" id="g-note" rows="2"></textarea>
                </Labelled>
                <div class="filters">
                    <SearchBox label="Search" value="" placeholder="Name or number" />
                    <Select name="tier" label="Tier" options=options value="" />
                    <DayBox name="day" label="Day" value="" />
                </div>
            </div>
        </Section>
    }
    .into_any()
}

fn moving() -> AnyView {
    let link = |title: &str, look, current| StepLink { title: title.into(), href: "/ui".into(), current, look };
    let list = vec![
        link("Basics", StepLook::Good, false),
        link("Database", StepLook::Bad, true),
        link("Review", StepLook::Open, false),
    ];
    let tab = |label, current, count| Tab { label, href: "/ui".into(), current, count };
    view! {
        <Section title="Getting around" id="g-moving">
            {steps(list)}
            {tabs("Example parts", vec![tab("Overview", true, None), tab("Changes", false, Some(3))])}
            <Pager first=Some("/ui".into()) next=Some("/ui".into()) />
        </Section>
    }
    .into_any()
}

fn texts() -> AnyView {
    let rows = vec![
        ("Team", text("payments")),
        ("Commit", digest("9b2f6c1d7e5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c")),
        ("Key", view! { {key("Ctrl")} {key("K")} }.into_any()),
    ];
    view! {
        <Section title="Facts and files" id="g-texts">
            {facts(rows)}
            <FileText path="environments/shop-api/main.tf" text="module \"service\" {\n  source = \"./modules/service\"\n}\n" open=true />
        </Section>
    }
    .into_any()
}

fn icons() -> AnyView {
    let all: Vec<_> =
        Icon::ALL.into_iter().map(|i| view! { <li>{icon(i)}<span>{format!("{i:?}")}</span></li> }).collect();
    view! { <Section title="Icons" id="g-icons"><ul class="icon-list">{all}</ul></Section> }.into_any()
}
