//! Home, and the person on the page.

use super::summaries;
use crate::{
    Portal,
    access::Actor,
    approvals::{waiting_for, waiting_rows},
    environments::summaries as environment_summaries,
    portal::from_json,
    templates,
};
use causeway_contract::{
    Answers, ApiResult,
    ids::*,
    people::Viewer,
    requests::{DraftSummary, HomeView},
};
use causeway_store::{drafts, environments, from_micros, requests};

/// Rows shown of each kind.
const FEW: i64 = 8;
/// The counter in the navigation stops here.
const MANY: usize = 100;

impl Portal {
    /// Who is on the page, what they may open and how much waits for them (at most 100 are counted).
    ///
    /// # Errors
    /// A database that is away.
    pub async fn viewer(&self, actor: &Actor) -> ApiResult<Viewer> {
        let can = actor.abilities();
        let waiting = if can.decide {
            let mut conn = self.db().read().await?;
            waiting_for(&mut conn, actor, None, MANY).await?.len()
        } else {
            0
        };
        Ok(Viewer {
            person: actor.person.clone(),
            grants: actor.grants.clone(),
            teams: actor.teams(),
            groups: actor.groups.clone(),
            groups_note: actor.groups_note.clone(),
            help_contact: self.config().help_contact.clone(),
            can,
            waiting: waiting as u32,
            demo: self.config().demo,
        })
    }

    /// # Errors
    /// A database that is away.
    pub async fn home(&self, actor: &Actor) -> ApiResult<HomeView> {
        let mut conn = self.db().read().await?;
        let waiting = waiting_for(&mut conn, actor, None, FEW as usize).await?;
        let mine = requests::Query {
            requester: Some(actor.id().0),
            states: ["pending", "changes_requested", "approved", "delivering", "in_review", "stuck"]
                .map(str::to_owned)
                .to_vec(),
            ..requests::Query::of(actor.reader(), FEW)
        };
        let mine = requests::list(&mut conn, &mine).await?;
        let mut list = Vec::new();
        for draft in drafts::of_person(&mut conn, actor.id().0).await?.into_iter().take(FEW as usize) {
            let answers: Answers = from_json(&draft.answers)?;
            list.push(DraftSummary {
                id: DraftId(draft.id),
                template_title: templates::title(&mut conn, &draft.template).await?,
                template: draft.template,
                environment: answers.get("environment_name").cloned().unwrap_or_default(),
                saved_at: from_micros(draft.updated_at),
            });
        }
        let reader = requests::Reader { everything: false, tiers: vec![], ..actor.reader() };
        let environments = environments::Query {
            reader,
            text: String::new(),
            state: None,
            tier: None,
            team: None,
            after: None,
            limit: FEW,
        };
        let environments = environments::list(&mut conn, &environments).await?;
        Ok(HomeView {
            waiting_for_me: waiting_rows(&mut conn, &waiting).await?,
            my_open: summaries(&mut conn, mine).await?,
            drafts: list,
            environments: environment_summaries(&mut conn, environments).await?,
        })
    }
}
