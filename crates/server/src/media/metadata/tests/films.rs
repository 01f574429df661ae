//! Films: what real tools wrote, and boxes of our own.

use super::super::stripped;
use super::*;

/// What tells a place, as tools write it: a text, XMP, the fixed-point numbers of `loci`.
const PLACES: [&[u8]; 6] = [b"+32.71", b"32.7157", b"GPSL", b"\xA9xyz", b"loci", b"\x00\x20\xB7\x38"];

fn part(name: &[u8; 4], inside: &[u8]) -> Vec<u8> {
    [&u32::try_from(inside.len() + 8).unwrap().to_be_bytes()[..], name, inside].concat()
}

fn film(content: &[u8]) -> Vec<u8> {
    stripped(MediaKind::Mp4, content.to_vec()).unwrap().content
}

fn has(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|known| known == part)
}

#[test]
fn films_of_real_tools_say_nothing_of_a_place_and_no_byte_moves() {
    let fixtures: [(&str, &[u8]); 4] = [
        ("phone.mp4", include_bytes!("../fixtures/phone.mp4")),
        ("phone.3gp", include_bytes!("../fixtures/phone.3gp")),
        ("quicktime-keys.mp4", include_bytes!("../fixtures/quicktime-keys.mp4")),
        ("fragments.mp4", include_bytes!("../fixtures/fragments.mp4")),
    ];
    for (name, content) in fixtures {
        assert_eq!(MediaKind::of(content), Some(MediaKind::Mp4), "{name}");
        assert!(PLACES.iter().any(|place| has(content, place)), "{name} is no test");
        let plain = film(content);
        for place in PLACES {
            assert!(!has(&plain, place), "{name}: {}", String::from_utf8_lossy(place));
        }
        assert_eq!(plain.len(), content.len(), "{name}");
        for kept in [&b"avcC"[..], b"stco", b"trun", b"tfhd", b"d263", b"vide"] {
            assert_eq!(has(&plain, kept), has(content, kept), "{name}: {}", String::from_utf8_lossy(kept));
        }
        // Only zeros and the names of free boxes are new.
        let changed = plain.iter().zip(content).filter(|(after, before)| after != before).map(|(after, _)| *after);
        assert!(changed.into_iter().all(|byte| b"\0free".contains(&byte)), "{name}");
        assert_eq!(film(&plain), plain, "{name}");
    }
}

/// A track with one sample table: two chunks of one and two samples of three bytes, at these places.
fn track(handler: &[u8; 4], places: [u32; 2]) -> Vec<u8> {
    let numbers = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
    let tables = [
        part(b"stsc", &numbers(&[0, 2, 1, 1, 1, 2, 2, 1])),
        part(b"stsz", &numbers(&[0, 0, 3, 3, 3, 3])),
        part(b"stco", &numbers(&[0, 2, places[0], places[1]])),
    ];
    let media = [
        part(b"mdhd", &numbers(&[0, 7, 7, 1, 1])),
        part(b"hdlr", &[&numbers(&[0, 0])[..], handler, &[0; 13]].concat()),
        part(b"minf", &part(b"stbl", &tables.concat())),
    ];
    part(
        b"trak",
        &[part(b"tkhd", &numbers(&[0, 7, 7, 1])), part(b"mdia", &media.concat()), part(b"udta", PLACE)].concat(),
    )
}

#[test]
fn a_track_that_notes_places_goes_with_its_samples() {
    let head = part(b"ftyp", b"isom\0\0\0\0isom");
    let data = part(b"mdat", b"abcNOTnooTESyesABC");
    // The places of the samples: "NOT", then "TES" and "yes".
    let at = u32::try_from(head.len() + 8).unwrap();
    let notes = track(b"meta", [at + 3, at + 9]);
    let seen = track(b"vide", [at, at + 6]);
    let movie = part(b"moov", &[part(b"mvhd", &[0, 0, 0, 0, 7, 7, 7, 7, 7, 7, 7, 7, 1]), seen, notes].concat());
    let content = [&head[..], &data, &movie, &part(b"meta", PLACE), &part(b"skip", PLACE), PLACE].concat();
    let plain = film(&content);
    assert_eq!(plain.len(), content.len());
    assert!(has(&plain, b"mdatabc\0\0\0noo\0\0\0\0\0\0ABC"), "{:?}", String::from_utf8_lossy(&plain));
    assert!(has(&plain, b"vide") && !has(&plain, b"hdlr\0\0\0\0\0\0\0\0meta") && !has(&plain, PLACE));
    assert!(has(&plain, b"mvhd\0\0\0\0\0\0\0\0\0\0\0\0\x01"), "when it was made");
    assert_eq!(film(&plain), plain);
}

#[test]
fn boxes_that_cannot_be_told_apart_are_damaged() {
    let head = part(b"ftyp", b"isom\0\0\0\0isom");
    for movie in [
        &b"\0\0\0\x20trak\0\0\0\x30mdia"[..],
        b"\0\0\0\x04trak",
        b"\0\0\0\x08trak",
        b"\0\0\0\x01trak\0\0\0\0\0\0\0\x08",
    ] {
        let content = [&head[..], &part(b"moov", movie)].concat();
        assert_eq!(stripped(MediaKind::Mp4, content), Err(Damaged), "{movie:?}");
    }
    let cut_off = [&head[..], b"\0\0\x10\0mdatabc"].concat();
    assert_eq!(film(&cut_off), cut_off, "the end is missing");
}
