//! `GET /audit/export`: the record as CSV or JSON lines, page by page, in bounded memory.

use super::{Standpoint, Web, error_page::answer};
use axum::{
    body::{Body, Bytes},
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use causeway_contract::{
    ApiError, Page,
    audit::{AuditFilter, AuditRow},
};
use causeway_portal::access::Actor;
use futures::{Stream, stream};
use http::{
    HeaderMap,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};
use serde::Deserialize;
use std::io;

const PAGE: usize = 1_000;
const HEADER: &str = "seq,at,actor,actor_kind,actor_id,action,subject_kind,subject_id,subject,outcome,detail,hash\r\n";
/// Action of the last line of an export that holds less than was asked for.
const CUT: &str = "export.limit_reached";

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    Csv,
    Jsonl,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    format: Format,
    #[serde(flatten)]
    filter: AuditFilter,
}

/// Newest first, with the filter of the audit page.
pub(super) async fn export(
    State(web): State<Web>,
    standpoint: Standpoint,
    headers: HeaderMap,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let refuse = |error: ApiError| answer(&headers, "/audit/export", &error);
    let Some(actor) = standpoint.actor().cloned() else { return refuse(ApiError::signed_out()) };
    let Ok(Query(Wanted { format, filter })) = wanted else {
        return refuse(ApiError::invalid("Say format=csv or format=jsonl; the filters are those of the audit page."));
    };
    // The first page is read before the answer begins, so that a refusal is a refusal and not a broken file.
    let first = match web.portal.audit_page(&actor, filter.clone(), PAGE).await {
        Ok(first) => first,
        Err(error) => return refuse(error),
    };
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "causeway-audit.csv"),
        Format::Jsonl => ("application/x-ndjson", "causeway-audit.jsonl"),
    };
    let head = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    let limit = web.config.audit.export_limit as usize;
    (head, Body::from_stream(rows(web, actor, filter, format, first, limit))).into_response()
}

struct Reading {
    web: Web,
    actor: Actor,
    filter: AuditFilter,
    format: Format,
    page: Option<Page<AuditRow>>,
    begun: bool,
    left: usize,
}

fn rows(
    web: Web,
    actor: Actor,
    filter: AuditFilter,
    format: Format,
    first: Page<AuditRow>,
    limit: usize,
) -> impl Stream<Item = io::Result<Bytes>> {
    let state = Reading { web, actor, filter, format, page: Some(first), begun: false, left: limit };
    stream::try_unfold(state, |mut state| async move {
        let Some(page) = state.page.take() else { return Ok(None) };
        let mut text = String::new();
        if !state.begun && state.format == Format::Csv {
            text.push_str(HEADER);
        }
        state.begun = true;
        for row in page.items.iter().take(state.left) {
            match state.format {
                Format::Csv => csv(&mut text, row),
                Format::Jsonl => {
                    text.push_str(&serde_json::to_string(row).map_err(io::Error::other)?);
                    text.push('\n');
                }
            }
        }
        let more = page.next.is_some() || page.items.len() > state.left;
        state.left = state.left.saturating_sub(page.items.len());
        if more && state.left == 0 {
            cut(&mut text, state.format, state.web.config.audit.export_limit);
        } else if page.next.is_some() {
            state.filter.after = page.next;
            state.page = Some(
                state
                    .web
                    .portal
                    .audit_page(&state.actor, state.filter.clone(), PAGE)
                    .await
                    .map_err(io::Error::other)?,
            );
        }
        Ok(Some((Bytes::from(text), state)))
    })
}

/// The last line of an export that ends before the record does: nobody takes it for all there is.
fn cut(out: &mut String, format: Format, limit: u32) {
    let why = format!(
        "This export ends here, at {limit} events (audit.export_limit); there are older ones. Export them by their days."
    );
    match format {
        Format::Csv => {
            let row = ["", "", "", "", "", CUT, "", "", "", "", &why, ""];
            out.push_str(&row.map(|text| format!("\"{text}\"")).join(","));
            out.push_str("\r\n");
        }
        Format::Jsonl => {
            out.push_str(&serde_json::json!({ "action": CUT, "limit": limit, "detail": why }).to_string());
            out.push('\n');
        }
    }
}

fn csv(out: &mut String, row: &AuditRow) {
    let (seq, at) = (row.seq.to_string(), row.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true));
    let cells = [
        &seq,
        &at,
        &row.actor,
        &row.actor_kind,
        &row.actor_id,
        &row.action,
        &row.subject_kind,
        &row.subject_id,
        &row.subject,
        &row.outcome,
        &row.detail,
        &row.hash,
    ];
    for (i, text) in cells.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        cell(out, text);
    }
    out.push_str("\r\n");
}

/// One cell (RFC 4180). Text that a spreadsheet would run as a formula gets an apostrophe in front.
fn cell(out: &mut String, text: &str) {
    out.push('"');
    if text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r']) {
        out.push('\'');
    }
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula() {
        let shown = |text: &str| {
            let mut out = String::new();
            cell(&mut out, text);
            out
        };
        assert_eq!(shown("=HYPERLINK(\"http://evil\")"), "\"'=HYPERLINK(\"\"http://evil\"\")\"");
        for bad in ["+1", "-1", "@x", "\t=1", "  =1", "\r=1"] {
            assert!(shown(bad).starts_with("\"'"), "{bad:?}");
        }
        assert_eq!(shown("a,b\n\"c\""), "\"a,b\n\"\"c\"\"\"");
    }
}
