//! What a push changes: refs, and the pull requests between them.

use super::record;
use crate::{
    bitbucket::{
        Bitbucket,
        events::{Event, RefChange},
        rest::Refusal,
        users::User,
        world::{State, World},
    },
    clock,
};

impl Bitbucket {
    /// Compares the refs with what was seen last, updates pull requests, and tells the webhooks.
    pub(crate) async fn take_in(&self, project: &str, slug: &str, user: &User) -> Result<(), Refusal> {
        let mut world = self.world().await;
        let repository = world.repository(project, slug)?;
        let refs = self.git(repository).refs().await?;
        let mut changes = Vec::new();
        for (name, commit) in &refs {
            let old = repository.refs.get(name);
            if old != Some(commit) {
                changes.push(RefChange { name: name.clone(), old: old.cloned(), new: Some(commit.clone()) });
            }
        }
        for (name, commit) in repository.refs.iter().filter(|(name, _)| !refs.contains_key(*name)) {
            changes.push(RefChange { name: name.clone(), old: Some(commit.clone()), new: None });
        }
        if changes.is_empty() {
            return Ok(());
        }
        world.repository_mut(project, slug)?.refs = refs;
        let events = self.rescope(&mut world, project, slug, &changes, user).await?;
        self.keep(&world)?;
        let repository = world.repository(project, slug)?;
        self.sender.send(&self.base, repository, user, Event::refs(changes));
        for event in events {
            self.sender.send(&self.base, repository, user, event);
        }
        Ok(())
    }

    /// Open pull requests follow their branches: a moved source is seen, a lost branch declines, a target that has
    /// everything is a merge that happened elsewhere.
    pub(crate) async fn rescope(
        &self,
        world: &mut World,
        project: &str,
        slug: &str,
        changes: &[RefChange],
        user: &User,
    ) -> Result<Vec<Event>, Refusal> {
        let git = self.git(world.repository(project, slug)?);
        let now = clock::millis();
        let mut events = Vec::new();
        let count = world.repository(project, slug)?.pull_requests.len();
        for index in 0..count {
            let id = world.next_id();
            let pull_request = &mut world.repository_mut(project, slug)?.pull_requests[index];
            let from = changes.iter().find(|c| c.name == pull_request.from.id);
            let to = changes.iter().find(|c| c.name == pull_request.to.id);
            if !pull_request.is_open() || (from.is_none() && to.is_none()) {
                continue;
            }
            let before = [pull_request.from.commit.clone(), pull_request.to.commit.clone()];
            if [from, to].into_iter().flatten().any(|c| c.new.is_none()) {
                pull_request.close(State::Declined, now);
                record(pull_request, id, user.name, "DECLINED", now);
                events.push(Event::pull_request("pr:declined", pull_request));
                continue;
            }
            if let Some(new) = from.and_then(|c| c.new.clone()) {
                git.set_ref(&format!("refs/pull-requests/{}/from", pull_request.id), &new).await?;
                pull_request.from.commit = new;
                pull_request.updated = now;
            }
            if let Some(new) = to.and_then(|c| c.new.clone()) {
                pull_request.to.commit = new;
            }
            let [from_before, to_before] = before;
            if to.is_some() && git.is_ancestor(&pull_request.from.commit, &pull_request.to.commit).await? {
                let commit = pull_request.to.commit.clone();
                pull_request.close(State::Merged, now);
                record(pull_request, id, user.name, "MERGED", now);
                // The target was fast-forwarded or merged by hand: its new head is the only commit one can name.
                pull_request.merge_commit = Some(commit);
                events.push(Event::pull_request("pr:merged", pull_request));
            } else if from.is_some() {
                let (from_now, to_now) = (pull_request.from.commit.clone(), pull_request.to.commit.clone());
                record(pull_request, id, user.name, "RESCOPED", now).moved =
                    Some([from_before.clone(), from_now, to_before, to_now]);
                events.push(Event::from_ref_updated(pull_request, &from_before));
            }
        }
        Ok(events)
    }
}
