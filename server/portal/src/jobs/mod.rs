//! The worker: claims jobs and carries them out; runs the reconcilers.
//!
//! A job is a person's act to be carried out once; a reconciler takes no input and runs on a period.
//! To add a job kind: a branch in [`Portal::run_job`]. To add a reconciler: a line in [`Portal::run_workers`].

use crate::{
    Portal,
    delivery::{
        self,
        host::HostError,
        run::{Halt, Hold, Outcome},
    },
};
use causeway_contract::ApiResult;
use causeway_store::{jobs, micros, new_id, seen, sessions};
use chrono::TimeDelta;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};

/// How often the queue is looked at when nothing wakes the worker.
const POLL: Duration = Duration::from_secs(2);
/// Jobs under way at the same time in one process. One of the places is never taken by a job that only follows: what was just
/// approved does not wait until hundreds of open pull requests are looked at.
const AT_ONCE: usize = 4;
/// Until the next look at a delivery that is stuck with a pull request open.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(5);
/// Longest pause between two tries.
const LONGEST_PAUSE: i64 = 300;

impl Portal {
    /// Works until told to stop, then lets what is under way come to its end.
    pub async fn run_workers(&self, shutdown: watch::Receiver<bool>) {
        let every = self.config().sync_every;
        let repository = || async {
            self.sync_repository().await;
        };
        let catalogue = || async {
            let _ = self.sync_catalogue().await;
        };
        let sweep = || async {
            let _ = self.sweep().await;
        };
        tokio::join!(
            self.work(shutdown.clone()),
            periodically(every, shutdown.clone(), catalogue),
            periodically(every, shutdown.clone(), repository),
            periodically(Duration::from_secs(600), shutdown.clone(), sweep),
            periodically(Duration::from_secs(3_600), shutdown, || self.log_audit_head()),
        );
    }

    /// The reconciler of the repository's mirror: previews and pages read from it. Away: the mirror stays as it is.
    pub async fn sync_repository(&self) {
        if let Err(error) = self.host().tip().await {
            tracing::warn!(%error, "the repository cannot be fetched");
        }
    }

