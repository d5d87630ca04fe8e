use causeway_sandbox::*;
#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let dir = std::env::args().nth(1).unwrap();
    let mut c = SandboxConfig::new(dir, "http://localhost:3000");
    c.oidc_port = 4301;
    c.bitbucket_port = 4302;
    c.repositories = vec![
        infrastructure_repository(),
        catalogue_repository([("web/template.yaml".to_string(), b"name: x\n".to_vec())].into()),
    ];
    let s = Sandbox::start(c).await.unwrap();
    std::fs::write(
        "/tmp/world.env",
        format!(
            "TOKEN={}\nSECRET={}\nFARAH={}\n",
            s.bot_token(),
            s.client_secret(),
            s.token_of("farah.haddad").unwrap()
        ),
    )
    .unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
}
