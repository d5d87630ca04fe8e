//! Bitbucket over real HTTP with real git.

use crate::kit::{World, exception, expect};
use serde_json::{Value, json};

#[tokio::test]
async fn clone_push_and_who_am_i() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    assert!(clone.dir.join("atlantis.yaml").exists());
    let commit = world.push_branch(&clone, "causeway/one", "environments/a/main.tf", "# a\n").await;
    let branches = expect(world.get("P/branches?filterText=causeway").send().await.unwrap(), 200).await;
    assert_eq!(branches["values"][0]["latestCommit"], json!(commit));
    assert_eq!(branches["nextPageStart"], Value::Null);

    let response = world.get("api/latest/application-properties").send().await.unwrap();
    assert_eq!(response.headers()["x-ausername"], "causeway-bot");
    assert!(expect(response, 200).await["version"].as_str().unwrap().starts_with("9.4"));
    let raw = world.get("P/raw/environments/a/main.tf?at=causeway/one").send().await.unwrap();
    assert_eq!(expect(raw, 200).await, "# a\n");
}

#[tokio::test]
async fn strangers_do_not_get_in() {
    let world = World::start().await;
    let refs = format!("{}/info/refs?service=git-upload-pack", world.sandbox.infrastructure_git_url());
    assert_eq!(world.http.get(&refs).send().await.unwrap().status(), 401);
    assert_eq!(world.http.get(&refs).bearer_auth("wrong").send().await.unwrap().status(), 401);
    // A user without permission does not even learn that it exists.
    let kai = world.token("kai.mbeki");
    assert_eq!(world.http.get(&refs).basic_auth("kai.mbeki", Some(&kai)).send().await.unwrap().status(), 404);
    // A reader cannot push.
    let write = refs.replace("upload", "receive");
    let amara = world.token("amara.okafor");
    assert_eq!(world.http.get(&refs).basic_auth("amara.okafor", Some(&amara)).send().await.unwrap().status(), 200);
    assert_eq!(world.http.get(&write).basic_auth("amara.okafor", Some(&amara)).send().await.unwrap().status(), 403);

    let anonymous = world.http.get(world.rest("P/branches")).send().await.unwrap();
    assert_eq!(exception(&expect(anonymous, 401).await), "AuthenticationRequiredException");
    let wrong = world.http.get(world.rest("P/branches")).bearer_auth("wrong").send().await.unwrap();
    assert_eq!(exception(&expect(wrong, 401).await), "IncorrectPasswordAuthenticationException");
    let refused = world.http.get(world.rest("P/branches")).bearer_auth(kai).send().await.unwrap();
    assert_eq!(exception(&expect(refused, 401).await), "AuthorisationException");
    // Another host name that leads to loopback.
    let rebound = world.http.get(world.rest("P/branches")).header("host", "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), 421);
}

#[tokio::test]
async fn the_life_of_a_pull_request() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    let commit = world.push_branch(&clone, "causeway/one", "environments/a/main.tf", "# a\n").await;
    let pr = world.open("causeway/one").await;
    assert_eq!((&pr["id"], &pr["version"], &pr["state"]), (&json!(1), &json!(0), &json!("OPEN")));
    assert_eq!(pr["fromRef"]["latestCommit"], json!(commit));
    assert_eq!(pr["reviewers"][0]["user"]["name"], "farah.haddad");
    assert!(
        pr["links"]["self"][0]["href"]
            .as_str()
            .unwrap()
            .ends_with("/projects/CLOUD/repos/infrastructure/pull-requests/1")
    );

    // The same again: the existing one is in the error.
    let again = world.post("P/pull-requests").json(&world.draft("causeway/one")).send().await.unwrap();
    let again = expect(again, 409).await;
    assert_eq!(exception(&again), "DuplicatePullRequestException");
    assert_eq!(again["errors"][0]["existingPullRequest"]["id"], 1);

    // Not approved: vetoed, and the version does not move.
    let conditions = "required-builds/latest/projects/CLOUD/repos/infrastructure/conditions";
    let conditions = expect(world.get(conditions).send().await.unwrap(), 200).await;
    assert_eq!(conditions["values"][0]["buildParentKeys"], json!(["causeway/approval"]));
    let gate = expect(world.get("P/pull-requests/1/merge").send().await.unwrap(), 200).await;
    assert_eq!((&gate["canMerge"], &gate["conflicted"]), (&json!(false), &json!(false)));
    let vetoed = world.post("P/pull-requests/1/merge?version=0").send().await.unwrap();
    let vetoed = expect(vetoed, 409).await;
    assert_eq!(exception(&vetoed), "PullRequestMergeVetoedException");
    assert_eq!(vetoed["errors"][0]["vetoes"].as_array().unwrap().len(), 1);

    world.approve_build(&commit, "causeway/one").await;
    let gate = expect(world.get("P/pull-requests/1/merge").send().await.unwrap(), 200).await;
    assert_eq!(gate["canMerge"], json!(true));
    let listed = expect(world.get(&format!("build-status/1.0/commits/{commit}")).send().await.unwrap(), 200).await;
    assert_eq!(listed["values"][0]["key"], "causeway/approval");

    // Somebody pushes: the head follows, and what was approved counts no longer.
    clone.must(&["checkout", "--quiet", "causeway/one"]).await;
    let moved = clone.commit("environments/a/more.tf", "# more\n").await;
    clone.must(&["push", "--quiet", "origin", "causeway/one"]).await;
    let pr = expect(world.get("P/pull-requests/1").send().await.unwrap(), 200).await;
    assert_eq!((&pr["fromRef"]["latestCommit"], &pr["version"]), (&json!(moved), &json!(0)));
    let gate = expect(world.get("P/pull-requests/1/merge").send().await.unwrap(), 200).await;
    assert_eq!(gate["canMerge"], json!(false));
    world.approve_build(&moved, "causeway/one").await;

    // A stale version, then the right one.
    let update = json!({ "version": 0, "title": "Renamed", "reviewers": [] });
    let updated = expect(world.put("P/pull-requests/1").json(&update).send().await.unwrap(), 200).await;
    assert_eq!((&updated["version"], updated["reviewers"].as_array().unwrap().len()), (&json!(1), 0));
    let stale = expect(world.post("P/pull-requests/1/merge?version=0").send().await.unwrap(), 409).await;
    assert_eq!(exception(&stale), "PullRequestOutOfDateException");
    assert_eq!((&stale["errors"][0]["currentVersion"], &stale["errors"][0]["expectedVersion"]), (&json!(1), &json!(0)));
    let merged = expect(world.post("P/pull-requests/1/merge?version=1").send().await.unwrap(), 200).await;
    assert_eq!((&merged["state"], &merged["open"], &merged["version"]), (&json!("MERGED"), &json!(false), &json!(2)));

    // A real merge commit with both parents stands on main.
    let merge = merged["properties"]["mergeCommit"]["id"].as_str().unwrap();
    clone.must(&["fetch", "--quiet"]).await;
    assert_eq!(clone.must(&["rev-parse", "origin/main"]).await, merge);
    assert_eq!(clone.must(&["rev-parse", "origin/main^2"]).await, moved);
    assert_eq!(clone.must(&["show", "origin/main:environments/a/more.tf"]).await, "# more");
    let again = expect(world.post("P/pull-requests/1/merge?version=2").send().await.unwrap(), 409).await;
    assert_eq!(exception(&again), "IllegalPullRequestStateException");
    assert_eq!(again["errors"][0]["message"], "This pull request has already been merged.");

    // What it held can still be read.
    let changes = expect(world.get("P/pull-requests/1/changes").send().await.unwrap(), 200).await;
    assert_eq!(changes["values"].as_array().unwrap().len(), 2);
    let diff = expect(world.get("P/pull-requests/1.diff").send().await.unwrap(), 200).await;
    assert!(diff.as_str().unwrap().contains("+# more"));
    let commits = expect(world.get("P/pull-requests/1/commits").send().await.unwrap(), 200).await;
    assert_eq!(commits["size"], 2);
    let activities = expect(world.get("P/pull-requests/1/activities").send().await.unwrap(), 200).await;
    let actions: Vec<&str> =
        activities["values"].as_array().unwrap().iter().map(|a| a["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["MERGED", "UPDATED", "RESCOPED", "OPENED"]);
}

#[tokio::test]
async fn nothing_to_merge_nowhere_to_merge_nobody_to_review() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    clone.must(&["push", "--quiet", "origin", "HEAD:refs/heads/same"]).await;
    let empty = world.post("P/pull-requests").json(&world.draft("same")).send().await.unwrap();
    assert_eq!(exception(&expect(empty, 409).await), "EmptyPullRequestException");
    let missing = world.post("P/pull-requests").json(&world.draft("not-there")).send().await.unwrap();
    assert_eq!(exception(&expect(missing, 404).await), "NoSuchBranchException");

    world.push_branch(&clone, "x", "x.tf", "x\n").await;
    let mut draft = world.draft("x");
    draft["reviewers"] = json!([
        { "user": { "name": "farah.haddad" } }, { "user": { "name": "nobody" } }, { "user": { "name": "causeway-bot" } },
        { "user": { "name": "kai.mbeki" } }
    ]);
    let body = expect(world.post("P/pull-requests").json(&draft).send().await.unwrap(), 409).await;
    let error = &body["errors"][0];
    assert_eq!(exception(&body), "InvalidPullRequestReviewersException");
    assert_eq!(error["context"], "reviewers");
    assert_eq!(error["reviewerErrors"][0]["message"], "nobody is not a user.");
    let names: Vec<&str> =
        error["reviewerErrors"].as_array().unwrap().iter().map(|e| e["context"].as_str().unwrap()).collect();
    assert_eq!(names, ["nobody", "causeway-bot", "kai.mbeki"]);
    assert_eq!(error["validReviewers"].as_array().unwrap().len(), 1);
    let none = expect(world.get("P/pull-requests?state=ALL").send().await.unwrap(), 200).await;
    assert_eq!(none["size"], 0);
}

#[tokio::test]
async fn conflicts_come_from_git() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    let one = world.push_branch(&clone, "one", "same.tf", "one\n").await;
    let two = world.push_branch(&clone, "two", "same.tf", "two\n").await;
    world.open("one").await;
    world.open("two").await;
    world.approve_build(&one, "one").await;
    world.approve_build(&two, "two").await;
    expect(world.post("P/pull-requests/1/merge?version=0").send().await.unwrap(), 200).await;
    let gate = expect(world.get("P/pull-requests/2/merge").send().await.unwrap(), 200).await;
    assert_eq!((&gate["conflicted"], &gate["outcome"]), (&json!(true), &json!("CONFLICTED")));
    let body = expect(world.post("P/pull-requests/2/merge?version=0").send().await.unwrap(), 409).await;
    assert_eq!(exception(&body), "PullRequestMergeVetoedException");
    assert_eq!((&body["errors"][0]["conflicted"], &body["errors"][0]["vetoes"]), (&json!(true), &json!([])));
    let page = world
        .http
        .get(format!("{}/projects/CLOUD/repos/infrastructure/pull-requests/2", world.sandbox.bitbucket_url()));
    let html = page.send().await.unwrap().text().await.unwrap();
    assert!(html.contains("Conflict") && html.contains("same.tf"), "{html}");
}

