//! User data headers of SMS, in every coding of the text behind them.

#![no_main]

use halyard_carriers::sms::{Coding, Piece, header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let (concat, length) = header::split(octets);
    assert!(length <= octets.len());
    if let Some(concat) = concat {
        assert!(concat.part >= 1 && concat.part <= concat.total);
    }
    for coding in [Coding::Gsm, Coding::GsmPacked, Coding::Latin1, Coding::Ascii, Coding::Ucs2] {
        let piece = Piece::new(coding, octets, length);
        let kept = Piece::from_bytes(&piece.to_bytes()).expect("what is kept can be read");
        assert_eq!(piece.text(), kept.text());
    }
    let _ = Piece::from_bytes(octets);
});
