use super::*;

fn login(user: &str, password: &str) -> Login {
    Login { user: user.to_owned(), password: password.to_owned() }
}

fn response(challenge: &str, login: &Login, asked: &Asked<'_>) -> String {
    challenge.parse::<Challenge>().unwrap().answer(login, asked).response
}

const GET: &str = "GET";

/// RFC 2617, 3.5.
#[test]
fn the_example_of_rfc_2617() {
    let method: Method = GET.parse().unwrap();
    let asked = Asked { method: &method, uri: "/dir/index.html", body: b"", cnonce: "0a4f113b", count: 1 };
    let challenge = "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", \
        nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
    assert_eq!(response(challenge, &login("Mufasa", "Circle Of Life"), &asked), "6629fae49393a05397450978507c4ef1");
}

/// RFC 7616, 3.9.1.
#[test]
fn the_examples_of_rfc_7616() {
    let method: Method = GET.parse().unwrap();
    let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    let asked = Asked { method: &method, uri: "/dir/index.html", body: b"", cnonce, count: 1 };
    for (algorithm, expected) in [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ] {
        let challenge = format!(
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
             nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        );
        assert_eq!(response(&challenge, &login("Mufasa", "Circle of Life"), &asked), expected);
    }
}

/// Digests that another implementation of the RFC's formulas made.
#[test]
fn bodies_and_sessions_are_covered() {
    let login = login("alice", "zanzibar");
    let uri = "sip:bob@biloxi.example";
    let asked = Asked { method: &Method::Invite, uri, body: b"v=0\r\n", cnonce: "0a4f113b", count: 10 };
    for (algorithm, expected) in [
        ("MD5", "87be4fa1eec0a77c7993eb9cde82a532"),
        ("md5-sess", "f528b4bf996f0f6339443351a539111b"),
        ("SHA-256", "34e91ed5f058febf14ab2a4d349da71ea369b7bbdf356cc89358bf09b2d18429"),
        ("SHA-256-SESS", "916570e8fca5f635f0893e23c8b373a7a1db9993e8647fb7e0aa5fedd3fafcb5"),
    ] {
        let challenge: Challenge = format!(
            "digest realm=\"atlanta.example\",nonce=\"84a4cc6f3082121f32b42a2187831a9e\",algorithm={algorithm},qop=\"auth-int\""
        )
        .parse()
        .unwrap();
        let credentials = challenge.answer(&login, &asked);
        assert_eq!(credentials.response, expected);
        let read: Credentials = credentials.to_string().parse().unwrap();
        assert_eq!(read, credentials);
        assert!(read.is_made_with("zanzibar", &Method::Invite, b"v=0\r\n"));
        assert!(!read.is_made_with("zanzibar", &Method::Invite, b"v=1\r\n"));
        assert!(!read.is_made_with("Zanzibar", &Method::Invite, b"v=0\r\n"));
        assert!(!read.is_made_with("zanzibar", &Method::Bye, b"v=0\r\n"));
    }
}

#[test]
fn without_qop_it_is_as_in_rfc_2069() {
    let uri = "sip:atlanta.example";
    let asked = Asked { method: &Method::Register, uri, body: b"", cnonce: "unused", count: 1 };
    let challenge = "Digest realm=\"atlanta.example\", nonce=\"84a4cc6f3082121f32b42a2187831a9e\", stale=TRUE";
    let read: Challenge = challenge.parse().unwrap();
    assert!(read.stale);
    let credentials = read.answer(&login("alice", "zanzibar"), &asked);
    assert_eq!(credentials.response, "8ef62ff45928005efedb3cbacab58458");
    assert!(!credentials.to_string().contains("cnonce"));
}

fn challenged() -> Response {
    let text = "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/WS x;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\n\
        Call-ID: c\r\nCSeq: 1 REGISTER\r\n\
        WWW-Authenticate: Basic realm=\"b\"\r\n\
        WWW-Authenticate: Digest realm=\"b\", nonce=\"1\", algorithm=MD5, qop=\"auth\"\r\n\
        WWW-Authenticate: Digest realm=\"b\", nonce=\"2\", algorithm=SHA-512-256, qop=\"auth\"\r\n\
        WWW-Authenticate: Digest realm=\"b\", nonce=\"3\", algorithm=SHA-256, qop=\"auth\"\r\n\
        WWW-Authenticate: Digest realm=\"b\", nonce=\"4\", algorithm=SHA-256, qop=\"auth\"\r\n\r\n";
    crate::wire::parse(text.as_bytes()).unwrap().as_response().unwrap().clone()
}

#[test]
fn the_strongest_is_answered_and_old_credentials_go() {
    let mut request = Request::new(Method::Register, "sip:b".parse().unwrap());
    let login = login("a", "secret");
    let response = challenged();
    for cnonce in ["one", "two"] {
        let challenge = authorize(&mut request, &response, &login, cnonce).unwrap();
        assert_eq!((challenge.nonce.as_str(), challenge.algorithm), ("3", Algorithm::Sha256));
    }
    let all: Vec<Credentials> = request.headers.all(name::AUTHORIZATION).map(|value| value.parse().unwrap()).collect();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].covers, Some((Qop::Auth, "two".to_owned(), 1)));
    assert!(all[0].is_made_with("secret", &Method::Register, b""));
    let challenge = strongest(&response.headers, name::WWW_AUTHENTICATE).unwrap();
    attach(&mut request, name::AUTHORIZATION, &challenge, &login, "three", 2);
    assert_eq!(request.headers.all(name::AUTHORIZATION).count(), 1);
    let again: Credentials = request.headers.need(name::AUTHORIZATION).unwrap();
    assert_eq!(again.covers, Some((Qop::Auth, "three".to_owned(), 2)));
    assert!(again.to_string().contains("nc=00000002"));
    let mut proxied = response;
    proxied.status = Status::PROXY_AUTHENTICATION_REQUIRED;
    assert_eq!(authorize(&mut request, &proxied, &login, "x"), None);
}

#[test]
fn a_password_is_shown_nowhere() {
    let login = login("alice", "zanzibar");
    assert_eq!(format!("{login:?}"), "Login");
}

#[test]
fn broken_ones_are_refused() {
    for text in [
        "",
        "Digest",
        "Basic realm=\"a\", nonce=\"b\"",
        "Digest realm=\"a\"",
        "Digest realm=\"a\", nonce=\"b",
        "Digest realm=\"a\", nonce=\"b\", nonce=\"c\"",
        "Digest realm=\"a\", nonce=\"b\", algorithm=X",
        "Digest realm=\"a\", nonce=\"b\", qop=\"x\"",
        "Digest realm",
        "Digest =x",
    ] {
        assert!(text.parse::<Challenge>().is_err(), "{text}");
    }
    let challenge: Challenge = "Digest realm=\"a, \\\"b\\\"\", nonce=\"b\",, qop=\"auth\",".parse().unwrap();
    assert_eq!(challenge.realm, "a, \"b\"");
    assert_eq!(challenge.to_string().parse(), Ok(challenge));
}

#[test]
fn the_next_nonce_is_told() {
    let mut headers = Headers::new();
    headers.push(name::AUTHENTICATION_INFO, "nextnonce=\"47364c23432d2e131a5fb210812c\", qop=auth");
    assert_eq!(next_nonce(&headers).as_deref(), Some("47364c23432d2e131a5fb210812c"));
}
