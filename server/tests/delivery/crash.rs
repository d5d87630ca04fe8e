//! Killed at each moment of each act, the delivery ends with exactly one branch, one commit, one pull request and one end. The
//! acts are enumerated from what the portal goes through, so that a new one cannot be forgotten.

use crate::world::{Outside, World, portal};
use causeway_contract::{ids::RequestId, requests::RequestState};
use causeway_portal::{
    access::Actor,
    delivery::{Act, Ending, Moment, Observer},
};
use causeway_store::{Clock, MockClock, Options, from_micros, micros, testing::each_engine};
use chrono::TimeDelta;
use std::{os::unix::process::ExitStatusExt, process::Command, sync::Arc, time::Duration};

/// Kills its own process, without a chance to clean up, when the delivery comes to one place.
struct Killer(Act, Moment);

impl Observer for Killer {
    fn at(&self, act: Act, moment: Moment) {
        if (act, moment) == (self.0, self.1) {
            let _ = Command::new("kill").arg("-9").arg(std::process::id().to_string()).status();
            std::thread::sleep(Duration::from_secs(60));
        }
    }
}

/// The process that is killed. It runs only as a child of the test below, which tells it where to die.
#[tokio::test]
async fn child_process() {
    let Ok(place) = std::env::var("CAUSEWAY_CRASH_AT") else { return };
    let get = |name: &str| std::env::var(name).unwrap();
    let (act, moment) = place.split_once('/').unwrap();
    let act = Act::all().nth(act.parse().unwrap()).unwrap();
    let moment = Moment::ALL[moment.parse::<usize>().unwrap()];
    let options =
        Options { url: get("CAUSEWAY_CRASH_DB"), create: true, connections: 4, timeout: Duration::from_secs(10) };
    let db = causeway_store::open(&options).await.unwrap();
    let mirror = std::path::PathBuf::from(get("CAUSEWAY_CRASH_MIRROR"));
    let (bitbucket, token) = (get("CAUSEWAY_CRASH_BITBUCKET"), get("CAUSEWAY_CRASH_TOKEN"));
    let outside = Outside { bitbucket: &bitbucket, token: &token, mirror: &mirror };
    let portal = portal(db, Arc::new(MockClock::at(from_micros(get("CAUSEWAY_CRASH_NOW").parse().unwrap()))), &outside);
    portal.observe_deliveries(Arc::new(Killer(act, moment)));
    portal.run_due_jobs().await.unwrap();
    panic!("the delivery never came to {act:?} {moment:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_anywhere_nothing_is_lost_and_nothing_is_done_twice() {
    for db in each_engine().await {
        let engine = db.db.engine_name();
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        for (a, act) in Act::all().enumerate() {
            for (m, moment) in Moment::ALL.into_iter().enumerate() {
                let place = format!("{engine} {act:?} {moment:?}");
                let name = format!("crash-{a}-{m}");
                let id = world.submit(&engineer, &name, "development").await;
                if let Act::Ending(ending) = act {
                    world.run().await;
                    end(&world, world.pull_request(&engineer, id).await, ending).await;
                    world.clock.advance(TimeDelta::minutes(2));
                }
                let status = child(&world, &format!("{a}/{m}"));
                assert_eq!(status.signal(), Some(9), "{place}: {status:?}");

                // Another machine takes over after the dead worker's lease has run out. It has no copy of the repository.
                world.clock.advance(TimeDelta::seconds(31));
                world.elsewhere(&format!("recovery-{a}-{m}")).run_due_jobs().await.unwrap();
                match act {
                    Act::Step(_) => delivered_once(&world, &engineer, id, &place).await,
                    Act::Ending(ending) => ended_once(&world, &engineer, id, ending, &place).await,
                }
                for action in ["started", "prepared", "committed", "pushed", "opened", "published"] {
                    assert_eq!(world.told(id, &format!("delivery.{action}")).await, 1, "{place}: {action}");
                }
            }
        }
        world.end().await;
    }
}

async fn delivered_once(world: &World, engineer: &Actor, id: RequestId, place: &str) {
    let view = world.view(engineer, id).await;
    assert_eq!(view.summary.state, RequestState::InReview, "{place} {:?}", view.delivery);
    let delivery = view.delivery.unwrap();
    let refs = world.git(&["for-each-ref", "--format=%(refname)", "refs/heads/causeway"]);
    let ours: Vec<&str> = refs.lines().filter(|r| r.ends_with(&view.summary.environment)).collect();
    assert_eq!(ours, [format!("refs/heads/{}", delivery.branch)], "{place}");
    assert_eq!(world.git(&["rev-list", "--count", &format!("main..{}", delivery.branch)]), "1");
    assert_eq!(world.git(&["rev-parse", &delivery.branch]), delivery.commit.unwrap());
    let query = format!("/pull-requests?state=ALL&direction=OUTGOING&at=refs/heads/{}", delivery.branch);
    let found = world.bitbucket(reqwest::Method::GET, &query, world.sandbox.bot_user(), None).await;
    assert_eq!(found["values"].as_array().unwrap().len(), 1, "{place}");
}

async fn end(world: &World, number: i64, ending: Ending) {
    match ending {
        Ending::Merged => world.close(number, "merge").await,
        Ending::Declined => world.close(number, "decline").await,
        Ending::Deleted => world.delete_pull_request(number).await,
    }
}

async fn ended_once(world: &World, engineer: &Actor, id: RequestId, ending: Ending, place: &str) {
    let (state, action) = match ending {
        Ending::Merged => (RequestState::Merged, "delivery.merged"),
        Ending::Declined => (RequestState::Declined, "delivery.declined"),
        Ending::Deleted => (RequestState::Declined, "delivery.deleted"),
    };
    let view = world.view(engineer, id).await;
    assert_eq!(view.summary.state, state, "{place}");
    assert_eq!(world.told(id, action).await, 1, "{place}");
    let commit = view.delivery.unwrap().commit.unwrap();
    let status = if ending == Ending::Merged { "SUCCESSFUL" } else { "FAILED" };
    assert_eq!(world.status(&commit).await, status, "{place}");
    let mut conn = world.db.db.read().await.unwrap();
    let left = causeway_store::jobs::all(&mut conn).await.unwrap();
    assert!(left.iter().all(|job| job.subject != id.0), "{place}: a job is left over");
    let environment = causeway_store::environments::find(&mut conn, view.environment_id.unwrap().0).await.unwrap();
    let lives = if ending == Ending::Merged { "live" } else { "abandoned" };
    assert_eq!(environment.unwrap().state, lives, "{place}");
}

fn child(world: &World, place: &str) -> std::process::ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args(["crash::child_process", "--exact", "--nocapture"])
        .env("CAUSEWAY_CRASH_AT", place)
        .env("CAUSEWAY_CRASH_NOW", micros(world.clock.now()).to_string())
        .env("CAUSEWAY_CRASH_DB", &world.db.url)
        .env("CAUSEWAY_CRASH_MIRROR", world.dir.path().join(format!("mirror-{}", place.replace('/', "-"))))
        .env("CAUSEWAY_CRASH_BITBUCKET", world.sandbox.bitbucket_url())
        .env("CAUSEWAY_CRASH_TOKEN", world.sandbox.bot_token())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap()
}
