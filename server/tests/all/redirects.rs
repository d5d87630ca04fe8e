//! Nobody is sent elsewhere.

use crate::kit::{Browser, Engineer, each};
use axum::body::Body;
use base64::{Engine, engine::general_purpose::URL_SAFE as B64};
use http::Request;

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
            "/a/../%2fevil.example",
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
        for (referer, back) in [
            ("https://evil.example/drafts/7?step=2", "%2Fdrafts%2F7%3Fstep%3D2"),
            ("https://evil.example//evil.example/", "%2F"),
            ("https://evil.example/%2fevil.example/", "%2F"),
            ("not an address", "%2F"),
        ] {
            let request = Request::post("/api/requests/comment")
                .header("accept", "text/html")
                .header("sec-fetch-site", "same-origin")
                .header("content-type", "application/x-www-form-urlencoded")
                .header("referer", referer);
            let reply = Browser::new(app).send(request.body(Body::from("comment=x")).unwrap()).await;
            assert_eq!((reply.status.as_u16(), reply.location()), (401, ""), "{referer}");
            reply.says(&format!("href=\"/sign-in?return_to={back}\""));
            reply.says(&format!("action=\"/api/requests/comment?page={back}\""));
            assert!(!reply.body.contains("//evil"), "{}", reply.body);
        }
    })
    .await;
}

#[tokio::test]
async fn an_error_in_an_address_is_shown_only_when_we_put_it_there() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        let post = |referer: &str| {
            Request::post("/api/requests/comment")
                .header("accept", "text/html")
                .header("sec-fetch-site", "same-origin")
                .header("content-type", "application/x-www-form-urlencoded")
                .header("referer", format!("http://localhost:3000{referer}"))
                .body(Body::from("id=0198c0de-0000-7000-8000-000000000001&comment=x"))
                .unwrap()
        };
        let failed = engineer.send(post("/requests?tier=staging")).await.expect(302).location().to_owned();
        let ours = failed.strip_prefix("http://localhost:3000").unwrap().to_owned();
        assert!(ours.starts_with("/requests?tier=staging&__path=") && ours.contains("&__err="), "{ours}");
        engineer.get(&ours).await.expect(200);
        // A second failure stands in place of the first.
        let again = engineer.send(post(&ours)).await.expect(302).location().to_owned();
        assert_eq!(again.matches("__err=").count(), 1, "{again}");

        let (before, seal) = ours.rsplit_once("&__seal=").unwrap();
        let text = B64.encode(r#"{"kind":"internal","message":"Call 555-0100 and say your password."}"#);
        for crafted in [
            before.to_owned(),
            format!("{before}&__seal="),
            format!("/requests?tier=staging&__path=%2Fapi%2Frequests%2Fcomment&__err={text}&__seal={seal}"),
            format!("{ours}&__err={text}"),
            format!("/requests?tier=staging&%5F%5Ferr={text}"),
        ] {
            let led = engineer.get(&crafted).await.expect(303);
            assert_eq!(led.location(), "/requests?tier=staging", "{crafted}");
        }
        // What was sealed for one session is worth nothing in another.
        Engineer::of(app).await.get(&ours).await.expect(303);
        let led = engineer.get(&format!("//evil.example/?__err={text}")).await;
        assert!(!led.location().contains("evil"), "{led:?}");
    })
    .await;
}
