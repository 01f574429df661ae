//! Callbacks and answers of Bandwidth, with the log-in that it sends.

#![no_main]

mod shared;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halyard_carriers::Kind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let account = shared::account(
        Kind::Bandwidth,
        &[
            ("account_id", "5500000"),
            ("application_id", "93de2206-9669-4e07-948d-329f4b722ee2"),
            ("user", "user"),
            ("callback_user", "callbacks"),
        ],
        &[("password", "secret"), ("callback_password", "secret")],
    );
    let login = format!("Basic {}", STANDARD.encode("callbacks:secret"));
    shared::bring(&*account, &[("authorization", login)], body);
});
