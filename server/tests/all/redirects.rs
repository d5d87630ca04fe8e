//! Nobody is sent elsewhere.

use crate::kit::{Browser, each};

#[tokio::test]
async fn a_return_address_leads_only_to_the_portal() {
    each(async |app| {
        for hostile in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/%2Fevil.example",
            "/%5cevil.example",
            "/\tevil",
            "javascript:alert(1)",
            "/.//evil.example",
            "http:evil.example",
            "/sign-out",
            "///evil.example",
            "/\u{0}",
            "@evil.example",
        ] {
            let mut browser = Browser::new(app);
            let address = browser.begin(hostile).await;
            assert_eq!(browser.come_back(app, &address).await.expect(303).location(), "/", "{hostile:?}");
            // Signed in already: the same address again.
            let query: String =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", hostile).finish();
            assert_eq!(browser.get(&format!("/sign-in?{query}")).await.expect(303).location(), "/", "{hostile:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_after_the_end_of_a_session_leads_back_to_its_page_and_not_to_the_referrers_host() {
    each(async |app| {
        let mut browser = Browser::new(app);
        let request = http::Request::post("/events")
            .header("accept", "text/html")
            .header("sec-fetch-site", "same-origin")
            .header("referer", "https://evil.example/drafts/7?step=2");
        let reply = browser.send(request.body(axum::body::Body::empty()).unwrap()).await;
        // The route takes no POST; whoever answers, nobody is sent to the other host.
        assert!(!reply.location().contains("evil"), "{reply:?}");
    })
    .await;
}
