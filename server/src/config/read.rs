//! From file and environment to [`Config`].

use super::{Config, Secret, check, overlay::overlay};
use serde_json::{Map, Value};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Where the person said configuration is.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// `--config FILE`
    pub config: Option<PathBuf>,
    /// `--data DIR`
    pub data: Option<PathBuf>,
}

impl Place {
    /// The file to read, and whether it must be there.
    fn file(&self) -> (PathBuf, bool) {
        match (&self.config, &self.data) {
            (Some(file), _) => (file.clone(), true),
            (None, Some(dir)) => (dir.join("causeway.toml"), false),
            (None, None) => ("causeway.toml".into(), false),
        }
    }
}

/// Everything that is wrong, a sentence each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub source: String,
    pub problems: Vec<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        write!(f, "{} cannot be used: {count} {} to change", self.source, if count == 1 { "thing" } else { "things" })?;
        for problem in &self.problems {
            write!(f, "\n  - {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// How much of the configuration a command looks at. What it does not look at may be missing or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Everything,
    /// Where the rows are and how to reach them; the rest has its defaults.
    Database,
}

/// Reads the file and the environment's `CAUSEWAY_…` variables. Secrets stay references until [`Config::resolve`].
///
/// # Errors
/// Everything that is wrong, at once.
pub fn read(
    place: &Place,
    needs: Needs,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let (file, must) = place.file();
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => Some(text),
        Err(e) if must || e.kind() != std::io::ErrorKind::NotFound => {
            return Err(ConfigError {
                source: file.display().to_string(),
                problems: vec![format!("the file cannot be read ({e}); check the path after --config")],
            });
        }
        Err(_) => None,
    };
    let source = match &text {
        Some(_) => file.display().to_string(),
        None => format!("the configuration ({} is not there; only the environment counts)", file.display()),
    };
    from_text(&text.unwrap_or_default(), needs, place.data.as_deref(), variables)
        .map_err(|problems| ConfigError { source, problems })
}

fn from_text(
    text: &str,
    needs: Needs,
    data: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, Vec<String>> {
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| vec![syntax(text, &e)])?;
    let mut value = serde_json::to_value(table).unwrap_or(Value::Object(Map::new()));
    let mut schema = check::schema();
    let mut problems = overlay(&schema, &mut value, variables);
    if needs == Needs::Database {
        only_database(&mut schema["properties"], "/server/properties");
        only_database(&mut value, "/server");
    }
    problems.extend(check::problems(&schema, &value));
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut config: Config = serde_json::from_value(value).map_err(|e| vec![e.to_string()])?;
    if let Some(dir) = data {
        config.server.data_dir = dir.to_owned();
    }
    if needs == Needs::Everything {
        problems.extend(config.contradictions());
    }
    if problems.is_empty() { Ok(config) } else { Err(problems) }
}

/// Leaves the sections that lead to the rows, and of `server` the data folder.
fn only_database(sections: &mut Value, server: &str) {
    let keep = |value: Option<&mut Value>, keys: &[&str]| {
        if let Some(Value::Object(map)) = value {
            map.retain(|key, _| keys.contains(&key.as_str()));
        }
    };
    keep(sections.pointer_mut(server), &["data_dir"]);
    keep(Some(sections), &["server", "database", "telemetry", "vault"]);
}

fn syntax(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
    format!("line {line} is not TOML: {}", error.message())
}

impl Config {
    /// What each key allows but the keys together do not.
    fn contradictions(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut say = |wrong: bool, sentence: &str| {
            if wrong {
                out.push(sentence.to_owned());
            }
        };
        let public = self.server.public_url.url();
        say(
            public.is_some_and(|u| u.path() != "/"),
            "server.public_url has a path; the portal needs a host name of its own, such as https://portal.example.com",
        );
        say(
            public.is_some_and(|u| u.scheme() == "http" && !is_loopback(u)),
            "server.public_url begins with http://; write https://, without it sign-ins can be stolen (http:// is for localhost only)",
        );
        say(
            self.sign_in.issuer.url().is_some_and(|u| u.scheme() == "http" && !is_loopback(u)),
            "sign_in.issuer begins with http://; write https:// (http:// is for localhost only)",
        );
        say(
            self.sign_in.session_idle.0 > self.sign_in.session_absolute.0,
            "sign_in.session_idle is longer than sign_in.session_absolute; make it shorter",
        );
        say(self.sign_in.session_idle.0.as_secs() < 120, "sign_in.session_idle is under two minutes; write 2m or more");
        say(
            self.sign_in.require_mfa && self.sign_in.mfa_amr.is_empty() && self.sign_in.mfa_acr.is_empty(),
            "sign_in.require_mfa is on, but neither sign_in.mfa_amr nor sign_in.mfa_acr says what a second factor is; fill one",
        );
        for (i, rule) in self.roles.map.iter().enumerate() {
            if let Some(why) = rule.scope_problem() {
                say(true, &format!("roles.map[{i}].scope: {why}"));
            }
        }
        for (i, route) in self.routes.iter().enumerate() {
            for (j, stage) in route.stages.iter().enumerate() {
                say(
                    stage.approvers.is_empty(),
                    &format!("routes[{i}].stages[{j}].approvers is empty; name a role, or take the stage out"),
                );
            }
        }
        out
    }

