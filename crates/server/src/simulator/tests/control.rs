//! Who may ask, and what is refused.

use reqwest::Method;

use super::*;

#[tokio::test]
async fn only_the_token_and_the_own_page_get_in() {
    let outside = Outside::new().await;
    let ask = async |path: &str, headers: &[(&str, &str)]| {
        let request = outside.simulator.client.get(format!("{}{path}", outside.api));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.unwrap().status().as_u16()
    };
    let page = ("sec-fetch-site", "same-origin");
    for (path, headers, status) in [
        ("/", &[][..], 200),
        ("/v1/account", &[], 401),
        ("/v1/account", &[("authorization", "Bearer wrong")], 401),
        ("/v1/account", &[page], 401),
        ("/v1/account", &[("authorization", "Bearer a-token-of-tests")], 200),
        ("/control/state", &[], 403),
        ("/control/state", &[("sec-fetch-site", "cross-site")], 403),
        ("/control/state", &[page, ("host", "rebound.example.com")], 403),
        ("/control/state", &[page], 200),
        ("/media/unknown", &[], 403),
        ("/media/unknown", &[page], 404),
    ] {
        assert_eq!(ask(path, headers).await, status, "{path} {headers:?}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let outside = Outside::new().await;
    for (method, path, body, status) in [
        (Method::POST, "/control/texts", json!({ "from": number(210), "to": number(101) }), 422),
        (Method::POST, "/control/texts", json!({ "from": number(210), "to": number(210), "body": "x" }), 422),
        (Method::POST, "/control/texts/none/again", Value::Null, 404),
        (Method::POST, "/control/texts/none/receipts", json!({ "state": "sent" }), 404),
        (Method::PUT, "/control/phones/+16195550210", json!({ "behavior": "dances" }), 422),
        (Method::POST, "/v1/messages", json!({ "reference": "r", "from": number(101), "to": [] }), 422),
        (Method::POST, "/v1/messages", json!([]), 400),
    ] {
        assert_eq!(outside.ask(method, path, body.clone()).await.0, status, "{path} {body}");
    }
}

#[tokio::test]
async fn an_account_of_it_works() {
    let outside = Outside::new().await;
    let test = outside.bench.app.carriers.test(&outside.account).await;
    assert!(test.works && test.words.contains("Simulated carrier"), "{}", test.words);
}

#[tokio::test]
async fn it_stops_in_order_while_somebody_watches() {
    let outside = Outside::new().await;
    let version = outside.state().await["version"].as_u64().unwrap();
    let path = format!("/control/state?after={version}");
    let watching = outside.ask(Method::GET, &path, Value::Null);
    let stopping = async {
        // Whoever watches has subscribed.
        while outside.simulator.version.receiver_count() == 0 {
            tokio::task::yield_now().await;
        }
        outside.simulator.stop.cancel();
    };
    let ((status, _), ()) = tokio::join!(watching, stopping);
    assert_eq!(status, 200);
}
