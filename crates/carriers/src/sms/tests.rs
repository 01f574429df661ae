use super::*;
use halyard_protocol::segments;
use proptest::prelude::*;

#[test]
fn the_alphabet_goes_both_ways() {
    let all = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
        ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\u{c}^{}\\[~]|€";
    let septets = gsm::septets(all).unwrap();
    assert_eq!(septets.len(), 127 + 20);
    assert_eq!(gsm::text(&septets), all);
    assert_eq!(gsm::septets("`"), None);
    assert_eq!(gsm::septets("@€"), Some(vec![0, 0x1b, 0x65]));
    // Exactly what the segments' rules say is in the alphabet is.
    for c in (0..0x3000).filter_map(char::from_u32) {
        let counted = segments::count(&c.to_string());
        let own = gsm::septets(&c.to_string()).map(|septets| septets.len());
        assert_eq!(own, (counted.encoding == segments::Encoding::Gsm7).then_some(counted.units), "{c:?}");
    }
}

#[test]
fn septets_that_make_no_sense_are_read() {
    assert_eq!(gsm::text(&[0x41, 0x1b]), "A ");
    assert_eq!(gsm::text(&[0x1b, 0x41]), "A");
    assert_eq!(gsm::text(&[0x1b, 0x1b, 0x42]), " B");
    assert_eq!(gsm::text(&[0x41, 0x80, 0xff]), "A\u{fffd}\u{fffd}");
    assert_eq!(gsm::text(&[0x1b, 0xff]), "\u{fffd}");
}

#[test]
fn septets_are_packed() {
    assert_eq!(
        gsm::pack(&gsm::septets("hellohello").unwrap(), 0),
        [0xe8, 0x32, 0x9b, 0xfd, 0x46, 0x97, 0xd9, 0xec, 0x37]
    );
    assert_eq!(gsm::unpack(&[0xe8, 0x32, 0x9b, 0xfd, 0x46, 0x97, 0xd9, 0xec, 0x37], 0), b"hellohello");
    assert_eq!((gsm::fill_bits(0), gsm::fill_bits(6), gsm::fill_bits(7)), (0, 1, 0));
    // Seven septets leave seven bits, which are no character: neither ours nor those of zero that others leave.
    let seven = gsm::pack(b"abcdefg", 0);
    assert_eq!(seven[6] >> 1, 0x0d);
    assert_eq!(gsm::unpack(&seven, 0), b"abcdefg");
    assert_eq!(gsm::unpack(&[&seven[..6], &[seven[6] & 1]].concat(), 0), b"abcdefg");
    assert_eq!(gsm::pack(&[0x7f; 153], 1).len(), 134);
}

#[test]
fn data_coding_is_read() {
    let gsm = |data_coding| Coding::of(data_coding, Alphabet::Gsm);
    assert_eq!(gsm(0), Coding::Gsm);
    assert_eq!(Coding::of(0, Alphabet::Latin1), Coding::Latin1);
    assert_eq!(Coding::of(0, Alphabet::GsmPacked), Coding::GsmPacked);
    assert_eq!((gsm(1), gsm(3), gsm(8)), (Coding::Ascii, Coding::Latin1, Coding::Ucs2));
    assert_eq!((gsm(2), gsm(4)), (Coding::Octets, Coding::Octets));
    assert_eq!(
        (gsm(0xf0), gsm(0xf1), gsm(0xf4), gsm(0xf5)),
        (Coding::Gsm, Coding::Gsm, Coding::Octets, Coding::Octets)
    );
    assert_eq!((gsm(0x10), gsm(0x18), gsm(0x14)), (Coding::Gsm, Coding::Ucs2, Coding::Octets));
    assert_eq!((gsm(0xc0), gsm(0xd0), gsm(0xe0)), (Coding::Gsm, Coding::Gsm, Coding::Ucs2));
    assert_eq!((gsm(5), gsm(13), gsm(0x80)), (Coding::Other, Coding::Other, Coding::Other));
}

