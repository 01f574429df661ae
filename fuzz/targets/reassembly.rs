//! Parts of texts in any order: each byte triple is a part with its place and its text.

#![no_main]

use halyard_carriers::sms::reassembly::{Decision, Kept, decide, incomplete};
use halyard_carriers::sms::{Coding, Concat, Piece};
use halyard_protocol::UnixMs;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut kept: Vec<Kept> = Vec::new();
    for (n, chunk) in bytes.chunks_exact(4).enumerate() {
        let [total, part, letter, day] = [chunk[0], chunk[1], chunk[2], chunk[3]];
        let total = total.max(1);
        let concat = Concat { reference: 7, total, part: (part % total) + 1 };
        let piece = Piece::new(Coding::Latin1, &[b'a' + letter % 26], 0);
        let at = UnixMs(i64::try_from(n).unwrap_or_default() + i64::from(day) * 86_400_000 / 64);
        let new = Kept { concat, piece, at };
        match decide(&kept, &new) {
            Decision::Complete(text) => {
                assert_eq!(text.chars().count(), usize::from(total));
                kept.clear();
            }
            Decision::Waiting => kept.push(new),
            Decision::Duplicate => assert!(kept.iter().any(|known| known.concat == new.concat)),
            Decision::Another(text) => {
                assert_eq!(text, incomplete(&kept));
                kept.clear();
                assert!(!matches!(decide(&kept, &new), Decision::Another(_)), "it would never end");
                kept.push(new);
            }
        }
        assert!(kept.len() <= 255);
    }
});
