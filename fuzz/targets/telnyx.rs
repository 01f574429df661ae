//! Webhooks and answers of Telnyx, signed as it signs them.

#![no_main]

mod shared;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halyard_carriers::Kind;
use libfuzzer_sys::fuzz_target;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

fuzz_target!(|body: &[u8]| {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed");
    let public = STANDARD.encode(pair.public_key());
    let account = shared::account(Kind::Telnyx, &[("public_key", &public)], &[("api_key", "KEY0123")]);
    let time = (shared::NOW / 1_000).to_string();
    let signed = [time.as_bytes(), b"|", body].concat();
    let signature = STANDARD.encode(pair.sign(&signed));
    shared::bring(&*account, &[("telnyx-signature-ed25519", signature), ("telnyx-timestamp", time)], body);
});
