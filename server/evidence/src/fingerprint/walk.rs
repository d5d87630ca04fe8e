//! The attributes that change, found by walking the values before and after side by side.

use super::digest::{Digests, has_true, secret_name};
use super::{Attribute, Seen};
use crate::json::{Json, NULL, document};
use crate::plan::Change;
use crate::words;
use std::collections::{BTreeMap, BTreeSet};

/// The changed attributes of one resource. Of one that is created or replaced, everything that it is created with.
pub(super) fn attributes(change: &Change, digests: &Digests<'_>) -> Vec<Attribute> {
    let mut walk = Walk { digests: *digests, everything: change.action.creates(), out: Vec::new() };
    let pair = Pair {
        before: &change.before,
        after: &change.after,
        unknown: &change.after_unknown,
        before_sensitive: &change.before_sensitive,
        after_sensitive: &change.after_sensitive,
    };
    walk.go("", pair);
    walk.out
}

/// Everything in a value that comes into being.
pub(super) fn created(after: &Json, unknown: &Json, sensitive: &Json, digests: &Digests<'_>) -> Vec<Attribute> {
    let mut walk = Walk { digests: *digests, everything: true, out: Vec::new() };
    walk.go("", Pair { before: &NULL, after, unknown, before_sensitive: &NULL, after_sensitive: sensitive });
    walk.out
}

struct Walk<'a> {
    digests: Digests<'a>,
    /// Also what stays as it is.
    everything: bool,
    out: Vec<Attribute>,
}

/// One place in the value, before and after, with its marks.
#[derive(Clone, Copy)]
struct Pair<'a> {
    before: &'a Json,
    after: &'a Json,
    unknown: &'a Json,
    before_sensitive: &'a Json,
    after_sensitive: &'a Json,
}

impl<'a> Pair<'a> {
    fn each(self, step: impl Fn(&'a Json) -> &'a Json) -> Self {
        Self {
            before: step(self.before),
            after: step(self.after),
            unknown: step(self.unknown),
            before_sensitive: step(self.before_sensitive),
            after_sensitive: step(self.after_sensitive),
        }
    }

    fn keys(self) -> BTreeSet<&'a str> {
        let of = |value: &'a Json| value.object().into_iter().flatten().map(|(key, _)| key.as_str());
        of(self.before).chain(of(self.after)).chain(of(self.unknown)).collect()
    }

    fn length_before(self) -> usize {
        self.before.list().map_or(0, <[_]>::len)
    }

    fn length_after(self) -> usize {
        let known = self.after.list().map_or(0, <[_]>::len);
        // Where a list as a whole is left out of `after`, its unknown elements show in the marks alone.
        known.max(if has_true(self.unknown) { self.unknown.list().map_or(0, <[_]>::len) } else { 0 })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Nothing,
    Object,
    List,
    Leaf,
}

impl Shape {
    /// Null, absent and empty are one.
    fn of(value: &Json) -> Self {
        match value {
            Json::Null => Self::Nothing,
            Json::Object(members) if members.is_empty() => Self::Nothing,
            Json::List(elements) if elements.is_empty() => Self::Nothing,
            Json::Object(_) => Self::Object,
            Json::List(_) => Self::List,
            _ => Self::Leaf,
        }
    }

    fn after(value: &Json, unknown: &Json) -> Self {
        match Self::of(value) {
            Self::Nothing if has_true(unknown) => Self::of(unknown),
            shape => shape,
        }
    }
}

impl Walk<'_> {
    fn go(&mut self, path: &str, pair: Pair<'_>) {
        if pair.unknown.is_true() {
            // What was there before does not count: it is the provider's last news of what it decides anyway.
            self.out.push(Attribute { path: path.to_owned(), before: None, after: Some(Seen::Unknown) });
        } else if pair.before_sensitive.is_true() || pair.after_sensitive.is_true() {
            self.hidden(path, pair);
        } else {
            match (Shape::of(pair.before), Shape::after(pair.after, pair.unknown)) {
                (Shape::Nothing, Shape::Nothing) => {}
                (Shape::Object | Shape::Nothing, Shape::Object | Shape::Nothing) => self.members(path, pair),
                (Shape::List | Shape::Nothing, Shape::List | Shape::Nothing) => self.elements(path, pair),
                _ => self.leaves(path, pair),
            }
        }
    }

