//! `causeway demo`: the portal beside an OpenID provider and a Bitbucket of its own, all on this machine.
//!
//! The portal is the same as everywhere else; only its configuration comes from here and not from a file.

mod seed;
mod settings;
mod story;

use crate::{
    cli::{DemoArgs, Failure, PlaceArgs, serve, tell},
    random, telemetry,
};
use causeway_portal::catalogue::shipped;
use causeway_sandbox::{
    Sandbox, SandboxConfig, WebhookTarget, catalogue_repository, infrastructure_repository, people::PEOPLE,
};
use std::{
    fs, io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
};
use tokio::sync::watch;

/// Starts the world, then the portal, and says who to sign in as.
pub(crate) async fn run(place: &PlaceArgs, args: &DemoArgs) -> Result<(), Failure> {
    refuse_others(&args.host)?;
    if place.config.is_some() {
        return Err(Failure::usage("the demo makes its own configuration; leave --config out, or run causeway serve"));
    }
    let dir = place.data.clone().unwrap_or_else(|| "data".into());
    telemetry::start(&settings::telemetry()).map_err(Failure::usage)?;
    let portal_url = format!("http://localhost:{}", args.port);
    // The port is taken before anything is made, so that a second demo fails at once and touches nothing.
    let listener = serve::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port))).await?;
    let secret = webhook_secret(&dir).map_err(|e| {
        Failure::outside(format!("{} cannot be written ({e}); choose another folder with --data", dir.display()))
    })?;
    let files = shipped().into_iter().map(|(path, bytes)| (path, bytes.to_vec())).collect();
    let sandbox = Sandbox::start(SandboxConfig {
        oidc_port: args.port + 1,
        bitbucket_port: args.port + 2,
        webhook: Some(WebhookTarget {
            url: format!("http://127.0.0.1:{}/webhooks/bitbucket", args.port),
            secret: secret.clone(),
        }),
        repositories: vec![infrastructure_repository(), catalogue_repository(files)],
        ..SandboxConfig::new(dir.join("sandbox"), portal_url.clone())
    })
    .await
    .map_err(Failure::outside)?;
    let config = settings::config(&sandbox, &dir, args.port, &secret).map_err(Failure::outside)?;
    let (stop, stopping) = watch::channel(false);
    let web = serve::prepare(config, true, stopping).await?;
    seed::run(&web.portal, &sandbox)
        .await
        .map_err(|e| Failure::outside(format!("the demo's data could not be made: {e}")))?;
    tell(welcome(&portal_url, &sandbox));
    serve::until_stopped(web, listener, stop).await?;
    sandbox.shutdown().await;
    Ok(())
}

/// Its people sign in without a password: nobody else may reach it.
fn refuse_others(host: &str) -> Result<(), Failure> {
    let own = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip == IpAddr::V4(Ipv4Addr::LOCALHOST));
    if own {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "the demo does not listen on {host}: anybody who reaches it can sign in as anybody. Leave --host out; to show it to others, \
         forward a port over ssh"
    )))
}

/// Kept between starts, because the sandbox keeps its webhook too.
fn webhook_secret(dir: &Path) -> io::Result<String> {
    fs::create_dir_all(dir)?;
    let path = dir.join("webhook-secret");
    match fs::read_to_string(&path) {
        Ok(secret) if !secret.trim().is_empty() => Ok(secret.trim().to_owned()),
        _ => {
            let secret = hex::encode(random::bytes::<24>());
            fs::write(&path, &secret)?;
            Ok(secret)
        }
    }
}

fn welcome(portal_url: &str, sandbox: &Sandbox) -> String {
    let mut text = format!(
        "\nCauseway is ready: {portal_url}\nIts OpenID provider: {}   its Bitbucket: {}\n\nSign in as one of these people (no password):\n",
        sandbox.issuer(),
        sandbox.bitbucket_url()
    );
    for person in PEOPLE {
        let team = if person.team.is_empty() { String::new() } else { format!(", {}", person.team) };
        text += &format!("  {:<16} {:<32} {}\n", person.name, format!("{}{team}", person.role), person.story);
    }
    text + "\nCtrl-C stops it; everything stays in the data folder.\n"
}

#[cfg(test)]
mod tests {
    use super::refuse_others;

    #[test]
    fn the_demo_stays_on_this_machine() {
        assert!(refuse_others("127.0.0.1").is_ok() && refuse_others("localhost").is_ok());
        for other in ["0.0.0.0", "::", "192.168.1.5", "example.com", "", "127.0.0.1.evil.example"] {
            assert!(refuse_others(other).is_err(), "{other}");
        }
    }
}
