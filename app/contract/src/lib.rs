//! What the portal and its pages say to each other.
//!
//! Every type here compiles for the browser and for the server; nothing here performs input or output.
//! To add a view: put it in the module of its noun, derive `Serialize`/`Deserialize`, say units in the field docs.

pub mod actions;
pub mod answers;
pub mod audit;
pub mod diff;
pub mod environments;
pub mod error;
pub mod form;
pub mod ids;
pub mod money;
pub mod names;
pub mod page;
pub mod people;
pub mod places;
pub mod requests;
pub mod templates;

pub use answers::Answers;
pub use error::{ApiError, ApiResult, ErrorKind, FieldError};
pub use money::Money;
pub use page::Page;
