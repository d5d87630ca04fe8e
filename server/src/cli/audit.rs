//! `causeway audit verify`.

use super::{Failure, print};
use crate::{assemble, config::Config};
use causeway_store::audit::{self, Verdict};

/// Prints one JSON line: `{"links":N}` or `{"broken_at":N,"why":"…"}`; the latter ends with 1. Changes nothing, and may run
/// beside the portal.
pub(super) async fn verify(config: Config) -> Result<(), Failure> {
    let Some(db) = assemble::existing_database(&config).await.map_err(Failure::outside)? else {
        return Err(Failure::outside(
            "there is no database yet, so there is no record to verify; check --data and database.url, or run causeway migrate",
        ));
    };
    let mut conn = db.read().await.map_err(Failure::outside)?;
    let verdict = audit::verify(&mut conn).await.map_err(Failure::outside)?;
    drop(conn);
    db.close().await;
    match verdict {
        Verdict::Whole(links) => print(&format!("{}\n", serde_json::json!({ "links": links }))),
        Verdict::Broken { seq, why } => {
            print(&format!("{}\n", serde_json::json!({ "broken_at": seq, "why": why })))?;
            Err(Failure::outside(format!(
                "the record is broken at event {seq}: {why}. Compare it with a backup, and find out who could write to the database"
            )))
        }
    }
}
