//! Texts of delivery receipts, with and without parameters beside them.

#![no_main]

use halyard_carriers::sms::receipt::{Parameters, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let parameters = Parameters { message_id: Some("7"), state: bytes.first().copied(), network_error: Some((3, 1)) };
    for parameters in [Parameters::default(), parameters] {
        if let Some(receipt) = read(&text, parameters) {
            assert!(!receipt.ids.is_empty());
            let _ = receipt.reported();
        }
    }
});
