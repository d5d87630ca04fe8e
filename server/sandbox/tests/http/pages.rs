//! The pages, as a browser without scripts uses them.

use crate::kit::World;
use reqwest::Response;

async fn page(world: &World, path: &str, acting: &str) -> (u16, String) {
    let request = world.http.get(format!("{}{path}", world.sandbox.bitbucket_url()));
    let response = request.header("cookie", format!("sandbox_acting={acting}")).send().await.unwrap();
    if response.status() == 200 {
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
    }
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn press(world: &World, path: &str, acting: &str, form: &'static str) -> Response {
    let request = world.http.post(format!("{}{path}", world.sandbox.bitbucket_url()));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    request.header("cookie", format!("sandbox_acting={acting}")).send().await.unwrap()
}

const PR: &str = "/projects/CLOUD/repos/infrastructure/pull-requests/1";

#[tokio::test]
async fn reading_merging_and_declining() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    let commit = world.push_branch(&clone, "causeway/one", "environments/a/main.tf", "tag = \"<script>\"\n").await;
    world.open("causeway/one").await;

    for path in [
        "/projects",
        "/projects/CLOUD",
        "/projects/CLOUD/repos/infrastructure/browse",
        "/projects/CLOUD/repos/infrastructure/browse/atlantis.yaml",
        "/projects/CLOUD/repos/infrastructure/browse/environments/a/main.tf?at=refs/heads/causeway/one",
        "/projects/CLOUD/repos/infrastructure/pull-requests",
        "/projects/CLOUD/repos/infrastructure/pull-requests?state=ALL",
        "/projects/CLOUD/repos/catalogue/browse/web",
        "/users/farah.haddad",
        PR,
    ] {
        let (status, html) = page(&world, path, "farah.haddad").await;
        assert_eq!(status, 200, "{path}: {html}");
        assert!(!html.contains("<script"), "{path}");
        assert!(!html.contains("the log of the sandbox"), "{path}");
    }
    let (_, html) = page(&world, PR, "farah.haddad").await;
    for text in
        ["#1 Create causeway/one", "Amara Okafor", "<h3>What</h3>", "tag = &quot;&lt;script&gt;&quot;", "Not yet"]
    {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
    let (status, html) =
        page(&world, &format!("/projects/CLOUD/repos/infrastructure/commits/{commit}"), "farah.haddad").await;
    assert_eq!(status, 200, "{html}");
    assert!(html.contains("amara.okafor@causeway.example"));

    // Vetoed in words; a reader may not; then approved and merged.
    let vetoed = press(&world, &format!("{PR}/merge"), "farah.haddad", "version=0").await;
    assert_eq!(vetoed.status(), 409);
    assert!(vetoed.text().await.unwrap().contains("causeway/approval"));
    world.approve_build(&commit, "causeway/one").await;
    assert_eq!(press(&world, &format!("{PR}/merge"), "amara.okafor", "version=0").await.status(), 403);
    let foreign =
        world.http.post(format!("{}{PR}/merge", world.sandbox.bitbucket_url())).header("origin", "http://evil.example");
    let foreign =
        foreign.header("content-type", "application/x-www-form-urlencoded").body("version=0").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    let merged = press(&world, &format!("{PR}/merge"), "farah.haddad", "version=0").await;
    assert_eq!(
        (merged.status().as_u16(), merged.headers()["location"].to_str().unwrap()),
        (303, &*format!("{PR}/overview"))
    );
    let (_, html) = page(&world, PR, "farah.haddad").await;
    assert!(html.contains("Merged as") && html.contains("Successful"));

    world.push_branch(&clone, "two", "two.tf", "2\n").await;
    world.open("two").await;
    let second = PR.replace("/1", "/2");
    assert_eq!(press(&world, &format!("{second}/decline"), "farah.haddad", "version=0").await.status(), 303);
    let (_, html) = page(&world, &second, "farah.haddad").await;
    assert!(html.contains("Declined") && html.contains("Reopen"));
}

#[tokio::test]
async fn who_may_not_see_and_what_is_not_there() {
    let world = World::start().await;
    let (status, html) = page(&world, "/projects/CLOUD/repos/infrastructure/browse", "kai.mbeki").await;
    assert_eq!(status, 403);
    assert!(html.contains("Kai Mbeki may not see this"));
    for path in ["/nothing", PR, "/projects/NOPE", "/projects/CLOUD/repos/infrastructure/browse/none", "/users/nobody"]
    {
        assert_eq!(page(&world, path, "farah.haddad").await.0, 404, "{path}");
    }
    let switched = press(&world, "/acting-as", "farah.haddad", "user=chen.wei&back=//evil.example").await;
    assert_eq!(switched.headers()["location"], "/projects");
    assert!(switched.headers()["set-cookie"].to_str().unwrap().starts_with("sandbox_acting=chen.wei;"));
    // One's own token is shown to oneself only.
    assert!(page(&world, "/users/chen.wei", "chen.wei").await.1.contains(&world.token("chen.wei")));
    assert!(!page(&world, "/users/chen.wei", "ben.fischer").await.1.contains(&world.token("chen.wei")));
}