#[tokio::test]
async fn declined_reopened_and_branch_deleted() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    world.push_branch(&clone, "x", "x.tf", "x\n").await;
    world.open("x").await;
    let declined =
        world.post("P/pull-requests/1/decline?version=0").json(&json!({ "comment": "No" })).send().await.unwrap();
    let declined = expect(declined, 200).await;
    assert_eq!((&declined["state"], &declined["version"]), (&json!("DECLINED"), &json!(1)));
    let gate = expect(world.get("P/pull-requests/1/merge").send().await.unwrap(), 409).await;
    assert_eq!(exception(&gate), "IllegalPullRequestStateException");
    let reopened = expect(world.post("P/pull-requests/1/reopen?version=1").send().await.unwrap(), 200).await;
    assert_eq!((&reopened["state"], &reopened["version"]), (&json!("OPEN"), &json!(2)));
    clone.must(&["push", "--quiet", "origin", ":x"]).await;
    let gone = expect(world.get("P/pull-requests/1").send().await.unwrap(), 200).await;
    assert_eq!(gone["state"], "DECLINED");
}

#[tokio::test]
async fn merged_by_hand_is_seen() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    let commit = world.push_branch(&clone, "x", "x.tf", "x\n").await;
    world.open("x").await;
    clone.must(&["push", "--quiet", "origin", "x:main"]).await;
    let pr = expect(world.get("P/pull-requests/1").send().await.unwrap(), 200).await;
    assert_eq!((&pr["state"], &pr["properties"]["mergeCommit"]["id"]), (&json!("MERGED"), &json!(commit)));
}

