//! Which page an address has. Every page is rendered whole on the server, so that it works without script and its status
//! is true.

use crate::{
    pages::{approvals, audit, catalogue, drafts, environments, gallery, home, requests, settings},
    parts::{
        frame::{Frame, Framed},
        problem::NotFound,
    },
};
use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Routes},
    path,
};

/// Every page with its address.
pub(super) fn pages() -> impl IntoView {
    let unknown = || {
        view! {
            <Frame>
                <NotFound />
            </Frame>
        }
        .into_any()
    };
    view! {
        <Routes fallback=unknown>
            <ParentRoute path=path!("") view=Framed ssr=SsrMode::Async>
                <Route path=path!("") view=home::page::HomePage ssr=SsrMode::Async />
                <Route path=path!("catalogue") view=catalogue::list::CataloguePage ssr=SsrMode::Async />
                <Route path=path!("catalogue/:name") view=catalogue::detail::TemplatePage ssr=SsrMode::Async />
                <Route path=path!("catalogue/:name/request") view=catalogue::prefilled::PrefilledPage ssr=SsrMode::Async />
                <Route path=path!("drafts/:id") view=drafts::page::DraftPage ssr=SsrMode::Async />
                <Route path=path!("requests") view=requests::list::RequestsPage ssr=SsrMode::Async />
                <Route path=path!("requests/:id") view=requests::detail::RequestPage ssr=SsrMode::Async />
                <Route path=path!("approvals") view=approvals::inbox::InboxPage ssr=SsrMode::Async />
                <Route path=path!("approvals/:id") view=approvals::decide::DecidePage ssr=SsrMode::Async />
                <Route path=path!("environments") view=environments::list::EnvironmentsPage ssr=SsrMode::Async />
                <Route path=path!("environments/:id") view=environments::detail::EnvironmentPage ssr=SsrMode::Async />
                <Route path=path!("audit") view=audit::list::AuditPage ssr=SsrMode::Async />
                <Route path=path!("settings/sessions") view=settings::sessions::SessionsPage ssr=SsrMode::Async />
                <Route path=path!("ui") view=gallery::GalleryPage ssr=SsrMode::Async />
            </ParentRoute>
        </Routes>
    }
}
