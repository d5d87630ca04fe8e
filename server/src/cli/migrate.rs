//! `causeway migrate`.

use super::{Failure, tell};
use crate::{assemble, config::Config};

/// Brings the schema up to date; nothing happens when it is.
pub(super) async fn migrate(config: Config) -> Result<(), Failure> {
    let db = assemble::database(&config).await.map_err(Failure::outside)?;
    causeway_store::migrate(&db).await.map_err(|e| {
        Failure::outside(format!("the database cannot be migrated ({e}); nothing of the failed migration was kept"))
    })?;
    tell(format_args!("The {} database is up to date.", db.engine_name()));
    db.close().await;
    Ok(())
}
