//! The sandbox, the configuration, and the programs that are measured.

use crate::{Outcome, bare, process::Process};
use causeway_portal::catalogue::shipped;
use causeway_sandbox::{Sandbox, SandboxConfig, WebhookTarget, catalogue_repository, infrastructure_repository};
use causeway_server::config::{self, Config, Place};
use std::{
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
};

/// The sandbox's administrator, whose pages are measured.
pub(crate) const ADMIN: &str = "farah-haddad";
/// The sandbox's engineer of team payments, who asks for environments.
pub(crate) const ENGINEER: &str = "amara-okafor";

pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) sandbox: Sandbox,
    /// Of the portal.
    pub(crate) port: u16,
    /// Of the bare handler.
    pub(crate) bare_port: u16,
    pub(crate) config_file: PathBuf,
}

impl World {
    pub(crate) async fn start() -> Outcome<Self> {
        // The first caller wins; the sandbox and the Bitbucket client speak through it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Beside the build, not in /tmp: the database is larger than some machines' memory file systems.
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let (port, bare_port) = (free_port()?, free_port()?);
        let secret = "a secret of this bench only".to_owned();
        let files = shipped().into_iter().map(|(path, bytes)| (path, bytes.to_vec())).collect();
        let sandbox = Sandbox::start(SandboxConfig {
            webhook: Some(WebhookTarget {
                url: format!("http://127.0.0.1:{port}/webhooks/bitbucket"),
                secret: secret.clone(),
            }),
            repositories: vec![infrastructure_repository(), catalogue_repository(files)],
            ..SandboxConfig::new(dir.path().join("sandbox"), format!("http://localhost:{port}"))
        })
        .await?;
        let config_file = dir.path().join("causeway.toml");
        std::fs::write(&config_file, toml(&sandbox, dir.path(), port, &secret))?;
        Ok(Self { dir, sandbox, port, bare_port, config_file })
    }

    pub(crate) async fn shutdown(self) {
        self.sandbox.shutdown().await;
    }

    /// The same configuration that the portal reads.
    pub(crate) fn config(&self) -> Outcome<Config> {
        read_config(&self.config_file)
    }

    /// Starts the built portal. Everything that the file does not name has its default.
    pub(crate) fn serve(&self, variables: &[(&str, &str)]) -> Outcome<Process> {
        let mut command = Command::new(binary());
        command.arg("serve").arg("--config").arg(&self.config_file).current_dir(root());
        self.begin(command, self.port, "/readyz", "portal.log", variables)
    }

    /// Starts the bare handler.
    pub(crate) fn bare(&self, variables: &[(&str, &str)]) -> Outcome<Process> {
        let mut command = Command::new(std::env::current_exe()?);
        command.env(bare::PORT, self.bare_port.to_string()).env(bare::CONFIG, &self.config_file);
        self.begin(command, self.bare_port, "/ready", "bare.log", variables)
    }

    fn begin(
        &self,
        mut command: Command,
        port: u16,
        ready: &str,
        log: &str,
        variables: &[(&str, &str)],
    ) -> Outcome<Process> {
        // What the shell has set for another Causeway must not reach this one.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CAUSEWAY_") && name.contains("__")) {
            command.env_remove(name);
        }
        command.envs(variables.iter().copied());
        Process::start(command, port, ready, &self.dir.path().join(log))
    }
}

pub(crate) fn read_config(file: &Path) -> Outcome<Config> {
    Ok(config::read(&Place { config: Some(file.to_owned()), data: None }, config::Needs::Everything, [])?)
}

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The release build, unless the browser journeys' variable names another.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("CAUSEWAY_BINARY").map_or_else(|| root().join("target/release/causeway"), PathBuf::from)
}

/// Neither this program nor the measured one is a build for debugging.
pub(crate) fn is_release() -> bool {
    !cfg!(debug_assertions) && std::env::var_os("CAUSEWAY_BINARY").is_none()
}

fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// What a person would write for this sandbox, and nothing that makes it quicker.
fn toml(sandbox: &Sandbox, dir: &Path, port: u16, secret: &str) -> String {
    let data = dir.join("data");
    let mut text = format!(
        r#"
[server]
listen = "127.0.0.1:{port}"
public_url = "http://localhost:{port}"
data_dir = "{}"

[sign_in]
issuer = "{}"
client_id = "{}"
client_secret = "{}"
scopes = ["openid", "profile", "email", "groups"]

[bitbucket]
url = "{}"
project = "CLOUD"
repository = "infrastructure"
token = "{}"
webhook_secret = "{secret}"

[catalogue]
location = "{}"
"#,
        data.display(),
        sandbox.issuer(),
        sandbox.client_id(),
        sandbox.client_secret(),
        sandbox.bitbucket_url(),
        sandbox.bot_token(),
        sandbox.catalogue_git_url(),
    );
    for (group, role, scope) in [
        (causeway_sandbox::people::INFRASTRUCTURE_ADMINS, "infrastructure-admin", "everything"),
        (causeway_sandbox::people::SENIOR_ENGINEERS, "senior-engineer", "everything"),
        (causeway_sandbox::people::TEAM_PAYMENTS, "engineer", "team:payments"),
        (causeway_sandbox::people::TEAM_PLATFORM, "engineer", "team:platform"),
        (causeway_sandbox::people::MANAGERS_PAYMENTS, "manager", "team:payments"),
    ] {
        text += &format!("\n[[roles.map]]\ngroup = \"{group}\"\nrole = \"{role}\"\nscope = \"{scope}\"\n");
    }
    text
}