#[test]
fn octets_become_text() {
    assert_eq!(Coding::Latin1.text(b"caf\xe9 \xff"), "café ÿ");
    assert_eq!(Coding::Ascii.text(b"a\xe9"), "a\u{fffd}");
    assert_eq!(Coding::Ascii.text(b"plain \x1be\x1b<x\x1b>"), "plain €[x]");
    assert_eq!(Coding::Ascii.text(b"a@b\r\n_"), "a@b\r\n_");
    assert_eq!(Coding::Cyrillic.text(b"\xbf\xe0\xd8\xd2\xd5\xe2"), "Привет");
    assert_eq!(Coding::Hebrew.text(b"\xf9\xec\xe5\xed"), "שלום");
    assert_eq!(Coding::Octets.text("é".as_bytes()), "é");
    assert_eq!(Coding::Octets.text(b"\xe9"), "é");
    assert_eq!(Coding::Ucs2.text(&[0, 0x41, 0xd8, 0x3d, 0xde, 0x42]), "A🙂");
    assert_eq!(Coding::Ucs2.text(&[0xd8, 0x3d, 0, 0x41, 0xde, 0x42]), "\u{fffd}A\u{fffd}");
    assert_eq!(Coding::Ucs2.text(&[0, 0x41, 0]), "A\u{fffd}");
    assert_eq!(Coding::Ucs2.text(&[0xfe, 0xff, 0, 0x41]), "A");
    assert_eq!(Coding::Ucs2.text(&[0xff, 0xfe, 0x41, 0]), "\u{feff}A".trim_start_matches('\u{feff}'));
    assert_eq!(Coding::Latin1.text(b"a\0b"), "ab");
}

#[test]
fn headers_are_read_as_far_as_they_make_sense() {
    let part = |reference, total, part| Some(Concat { reference, total, part });
    assert_eq!(header::split(&[5, 0, 3, 7, 2, 1, b'a']), (part(7, 2, 1), 6));
    assert_eq!(header::split(&[6, 8, 4, 1, 2, 255, 255, b'a']), (part(0x102, 255, 255), 7));
    // Ports in front, and something unknown behind.
    assert_eq!(header::split(&[14, 5, 4, 0, 1, 0, 2, 0, 3, 7, 2, 1, 0x70, 1, 9, b'a']), (part(7, 2, 1), 15));
    // The last one counts, if it makes sense.
    assert_eq!(header::split(&[10, 0, 3, 7, 2, 1, 0, 3, 8, 2, 2]), (part(8, 2, 2), 11));
    assert_eq!(header::split(&[10, 0, 3, 7, 2, 1, 0, 3, 8, 0, 0]), (part(7, 2, 1), 11));
    for nonsense in [[7, 2, 0], [7, 0, 0], [7, 0, 1], [7, 2, 3]] {
        assert_eq!(header::split(&[&[5, 0, 3][..], &nonsense, b"a"].concat()), (None, 6));
    }
    // Cut, longer than it is, longer than what came, empty.
    assert_eq!(header::split(&[2, 0, 3, b'a']), (None, 3));
    assert_eq!(header::split(&[3, 0, 200, 1, b'a']), (None, 4));
    assert_eq!(header::split(b"Hi"), (None, 0));
    assert_eq!(header::split(&[5, 0, 3]), (None, 0));
    assert_eq!(header::split(&[]), (None, 0));
    assert_eq!(header::split(&[0]), (None, 1));
}

#[test]
fn a_short_text_goes_alone() {
    let cut = cut("Fair winds €", Alphabet::Gsm, Concatenation::Header8, 9).unwrap();
    assert_eq!(cut.data_coding, 0);
    assert_eq!(cut.parts, [Part { octets: gsm::septets("Fair winds €").unwrap(), travels: Travels::Alone }]);
    assert_eq!(super::cut("", Alphabet::Gsm, Concatenation::Header8, 9), Err(CutError::Empty));
    let many = "x".repeat(153 * 255 + 1);
    assert_eq!(super::cut(&many, Alphabet::Gsm, Concatenation::Header8, 9), Err(CutError::TooLong));
    assert_eq!(super::cut(&many, Alphabet::Gsm, Concatenation::Payload, 9).unwrap().parts.len(), 1);
}

