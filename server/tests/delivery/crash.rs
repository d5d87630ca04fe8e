//! Killed at each moment of each step, the delivery ends with exactly one branch, one commit and one pull request.

use crate::world::{Outside, World, portal};
use causeway_contract::requests::RequestState;
use causeway_portal::delivery::{Moment, Observer, Step};
use causeway_store::{Clock, MockClock, Options, from_micros, micros, testing::each_engine};
use std::{os::unix::process::ExitStatusExt, process::Command, sync::Arc, time::Duration};

/// Kills its own process, without a chance to clean up, when the delivery comes to one place.
struct Killer(Step, Moment);

impl Observer for Killer {
    fn at(&self, step: Step, moment: Moment) {
        if (step, moment) == (self.0, self.1) {
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
    let (step, moment) = place.split_once('/').unwrap();
    let step = Step::ALL[step.parse::<usize>().unwrap()];
    let moment = Moment::ALL[moment.parse::<usize>().unwrap()];
    let options =
        Options { url: get("CAUSEWAY_CRASH_DB"), create: true, connections: 4, timeout: Duration::from_secs(10) };
    let db = causeway_store::open(&options).await.unwrap();
    let mirror = std::path::PathBuf::from(get("CAUSEWAY_CRASH_MIRROR"));
    let (bitbucket, token) = (get("CAUSEWAY_CRASH_BITBUCKET"), get("CAUSEWAY_CRASH_TOKEN"));
    let outside = Outside { bitbucket: &bitbucket, token: &token, mirror: &mirror };
    let portal = portal(db, Arc::new(MockClock::at(from_micros(get("CAUSEWAY_CRASH_NOW").parse().unwrap()))), &outside);
    portal.observe_deliveries(Arc::new(Killer(step, moment)));
    portal.run_due_jobs().await.unwrap();
    panic!("the delivery never came to {step:?} {moment:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_anywhere_nothing_is_lost_and_nothing_is_done_twice() {
    for db in each_engine().await {
        let engine = db.db.engine_name();
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        for (s, step) in Step::ALL.into_iter().enumerate() {
            for (m, moment) in Moment::ALL.into_iter().enumerate() {
                let name = format!("crash-{}-{m}", step.as_str());
                let id = world.submit(&engineer, &name, "development").await;
                let status = child(&world, &format!("{s}/{m}"));
                assert_eq!(status.signal(), Some(9), "{engine} {step:?} {moment:?}: {status:?}");

                // The machine comes back after the dead worker's lease has run out.
                world.run().await;
                let view = world.view(&engineer, id).await;
                assert_eq!(
                    view.summary.state,
                    RequestState::InReview,
                    "{engine} {step:?} {moment:?} {:?}",
                    view.delivery
                );
                let delivery = view.delivery.unwrap();
                let refs = world.git(&["for-each-ref", "--format=%(refname)", "refs/heads/causeway"]);
                let ours: Vec<&str> = refs.lines().filter(|r| r.contains(&name)).collect();
                assert_eq!(ours, [format!("refs/heads/{}", delivery.branch)], "{engine} {step:?} {moment:?}");
                assert_eq!(world.git(&["rev-list", "--count", &format!("main..{}", delivery.branch)]), "1");
                assert_eq!(world.git(&["rev-parse", &delivery.branch]), delivery.commit.unwrap());
                let query = format!("/pull-requests?state=ALL&direction=OUTGOING&at=refs/heads/{}", delivery.branch);
                let found = world.bitbucket(reqwest::Method::GET, &query, world.sandbox.bot_user(), None).await;
                assert_eq!(found["values"].as_array().unwrap().len(), 1, "{engine} {step:?} {moment:?}");
                for action in ["started", "prepared", "committed", "pushed", "opened", "published"] {
                    let told = view.timeline.iter().filter(|e| e.what == sentence(action, e)).count();
                    assert!(told <= 1, "{action} is told {told} times");
                }
            }
        }
        let verdict = world.portal.verify_audit().await.unwrap();
        assert!(matches!(verdict, causeway_portal::AuditVerdict::Whole(_)), "{verdict:?}");
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

/// The timeline's words for a step that must be told once; entries of other steps never equal it.
fn sentence(action: &str, entry: &causeway_contract::requests::TimelineEntry) -> String {
    let begins = match action {
        "started" => "started delivery",
        "prepared" => "read ",
        "committed" => "made commit ",
        "pushed" => "pushed branch ",
        "opened" => "opened pull request ",
        _ => "set build status ",
    };
    if entry.what.starts_with(begins) { entry.what.clone() } else { String::new() }
}

fn child(world: &World, place: &str) -> std::process::ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args(["crash::child_process", "--exact", "--nocapture"])
        .env("CAUSEWAY_CRASH_AT", place)
        .env("CAUSEWAY_CRASH_NOW", micros(world.clock.now()).to_string())
        .env("CAUSEWAY_CRASH_DB", &world.db.url)
        .env("CAUSEWAY_CRASH_MIRROR", world.dir.path().join("mirror"))
        .env("CAUSEWAY_CRASH_BITBUCKET", world.sandbox.bitbucket_url())
        .env("CAUSEWAY_CRASH_TOKEN", world.sandbox.bot_token())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap()
}
