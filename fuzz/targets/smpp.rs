//! What an SMSC may send: bytes in pieces, to a session that binds, has a message under way, and answers what comes in.

#![no_main]

use core::time::Duration;
use std::collections::BTreeMap;

use halyard_carriers::smpp::{Options, Output, Role, Session, submissions};
use halyard_carriers::{Address, Secret, Settings};
use halyard_protocol::PhoneNumber;
use libfuzzer_sys::fuzz_target;

fn options() -> Options {
    let plain = [("host", "127.0.0.1"), ("port", "2775"), ("system_id", "halyard")];
    let settings = Settings {
        plain: plain.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        secrets: BTreeMap::from([("password".to_owned(), Secret("secret".to_owned()))]),
    };
    Options::read(&settings).expect("the settings are right")
}

fuzz_target!(|bytes: &[u8]| {
    let options = options();
    let number = |text: &str| PhoneNumber::from_e164(text).expect("a number");
    let mut session = Session::new(options.clone(), Role::Transceiver);
    let mut now = Duration::ZERO;
    let _ = session.connected(now);
    // The bind is answered, so that what follows reaches a session that works.
    let _ = session.received(&[0, 0, 0, 17, 0x80, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0], now);
    let (from, to) = (number("+16195550101"), number("+16195550142"));
    let mut outcomes = 0;
    let mut sent = 0;
    if let Ok(parts) = submissions("id", &Address::Number(from), &Address::Number(to), "Hello", 7, &options) {
        for part in parts {
            sent += 1;
            let outputs = session.submit(part, now);
            outcomes += outputs.iter().filter(|output| matches!(output, Output::Submitted { .. })).count();
        }
    }
    for piece in bytes.chunks(61) {
        now += Duration::from_millis(500);
        let mut outputs = session.received(piece, now);
        let handles: Vec<_> = outputs
            .iter()
            .filter_map(|output| match output {
                Output::Inbound(handle, _) | Output::Receipt(handle, _) => Some(*handle),
                _ => None,
            })
            .collect();
        for handle in handles {
            outputs.extend(session.taken(handle, now));
        }
        outputs.extend(session.tick(now));
        outcomes += outputs.iter().filter(|output| matches!(output, Output::Submitted { .. })).count();
    }
    let outputs = session.closed(now);
    outcomes += outputs.iter().filter(|output| matches!(output, Output::Submitted { .. })).count();
    assert_eq!(outcomes, sent, "each has one outcome");
});
