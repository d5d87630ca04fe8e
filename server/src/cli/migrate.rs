//! `causeway migrate`.

use super::{Failure, tell};
use crate::{assemble, config::Config};
use causeway_store::StoreError;

/// Somebody has gone back to a version from before the last migration.
pub(super) const TOO_OLD: &str =
    "this version is older than the database; run the version that migrated it last, or a newer one";

/// Brings the schema up to date; nothing happens when it is.
pub(super) async fn migrate(config: Config) -> Result<(), Failure> {
    let db = assemble::database(&config).await.map_err(Failure::outside)?;
    causeway_store::migrate(&db).await.map_err(|e| match e {
        StoreError::Newer => Failure::outside(TOO_OLD),
        e => {
            Failure::outside(format!("the database cannot be migrated ({e}); nothing of the failed migration was kept"))
        }
    })?;
    tell(format_args!("The {} database is up to date.", db.engine_name()));
    db.close().await;
    Ok(())
}