#[test]
fn what_the_default_alphabet_lacks_goes_as_ucs_2() {
    let coding = |text, alphabet| super::cut(text, alphabet, Concatenation::Header8, 1).unwrap().data_coding;
    assert_eq!(coding("é", Alphabet::Latin1), 0);
    assert_eq!(coding("€", Alphabet::Latin1), 8);
    assert_eq!(coding("é", Alphabet::Ascii), 8);
    assert_eq!(coding("é", Alphabet::Gsm), 0);
    assert_eq!(coding("ж", Alphabet::Gsm), 8);
}

/// What a phone shows that gets these parts.
fn shown(cut: &Cut, alphabet: Alphabet) -> String {
    let coding = Coding::of(cut.data_coding, alphabet);
    let read = |part: &Part| match part.travels {
        Travels::Header => Piece::new(coding, &part.octets, header::split(&part.octets).1).text(),
        Travels::Alone | Travels::Sar(_) | Travels::Payload => Piece::new(coding, &part.octets, 0).text(),
    };
    cut.parts.iter().map(read).collect()
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => "[a-z é@]{0,40}", 3 => "[€\\[\\]^]{1,30}", 1 => "[ж🙂ç]{1,20}"];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

fn plain() -> impl Strategy<Value = String> {
    "[a-zA-Z é€^,.]{1,700}"
}

proptest! {
    #[test]
    fn there_are_as_many_parts_as_are_counted(text in prop_oneof![text(), plain()], reference in any::<u16>()) {
        let counted = segments::count(&text).segments;
        for alphabet in [Alphabet::Gsm, Alphabet::GsmPacked] {
            for concatenation in [Concatenation::Header8, Concatenation::Sar] {
                match cut(&text, alphabet, concatenation, reference) {
                    Ok(cut) => prop_assert_eq!(cut.parts.len(), counted),
                    Err(error) => prop_assert_eq!((error, counted), (CutError::Empty, 0)),
                }
            }
        }
    }

    #[test]
    fn a_phone_shows_what_was_written(text in prop_oneof![text(), plain()], reference in any::<u16>()) {
        let text = format!("{text}.");
        for alphabet in [Alphabet::Gsm, Alphabet::GsmPacked, Alphabet::Latin1, Alphabet::Ascii] {
            for concatenation in [Concatenation::Header8, Concatenation::Header16, Concatenation::Sar, Concatenation::Payload] {
                // Packed, an "@" at the end of a part can't be told from what packing leaves.
                let text = if alphabet == Alphabet::GsmPacked { text.replace('@', "a") } else { text.clone() };
                let cut = cut(&text, alphabet, concatenation, reference).unwrap();
                prop_assert_eq!(shown(&cut, alphabet), text.clone());
                for part in &cut.parts {
                    let radio = match alphabet {
                        Alphabet::GsmPacked if cut.data_coding == 0 => 140,
                        _ if cut.data_coding == 0 => 160,
                        _ => 140,
                    };
                    prop_assert!(part.octets.len() <= radio || part.travels == Travels::Payload);
                }
            }
        }
    }

    #[test]
    fn packing_goes_both_ways(septets in prop::collection::vec(1_u8..128, 0..200), fill in 0_u8..7) {
        let septets = [septets, vec![b'x']].concat();
        prop_assert_eq!(gsm::unpack(&gsm::pack(&septets, fill), fill), septets);
    }

    #[test]
    fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..300), data_coding in any::<u8>(), header in 0_usize..10) {
        let (concat, start) = header::split(&octets);
        prop_assert!(start <= octets.len());
        if let Some(concat) = concat {
            prop_assert_eq!(Concat::new(concat.reference, concat.total, concat.part), Some(concat));
        }
        for alphabet in [Alphabet::Gsm, Alphabet::GsmPacked, Alphabet::Latin1, Alphabet::Ascii] {
            let piece = Piece::new(Coding::of(data_coding, alphabet), &octets, header);
            let text = piece.text();
            prop_assert!(!text.contains('\0'));
            prop_assert!(text.chars().count() <= octets.len() * 8 / 7 + 1);
            prop_assert_eq!(Piece::from_bytes(&piece.to_bytes()), Some(piece));
        }
    }
}
