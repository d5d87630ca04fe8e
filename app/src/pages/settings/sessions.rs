//! Where I am signed in, and how to end that.

use crate::{
    api::people::{self, RevokeSession},
    parts::{
        act::{Failure, done, failure},
        load::load,
        time::{When, when},
    },
    ui::{Icon, badge, button::Submit, head::PageHead},
};
use causeway_contract::{people::SessionView, requests::Tone};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;

#[component]
pub fn SessionsPage() -> impl IntoView {
    let revoke = ServerAction::<RevokeSession>::new();
    let revoked = done(revoke);
    let sessions = Resource::new(move || revoked.get(), |_| people::sessions());
    load(sessions, move |list| body(list, revoke))
}

fn body(sessions: Vec<SessionView>, revoke: ServerAction<RevokeSession>) -> AnyView {
    let rows: Vec<_> = sessions.into_iter().map(|s| row(s, revoke)).collect();
    view! {
        <Title text="Where I am signed in" />
        <PageHead title="Where I am signed in" lede="End what you do not know. It is signed out at once." />
        <Failure error=failure(revoke) id="revoke-failure" />
        <table class="table">
            <caption class="sr-only">"Sessions"</caption>
            <thead>
                <tr>
                    <th scope="col">"Browser"</th>
                    <th scope="col">"Address"</th>
                    <th scope="col">"Second factor"</th>
                    <th scope="col">"Signed in"</th>
                    <th scope="col">"Last seen"</th>
                    <th scope="col">"Ends"</th>
                    <th scope="col"><span class="sr-only">"What to do"</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(session: SessionView, revoke: ServerAction<RevokeSession>) -> AnyView {
    let factor = match session.mfa {
        true => badge::state(Tone::Good, Icon::Check, "Checked"),
        false => badge::state(Tone::Information, Icon::Dash, "Not checked"),
    };
    let end = match session.current {
        true => badge::tag("This browser"),
        false => view! {
            <ActionForm action=revoke>
                <input type="hidden" name="session" value=session.id.to_string() />
                <Submit label="Sign out" />
            </ActionForm>
        }
        .into_any(),
    };
    view! {
        <tr>
            <td class="cell-main">{session.device}</td>
            <td>{session.address}</td>
            <td>{factor}</td>
            <td class="cell-when">{when(session.signed_in_at, When::Relative)}</td>
            <td class="cell-when">{when(session.last_seen_at, When::Relative)}</td>
            <td class="cell-when">{when(session.expires_at, When::Relative)}</td>
            <td class="cell-state">{end}</td>
        </tr>
    }
    .into_any()
}