#[tokio::test]
async fn requests_that_the_specification_forbids() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    let commit = world.push_branch(&clone, "x", "x.tf", "x\n").await;
    let context = |body: &Value| body["errors"][0]["context"].as_str().unwrap_or_default().to_owned();

    for (path, wrong) in [
        ("P/branches?nonsense=1", "nonsense"),
        ("P/branches?limit=many", "limit"),
        ("P/branches?limit=0", "limit"),
        ("P/branches?details=yes", "details"),
        ("P/pull-requests?state=WEIRD", "state"),
        ("P/pull-requests/1/comments", "path"),
        ("default-reviewers/latest/projects/CLOUD/repos/infrastructure/reviewers?sourceRepoId=1", "targetRepoId"),
    ] {
        let body = expect(world.get(path).send().await.unwrap(), 400).await;
        assert_eq!(context(&body), wrong, "{path}");
    }

    let mut draft = world.draft("x");
    draft["title"] = json!(7);
    let body = expect(world.post("P/pull-requests").json(&draft).send().await.unwrap(), 400).await;
    assert_eq!(context(&body), "title");
    let mut draft = world.draft("x");
    draft["surprise"] = json!(true);
    let body = expect(world.post("P/pull-requests").json(&draft).send().await.unwrap(), 400).await;
    assert_eq!(context(&body), "surprise");
    let mut draft = world.draft("x");
    draft["title"] = json!("é".repeat(256));
    let body = expect(world.post("P/pull-requests").json(&draft).send().await.unwrap(), 400).await;
    assert_eq!(context(&body), "title");

    let builds = format!("P/commits/{commit}/builds");
    let good = json!({ "key": "k", "state": "FAILED", "url": "http://x/y", "ref": "refs/heads/x" });
    for (name, value) in [
        ("state", json!("DONE")),
        ("url", json!("not-a-url")),
        ("url", json!(format!("http://x/{}", "y".repeat(450)))),
        ("ref", json!("x")),
        ("key", json!("")),
        ("key", json!("k".repeat(256))),
    ] {
        let mut status = good.clone();
        status[name] = value;
        let body = expect(world.post(&builds).json(&status).send().await.unwrap(), 400).await;
        assert_eq!(context(&body), name);
    }
    assert_eq!(world.post(&builds).json(&good).send().await.unwrap().status(), 204);
    let unknown = world.post(&format!("P/commits/{}/builds", "a".repeat(40))).json(&good).send().await.unwrap();
    assert_eq!(exception(&expect(unknown, 404).await), "NoSuchCommitException");

    // A browser could have sent these without asking.
    let token = world.sandbox.bot_token();
    let bare =
        world.http.post(world.rest("P/pull-requests/1/merge?version=0")).bearer_auth(&token).send().await.unwrap();
    assert_eq!(bare.status(), 403);
    assert_eq!(bare.text().await.unwrap(), "XSRF check failed");
    let text = world.post("P/pull-requests").body("{}").header("content-type", "application/xml").send().await.unwrap();
    assert_eq!(text.status(), 415);
    let broken =
        world.post("P/pull-requests").body("{").header("content-type", "application/json").send().await.unwrap();
    assert_eq!(broken.status(), 400);
    assert_eq!(world.get("api/latest/nothing").send().await.unwrap().status(), 404);
    assert_eq!(world.put("P/branches").json(&json!({})).send().await.unwrap().status(), 405);
    let nobody = world.get("api/latest/projects/NOPE/repos/x").send().await.unwrap();
    assert_eq!(exception(&expect(nobody, 404).await), "NoSuchProjectException");
}

