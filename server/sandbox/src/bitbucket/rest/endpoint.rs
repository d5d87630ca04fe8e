//! One row of a table.

use super::{Call, Outcome, check::Shape};
use futures::future::BoxFuture;

/// What a resource accepts, and who answers.
pub(crate) struct Endpoint {
    pub method: &'static str,
    /// Below `/rest`, with `{names}`; a last `{path}` takes everything that follows.
    pub path: &'static str,
    pub query: &'static [Param],
    pub body: Expect,
    pub run: Run,
}

pub(crate) type Run = fn(Call) -> BoxFuture<'static, Outcome>;

/// The body of a request.
pub(crate) enum Expect {
    Nothing,
    /// JSON, or nothing at all.
    Maybe(&'static Shape),
    Json(&'static Shape),
    /// `multipart/form-data`
    Form,
}

/// A parameter of the query.
pub(crate) struct Param {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
}

pub(crate) enum Kind {
    Text,
    Number,
    Flag,
    OneOf(&'static [&'static str]),
}

pub(crate) const fn text(name: &'static str) -> Param {
    Param { name, kind: Kind::Text, required: false }
}

pub(crate) const fn flag(name: &'static str) -> Param {
    Param { name, kind: Kind::Flag, required: false }
}

pub(crate) const fn one_of(name: &'static str, values: &'static [&'static str]) -> Param {
    Param { name, kind: Kind::OneOf(values), required: false }
}

pub(crate) const fn needed(name: &'static str) -> Param {
    Param { name, kind: Kind::Text, required: true }
}

pub(crate) const START: Param = Param { name: "start", kind: Kind::Number, required: false };
pub(crate) const LIMIT: Param = Param { name: "limit", kind: Kind::Number, required: false };

/// One row: `row!(GET "/api/latest/x" [START, LIMIT] Nothing => function)`.
macro_rules! row {
    ($method:ident $path:expr, [$($param:expr),* $(,)?], $body:expr, $run:path) => {
        $crate::bitbucket::rest::Endpoint {
            method: stringify!($method),
            path: $path,
            query: &[$($param),*],
            body: $body,
            run: |call| Box::pin($run(call)),
        }
    };
}
pub(crate) use row;
