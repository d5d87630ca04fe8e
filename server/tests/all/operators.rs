//! What operators read, and who counts as one.

use crate::kit::{Browser, TestApp, each, each_with};
use axum::{body::Body, extract::ConnectInfo};
use http::Request;
use std::net::SocketAddr;

/// What `/metrics` answers a caller at `from` with these headers.
async fn scrape(app: &TestApp, from: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = Request::get("/metrics").extension(ConnectInfo(from.parse::<SocketAddr>().unwrap()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Browser::new(app).send(request.body(Body::empty()).unwrap()).await.status.as_u16()
}

#[tokio::test]
async fn without_a_token_the_numbers_stay_on_a_machine_that_nothing_stands_in_front_of() {
    each(async |app| {
        assert_eq!(scrape(app, "127.0.0.1:4000", &[]).await, 200);
        assert_eq!(scrape(app, "[::1]:4000", &[]).await, 200);
        assert_eq!(scrape(app, "192.0.2.7:4000", &[]).await, 404);
        for name in ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "X-Real-IP"] {
            assert_eq!(scrape(app, "127.0.0.1:4000", &[(name, "x")]).await, 404, "{name}");
        }
    })
    .await;
    // As the documentation has it: TLS ends in front of the portal, on the same machine.
    let public = |config: &mut causeway_server::config::Config| {
        config.server.public_url = "https://portal.example.com".parse().unwrap()
    };
    each_with(public, async |app| {
        assert_eq!(scrape(app, "127.0.0.1:4000", &[]).await, 404);
    })
    .await;
    let behind =
        |config: &mut causeway_server::config::Config| config.server.client_address_header = "x-forwarded-for".into();
    each_with(behind, async |app| {
        assert_eq!(scrape(app, "127.0.0.1:4000", &[]).await, 404);
    })
    .await;
    let token = |config: &mut causeway_server::config::Config| {
        config.server.public_url = "https://portal.example.com".parse().unwrap();
        config.telemetry.metrics_token = causeway_server::config::Secret::new("operators only");
    };
    each_with(token, async |app| {
        let given = [("authorization", "Bearer operators only"), ("x-forwarded-for", "192.0.2.7")];
        assert_eq!(scrape(app, "127.0.0.1:4000", &given).await, 200);
        assert_eq!(scrape(app, "127.0.0.1:4000", &[]).await, 404);
    })
    .await;
}
