//! Delivery's git half against a real repository behind `git http-backend`.

use crate::support::{Reply, Server, TOKEN, git, json};
use causeway_portal::delivery::host::{CodeHost, CommitPlan, Files, HostErrorKind, Signature};

fn plan(base: &str, write: &[(&str, &str)], remove: &[&str]) -> CommitPlan {
    CommitPlan {
        base: base.into(),
        write: write.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect::<Files>(),
        remove: remove.iter().map(|p| (*p).to_owned()).collect(),
        message: "Add shop-api to development\n\nRequested in Causeway.\n\nCauseway-Request: 42\n".into(),
        author: Signature { name: "Mia Naidoo".into(), email: "mia@example.com".into() },
        committer: Signature { name: "Causeway".into(), email: "causeway@example.com".into() },
        at: 1_780_000_000,
    }
}

const SEED: [(&str, &[u8]); 4] = [
    ("README.md", b"# Estate\n"),
    ("environments/shop/main.tf", b"resource \"a\" \"b\" {}\n"),
    ("environments/shop/logo.png", b"\x89PNG\x00\xff\xfe"),
    ("environments/other/main.tf", b"# other\n"),
];

async fn seeded() -> (Server, String) {
    let server = Server::with_git().await;
    let tip = server.commit("main", &SEED);
    (server, tip)
}

#[tokio::test]
async fn the_tip_is_fetched_and_remembered_across_a_restart() {
    let (server, first) = seeded().await;
    let host = server.host();
    assert_eq!(host.known_tip().await.unwrap(), None);
    let tip = host.tip().await.unwrap();
    assert_eq!((tip.branch.as_str(), tip.commit.as_str()), ("main", first.as_str()));
    let second = server.commit("main", &[("new.tf", b"# new\n")]);
    assert_eq!(host.known_tip().await.unwrap().unwrap().commit, first);
    assert_eq!(host.tip().await.unwrap().commit, second);
    // What was there before stays readable.
    assert!(!host.files(&first, "").await.unwrap().contains_key("new.tf"));

    let requests = server.all_seen().len();
    let again = server.host();
    assert_eq!(again.known_tip().await.unwrap().unwrap().commit, second);
    assert!(again.files(&second, "").await.unwrap().contains_key("new.tf"));
    assert_eq!(server.all_seen().len(), requests, "reading asked the server");
}

#[tokio::test]
async fn an_empty_repository_and_a_missing_branch_are_said_in_words() {
    let server = Server::with_git().await;
    let error = server.host().tip().await.unwrap_err();
    assert_eq!(error.kind, HostErrorKind::NotFound);
    assert!(error.message.contains("push a first one"), "{error}");
    server.commit("main", &SEED);
    let mut config = server.config();
    config.default_branch = Some("trunk".into());
    let error = causeway_connect::bitbucket::DataCenter::new(config).unwrap().tip().await.unwrap_err();
    assert!(error.kind == HostErrorKind::NotFound && error.message.contains("no branch trunk"), "{error}");
}

#[tokio::test]
async fn files_are_text_below_the_directory_and_nothing_else() {
    let (server, _) = seeded().await;
    let work = server.bare().parent().unwrap().parent().unwrap().parent().unwrap().join("work");
    std::os::unix::fs::symlink("/etc/passwd", work.join("environments/shop/link.tf")).unwrap();
    let commit = server
        .commit("main", &[("environments/shop/ü b.tf", "# ü\n".as_bytes()), ("environments/shop2/x.tf", b"# no\n")]);
    let host = server.host();
    host.tip().await.unwrap();
    let files = host.files(&commit, "environments/shop").await.unwrap();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["environments/shop/main.tf", "environments/shop/ü b.tf"]);
    assert_eq!(files["environments/shop/ü b.tf"], "# ü\n");
    assert!(host.files(&commit, "environments/nowhere").await.unwrap().is_empty());
    assert!(host.files(&commit, "README.md").await.unwrap().is_empty(), "a file is no directory");
    assert_eq!(host.files(&commit, "").await.unwrap().len(), 5);
    let unknown = host.files(&"a".repeat(40), "environments").await.unwrap_err();
    assert_eq!(unknown.kind, HostErrorKind::NotFound);
    for bad in ["--help", "HEAD", ""] {
        assert_eq!(host.files(bad, "").await.unwrap_err().kind, HostErrorKind::Refused, "{bad}");
    }
    assert_eq!(host.files(&commit, "environments/../..").await.unwrap_err().kind, HostErrorKind::Refused);
}