    async fn work(&self, mut shutdown: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        // Each job that only follows holds a copy while it runs, however it ends.
        let following = Arc::new(());
        while !*shutdown.borrow() {
            while running.len() < AT_ONCE {
                let room = Arc::strong_count(&following) < AT_ONCE;
                match self.claim(room).await {
                    Ok(Some(job)) => {
                        let (portal, counted) = (self.clone(), job.following.then(|| Arc::clone(&following)));
                        running.spawn(async move {
                            portal.run_job(job).await;
                            drop(counted);
                        });
                    }
                    // A database that is away was logged at the boundary; the pause below is the retry.
                    Ok(None) | Err(_) => break,
                }
            }
            tokio::select! {
                () = self.inner.work.notified() => {}
                Some(_) = running.join_next() => {}
                () = tokio::time::sleep(POLL) => {}
                _ = shutdown.changed() => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Carries out everything that is due now and returns how many runs that took. For tests and for seeding.
    ///
    /// # Errors
    /// A database that is away.
    pub async fn run_due_jobs(&self) -> ApiResult<usize> {
        let mut runs = 0;
        while let Some(job) = self.claim(true).await? {
            self.run_job(job).await;
            runs += 1;
        }
        Ok(runs)
    }

    /// `following`: also a job that only looks at what is done already.
    async fn claim(&self, following: bool) -> ApiResult<Option<jobs::Job>> {
        let now = self.now();
        let mut conn = self.db().read().await?;
        if !jobs::any_due(&mut conn, micros(now), following).await? {
            return Ok(None);
        }
        drop(conn);
        let token = new_id(now).to_string();
        let claim =
            jobs::Claim { token: &token, now: micros(now), lease_until: micros(now + self.config().lease), following };
        let mut conn = self.db().begin().await?;
        let job = jobs::claim(&mut conn, claim).await?;
        conn.commit().await?;
        Ok(job)
    }

    async fn run_job(&self, job: jobs::Job) {
        let hold = Hold { job: job.id, token: job.claimed_by.clone().unwrap_or_default() };
        let working = async {
            match job.kind.as_str() {
                delivery::JOB => self.run_delivery(&job, &hold).await,
                other => {
                    tracing::error!(kind = other, "a job of a kind this version does not know; left for one that does");
                    self.give_back(&hold, TimeDelta::minutes(5), Again { attempts: job.attempts, ..Again::default() })
                        .await
                }
            }
        };
        tokio::select! {
            result = working => if result.is_err() {
                // The database is away: the lease runs out and the job is taken again.
                tracing::warn!(job = %job.id, "the end of a job could not be written");
            },
            () = self.keep_lease(&hold) => {}
        }
    }

    /// Renews the lease while the job runs. Ends only when the lease is lost: another worker has the job then.
    async fn keep_lease(&self, hold: &Hold) {
        let third = (self.config().lease / 3).to_std().unwrap_or(Duration::from_secs(10));
        loop {
            tokio::time::sleep(third).await;
            let renewed = async {
                let mut conn = self.db().begin().await?;
                let until = micros(self.now() + self.config().lease);
                let kept = jobs::renew(&mut conn, hold.job, &hold.token, until).await?;
                conn.commit().await?;
                ApiResult::Ok(kept)
            };
            if matches!(renewed.await, Ok(false)) {
                return;
            }
        }
    }

    async fn run_delivery(&self, job: &jobs::Job, hold: &Hold) -> ApiResult<()> {
        match self.deliver(job.subject, hold).await {
            Ok(Outcome::Finished) | Err(Halt::Over) => self.finish(hold).await,
            Ok(Outcome::Again(after)) => {
                let pause = TimeDelta::from_std(after).unwrap_or(TimeDelta::seconds(30));
                self.give_back(hold, pause, Again { following: true, ..Again::default() }).await
            }
            Err(Halt::Stuck { error, next }) => {
                tracing::warn!(request = %job.subject, %error, "a delivery is stuck");
                match self.get_stuck(job.subject, hold, &error, next).await {
                    Ok(true) => {
                        let error = error.to_string();
                        self.give_back(
                            hold,
                            LOOK_AGAIN,
                            Again { error: Some(&error), following: true, ..Again::default() },
                        )
                        .await
                    }
                    Ok(false) | Err(Halt::Over) => self.finish(hold).await,
                    Err(Halt::Ours(error)) => Err(error),
                    Err(_) => Ok(()),
                }
            }
            Err(Halt::Retry { error, after }) => self.put_off(job, hold, &error, after).await,
            Err(Halt::Ours(error)) => {
                let attempts = job.attempts + 1;
                let again = Again { attempts, error: Some(&error.message), following: job.following, asked: false };
                self.give_back(hold, pause(attempts), again).await
            }
            Err(Halt::Lost) => {
                tracing::info!(request = %job.subject, "a lease ran out: another worker carries the delivery on");
                Ok(())
            }
        }
    }

    async fn put_off(&self, job: &jobs::Job, hold: &Hold, error: &HostError, after: Option<Duration>) -> ApiResult<()> {
        let attempts = job.attempts + 1;
        tracing::info!(request = %job.subject, attempts, %error, "a delivery will be tried again");
        if attempts >= 3
            && let Err(Halt::Ours(away)) = self.note_trouble(job.subject, hold, &error.message).await
        {
            return Err(away);
        }
        let asked = after.and_then(|a| TimeDelta::from_std(a).ok());
        let said = error.to_string();
        let again = Again { attempts, error: Some(&said), following: job.following, asked: asked.is_some() };
        self.give_back(hold, asked.unwrap_or_else(|| pause(attempts)), again).await
    }

    async fn finish(&self, hold: &Hold) -> ApiResult<()> {
        let mut conn = self.db().begin().await?;
        jobs::finish(&mut conn, hold.job, &hold.token).await?;
        Ok(conn.commit().await?)
    }

    async fn give_back(&self, hold: &Hold, pause: TimeDelta, again: Again<'_>) -> ApiResult<()> {
        let Again { attempts, error, asked, following } = again;
        let run_at = micros(self.now() + pause);
        let mut conn = self.db().begin().await?;
        jobs::again(&mut conn, hold.job, &hold.token, jobs::Again { run_at, attempts, error, asked, following })
            .await?;
        Ok(conn.commit().await?)
    }

    /// Forgets what has no use any more: ended sessions, message ids too old to be replayed.
    async fn sweep(&self) -> ApiResult<()> {
        let now = self.now();
        let mut conn = self.db().begin().await?;
        sessions::sweep(&mut conn, micros(now), micros(now - self.config().session_idle)).await?;
        seen::forget_before(&mut conn, micros(now - TimeDelta::days(7))).await?;
        Ok(conn.commit().await?)
    }
}

/// How a job is given back: what [`jobs::Again`] says, but for the time.
#[derive(Clone, Copy, Default)]
struct Again<'a> {
    attempts: i64,
    error: Option<&'a str>,
    /// The pause is the other side's wish.
    asked: bool,
    following: bool,
}

/// 1, 2, 4 … seconds, at most five minutes.
fn pause(attempts: i64) -> TimeDelta {
    TimeDelta::seconds((1_i64 << attempts.clamp(1, 9).saturating_sub(1)).min(LONGEST_PAUSE))
}

async fn periodically<F: Future<Output = ()>>(
    every: Duration,
    mut shutdown: watch::Receiver<bool>,
    work: impl Fn() -> F,
) {
    while !*shutdown.borrow() {
        work().await;
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = shutdown.changed() => {}
        }
    }
}