#[tokio::test]
async fn branches_by_rest_and_one_file() {
    let world = World::start().await;
    let utils = "branch-utils/latest/projects/CLOUD/repos/infrastructure/branches";
    let new = json!({ "name": "feature/a", "startPoint": "main" });
    let made = expect(world.post(utils).json(&new).send().await.unwrap(), 201).await;
    assert_eq!(made["id"], "refs/heads/feature/a");
    let again = expect(world.post(utils).json(&new).send().await.unwrap(), 400).await;
    assert_eq!(exception(&again), "DuplicateRefException");
    let overlap = json!({ "name": "feature", "startPoint": "main" });
    assert_eq!(world.post(utils).json(&overlap).send().await.unwrap().status(), 409);
    let bad = json!({ "name": "a..b", "startPoint": "main" });
    assert_eq!(world.post(utils).json(&bad).send().await.unwrap().status(), 400);

    let boundary = "x1x";
    let part = |name: &str, value: &str| {
        format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let write = |content: &str, source: Option<&str>| {
        let mut body = part("content", content) + &part("message", "Write it") + &part("branch", "feature/a");
        body += &source.map(|s| part("sourceCommitId", s)).unwrap_or_default();
        body += &format!("--{boundary}--\r\n");
        world
            .put("P/browse/notes/a.txt")
            .header("content-type", format!("multipart/form-data; boundary={boundary}"))
            .body(body)
    };
    let commit = expect(write("one\n", None).send().await.unwrap(), 200).await;
    assert_eq!(commit["author"]["name"], "causeway-bot");
    assert_eq!(write("two\n", None).send().await.unwrap().status(), 409);
    let id = commit["id"].as_str().unwrap();
    let same = expect(write("one\n", Some(id)).send().await.unwrap(), 409).await;
    assert_eq!(exception(&same), "FileContentUnmodifiedException");
    expect(write("two\n", Some(id)).send().await.unwrap(), 200).await;
    let lines = expect(world.get("P/browse/notes/a.txt?at=feature/a").send().await.unwrap(), 200).await;
    assert_eq!(lines["lines"][0]["text"], "two");

    let delete = world.http.delete(world.rest(utils)).bearer_auth(world.sandbox.bot_token());
    assert_eq!(delete.json(&json!({ "name": "feature/a" })).send().await.unwrap().status(), 204);
    let left = expect(world.get("P/branches").send().await.unwrap(), 200).await;
    assert_eq!(left["size"], 1);
}

#[tokio::test]
async fn paging_follows_the_server() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    let names: Vec<String> = (0..5).map(|i| format!("HEAD:refs/heads/b{i}")).collect();
    let mut push = vec!["push", "--quiet", "origin"];
    push.extend(names.iter().map(String::as_str));
    clone.must(&push).await;
    let mut seen = Vec::new();
    let mut start = json!(0);
    while !start.is_null() {
        let page = expect(world.get(&format!("P/branches?limit=4&start={start}")).send().await.unwrap(), 200).await;
        assert_eq!(page["isLastPage"], json!(page["nextPageStart"].is_null()));
        seen.extend(page["values"].as_array().unwrap().iter().map(|b| b["displayId"].to_string()));
        start = page["nextPageStart"].clone();
    }
    assert_eq!(seen.len(), 6);
    let capped = expect(world.get("P/branches?limit=100000").send().await.unwrap(), 200).await;
    assert_eq!(capped["limit"], 1000);
}