#[tokio::test]
async fn the_same_plan_is_the_same_commit_on_every_machine() {
    let (server, tip) = seeded().await;
    let host = server.host();
    host.tip().await.unwrap();
    let plan = plan(
        &tip,
        &[("environments/shop/main.tf", "# changed\n"), ("environments/new/main.tf", "# new\n")],
        &["README.md"],
    );
    let commit = host.commit(&plan).await.unwrap();
    assert_eq!(host.commit(&plan).await.unwrap(), commit);
    host.push("causeway/42", &commit).await.unwrap();

    // Another machine, whose copy has never been fetched, while the branch moved on.
    server.commit("main", &[("moved.tf", b"# moved\n")]);
    let mut config = server.config();
    config.mirror_dir = server.mirrors().join("elsewhere");
    let elsewhere = causeway_connect::bitbucket::DataCenter::new(config).unwrap();
    assert_eq!(elsewhere.commit(&plan).await.unwrap(), commit);

    let shown = git(&server.bare(), &["show", "--no-patch", "--format=%an|%ae|%cn|%ce|%at|%ct|%P|%B", &commit]);
    assert_eq!(
        shown,
        format!(
            "Mia Naidoo|mia@example.com|Causeway|causeway@example.com|1780000000|1780000000|{tip}|{}",
            "Add shop-api to development\n\nRequested in Causeway.\n\nCauseway-Request: 42"
        )
    );
    let changed = git(&server.bare(), &["diff-tree", "-r", "--no-commit-id", "--name-status", &commit]);
    assert_eq!(changed, "D\tREADME.md\nA\tenvironments/new/main.tf\nM\tenvironments/shop/main.tf");
}

#[tokio::test]
async fn a_push_makes_a_branch_once_and_never_moves_one() {
    let (server, tip) = seeded().await;
    let host = server.host();
    host.tip().await.unwrap();
    let one = host.commit(&plan(&tip, &[("a.tf", "# one\n")], &[])).await.unwrap();
    let two = host.commit(&plan(&tip, &[("a.tf", "# two\n")], &[])).await.unwrap();
    assert_eq!(host.head("causeway/1").await.unwrap(), None);
    // The default branch moved on since, and the copy is shallow.
    server.commit("main", &[("b.tf", b"# b\n")]);
    host.push("causeway/1", &one).await.unwrap();
    host.push("causeway/1", &one).await.unwrap();
    assert_eq!(host.head("causeway/1").await.unwrap(), Some(one.clone()));
    let moved = host.push("causeway/1", &two).await.unwrap_err();
    assert_eq!(moved.kind, HostErrorKind::Moved);
    assert_eq!(git(&server.bare(), &["rev-parse", "refs/heads/causeway/1"]), one);
    // A branch whose name ends the same is another branch.
    assert_eq!(host.head("1").await.unwrap(), None);
    git(&server.bare(), &["fsck", "--strict"]);
}

#[tokio::test]
async fn a_new_commit_on_a_commit_of_ours_can_be_pushed() {
    let (server, tip) = seeded().await;
    let host = server.host();
    host.tip().await.unwrap();
    let one = host.commit(&plan(&tip, &[("a.tf", "# one\n")], &[])).await.unwrap();
    host.push("causeway/1", &one).await.unwrap();
    git(&server.bare(), &["update-ref", "refs/heads/main", &one]);
    assert_eq!(host.tip().await.unwrap().commit, one);
    let two = host.commit(&plan(&one, &[("a.tf", "# two\n")], &[])).await.unwrap();
    host.push("causeway/2", &two).await.unwrap();
    assert_eq!(git(&server.bare(), &["rev-list", "--count", "refs/heads/causeway/2"]), "3");
}

