//! The server itself, and its users.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, text},
    row,
};
use crate::bitbucket::{show, users};
use serde_json::json;

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/application-properties", [], Expect::Nothing, properties),
    row!(GET "/api/latest/users", [text("filter"), text("group"), text("permission"), START, LIMIT], Expect::Nothing, list),
    row!(GET "/api/latest/users/{userSlug}", [], Expect::Nothing, get),
];

async fn properties(_: Call) -> Outcome {
    Answer::ok(json!({
        "version": "9.4.0", "buildNumber": "9004000", "buildDate": "1732147200000", "displayName": "Bitbucket",
    }))
}

async fn list(call: Call) -> Outcome {
    let filter = call.query("filter").unwrap_or_default().to_lowercase();
    let fits = |u: &users::User| {
        [u.name, u.display_name, u.email].iter().any(|text| text.to_lowercase().contains(&filter))
            && call.query("group").is_none_or(|group| u.groups.contains(&group))
    };
    let found = users::all().iter().filter(|u| fits(u)).map(|u| show::user(call.base(), u)).collect();
    call.window()?.page(found)
}

async fn get(call: Call) -> Outcome {
    let slug = call.part("userSlug");
    let user = users::find(slug).ok_or_else(|| Refusal::no_user(slug))?;
    Answer::ok(show::user(call.base(), &user))
}