#[tokio::test]
async fn archived_repositories_are_read_only() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    let commit = world.push_branch(&clone, "x", "x.tf", "x\n").await;
    world.open("x").await;
    world.approve_build(&commit, "x").await;
    let archive = format!("{}/sandbox/repos/CLOUD/infrastructure/archive", world.sandbox.bitbucket_url());
    assert_eq!(world.http.post(&archive).send().await.unwrap().status(), 204);
    let repository =
        expect(world.get("api/latest/projects/CLOUD/repos/infrastructure").send().await.unwrap(), 200).await;
    assert_eq!(repository["archived"], json!(true));
    let merge = expect(world.post("P/pull-requests/1/merge?version=0").send().await.unwrap(), 409).await;
    assert_eq!(exception(&merge), "RepositoryArchivedException");
    let push = clone.git(&["push", "origin", "HEAD:refs/heads/y"]).await;
    assert!(!push.status.success());
    let decline = world.post("P/pull-requests/1/decline?version=0").send().await.unwrap();
    assert_eq!(decline.status(), 409);
    // A hostile page cannot archive anything.
    let foreign = world.http.delete(&archive).header("origin", "http://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    assert_eq!(world.http.delete(&archive).send().await.unwrap().status(), 204);
    expect(world.post("P/pull-requests/1/merge?version=0").send().await.unwrap(), 200).await;
}