#[tokio::test]
async fn nothing_to_change_and_paths_that_lead_out_are_refused() {
    let (server, tip) = seeded().await;
    let host = server.host();
    host.tip().await.unwrap();
    let same = host.commit(&plan(&tip, &[("README.md", "# Estate\n")], &["never/there.tf"])).await.unwrap_err();
    assert_eq!(same.kind, HostErrorKind::Empty);
    for bad in ["../x", "/etc/x", ".git/hooks/x", "a/../../x", "a\nb", ""] {
        let error = host.commit(&plan(&tip, &[(bad, "x")], &[])).await.unwrap_err();
        assert_eq!(error.kind, HostErrorKind::Refused, "{bad:?}");
    }
    for write in [&[("README.md/x.tf", "x")][..], &[("environments/shop", "x")], &[("a", "x"), ("a/b", "x")]] {
        let in_the_way = host.commit(&plan(&tip, write, &[])).await.unwrap_err();
        assert_eq!(in_the_way.kind, HostErrorKind::Refused);
        assert!(in_the_way.message.contains("in the way"), "{in_the_way}");
    }
    assert!(
        host.commit(&plan(&tip, &[("README.md/x.tf", "x")], &["README.md"])).await.is_ok(),
        "what leaves is in nobody's way"
    );
    let gone = host.commit(&plan(&"b".repeat(40), &[("x.tf", "x")], &[])).await.unwrap_err();
    assert_eq!(gone.kind, HostErrorKind::NotFound);
}

#[tokio::test]
async fn names_of_people_stay_names_and_scripts_stay_executable() {
    let (server, _) = seeded().await;
    let work = server.bare().parent().unwrap().parent().unwrap().parent().unwrap().join("work");
    std::fs::write(work.join("run.sh"), "#!/bin/sh\n").unwrap();
    git(&work, &["add", "run.sh"]);
    git(&work, &["update-index", "--chmod=+x", "run.sh"]);
    git(&work, &["config", "core.fileMode", "false"]);
    let tip = server.commit("main", &[("x.tf", b"# x\n")]);
    let host = server.host();
    host.tip().await.unwrap();
    let mut plan = plan(&tip, &[("run.sh", "#!/bin/sh\necho\n"), ("new.sh", "#!/bin/sh\n")], &[]);
    plan.author = Signature { name: "Eve\ncommitter Root <root@x> 1 +0000\n".into(), email: "eve@x>\n\n".into() };
    let commit = host.commit(&plan).await.unwrap();
    host.push("causeway/eve", &commit).await.unwrap();
    let raw = git(&server.bare(), &["cat-file", "commit", &commit]);
    let lines: Vec<&str> = raw.lines().take(4).collect();
    assert_eq!(lines[2], "author Eve committer Root root@x 1 +0000 <eve@x> 1780000000 +0000");
    assert_eq!(lines[3], "committer Causeway <causeway@example.com> 1780000000 +0000");
    let tree = git(&server.bare(), &["ls-tree", &commit, "run.sh", "new.sh"]);
    let modes: Vec<&str> = tree.lines().map(|l| &l[..6]).collect();
    assert_eq!(modes, ["100644", "100755"], "{tree}");
}

#[tokio::test]
async fn the_credential_is_on_no_disk_and_in_no_error() {
    let (server, tip) = seeded().await;
    let host = server.host();
    host.tip().await.unwrap();
    let commit = host.commit(&plan(&tip, &[("a.tf", "# a\n")], &[])).await.unwrap();
    host.push("causeway/1", &commit).await.unwrap();
    let found = std::process::Command::new("grep").args(["-r", "-l", TOKEN]).arg(server.mirrors()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "");

    let mut config = server.config();
    config.token = causeway_connect::http::Secret::new("wrong-but-still-secret");
    assert!(!format!("{config:?}").contains("still-secret"));
    let stranger = causeway_connect::bitbucket::DataCenter::new(config).unwrap();
    for error in [stranger.tip().await.unwrap_err(), stranger.push("causeway/2", &commit).await.unwrap_err()] {
        assert_eq!(error.kind, HostErrorKind::Denied, "{error}");
        assert!(!error.to_string().contains("still-secret"));
    }
}

#[tokio::test]
async fn the_credential_does_not_follow_a_redirect() {
    let (server, _) = seeded().await;
    let thief = Server::replaying().await;
    let to = format!("{}/scm/plat/estate.git/info/refs?service=git-upload-pack", thief.base);
    let reply = Reply { status: 302, ..Reply::default() }.with("location", &to);
    server.on("GET /bitbucket/scm/plat/estate.git/info/refs", [reply]);
    let error = server.host().tip().await.unwrap_err();
    assert_eq!(error.kind, HostErrorKind::Denied, "{error}");
    assert!(thief.all_seen().is_empty());
}

