//! The catalogue from each kind of place.

use crate::support::{Server, TOKEN, commit, git};
use causeway_connect::{
    catalogue::{GitTemplateSource, TemplateSourceConfig},
    http::Secret,
};
use causeway_portal::catalogue::source::TemplateSource;
use std::path::Path;

fn source(location: &str, below: &Path) -> Result<GitTemplateSource, String> {
    GitTemplateSource::new(TemplateSourceConfig {
        location: location.into(),
        branch: None,
        token: None,
        ca_file: None,
        mirror_dir: below.join("mirrors"),
    })
}

#[tokio::test]
async fn a_repository_is_read_by_url_and_by_path() {
    let folder = tempfile::tempdir().unwrap();
    let (bare, work) = (folder.path().join("templates.git"), folder.path().join("work"));
    std::fs::create_dir_all(&bare).unwrap();
    git(&bare, &["init", "--quiet", "--bare", "--initial-branch=main", "."]);
    let by_url = source(&format!("file://{}", bare.display()), folder.path()).unwrap();
    let by_path = source(bare.to_str().unwrap(), folder.path()).unwrap();
    assert!(by_path.fetch(None).await.unwrap_err().contains("commit the templates"));
    assert!(by_url.fetch(None).await.unwrap_err().contains("push a first one"));

    let large = vec![b'x'; 1024 * 1024 + 1];
    let first = commit(
        &bare,
        &work,
        "main",
        &[("web/template.yaml", b"name: web\n"), ("web/logo", b"\x00\xff"), ("large", &large)],
    );
    for source in [&by_url, &by_path] {
        let snapshot = source.fetch(None).await.unwrap().unwrap();
        assert_eq!(snapshot.commit, first);
        assert_eq!(snapshot.files.keys().collect::<Vec<_>>(), ["web/logo", "web/template.yaml"]);
        assert_eq!(snapshot.files["web/logo"], b"\x00\xff");
        assert_eq!(source.fetch(Some(&first)).await.unwrap(), None);
    }
    let second = commit(&bare, &work, "main", &[("web/template.yaml", b"name: web2\n")]);
    // With a work tree, what is committed counts.
    std::fs::write(work.join("web/template.yaml"), "name: not committed\n").unwrap();
    let tree = source(work.to_str().unwrap(), folder.path()).unwrap();
    for source in [&by_url, &by_path, &tree] {
        let snapshot = source.fetch(Some(&first)).await.unwrap().unwrap();
        assert_eq!(
            (snapshot.commit.as_str(), snapshot.files["web/template.yaml"].as_slice()),
            (second.as_str(), &b"name: web2\n"[..])
        );
    }
}

#[tokio::test]
async fn a_repository_behind_a_token_is_read_over_http() {
    let server = Server::with_git().await;
    let tip = server.commit("main", &[("a/template.yaml", b"name: a\n")]);
    let mut config = TemplateSourceConfig {
        location: format!("{}/scm/plat/estate.git", server.base),
        branch: Some("main".into()),
        token: Some(Secret::new(TOKEN)),
        ca_file: None,
        mirror_dir: server.mirrors(),
    };
    let source = GitTemplateSource::new(config.clone()).unwrap();
    assert_eq!(source.fetch(None).await.unwrap().unwrap().commit, tip);
    config.token = None;
    config.mirror_dir = server.mirrors().join("other");
    let error = GitTemplateSource::new(config).unwrap().fetch(None).await.unwrap_err();
    assert!(error.contains("access token"), "{error}");
}

#[tokio::test]
async fn a_plain_folder_changes_when_its_contents_do() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("templates");
    std::fs::create_dir_all(root.join("web")).unwrap();
    std::fs::write(root.join("web/template.yaml"), "name: web\n").unwrap();
    std::os::unix::fs::symlink("/etc", root.join("etc")).unwrap();
    let source = source(root.to_str().unwrap(), folder.path()).unwrap();
    let first = source.fetch(None).await.unwrap().unwrap();
    assert!(first.commit.len() == 40 && first.commit.chars().all(|c| c.is_ascii_hexdigit()), "{}", first.commit);
    assert_eq!(first.files.len(), 1, "links are not followed");
    assert_eq!(source.fetch(Some(&first.commit)).await.unwrap(), None);
    // The same bytes under another name are another catalogue.
    std::fs::rename(root.join("web"), root.join("we")).unwrap();
    let second = source.fetch(Some(&first.commit)).await.unwrap().unwrap();
    assert_ne!(second.commit, first.commit);
    for i in 0..2_001 {
        std::fs::write(root.join(format!("{i}.txt")), "").unwrap();
    }
    assert!(source.fetch(None).await.unwrap_err().contains("more than 2000 files"));
}

#[tokio::test]
async fn wrong_locations_say_what_to_change() {
    let folder = tempfile::tempdir().unwrap();
    for (location, word) in [
        ("", "empty"),
        ("git@github.com:x/y.git", "https://"),
        ("ssh://git@x/y.git", "https://"),
        ("ext::sh -c x://", "over ext"),
        ("https://", "not a URL"),
        ("https://user:hunter2@x/y.git", "user name and password"),
    ] {
        let error = source(location, folder.path()).err().unwrap_or_else(|| panic!("{location}"));
        assert!(error.contains(word) && !error.contains("hunter2"), "{location}: {error}");
    }
    let nowhere = source("/nonexistent/templates", folder.path()).unwrap();
    assert!(nowhere.fetch(None).await.unwrap_err().contains("cannot be read"));
}