    fn members(&mut self, path: &str, pair: Pair<'_>) {
        for key in pair.keys() {
            let (path, member) = (words::member(path, key), pair.each(|value| value.get(key)));
            if secret_name(key) && !member.unknown.is_true() {
                self.hidden(&path, member);
            } else {
                self.go(&path, member);
            }
        }
    }

    fn elements(&mut self, path: &str, pair: Pair<'_>) {
        let (before, after) = (pair.length_before(), pair.length_after());
        for i in 0..before.max(after) {
            let path = format!("{path}[{i}]");
            let found = self.out.len();
            self.go(&path, pair.each(|value| value.list().and_then(|list| list.get(i)).unwrap_or(&NULL)));
            // An element that holds nothing is still one element more or less.
            if self.out.len() == found && (i < before) != (i < after) {
                self.leaf(&path, (i < before).then_some(Seen::Empty), (i < after).then_some(Seen::Empty));
            } else if self.out.len() == found && self.everything {
                self.leaf(&path, None, Some(Seen::Empty));
            }
        }
    }

    /// Texts that are JSON documents, as policies are, count by their parts, so that it can be said which one differs.
    fn leaves(&mut self, path: &str, pair: Pair<'_>) {
        let (before, after) = (parts(pair.before), parts(pair.after));
        if before.is_none() && after.is_none() {
            let before = self.digests.value(pair.before);
            let after = self.digests.after(pair.after, pair.unknown);
            return self.leaf(path, before, after);
        }
        let whole = |value: &Json| BTreeMap::from([(String::new(), value.clone())]);
        let (before, after) =
            (before.unwrap_or_else(|| whole(pair.before)), after.unwrap_or_else(|| whole(pair.after)));
        for inner in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
            let path = if inner.is_empty() { path.to_owned() } else { format!("{path} → {inner}") };
            let of = |parts: &BTreeMap<String, Json>| {
                let seen = |value| self.digests.part(&path, value, inner.split(['.', '"']).any(secret_name));
                parts.get(inner).filter(|v| !inner.is_empty() || !v.is_null()).map(seen)
            };
            let (before, after) = (of(&before), of(&after));
            self.leaf(&path, before, after);
        }
    }

    /// A sensitive value counts as a whole: its keys and its length may say something too.
    fn hidden(&mut self, path: &str, pair: Pair<'_>) {
        let before = self.digests.sensitive(path, pair.before, &NULL);
        let after = self.digests.sensitive(path, pair.after, pair.unknown);
        self.leaf(path, before, after);
    }

    fn leaf(&mut self, path: &str, before: Option<Seen>, after: Option<Seen>) {
        let path = path.to_owned();
        if before != after {
            self.out.push(Attribute { path, before, after });
        } else if self.everything && after.is_some() {
            self.out.push(Attribute { path, before: None, after });
        }
    }
}

/// The leaves of a text that is a JSON document, by their paths in it: null and empty ones too, since to whoever reads the
/// document they may mean something. `None` for another value, and for a document too long to be kept in parts.
fn parts(value: &Json) -> Option<BTreeMap<String, Json>> {
    const MOST: usize = 500;
    let mut out = BTreeMap::new();
    flatten(&document(value.text()?)?, "", &mut out);
    (out.len() <= MOST).then_some(out)
}

fn flatten(value: &Json, path: &str, out: &mut BTreeMap<String, Json>) {
    match value {
        Json::Object(members) if !members.is_empty() => {
            for (key, member) in members {
                flatten(member, &words::member(path, key), out);
            }
        }
        Json::List(elements) if !elements.is_empty() => {
            for (i, element) in elements.iter().enumerate() {
                flatten(element, &format!("{path}[{i}]"), out);
            }
        }
        // An empty document has no path in it.
        leaf => drop(out.insert(if path.is_empty() { "(all)".into() } else { path.to_owned() }, leaf.clone())),
    }
}
