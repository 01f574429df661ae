//! Webhooks and answers of the simulator, signed as it signs them.

#![no_main]

mod shared;

use halyard_carriers::{Kind, simulator};
use halyard_protocol::UnixMs;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let account = shared::account(Kind::Simulator, &[("api", "http://127.0.0.1:8089")], &[("token", "token")]);
    let signature = simulator::sign("token", UnixMs(shared::NOW), body);
    shared::bring(&*account, &[(simulator::SIGNATURE, signature)], body);
});