    /// Replaces `file:` and `vault:` references by the secrets.
    ///
    /// # Errors
    /// Every one that cannot be read, with what to change.
    pub async fn resolve(&mut self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        let mut vault = self.vault.clone();
        if let Err(e) = vault.token.resolve("vault.token", &super::Vault::default()).await {
            problems.push(e);
        }
        let secrets: [(&str, &mut Secret); 7] = [
            ("database.url", &mut self.database.url),
            ("sign_in.client_secret", &mut self.sign_in.client_secret),
            ("bitbucket.token", &mut self.bitbucket.token),
            ("bitbucket.webhook_secret", &mut self.bitbucket.webhook_secret),
            ("bitbucket.webhook_secret_previous", &mut self.bitbucket.webhook_secret_previous),
            ("catalogue.token", &mut self.catalogue.token),
            ("telemetry.metrics_token", &mut self.telemetry.metrics_token),
        ];
        for (key, secret) in secrets {
            if let Err(e) = secret.resolve(key, &vault).await {
                problems.push(e);
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(ConfigError { source: "a secret".into(), problems }) }
    }

    /// Something stands in front of the portal, perhaps on the same machine: `/metrics` cannot tell by the address who asks.
    pub fn needs_metrics_token(&self) -> bool {
        self.server.public_url.is_https() || !self.server.client_address_header.is_empty()
    }

    /// `database.url`, or the embedded database in the data folder.
    pub fn database_url(&self) -> String {
        match self.database.url.expose() {
            "" => format!("sqlite:{}", self.server.data_dir.join("causeway.db").display()),
            url => url.to_owned(),
        }
    }
}

pub(crate) fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [server]
        public_url = "https://portal.example.com"
        [sign_in]
        issuer = "https://sso.example.com/realms/main"
        client_id = "causeway"
        client_secret = "hush-hush"
        [bitbucket]
        url = "https://git.example.com"
        project = "CLOUD"
        repository = "infrastructure"
        token = "NjA1-hush"
        [catalogue]
        location = "https://git.example.com/scm/cloud/catalogue.git"
        [[roles.map]]
        group = "payments-managers"
        role = "manager"
        scope = "team:payments"
        [[routes]]
        tier = "staging"
        stages = [{ title = "Manager", approvers = ["manager"] }]
    "#;

