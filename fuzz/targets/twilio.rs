//! Webhooks and answers of Twilio, signed as it signs them.

#![no_main]

mod shared;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halyard_carriers::Kind;
use libfuzzer_sys::fuzz_target;
use ring::hmac;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fuzz_target!(|body: &[u8]| {
    let account = shared::account(
        Kind::Twilio,
        &[("account_sid", "AC0123456789abcdef0123456789abcdef")],
        &[("auth_token", TOKEN)],
    );
    let form: BTreeSet<_> = form_urlencoded::parse(body).collect();
    let parameters: String = form.iter().flat_map(|(name, value)| [name.as_ref(), value.as_ref()]).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
    let signature = STANDARD.encode(hmac::sign(&key, format!("{}{parameters}", shared::URL).as_bytes()));
    shared::bring(&*account, &[("x-twilio-signature", signature)], body);
});
