//! Sign-in from beginning to end, and what must be refused.

use crate::kit::{World, expect};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use url::{Url, form_urlencoded};

const VERIFIER: &str = "abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJ";
const CALLBACK: &str = "http://localhost:3000/sign-in/callback";

fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A good request; `change` replaces parameters (an empty value removes one).
fn request(change: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut parameters = BTreeMap::from([
        ("client_id", "causeway"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "st&te"),
        ("nonce", "n0nce"),
        ("code_challenge_method", "S256"),
        ("code_challenge", &challenge),
    ]);
    for (name, value) in change {
        parameters.insert(name, value);
    }
    let pairs: Vec<(&str, &str)> = parameters.into_iter().filter(|(_, v)| !v.is_empty()).collect();
    encode(&pairs)
}

fn form(builder: RequestBuilder, pairs: &[(&str, &str)]) -> RequestBuilder {
    builder.header("content-type", "application/x-www-form-urlencoded").body(encode(pairs))
}

fn location(response: &Response) -> (String, BTreeMap<String, String>) {
    let url = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    let parameters = url.query_pairs().into_owned().collect();
    (url[..url::Position::AfterPath].to_owned(), parameters)
}

fn cookie(response: &Response) -> String {
    response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

async fn authorize(world: &World, query: &str, cookie: &str) -> Response {
    let url = format!("{}/authorize?{query}", world.sandbox.issuer());
    world.http.get(url).header("cookie", cookie).send().await.unwrap()
}

async fn choose(world: &World, query: &str, person: &str, otp: bool, cookie: &str) -> Response {
    let mut fields = vec![("query", query), ("person", person)];
    if otp {
        fields.push(("second_factor", "on"));
    }
    let url = format!("{}/sign-in", world.sandbox.issuer());
    form(world.http.post(url), &fields).header("cookie", cookie).send().await.unwrap()
}

async fn token(world: &World, code: &str, verifier: &str) -> Response {
    let fields =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", verifier)];
    let post = world.http.post(format!("{}/token", world.sandbox.issuer()));
    form(post.basic_auth("causeway", Some(world.sandbox.client_secret())), &fields).send().await.unwrap()
}

async fn keys(world: &World) -> Value {
    expect(world.http.get(format!("{}/jwks", world.sandbox.issuer())).send().await.unwrap(), 200).await
}

/// Header and claims, when a published key made the signature.
async fn verified(world: &World, token: &str) -> Option<(Value, Value)> {
    let parts: Vec<&str> = token.split('.').collect();
    let decode = |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
    let header = decode(parts[0]);
    let keys = keys(world).await;
    let key = keys["keys"].as_array().unwrap().iter().find(|k| k["kid"] == header["kid"])?;
    let mut point = vec![4];
    for axis in ["x", "y"] {
        point.extend(URL_SAFE_NO_PAD.decode(key[axis].as_str().unwrap()).unwrap());
    }
    let key = VerifyingKey::from_sec1_bytes(&point).unwrap();
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(parts[2]).unwrap()).unwrap();
    key.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &signature).ok()?;
    Some((header, decode(parts[1])))
}

async fn sign_in(world: &World, person: &str) -> (Value, String) {
    let response = choose(world, &request(&[]), person, true, "").await;
    assert_eq!(response.status(), 303);
    let cookie = cookie(&response);
    let (_, answer) = location(&response);
    (expect(token(world, &answer["code"], VERIFIER).await, 200).await, cookie)
}

