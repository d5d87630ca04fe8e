//! Identifiers. Each noun has its own type, so that one cannot be passed for another.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, concat!(stringify!($name), "({})"), self.0) }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> { s.parse().map(Self) }
        }
    )*};
}

id! {
    /// A person, known by issuer and subject of the OpenID provider.
    PersonId,
    /// One asked-for change of one environment.
    RequestId,
    /// What a request creates and later requests change.
    EnvironmentId,
    /// A half-written request, saved as one types.
    DraftId,
    /// One step of a request's route.
    StageId,
    /// One approval, denial or wish for changes.
    DecisionId,
    /// One browser that is signed in. This is the row's public id, never the cookie's value.
    SessionId,
    /// One piece of work for the worker.
    JobId,
}
