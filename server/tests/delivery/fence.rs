//! A worker that was held up past its lease writes nothing: another one has the job.

use crate::world::World;
use causeway_contract::requests::RequestState;
use causeway_portal::delivery::{Act, Ending, Moment, Observer, Step};
use causeway_store::{deliveries, jobs, testing::each_engine};
use chrono::TimeDelta;
use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

/// Holds the delivery up at one place until told to go on.
struct Gate {
    at: (Act, Moment),
    reached: Mutex<mpsc::Sender<()>>,
    go: Mutex<mpsc::Receiver<()>>,
}

impl Observer for Gate {
    fn at(&self, act: Act, moment: Moment) {
        if (act, moment) == self.at {
            self.reached.lock().unwrap().send(()).unwrap();
            // Two minutes: a test that fails elsewhere must not hang here.
            // The thread's other tasks, such as one that gives a connection back, move to another thread meanwhile.
            let _ = tokio::task::block_in_place(|| self.go.lock().unwrap().recv_timeout(Duration::from_secs(120)));
        }
    }
}

/// In these places a transaction is open that has the request: nobody overtakes there, the other one waits.
fn locked(act: Act, moment: Moment) -> bool {
    match act {
        Act::Step(Step::Start) => moment != Moment::Recorded,
        Act::Ending(Ending::Merged) => moment == Moment::Done,
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_comes_too_late_changes_nothing() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engine = world.db.db.engine_name();
        let engineer = world.engineer().await;
        for (a, act) in Act::all().enumerate() {
            for (m, moment) in Moment::ALL.into_iter().enumerate() {
                let place = format!("{engine} {act:?} {moment:?}");
                let id = world.submit(&engineer, &format!("fence-{a}-{m}"), "development").await;
                if let Act::Ending(ending) = act {
                    world.run().await;
                    let number = world.pull_request(&engineer, id).await;
                    match ending {
                        Ending::Merged => world.close(number, "merge").await,
                        Ending::Declined => world.close(number, "decline").await,
                        Ending::Deleted => world.delete_pull_request(number).await,
                    }
                    world.clock.advance(TimeDelta::minutes(2));
                }
                let (slow, quick) =
                    (world.elsewhere(&format!("slow-{a}-{m}")), world.elsewhere(&format!("quick-{a}-{m}")));
                let ((reached, came), (go, wait)) = (mpsc::channel(), mpsc::channel());
                slow.observe_deliveries(Arc::new(Gate {
                    at: (act, moment),
                    reached: Mutex::new(reached),
                    go: Mutex::new(wait),
                }));
                let held = tokio::spawn(async move { slow.run_due_jobs().await });
                let came = tokio::task::spawn_blocking(move || came.recv_timeout(Duration::from_secs(60)));
                came.await.unwrap().unwrap_or_else(|_| panic!("{place}: never came there"));

                world.clock.advance(TimeDelta::seconds(31));
                let overtaking = tokio::spawn(async move { quick.run_due_jobs().await });
                if locked(act, moment) {
                    go.send(()).unwrap();
                    overtaking.await.unwrap().unwrap();
                    held.await.unwrap().unwrap();
                } else {
                    overtaking.await.unwrap().unwrap();
                    let before = rows(&world, id).await;
                    go.send(()).unwrap();
                    held.await.unwrap().unwrap();
                    assert_eq!(rows(&world, id).await, before, "{place}");
                }
                check(&world, id, act, &place, world.state(&engineer, id).await).await;
                if !matches!(act, Act::Ending(_)) {
                    // Out of the way of the next one.
                    world.close(world.pull_request(&engineer, id).await, "decline").await;
                    world.later(3).await;
                    assert_eq!(world.state(&engineer, id).await, RequestState::Declined, "{place}");
                }
            }
        }
        world.end().await;
    }
}

async fn check(world: &World, id: causeway_contract::ids::RequestId, act: Act, place: &str, state: RequestState) {
    let (wanted, last) = match act {
        Act::Step(_) => (RequestState::InReview, None),
        Act::Ending(Ending::Merged) => (RequestState::Merged, Some("merged")),
        Act::Ending(Ending::Declined) => (RequestState::Declined, Some("declined")),
        Act::Ending(Ending::Deleted) => (RequestState::Declined, Some("deleted")),
    };
    assert_eq!(state, wanted, "{place}");
    for action in ["started", "prepared", "committed", "pushed", "opened", "published"].into_iter().chain(last) {
        assert_eq!(world.told(id, &format!("delivery.{action}")).await, 1, "{place}: {action}");
    }
    let mut conn = world.db.db.read().await.unwrap();
    let mut left = jobs::all(&mut conn).await.unwrap();
    left.retain(|job| job.subject == id.0);
    assert_eq!(left.len(), usize::from(last.is_none()), "{place}: {left:?}");
}

/// What is stored of a request's delivery: the row, the job, how much has been told.
async fn rows(
    world: &World,
    id: causeway_contract::ids::RequestId,
) -> (Option<deliveries::Delivery>, Vec<jobs::Job>, usize) {
    let mut conn = world.db.db.read().await.unwrap();
    let told = causeway_store::audit::of_subject(&mut conn, "request", &id.to_string()).await.unwrap().len();
    let delivery = deliveries::find(&mut conn, id.0).await.unwrap();
    let jobs = jobs::all(&mut conn).await.unwrap().into_iter().filter(|job| job.subject == id.0).collect();
    (delivery, jobs, told)
}
