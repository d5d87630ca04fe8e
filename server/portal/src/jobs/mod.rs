//! The worker: claims jobs and carries them out; runs the reconcilers.
//!
//! A job is a person's act to be carried out once; a reconciler takes no input and runs on a period.
//! To add a job kind: a branch in [`Portal::run_job`]. To add a reconciler: a line in [`Portal::run_workers`].

use crate::{
    Portal,
    delivery::{self},
};
use causeway_contract::ApiResult;
use causeway_store::{jobs, micros, new_id, seen, sessions};
use chrono::TimeDelta;
use std::{future::Future, time::Duration};
use tokio::{sync::watch, task::JoinSet};

/// How often the queue is looked at when nothing wakes the worker.
const POLL: Duration = Duration::from_secs(2);
/// Jobs under way at the same time in one process.
const AT_ONCE: usize = 4;
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
        let worker = format!("{}-{}", std::process::id(), new_id(self.now()));
        let mut running = JoinSet::new();
        while !*shutdown.borrow() {
            while running.len() < AT_ONCE {
                match self.claim(&worker).await {
                    Ok(Some(job)) => {
                        let (portal, worker) = (self.clone(), worker.clone());
                        running.spawn(async move { portal.run_job(job, &worker).await });
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
        while let Some(job) = self.claim("due").await? {
            self.run_job(job, "due").await;
            runs += 1;
        }
        Ok(runs)
    }

    async fn claim(&self, worker: &str) -> ApiResult<Option<jobs::Job>> {
        let now = self.now();
        let mut conn = self.db().read().await?;
        if !jobs::any_due(&mut conn, micros(now)).await? {
            return Ok(None);
        }
        drop(conn);
        let mut conn = self.db().begin().await?;
        let job = jobs::claim(&mut conn, worker, micros(now), micros(now + self.config().lease)).await?;
        conn.commit().await?;
        Ok(job)
    }

    async fn run_job(&self, job: jobs::Job, worker: &str) {
        let renewing = self.keep_lease(&job, worker);
        let working = async {
            match job.kind.as_str() {
                delivery::JOB => self.run_delivery(&job, worker).await,
                other => {
                    tracing::error!(kind = other, "a job of a kind this version does not know; left for one that does");
                    self.give_back(&job, worker, TimeDelta::minutes(5), job.attempts, None).await
                }
            }
        };
        tokio::select! {
            result = working => if result.is_err() {
                // The database is away: the lease runs out and the job is taken again.
                tracing::warn!(job = %job.id, "the end of a job could not be written");
            },
            () = renewing => {}
        }
    }

    /// Renews the lease while the job runs. Ends only when the lease is lost: another worker has the job then.
    async fn keep_lease(&self, job: &jobs::Job, worker: &str) {
        let third = (self.config().lease / 3).to_std().unwrap_or(Duration::from_secs(10));
        loop {
            tokio::time::sleep(third).await;
            let renewed = async {
                let mut conn = self.db().begin().await?;
                let kept = jobs::renew(&mut conn, job.id, worker, micros(self.now() + self.config().lease)).await?;
                conn.commit().await?;
                ApiResult::Ok(kept)
            };
            if matches!(renewed.await, Ok(false)) {
                return;
            }
        }
    }

    async fn run_delivery(&self, job: &jobs::Job, worker: &str) -> ApiResult<()> {
        use crate::delivery::run::{Halt, Outcome};
        match self.deliver(job.subject).await {
            Ok(Outcome::Finished) => self.finish(job, worker).await,
            Ok(Outcome::Again(after)) => {
                self.give_back(job, worker, TimeDelta::from_std(after).unwrap_or(TimeDelta::seconds(30)), 0, None).await
            }
            Err(Halt::Stuck(error)) => {
                tracing::warn!(request = %job.subject, %error, "a delivery is stuck");
                self.get_stuck(job.subject, &error).await?;
                self.finish(job, worker).await
            }
            Err(Halt::Retry { error, after }) => {
                let attempts = job.attempts + 1;
                tracing::info!(request = %job.subject, attempts, %error, "a delivery will be tried again");
                if attempts >= 3 {
                    self.note_trouble(job.subject, &error.message).await?;
                }
                let pause = after.and_then(|a| TimeDelta::from_std(a).ok()).unwrap_or_else(|| pause(attempts));
                self.give_back(job, worker, pause, attempts, Some(&error.to_string())).await
            }
            Err(Halt::Ours(error)) => {
                let attempts = job.attempts + 1;
                self.give_back(job, worker, pause(attempts), attempts, Some(&error.message)).await
            }
        }
    }

    async fn finish(&self, job: &jobs::Job, worker: &str) -> ApiResult<()> {
        let mut conn = self.db().begin().await?;
        jobs::finish(&mut conn, job.id, worker).await?;
        Ok(conn.commit().await?)
    }

    async fn give_back(
        &self,
        job: &jobs::Job,
        worker: &str,
        pause: TimeDelta,
        attempts: i64,
        error: Option<&str>,
    ) -> ApiResult<()> {
        let mut conn = self.db().begin().await?;
        jobs::again(&mut conn, job.id, worker, micros(self.now() + pause), attempts, error).await?;
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
