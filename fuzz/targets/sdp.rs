//! Session descriptions and fragments: read, edited, written and read again.

#![no_main]

use halyard_sip::sdp::{Direction, Fragment, Sdp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(fragment) = Fragment::from_body(bytes) {
        assert_eq!(Fragment::parse(&fragment.to_string()), Ok(fragment));
    }
    let Ok(mut sdp) = Sdp::from_body(bytes) else { return };
    assert_eq!(Sdp::parse(&sdp.to_string()).as_ref(), Ok(&sdp));
    let count = sdp.len();
    for index in 0..=count {
        let _ = (
            sdp.media(index),
            sdp.fingerprints(index),
            sdp.ice(index),
            sdp.candidates(index).count(),
            sdp.direction(index),
        );
    }
    let _ = sdp.is_hold();
    sdp.set_version(sdp.origin().version.wrapping_add(1));
    sdp.set_direction(Direction::SendOnly);
    sdp.set_port(0, 0);
    sdp.remove_attribute(Some(0), "candidate");
    sdp.add_attribute(None, "ice-options", "trickle");
    assert_eq!(sdp.len(), count, "edits leave the parts as they are");
    assert!((0..count).all(|index| sdp.direction(index) == Direction::SendOnly));
    if let Ok(again) = Sdp::parse(&sdp.to_string()) {
        assert_eq!(again, sdp);
    }
});
