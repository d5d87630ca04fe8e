//! A request that was checked.

use super::Refusal;
use crate::bitbucket::{
    Bitbucket,
    acts::{Target, permitted},
    users::User,
    world::{Permission, Repository, World},
};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

pub(crate) struct Call {
    pub server: Arc<Bitbucket>,
    /// `None` only where the resource is public.
    pub caller: Option<User>,
    pub path: BTreeMap<&'static str, String>,
    pub query: Vec<(String, String)>,
    /// Null when there was none.
    pub body: Value,
    /// Fields of a multipart form.
    pub form: BTreeMap<String, Vec<u8>>,
}

impl Call {
    pub(crate) fn base(&self) -> &str {
        &self.server.base
    }

    /// A part of the path; empty when the row has none of that name.
    pub(crate) fn part(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// A number in the path. Anything else is a path that does not exist.
    pub(crate) fn number(&self, name: &str) -> Result<u64, Refusal> {
        self.part(name).parse().map_err(|_| Refusal::no_route())
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
    }

    pub(crate) fn user(&self) -> Result<&User, Refusal> {
        self.caller.as_ref().ok_or_else(Refusal::anonymous)
    }

    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer).and_then(Value::as_str)
    }

    pub(crate) fn whole(&self, pointer: &str) -> Option<i64> {
        self.body.pointer(pointer).and_then(Value::as_i64)
    }

    pub(crate) fn flag(&self, pointer: &str) -> Option<bool> {
        self.body.pointer(pointer).and_then(Value::as_bool)
    }

    /// The repository in the path, when the caller may do that much with it.
    pub(crate) fn repository<'w>(&self, world: &'w World, needed: Permission) -> Result<&'w Repository, Refusal> {
        permitted(world, self.part("projectKey"), self.part("repositorySlug"), self.user()?, needed)
    }

    /// The same, to change it. Archived repositories refuse.
    pub(crate) fn repository_mut<'w>(
        &self,
        world: &'w mut World,
        needed: Permission,
    ) -> Result<&'w mut Repository, Refusal> {
        crate::bitbucket::acts::not_archived(self.repository(world, needed)?)?;
        world.repository_mut(self.part("projectKey"), self.part("repositorySlug"))
    }

    pub(crate) fn target(&self) -> Result<Target, Refusal> {
        Ok(Target {
            project: self.part("projectKey").into(),
            slug: self.part("repositorySlug").into(),
            id: self.number("pullRequestId")?,
        })
    }

    /// `version`, from the query or the body.
    pub(crate) fn version(&self) -> Result<Option<i64>, Refusal> {
        match self.query("version") {
            Some(text) => match text.parse() {
                Ok(version) => Ok(Some(version)),
                Err(_) => Err(Refusal::at(400, "version", "The version must be a number.")),
            },
            None => Ok(self.whole("/version")),
        }
    }
}
