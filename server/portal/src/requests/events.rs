//! What is said of a request in the record. The timeline reads these back.

use crate::access::Actor;
use causeway_contract::requests::{Evidence, Verdict};
use causeway_store::{
    audit::{NewEvent, Who},
    requests::Request,
};
use serde_json::{Value, json};

pub(crate) fn name(request: &Request) -> String {
    format!("request {} ({})", request.number, request.environment_name)
}

pub(crate) fn event(who: Who, action: &'static str, request: &Request, detail: Value) -> NewEvent {
    NewEvent {
        who,
        action,
        subject_kind: "request",
        subject_id: request.id.to_string(),
        subject_name: name(request),
        done: true,
        detail,
    }
}

/// Something Causeway did by itself.
pub(crate) fn by_causeway(action: &'static str, request: &Request, detail: Value) -> NewEvent {
    event(Who::System("Causeway".into()), action, request, detail)
}

pub(crate) fn decision(
    actor: &Actor,
    request: &Request,
    stage: &str,
    verdict: Verdict,
    comment: &str,
    field: Option<String>,
    evidence: &Evidence,
) -> NewEvent {
    let action = match verdict {
        Verdict::Approve => "request.stage_approved",
        Verdict::Deny => "request.denied",
        Verdict::AskForChanges => "request.changes_asked",
    };
    let detail = json!({ "stage": stage, "comment": comment, "field": field, "evidence": evidence, "revision": request.revision });
    event(actor.who(), action, request, detail)
}
