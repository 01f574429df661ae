//! What nobody may read: secrets of accounts at carriers.

use std::fs::File;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::site::Site;

/// The secret, as somebody types it.
const SECRET: &str = "4f1c0ffee5ea50n";
/// The name that goes with it.
const SID: &str = "AC0123456789abcdef0123456789abcdef";

/// What an account is added with.
fn account(kind: &str, settings: Value, secrets: Value) -> Value {
    json!({ "kind": kind, "name": "Outside", "settings": settings, "secrets": secrets })
}

/// Also where everything is logged, and where an account is added wrongly, and where one is tested.
#[test]
fn secrets_of_carriers_are_in_no_log_no_answer_and_no_file() {
    let site = Site::with(vec![("RUST_LOG", "trace".to_owned())]);
    site.says("tenant add harbor --name Harbor");
    site.says("tenant operator harbor");
    site.says("user add 1001@harbor --name Maya --role administrator --password halyard-test");
    let log = site.path("log");
    let mut server = site.serve_logging("", File::create(&log).unwrap().into());
    assert_eq!(server.sign_in("1001@harbor", "halyard-test"), 200);
    let mut answers = Vec::new();
    let mut ask = |method: &str, path: &str, body: Value| {
        let (status, answer) = server.ask(method, path, "", &body.to_string()).unwrap();
        answers.push(answer.to_string());
        (status, answer)
    };
    let nobody = "http://127.0.0.1:9";
    let (status, added) = ask(
        "POST",
        "/carriers",
        account("twilio", json!({ "account_sid": SID, "api": nobody }), json!({ "auth_token": SECRET })),
    );
    assert_eq!(status, 201, "{added}");
    let (status, _) =
        ask("POST", "/carriers", account("simulator", json!({ "api": nobody }), json!({ "token": SECRET })));
    assert_eq!(status, 201);
    for (settings, secrets) in [
        (json!({}), json!({ "auth_token": SECRET })),
        (json!({ "account_sid": SID }), json!({ "auth_tokens": SECRET })),
        (json!({ "account_sid": SECRET }), json!({ "auth_token": [SECRET] })),
    ] {
        let (status, _) = ask("POST", "/carriers", account("twilio", settings, secrets));
        assert!((400..500).contains(&status), "{status}");
    }
    let (_, list) = ask("GET", "/carriers", Value::Null);
    let accounts = list["carriers"].as_array().unwrap();
    assert_eq!(accounts.len(), 2);
    for account in accounts {
        let id = account["id"].as_str().unwrap();
        let (status, test) = ask("POST", &format!("/carriers/{id}/test"), Value::Null);
        assert_eq!((status, &test["works"]), (200, &Value::Bool(false)), "{test}");
    }
    ask("GET", "/audit", Value::Null);
    assert!(server.stop());

    let basic = BASE64.encode(format!("{SID}:{SECRET}"));
    let is_free = |what: &str, text: &[u8]| {
        for secret in [SECRET, &basic] {
            assert!(!text.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} is in {what}");
        }
    };
    let logged = std::fs::read(&log).unwrap();
    assert!(logged.len() > 1_000, "everything is logged");
    is_free("the log", &logged);
    for answer in &answers {
        is_free("an answer", answer.as_bytes());
    }
    for file in std::fs::read_dir(site.path("")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            is_free(&path.display().to_string(), &std::fs::read(&path).unwrap());
        }
    }
}
