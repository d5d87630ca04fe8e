//! The rows of Causeway: SQLite and Postgres behind one set of functions. The only package that names sqlx.
//!
//! To add a table: write it into a new migration under `migrations/sqlite` and `migrations/postgres` (same file name),
//! then a module here with its row structs (`#[derive(FromRow)]`) and functions that take `&mut Conn`.
//! One SQL text serves both engines: `$1` placeholders, `BIGINT` microseconds, text with CHECK for enums, JSON as text,
//! no `now()`, arrays or `ILIKE`. Every function runs inside the caller's transaction; only `Db` begins one.

#[macro_use]
mod conn;
pub mod audit;
mod clock;
pub mod deliveries;
pub mod drafts;
pub mod environments;
mod error;
pub mod jobs;
mod migrate;
mod open;
pub mod people;
pub mod requests;
pub mod seen;
pub mod sessions;
pub mod sql;
pub mod stages;
pub mod templates;
#[cfg(feature = "testing")]
pub mod testing;

pub use clock::{Clock, MockClock, SystemClock, from_micros, micros, new_id};
pub use conn::{Conn, Db, Engine};
pub use error::{StoreError, StoreResult, internal};
pub use migrate::{Migrations, migrate, pending_migrations};
pub use open::{Options, open};
