//! What a user may do with a repository.

use super::Repository;
use crate::bitbucket::{BOT, users::User};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Permission {
    #[serde(rename = "REPO_READ")]
    Read,
    #[serde(rename = "REPO_WRITE")]
    Write,
    #[serde(rename = "REPO_ADMIN")]
    Admin,
}

impl Repository {
    /// What was granted on this repository, or what the user's groups give. `None`: not even reading.
    pub(crate) fn permission_of(&self, user: &User) -> Option<Permission> {
        if let Some(granted) = self.permissions.get(user.name) {
            return *granted;
        }
        let member = |group: &str| user.groups.contains(&group);
        if member(crate::people::INFRASTRUCTURE_ADMINS) {
            Some(Permission::Admin)
        } else if user.name == BOT || member(crate::people::SENIOR_ENGINEERS) {
            Some(Permission::Write)
        } else if user.groups.len() > 1 {
            Some(Permission::Read)
        } else {
            None
        }
    }

    pub(crate) fn allows(&self, user: &User, needed: Permission) -> bool {
        self.permission_of(user).is_some_and(|p| p >= needed)
    }
}