#[tokio::test]
async fn default_reviewers_are_named_not_added() {
    let world = World::start().await;
    let repository =
        expect(world.get("api/latest/projects/CLOUD/repos/infrastructure").send().await.unwrap(), 200).await;
    let id = repository["id"].as_u64().unwrap();
    let path = format!(
        "default-reviewers/latest/projects/CLOUD/repos/infrastructure/reviewers?sourceRepoId={id}&targetRepoId={id}&sourceRefId=refs/heads/x&targetRefId=refs/heads/main"
    );
    let named = expect(world.get(&path).send().await.unwrap(), 200).await;
    let names: Vec<&str> = named.as_array().unwrap().iter().map(|u| u["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["farah.haddad", "gabriel.costa"]);
}

#[tokio::test]
async fn required_builds_look_at_the_parent() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    let commit = world.push_branch(&clone, "x", "x.tf", "x\n").await;
    world.open("x").await;
    world.approve_build(&commit, "x").await;
    let condition = json!({
        "buildParentKeys": ["plan"], "refMatcher": { "id": "refs/heads/main", "type": { "id": "BRANCH" } },
    });
    let conditions = world.rest("required-builds/latest/projects/CLOUD/repos/infrastructure/condition");
    let by_bot =
        world.http.post(&conditions).bearer_auth(world.sandbox.bot_token()).json(&condition).send().await.unwrap();
    assert_eq!(by_bot.status(), 401);
    let made =
        world.http.post(&conditions).bearer_auth(world.token("farah.haddad")).json(&condition).send().await.unwrap();
    expect(made, 200).await;
    let mut status = json!({ "key": "plan", "state": "SUCCESSFUL", "url": "http://x/y" });
    for (parent, can_merge) in [(None, false), (Some("plan"), true)] {
        if let Some(parent) = parent {
            status["parent"] = json!(parent);
        }
        world.post(&format!("P/commits/{commit}/builds")).json(&status).send().await.unwrap();
        let gate = expect(world.get("P/pull-requests/1/merge").send().await.unwrap(), 200).await;
        assert_eq!(gate["canMerge"], json!(can_merge), "{parent:?}");
    }
}

#[tokio::test]
async fn comments_reviews_and_tasks() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    let commit = world.push_branch(&clone, "x", "x.tf", "x\n").await;
    world.open("x").await;
    world.approve_build(&commit, "x").await;
    let long =
        world.post("P/pull-requests/1/comments").json(&json!({ "text": "x".repeat(32_768) })).send().await.unwrap();
    let long = expect(long, 400).await;
    assert_eq!(long["errors"][0]["message"], "Please enter a non-empty value less than 32768 characters");
    let task = json!({ "text": "Do this", "severity": "BLOCKER" });
    let task = expect(world.post("P/pull-requests/1/comments").json(&task).send().await.unwrap(), 201).await;
    let vetoed = expect(world.post("P/pull-requests/1/merge?version=0").send().await.unwrap(), 409).await;
    assert_eq!(vetoed["errors"][0]["vetoes"][0]["summaryMessage"], "Not all tasks are resolved");
    let path = format!("P/pull-requests/1/comments/{}", task["id"]);
    let stale =
        expect(world.put(&path).json(&json!({ "state": "RESOLVED", "version": 4 })).send().await.unwrap(), 409).await;
    assert_eq!(exception(&stale), "CommentOutOfDateException");
    expect(world.put(&path).json(&json!({ "state": "RESOLVED", "version": 0 })).send().await.unwrap(), 200).await;

    // The author cannot approve, somebody else can.
    let own = world
        .put("P/pull-requests/1/participants/causeway-bot")
        .json(&json!({ "status": "APPROVED" }))
        .send()
        .await
        .unwrap();
    assert_eq!(own.status(), 400);
    let farah = world
        .http
        .put(world.rest("P/pull-requests/1/participants/farah.haddad"))
        .bearer_auth(world.token("farah.haddad"));
    let approved = expect(farah.json(&json!({ "status": "APPROVED" })).send().await.unwrap(), 200).await;
    assert_eq!(approved["approved"], json!(true));
    expect(world.post("P/pull-requests/1/merge?version=0").send().await.unwrap(), 200).await;
}

