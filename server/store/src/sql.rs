//! Dynamic `WHERE` clauses: text and its arguments, side by side.

use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use crate::{Conn, StoreResult};

/// One bound value.
#[derive(Clone, Debug)]
pub enum Arg {
    Text(String),
    Int(i64),
    Id(Uuid),
}

impl From<&str> for Arg {
    fn from(v: &str) -> Self {
        v.to_owned().into()
    }
}
impl From<String> for Arg {
    /// Postgres refuses a statement with a NUL in a text, and no row has one: it is left out of what is looked for.
    fn from(v: String) -> Self {
        Arg::Text(if v.contains('\0') { v.replace('\0', "") } else { v })
    }
}
impl From<i64> for Arg {
    fn from(v: i64) -> Self {
        Arg::Int(v)
    }
}
impl From<Uuid> for Arg {
    fn from(v: Uuid) -> Self {
        Arg::Id(v)
    }
}

/// A statement under construction. The text is made of literals in this package only; values are always bound.
#[derive(Clone, Debug, Default)]
pub struct Sql {
    pub text: String,
    pub args: Vec<Arg>,
}

impl Sql {
    pub fn new(text: &'static str) -> Self {
        Self { text: text.into(), args: Vec::new() }
    }

    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Binds a value and writes its placeholder.
    pub fn bind(&mut self, value: impl Into<Arg>) -> &mut Self {
        self.args.push(value.into());
        self.text.push_str(&format!("${}", self.args.len()));
        self
    }

    /// `column IN ($1, $2, …)`; nothing in the list matches nothing.
    pub fn is_in<A: Into<Arg>>(&mut self, column: &'static str, values: impl IntoIterator<Item = A>) -> &mut Self {
        let mut first = true;
        for value in values {
            self.push(if first { column } else { "" }).push(if first { " IN (" } else { ", " }).bind(value);
            first = false;
        }
        self.push(if first { "1 = 0" } else { ")" })
    }

    /// # Errors
    /// The engine's.
    pub async fn fetch_all<T>(self, conn: &mut Conn) -> StoreResult<Vec<T>>
    where
        T: Send + Unpin + for<'r> FromRow<'r, sqlx::sqlite::SqliteRow> + for<'r> FromRow<'r, sqlx::postgres::PgRow>,
    {
        run!(conn, c => {
            let mut query = sqlx::query_as::<_, T>(AssertSqlSafe(self.text));
            for arg in self.args {
                query = match arg {
                    Arg::Text(v) => query.bind(v),
                    Arg::Int(v) => query.bind(v),
                    Arg::Id(v) => query.bind(v),
                };
            }
            query.fetch_all(c).await
        })
    }
}

/// As columns that are searched are written. The engines' own `lower()` and LIKE differ, on letters outside of ASCII and
/// on capitals, so that none of it is left to them.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// The text of a LIKE pattern that finds `part` anywhere in a column that [`fold`] wrote, or whose text is lower-case anyway,
/// with `\` as the escape character.
pub fn contains(part: &str) -> String {
    let mut out = String::from("%");
    for c in fold(part).chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}
