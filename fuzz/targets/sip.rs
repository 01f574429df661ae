//! What a flow may bring: a message that is read, looked at, answered, written and read again.

#![no_main]

use halyard_sip::build::{ack, cancel, reject, respond};
use halyard_sip::digest::{Credentials, strongest};
use halyard_sip::wire::parse;
use halyard_sip::{Contacts, Message, Status, Uri, Via, name};
use libfuzzer_sys::fuzz_target;

/// What was read can be written, and is the same when it is read again.
fn comes_back(message: &Message) {
    let written = message.write().expect("what was read can be written");
    // Where the limit is near, Content-Length and long names make it longer.
    if written.len() <= halyard_sip::wire::MAX_MESSAGE {
        assert_eq!(parse(&written).as_ref(), Ok(message));
    }
}

fuzz_target!(|bytes: &[u8]| {
    let message = match parse(bytes) {
        Ok(message) => message,
        Err(rejected) => {
            if let Some(response) = reject(&rejected, "tag") {
                assert!(response.write().is_ok(), "a refusal can be written");
            }
            return;
        }
    };
    comes_back(&message);
    let _ = message.check_known();
    let headers = message.headers();
    for via in headers.list::<Via>(name::VIA).expect("they were read") {
        assert_eq!(via.to_string().parse(), Ok(via));
    }
    if let Ok(Contacts::These(all)) = headers.contacts() {
        for contact in all {
            assert_eq!(contact.to_string().parse(), Ok(contact.clone()));
            assert!(contact.uri.same(&contact.uri));
            let _ = (contact.q(), contact.expires(), contact.instance(), contact.temp_gruu());
        }
    }
    for asks in [name::WWW_AUTHENTICATE, name::PROXY_AUTHENTICATE] {
        let _ = strongest(headers, asks);
    }
    let _ = headers.one::<Credentials>(name::AUTHORIZATION);
    if let Some(request) = message.as_request() {
        assert_eq!(request.uri.to_string().parse::<Uri>().as_ref(), Ok(&request.uri));
        for status in [Status::TRYING, Status::OK, Status::DECLINE] {
            let response = respond(request, status, "tag");
            comes_back(&ack(request, &response).expect("the headers were read").into());
            comes_back(&response.into());
        }
        comes_back(&cancel(request).expect("the headers were read").into());
    }
    let mut shorter = message.clone();
    while shorter.headers_mut().pop(name::VIA).is_some() {}
    assert!(!shorter.headers().has(name::VIA) && message.headers().has(name::VIA));
});