#[tokio::test]
async fn sign_in_from_beginning_to_end() {
    let world = World::start().await;
    let issuer = world.sandbox.issuer();
    let discovery = world.http.get(format!("{issuer}/.well-known/openid-configuration")).send().await.unwrap();
    assert_eq!(expect(discovery, 200).await["issuer"], json!(issuer));

    let page = authorize(&world, &request(&[("login_hint", "dana.levi@causeway.example")]), "").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self' http://localhost:3000;"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(html.contains("Amara Okafor") && !html.contains("<script"), "{html}");
    assert!(html.find("Dana Levi").unwrap() < html.find("Amara Okafor").unwrap());

    let response = choose(&world, &request(&[]), "dana-levi", false, "").await;
    let (address, answer) = location(&response);
    assert_eq!((address.as_str(), answer["state"].as_str(), answer["iss"].as_str()), (CALLBACK, "st&te", issuer));
    let tokens = expect(token(&world, &answer["code"], VERIFIER).await, 200).await;
    let (header, claims) = verified(&world, tokens["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!(header["alg"], "ES256");
    assert_eq!(
        (&claims["iss"], &claims["aud"], &claims["nonce"]),
        (&json!(issuer), &json!("causeway"), &json!("n0nce"))
    );
    assert_eq!((&claims["sub"], &claims["name"]), (&json!("dana-levi"), &json!("Dana Levi")));
    assert_eq!(claims["groups"], json!(["all-staff", "causeway-managers-payments", "team-payments"]));
    assert_eq!(claims["realm_access"]["roles"], json!(["manager"]));
    assert_eq!(claims["amr"], json!(["pwd"]));
    assert!(claims["sid"].as_str().unwrap().len() > 20);

    let userinfo = world.http.get(format!("{issuer}/userinfo")).bearer_auth(tokens["access_token"].as_str().unwrap());
    assert_eq!(expect(userinfo.send().await.unwrap(), 200).await["email"], "dana.levi@causeway.example");
    assert_eq!(world.http.get(format!("{issuer}/userinfo")).bearer_auth("x").send().await.unwrap().status(), 401);

    // A code used twice takes back what was given for it.
    let again = expect(token(&world, &answer["code"], VERIFIER).await, 400).await;
    assert_eq!(again["error"], "invalid_grant");
    let userinfo = world.http.get(format!("{issuer}/userinfo")).bearer_auth(tokens["access_token"].as_str().unwrap());
    assert_eq!(userinfo.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn requests_that_must_not_go_on() {
    let world = World::start().await;
    // Never a redirect to an address that is not registered.
    for change in [
        ("redirect_uri", "http://localhost:3000/sign-in/callback/"),
        ("redirect_uri", "http://localhost:3000/sign-in/callback?x=1"),
        ("redirect_uri", "http://localhost:3000/sign-in/../callback"),
        ("redirect_uri", "http://evil.example/sign-in/callback"),
        ("redirect_uri", "http://localhost:3000@evil.example/sign-in/callback"),
        ("redirect_uri", ""),
        ("client_id", "other"),
        ("client_id", ""),
    ] {
        let response = authorize(&world, &request(&[change]), "").await;
        assert_eq!(response.status(), 400, "{change:?}");
        assert!(response.headers().get("location").is_none());
        // The form of the sign-in page does not help either.
        let response = choose(&world, &request(&[change]), "amara-okafor", true, "").await;
        assert_eq!(response.status(), 400, "{change:?}");
    }
    let twice = format!("{}&redirect_uri=http%3A%2F%2Fevil.example", request(&[]));
    assert_eq!(authorize(&world, &twice, "").await.status(), 400);

    for (change, error) in [
        (vec![("code_challenge", "")], "invalid_request"),
        (vec![("code_challenge_method", "plain")], "invalid_request"),
        (vec![("code_challenge_method", "")], "invalid_request"),
        (vec![("code_challenge", "short")], "invalid_request"),
        (vec![("response_type", "token")], "unsupported_response_type"),
        (vec![("response_mode", "fragment")], "invalid_request"),
        (vec![("scope", "profile")], "invalid_scope"),
        (vec![("prompt", "none login")], "invalid_request"),
        (vec![("max_age", "-1")], "invalid_request"),
        (vec![("request", "e30.e30.")], "request_not_supported"),
        (vec![("prompt", "none")], "login_required"),
    ] {
        let (address, answer) = location(&authorize(&world, &request(&change), "").await);
        assert_eq!((address.as_str(), answer["error"].as_str(), answer["state"].as_str()), (CALLBACK, error, "st&te"));
    }

    let foreign = form(
        world.http.post(format!("{}/sign-in", world.sandbox.issuer())),
        &[("query", &request(&[])), ("person", "amara-okafor")],
    );
    let foreign = foreign.header("origin", "http://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
}

#[tokio::test]
async fn tokens_that_must_not_be_given() {
    let world = World::start().await;
    let code = || async { location(&choose(&world, &request(&[]), "amara-okafor", true, "").await).1["code"].clone() };
    let error = |body: Value| body["error"].as_str().unwrap_or_default().to_owned();

    let wrong_verifier = token(&world, &code().await, &VERIFIER.replace('a', "b")).await;
    assert_eq!(error(expect(wrong_verifier, 400).await), "invalid_grant");
    let unknown = token(&world, "unknown", VERIFIER).await;
    assert_eq!(error(expect(unknown, 400).await), "invalid_grant");

    let url = format!("{}/token", world.sandbox.issuer());
    let secret = world.sandbox.client_secret();
    let post = |fields: Vec<(&'static str, String)>, basic: Option<&str>| {
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let request = form(world.http.post(&url), &pairs);
        match basic {
            Some(secret) => request.basic_auth("causeway", Some(secret)),
            None => request,
        }
    };
    let fields = |code: String, redirect: &str| {
        vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code),
            ("redirect_uri", redirect.to_owned()),
            ("code_verifier", VERIFIER.to_owned()),
        ]
    };
    let wrong = post(fields(code().await, CALLBACK), Some("wrong")).send().await.unwrap();
    assert!(wrong.headers().contains_key("www-authenticate"));
    assert_eq!(error(expect(wrong, 401).await), "invalid_client");
    let anonymous = post(fields(code().await, CALLBACK), None).send().await.unwrap();
    assert_eq!(error(expect(anonymous, 401).await), "invalid_client");
    let other = post(fields(code().await, "http://localhost:3000/"), Some(&secret)).send().await.unwrap();
    assert_eq!(error(expect(other, 400).await), "invalid_grant");
    let mut both = fields(code().await, CALLBACK);
    both.extend([("client_id", "causeway".to_owned()), ("client_secret", secret.clone())]);
    let twice = post(both.clone(), Some(&secret)).send().await.unwrap();
    assert_eq!(error(expect(twice, 400).await), "invalid_request");
    // The other way to authenticate is fine by itself.
    expect(post(both, None).send().await.unwrap(), 200).await;
}

#[tokio::test]
async fn the_second_sign_in_and_the_second_factor() {
    let world = World::start().await;
    let first = choose(&world, &request(&[]), "amara-okafor", false, "").await;
    let cookie_one = cookie(&first);
    let html = authorize(&world, &request(&[]), &cookie_one).await.text().await.unwrap();
    assert!(html.contains("Continue as Amara Okafor") && html.contains("Ben Fischer"), "{html}");
    let html = authorize(&world, &request(&[("prompt", "login")]), &cookie_one).await.text().await.unwrap();
    assert!(!html.contains("Continue as"));
    let (_, silent) = location(&authorize(&world, &request(&[("prompt", "none")]), &cookie_one).await);
    assert!(silent.contains_key("code"));

    // Step-up: silently it cannot be had, and without the box it is refused.
    let step_up = request(&[("acr_values", "urn:causeway:acr:mfa")]);
    let silent = request(&[("acr_values", "mfa"), ("prompt", "none")]);
    assert_eq!(location(&authorize(&world, &silent, &cookie_one).await).1["error"], "interaction_required");
    let html = authorize(&world, &step_up, &cookie_one).await.text().await.unwrap();
    assert!(html.contains("asks for it now") && html.contains("checked"));
    let without = choose(&world, &step_up, "amara-okafor", false, &cookie_one).await;
    assert_eq!(without.status(), 422);
    let with = choose(&world, &step_up, "amara-okafor", true, &cookie_one).await;
    let tokens = expect(token(&world, &location(&with).1["code"], VERIFIER).await, 200).await;
    let (_, claims) = verified(&world, tokens["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["pwd", "otp"]), &json!("urn:causeway:acr:mfa")));

    // Somebody else in the same browser is another session.
    let other = choose(&world, &request(&[]), "ben-fischer", true, &cookie(&with)).await;
    let tokens = expect(token(&world, &location(&other).1["code"], VERIFIER).await, 200).await;
    let (_, second) = verified(&world, tokens["id_token"].as_str().unwrap()).await.unwrap();
    assert_ne!(second["sid"], claims["sid"]);
}

#[tokio::test]
async fn keys_rotate() {
    let world = World::start().await;
    let (before, _) = sign_in(&world, "hana-sato").await;
    let rotate = format!("{}/sandbox/rotate-keys", world.sandbox.issuer());
    assert_eq!(world.http.post(&rotate).send().await.unwrap().status(), 204);
    let (after, _) = sign_in(&world, "hana-sato").await;
    let (old, new) = (before["id_token"].as_str().unwrap(), after["id_token"].as_str().unwrap());
    assert_ne!(verified(&world, old).await.unwrap().0["kid"], verified(&world, new).await.unwrap().0["kid"]);
    assert_eq!(world.http.post(&rotate).json(&json!({ "keep_old": false })).send().await.unwrap().status(), 204);
    assert!(verified(&world, old).await.is_none() && verified(&world, new).await.is_none());
    assert_eq!(keys(&world).await["keys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn groups_change_their_members_and_their_form() {
    let world = World::start().await;
    let groups = format!("{}/sandbox/people/amara-okafor/groups", world.sandbox.issuer());
    let claims = || async {
        let (tokens, _) = sign_in(&world, "amara-okafor").await;
        verified(&world, tokens["id_token"].as_str().unwrap()).await.unwrap().1
    };
    for (form, expected) in [("array", json!(["a", "b"])), ("text", json!("a b")), ("reference", Value::Null)] {
        let put = world.http.put(&groups).json(&json!({ "groups": ["a", "b"], "form": form })).send().await.unwrap();
        assert_eq!(put.status(), 204);
        let claims = claims().await;
        assert_eq!(claims["groups"], expected);
        assert_eq!(claims["_claim_names"]["groups"].is_string(), form == "reference");
    }
    assert_eq!(world.http.delete(&groups).send().await.unwrap().status(), 204);
    assert_eq!(claims().await["groups"][1], "causeway-engineers");
}

#[tokio::test]
async fn signing_out_at_the_application() {
    let world = World::start().await;
    let (tokens, cookie_one) = sign_in(&world, "amara-okafor").await;
    let end = |pairs: &[(&str, &str)], cookie: &str| {
        let url = format!("{}/end-session?{}", world.sandbox.issuer(), encode(pairs));
        world.http.get(url).header("cookie", cookie.to_owned()).send()
    };
    let hint = tokens["id_token"].as_str().unwrap();
    let home = "http://localhost:3000/";
    for bad in [
        vec![("id_token_hint", hint), ("post_logout_redirect_uri", "http://evil.example/")],
        vec![("id_token_hint", hint), ("post_logout_redirect_uri", "http://localhost:3000")],
        vec![("id_token_hint", "a.b.c"), ("post_logout_redirect_uri", home)],
        vec![("client_id", "other"), ("post_logout_redirect_uri", home)],
        vec![("post_logout_redirect_uri", home)],
    ] {
        let response = end(&bad, &cookie_one).await.unwrap();
        assert_eq!(response.status(), 400, "{bad:?}");
    }
    // Without proof of which sign-in is meant, the person is asked.
    let asked = end(&[("client_id", "causeway"), ("post_logout_redirect_uri", home)], &cookie_one).await.unwrap();
    assert!(asked.text().await.unwrap().contains("Sign out?"));
    let done =
        end(&[("id_token_hint", hint), ("post_logout_redirect_uri", home), ("state", "s")], &cookie_one).await.unwrap();
    assert_eq!(done.headers()["location"], "http://localhost:3000/?state=s");
    let silent = authorize(&world, &request(&[("prompt", "none")]), &cookie_one).await;
    assert_eq!(location(&silent).1["error"], "login_required");
}

#[tokio::test]
async fn signing_out_at_the_provider_tells_the_application() {
    let (out, mut arrived) = tokio::sync::mpsc::unbounded_channel::<String>();
    let app = axum::Router::new().route(
        "/backchannel-logout",
        axum::routing::post(move |body: String| {
            let _ = out.send(body);
            async {}
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let portal = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let callback = format!("{portal}/sign-in/callback");
    let world = World::start_with(|c| c.portal_url = portal).await;

    let query = request(&[("redirect_uri", &callback)]);
    let response = choose(&world, &query, "amara-okafor", true, "").await;
    assert_eq!(response.status(), 303);
    let url = format!("{}/sandbox/people/amara-okafor/sign-out", world.sandbox.issuer());
    let ended = expect(world.http.post(&url).send().await.unwrap(), 200).await;
    assert_eq!(ended["ended"], 1);
    let body = arrived.recv().await.unwrap();
    let token = body.strip_prefix("logout_token=").unwrap();
    let (header, claims) = verified(&world, token).await.unwrap();
    assert_eq!(header["typ"], "logout+jwt");
    assert_eq!((&claims["sub"], &claims["aud"]), (&json!("amara-okafor"), &json!("causeway")));
    assert!(claims["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object());
    assert!(claims["nonce"].is_null() && claims["sid"].is_string() && claims["jti"].is_string());
    let nobody = url.replace("amara-okafor", "nobody");
    assert_eq!(world.http.post(nobody).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn the_providers_clock_can_be_wrong_and_slow_answers_played() {
    let world = World::start().await;
    let ahead = json!({ "skew_seconds": 3_600 });
    let clock = format!("{}/sandbox/clock", world.sandbox.issuer());
    let issued = async || {
        let (tokens, _) = sign_in(&world, "hana-sato").await;
        verified(&world, tokens["id_token"].as_str().unwrap()).await.unwrap().1["iat"].as_i64().unwrap()
    };
    let before = issued().await;
    assert_eq!(world.http.post(clock).json(&ahead).send().await.unwrap().status(), 204);
    let after = issued().await;
    assert!(after - before >= 3_600, "{before} {after}");

    let fault =
        json!({ "path_prefix": "/jwks", "status": 503, "body": "<html>", "content_type": "text/html", "delay_ms": 20 });
    world.http.post(format!("{}/sandbox/faults", world.sandbox.issuer())).json(&fault).send().await.unwrap();
    assert_eq!(world.http.get(format!("{}/jwks", world.sandbox.issuer())).send().await.unwrap().status(), 503);
    assert_eq!(world.http.get(format!("{}/jwks", world.sandbox.issuer())).send().await.unwrap().status(), 200);
}