#[tokio::test]
async fn what_the_server_says_decides_what_to_do() {
    let (server, tip) = seeded().await;
    let host = server.host();
    host.tip().await.unwrap();
    let commit = host.commit(&plan(&tip, &[("a.tf", "# a\n")], &[])).await.unwrap();
    let hook = server.bare().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    // Whatever a hook says decides nothing, and is handed on.
    for words in [
        "Branch refs/heads/x can only be modified through pull requests.",
        "This repository is archived, does not exist, error: 503, already exists, Authentication failed.",
    ] {
        std::fs::write(&hook, format!("#!/bin/sh\necho '{words}' >&2\nexit 1\n")).unwrap();
        std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let error = host.push("causeway/1", &commit).await.unwrap_err();
        assert_eq!(error.kind, HostErrorKind::Refused, "{error}");
        assert!(error.detail.contains(words) && error.message.contains(words), "{error}");
    }
    // The repository itself says that it is archived.
    server.repo("GET", "", json(200, r#"{"id":42,"slug":"estate","archived":true}"#));
    let error = host.push("causeway/1", &commit).await.unwrap_err();
    assert_eq!(error.kind, HostErrorKind::Archived, "{error}");
    for (status, kind) in [
        (403, HostErrorKind::Denied),
        (404, HostErrorKind::NotFound),
        (429, HostErrorKind::Retry { after: None }),
        (503, HostErrorKind::Retry { after: None }),
    ] {
        server.on("GET /bitbucket/scm/plat/estate.git/info/refs", [Reply { status, ..Reply::default() }]);
        let error = host.tip().await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
    }
}

#[tokio::test]
async fn many_at_once_on_one_copy_do_not_trip_each_other() {
    let (server, _) = seeded().await;
    let hosts = [server.host(), server.host()];
    for round in 0..3 {
        let tip = server.commit("main", &[("round.tf", format!("# {round}\n").as_bytes())]);
        let all = futures::future::join_all((0..8).map(|i| hosts[i % 2].tip())).await;
        for found in all {
            assert_eq!(found.unwrap().commit, tip);
        }
        let plans: Vec<_> = (0..4).map(|i| plan(&tip, &[("x.tf", &format!("# {round} {i}\n"))], &[])).collect();
        let made = futures::future::join_all(plans.iter().enumerate().map(|(i, plan)| hosts[i % 2].commit(plan))).await;
        let ids: std::collections::BTreeSet<_> = made.into_iter().map(Result::unwrap).collect();
        assert_eq!(ids.len(), 4);
    }
}

#[tokio::test]
async fn a_killed_process_leaves_nothing_that_stops_the_next() {
    let (server, _) = seeded().await;
    server.host().tip().await.unwrap();
    let mirror = std::fs::read_dir(server.mirrors()).unwrap().next().unwrap().unwrap().path();
    for lock in [
        "shallow.lock",
        "HEAD.lock",
        "config.lock",
        "packed-refs.lock",
        "refs/causeway/tip/main.lock",
        "refs/causeway/default.lock",
    ] {
        std::fs::write(mirror.join(lock), "").unwrap();
    }
    let tip = server.commit("main", &[("after.tf", b"# after\n")]);
    let next = server.host();
    assert_eq!(next.tip().await.unwrap().commit, tip);
    // A copy that was being made when the process died.
    std::fs::remove_file(mirror.join("HEAD")).unwrap();
    assert_eq!(server.host().tip().await.unwrap().commit, tip);
}

#[tokio::test]
async fn a_commit_that_is_not_pushed_yet_survives_tidying_up() {
    let (server, tip) = seeded().await;
    let host = server.host();
    host.tip().await.unwrap();
    let commit = host.commit(&plan(&tip, &[("a.tf", "# a\n")], &[])).await.unwrap();
    server.commit("main", &[("b.tf", b"# b\n")]);
    host.tip().await.unwrap();
    let mirror = std::fs::read_dir(server.mirrors()).unwrap().next().unwrap().unwrap().path();
    git(&mirror, &["gc", "--quiet", "--prune=now"]);
    host.push("causeway/1", &commit).await.unwrap();
    assert!(host.files(&tip, "").await.unwrap().contains_key("README.md"), "the base that it was built on");
}
