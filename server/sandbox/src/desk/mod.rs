//! The front desk of both servers: who may come in, which requests go wrong on purpose, and what came in.
//!
//! To add a kind of fault: a field in [`faults::Fault`], and its effect in `guard.rs`.

mod controls;
mod faults;
mod guard;
mod log;
mod origin;

pub(crate) use controls::router;
pub(crate) use guard::guard;
pub(crate) use origin::is_own;

use std::sync::Mutex;

/// Shared by the layers and the controls of one server. Nothing of it outlives the process.
#[derive(Default)]
pub(crate) struct Desk {
    faults: Mutex<Vec<faults::Fault>>,
    log: Mutex<log::Log>,
}
