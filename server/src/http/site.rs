//! Where the built site is: stylesheet, wasm and its script, pictures.

use leptos::config::LeptosOptions;
use std::{
    env,
    net::SocketAddr,
    path::{Path, PathBuf},
};

const NAME: &str = "causeway";

/// The built site.
#[derive(Clone, Debug)]
pub struct Site {
    pub root: PathBuf,
    pub options: LeptosOptions,
    /// Address of the stylesheet.
    pub stylesheet: String,
}

impl Site {
    /// Looks for it at `CAUSEWAY_SITE`, beside the executable, then in `target/site`.
    pub fn find(listen: SocketAddr) -> Self {
        let beside = env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.join("site")));
        let root = match env::var_os("CAUSEWAY_SITE") {
            Some(root) => PathBuf::from(root),
            None => beside.filter(|path| path.is_dir()).unwrap_or_else(|| "target/site".into()),
        };
        if !root.join("pkg").is_dir() {
            tracing::warn!(site = %root.display(), "the built site is not there: pages will have no style and no script; set CAUSEWAY_SITE");
        }
        Self::at(&root, listen)
    }

    /// The site in a folder.
    pub fn at(root: &Path, listen: SocketAddr) -> Self {
        // Leptos looks for the list of hashes beside the executable and nowhere else.
        let hashes =
            env::current_exe().ok().and_then(|exe| std::fs::read_to_string(exe.parent()?.join("hash.txt")).ok());
        let css = hashes.as_deref().and_then(|text| text.lines().find_map(|line| line.strip_prefix("css:")));
        let stylesheet = match css {
            Some(hash) => format!("/pkg/{NAME}.{}.css", hash.trim()),
            None => format!("/pkg/{NAME}.css"),
        };
        let mut options = LeptosOptions::builder()
            .output_name(NAME)
            .site_root(root.to_string_lossy().into_owned())
            .site_pkg_dir("pkg")
            .site_addr(listen)
            .hash_files(hashes.is_some())
            .build();
        if let Some(port) = env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok()) {
            options.reload_port = port;
        }
        Self { root: root.to_owned(), options, stylesheet }
    }
}