#[tokio::test]
async fn insights_reports() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    let commit = world.push_branch(&clone, "x", "x.tf", "x\n").await;
    let path = format!("insights/latest/projects/CLOUD/repos/infrastructure/commits/{commit}/reports/causeway");
    let report = json!({ "title": "Price", "result": "PASS", "data": [{ "title": "Monthly", "type": "TEXT", "value": "12 USD" }] });
    let put = expect(world.put(&path).json(&report).send().await.unwrap(), 200).await;
    assert_eq!(put["key"], "causeway");
    let missing = world.put(&path).json(&json!({ "title": "Price" })).send().await.unwrap();
    assert_eq!(expect(missing, 400).await["errors"][0]["context"], "data");
    assert_eq!(expect(world.get(&path).send().await.unwrap(), 200).await["title"], "Price");
}

#[tokio::test]
async fn faults_are_played_and_used_up() {
    let world = World::start().await;
    let faults = format!("{}/sandbox/faults", world.sandbox.bitbucket_url());
    let fault = json!({
        "method": "GET", "path_prefix": "/rest/api/latest/projects/CLOUD/repos/infrastructure/branches", "status": 429,
        "body": "<html>slow down</html>", "content_type": "text/html", "times": 2, "headers": { "retry-after": "1" },
    });
    assert_eq!(world.http.post(&faults).json(&fault).send().await.unwrap().status(), 204);
    for _ in 0..2 {
        let response = world.get("P/branches").send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (429, "1"));
        assert!(response.text().await.unwrap().starts_with("<html>"));
    }
    assert_eq!(world.get("P/branches").send().await.unwrap().status(), 200);

    // The act is done, only the answer is lost.
    let clone = world.clone_infrastructure("a").await;
    world.push_branch(&clone, "x", "x.tf", "x\n").await;
    let lost = json!({ "method": "POST", "path_prefix": "/rest/", "status": 502, "after": true });
    world.http.post(&faults).json(&lost).send().await.unwrap();
    let response = world.post("P/pull-requests").json(&world.draft("x")).send().await.unwrap();
    assert_eq!(response.status(), 502);
    let there = expect(world.get("P/pull-requests").send().await.unwrap(), 200).await;
    assert_eq!(there["size"], 1);
    let bad = json!({ "path_prefix": "rest", "status": 502 });
    assert_eq!(world.http.post(&faults).json(&bad).send().await.unwrap().status(), 400);
    let seen = world.http.get(format!("{}/sandbox/requests", world.sandbox.bitbucket_url())).send().await.unwrap();
    let seen = expect(seen, 200).await;
    assert!(seen.as_array().unwrap().iter().any(|r| r["status"] == 502));
}