    fn with(text: &str, env: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        from_text(text, Needs::Everything, None, env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn a_good_file_is_read_and_shows_no_secret() {
        let config = with(GOOD, &[]).unwrap();
        assert_eq!(config.roles.map[0].grant().unwrap().scope.to_string(), "team:payments");
        assert_eq!(config.routes[0].rule().stages[0].needed, 1);
        assert_eq!(config.roles.all_teams(), ["payments"]);
        let shown = format!("{config:?}{}", serde_json::to_string(&config).unwrap());
        assert!(!shown.contains("hush"), "{shown}");
    }

    #[test]
    fn everything_wrong_is_named_at_once_with_what_to_write() {
        let bad = GOOD
            .replace("client_id =", "clientid =")
            .replace("role = \"manager\"", "role = \"boss\"")
            .replace("project = \"CLOUD\"", "project = 7\nbanana = true")
            .replace("[catalogue]", "[catalog]")
            .replace("tier = \"staging\"", "tier = \"stage\"");
        let text = with(&bad, &[("CAUSEWAY_SIGN_IN__SESSION_IDLE", "soon"), ("CAUSEWAY_SIGN_IN__ISUER", "x")])
            .unwrap_err()
            .join("\n");
        for part in [
            "sign_in.clientid is not a key; did you mean sign_in.client_id?",
            "sign_in.client_id is missing; write text in quotes. Name of the portal at the provider.",
            "roles.map[0].role: \"boss\" is not a role; the roles are infrastructure-admin",
            "bitbucket.project must be text in quotes, not the number 7",
            "bitbucket.banana is not a key; the keys here are",
            "catalog is not a key; did you mean catalogue?",
            "catalogue.location is missing",
            "routes[0].tier: \"stage\" is not one of development, staging, production",
            "sign_in.session_idle: \"soon\" is not a length of time",
            "CAUSEWAY_SIGN_IN__ISUER (environment) sets no key; did you mean CAUSEWAY_SIGN_IN__ISSUER?",
        ] {
            assert!(text.contains(part), "missing: {part}\nin:\n{text}");
        }
    }

    #[test]
    fn an_empty_file_names_every_required_key() {
        let text = with("", &[]).unwrap_err().join("\n");
        for key in [
            "server.public_url",
            "sign_in.issuer",
            "sign_in.client_id",
            "bitbucket.url",
            "bitbucket.project",
            "bitbucket.repository",
            "bitbucket.token",
            "catalogue.location",
        ] {
            assert!(text.contains(&format!("{key} is missing")), "{key} in\n{text}");
        }
    }

    #[test]
    fn an_empty_file_is_there_and_an_absent_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place { config: None, data: Some(dir.path().to_owned()) };
        assert!(read(&place, Needs::Everything, []).unwrap_err().source.contains("is not there"));
        let file = dir.path().join("causeway.toml");
        std::fs::write(&file, "").unwrap();
        assert_eq!(read(&place, Needs::Everything, []).unwrap_err().source, file.display().to_string());
    }

    #[test]
    fn the_environment_wins_in_every_shape() {
        let config = with(
            GOOD,
            &[
                ("CAUSEWAY_SERVER__LISTEN", "0.0.0.0:8080"),
                ("CAUSEWAY_DATABASE__CONNECTIONS", "20"),
                ("CAUSEWAY_SIGN_IN__REQUIRE_MFA", "true"),
                ("CAUSEWAY_SIGN_IN__SCOPES", "openid, groups"),
                ("CAUSEWAY_ROLES__MAP", r#"[{"group":"g","role":"auditor"}]"#),
                ("CAUSEWAY_ROUTES", "[]"),
                ("CAUSEWAY_SITE", "/somewhere"),
                ("HOME", "/root"),
            ],
        )
        .unwrap();
        assert_eq!(config.server.listen.port(), 8080);
        assert_eq!(config.database.connections, 20);
        assert!(config.sign_in.require_mfa && config.routes.is_empty());
        assert_eq!(config.sign_in.scopes, ["openid", "groups"]);
        assert_eq!(config.roles.map[0].scope, "everything");
    }

    #[test]
    fn keys_that_do_not_go_together_are_refused() {
        let text = with(
            &GOOD.replace("https://portal.example.com", "http://portal.example.com/app"),
            &[("CAUSEWAY_SIGN_IN__SESSION_IDLE", "13h"), ("CAUSEWAY_DATABASE__CONNECTIONS", "5")],
        )
        .unwrap_err()
        .join("\n");
        for part in ["has a path", "write https://", "session_idle is longer"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }

    #[test]
    fn a_role_in_a_scope_that_means_nothing_is_refused_with_what_to_write() {
        let held = |role: &str, scope: &str| {
            with(
                &GOOD.replace(
                    "\"manager\"\n        scope = \"team:payments\"",
                    &format!("\"{role}\"\n        scope = \"{scope}\""),
                ),
                &[],
            )
        };
        for role in ["auditor", "security", "finops", "infrastructure-admin"] {
            assert!(held(role, "everything").is_ok());
            for scope in ["team:payments", "tier:staging"] {
                let said = held(role, scope).unwrap_err().join("\n");
                assert!(said.contains(&format!("roles.map[0].scope: {role} is a role for everything")), "{said}");
            }
        }
        let said = held("engineer", "tier:development").unwrap_err().join("\n");
        assert!(said.contains("engineer cannot be held in a tier") && said.contains("write team:NAME"), "{said}");
        for (role, scope) in [("engineer", "team:x"), ("manager", "tier:staging"), ("senior-engineer", "tier:staging")]
        {
            assert!(held(role, scope).is_ok(), "{role} {scope}");
        }
    }

    #[test]
    fn numbers_out_of_range_and_broken_toml_say_where() {
        assert!(with(GOOD, &[("CAUSEWAY_DATABASE__CONNECTIONS", "0")]).unwrap_err()[0].contains("from 1 to 1000"));
        assert!(with("[server]\nlisten = \n", &[]).unwrap_err()[0].contains("line 2"));
    }

    #[test]
    fn a_relative_database_lives_in_the_data_folder() {
        let config = from_text(GOOD, Needs::Everything, Some(Path::new("/srv/causeway")), []).unwrap();
        assert_eq!(config.database_url(), "sqlite:/srv/causeway/causeway.db");
    }

    #[test]
    fn the_record_is_found_without_the_rest() {
        let read = |text: &str, env: &[(&str, &str)]| {
            let env = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
            from_text(text, Needs::Database, Some(Path::new("/srv/causeway")), env)
        };
        assert_eq!(read("", &[]).unwrap().database_url(), "sqlite:/srv/causeway/causeway.db");
        let postgres = [("CAUSEWAY_DATABASE__URL", "postgres://db/causeway")];
        assert_eq!(read("[sign_in]\nissuer = 7\n", &postgres).unwrap().database_url(), "postgres://db/causeway");
        assert!(read("[database]\nconnections = 0\n", &[]).unwrap_err()[0].contains("from 1 to 1000"));
    }
}
