use super::*;
use proptest::prelude::*;

mod films;

const PLACE: &[u8] = b"32.7157 N, 117.1611 W";
/// A scan's data: an escaped byte, a restart.
const DATA: &[u8] = &[1, 2, 0xFF, 0x00, 3, 0xFF, 0xD0, 4];

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap();
    [&[0xFF, marker], &length.to_be_bytes()[..], content].concat()
}

/// An EXIF segment with an orientation and a place, in either order of bytes.
fn exif(orientation: u8, little: bool) -> Vec<u8> {
    let short = |value: u16| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let long = |value: u32| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&short(tag)[..], &short(kind), &long(count), &value].concat()
    };
    let place = entry(0x010E, 2, PLACE.len() as u32, long(38));
    let value = short(u16::from(orientation));
    let turned = entry(0x0112, 3, 1, [value[0], value[1], 0, 0]);
    let head = [if little { &b"II"[..] } else { b"MM" }, &short(42), &long(8), &short(2)].concat();
    segment(0xE1, &[b"Exif\0\0", &head[..], &place, &turned, &long(0), PLACE].concat())
}

fn jpeg(before: &[Vec<u8>]) -> Vec<u8> {
    let frame = segment(0xC0, &[8, 0, 2, 0, 3, 1, 1, 0x11, 0]);
    let scan = segment(0xDA, &[1, 1, 0, 0, 63, 0]);
    [
        &[0xFF, 0xD8],
        &segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")[..],
        &before.concat(),
        &frame,
        &scan,
        DATA,
        &[0xFF, 0xD9],
    ]
    .concat()
}

fn has_place(picture: &Stripped) -> bool {
    picture.content.windows(PLACE.len()).any(|part| part == PLACE)
}

fn holds(picture: &Stripped, part: &[u8]) -> bool {
    picture.content.windows(part.len()).any(|known| known == part)
}

#[test]
fn a_photo_keeps_its_picture_its_colours_and_its_way_up() {
    let colours = segment(0xE2, b"ICC_PROFILE\0colours");
    for little in [false, true] {
        for orientation in 1..=8 {
            let notes = [
                exif(orientation, little),
                segment(0xFE, PLACE),
                segment(0xED, PLACE),
                segment(0xE2, PLACE),
                segment(0xE5, PLACE),
                colours.clone(),
            ];
            let picture = stripped(MediaKind::Jpeg, jpeg(&notes)).unwrap();
            assert!(!has_place(&picture));
            assert!(holds(&picture, DATA) && holds(&picture, &colours));
            let turned = orientation > 4;
            assert_eq!((picture.width, picture.height), if turned { (2, 3) } else { (3, 2) }, "{orientation}");
            let again = stripped(MediaKind::Jpeg, picture.content.clone()).unwrap();
            assert_eq!(again, picture, "twice is once, and the way up is still known");
        }
    }
    let plain = jpeg(&[]);
    assert_eq!(stripped(MediaKind::Jpeg, plain.clone()).unwrap().content, plain, "nothing to take out");
}

#[test]
fn a_photo_as_viewers_bear_it() {
    let cut_off = jpeg(&[]);
    let cut_off = &cut_off[..cut_off.len() - 2];
    assert_eq!(stripped(MediaKind::Jpeg, cut_off.to_vec()).unwrap().content, jpeg(&[]), "the end is missing");
    let filled = [&[0xFF, 0xD8, 0xFF, 0xFF][..], &jpeg(&[])[2..]].concat();
    assert_eq!(stripped(MediaKind::Jpeg, filled).unwrap().content, jpeg(&[]), "filled up before a marker");
    let trailer = [jpeg(&[]), PLACE.to_vec()].concat();
    assert_eq!(stripped(MediaKind::Jpeg, trailer).unwrap().content, jpeg(&[]), "something behind the end");
    for broken in [&b"\xFF\xD8\xFF"[..], b"\xFF\xD8\xFF\xE0\xFF\xFF", b"\xFF\xD8\xFF\xD9", b"\xFF\xD8\0\0"] {
        assert_eq!(stripped(MediaKind::Jpeg, broken.to_vec()), Err(Damaged));
    }
}

fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], name, data, &[9; 4]].concat()
}

#[test]
fn a_png_keeps_what_shows() {
    let signature = b"\x89PNG\r\n\x1A\n".to_vec();
    let head = chunk(b"IHDR", &[0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
    let shows = [chunk(b"iCCP", b"colours"), chunk(b"acTL", b"frames"), chunk(b"IDAT", DATA)].concat();
    let notes = [&b"tEXt"[..], b"iTXt", b"zTXt", b"tIME", b"eXIf"].map(|name| chunk(name, PLACE)).concat();
    let end = chunk(b"IEND", b"");
    let plain = [&signature[..], &head, &shows, &end].concat();
    let noted = [&signature[..], &head, &notes, &shows, &notes, &end, PLACE].concat();
    let picture = stripped(MediaKind::Png, noted).unwrap();
    assert_eq!(picture, Stripped { content: plain.clone(), width: 3, height: 2 });
    assert_eq!(stripped(MediaKind::Png, plain[..plain.len() - 3].to_vec()), Err(Damaged));
}

fn riff(chunks: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (name, data) in chunks {
        body.extend([*name, &u32::try_from(data.len()).unwrap().to_le_bytes(), data].concat());
        body.resize(body.len() + data.len() % 2, 0);
    }
    [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}

#[test]
fn a_webp_keeps_what_shows() {
    let announced = [0x20 | 0x08 | 0x04, 0, 0, 0, 2, 0, 0, 1, 0, 0];
    let quiet = [0x20, 0, 0, 0, 2, 0, 0, 1, 0, 0];
    let lossy = [0, 0, 0, 0x9D, 0x01, 0x2A, 3, 0, 2, 0, 7];
    let noted: [(&[u8], &[u8]); 5] =
        [(b"VP8X", &announced), (b"ICCP", b"colours"), (b"VP8 ", &lossy), (b"EXIF", PLACE), (b"XMP ", PLACE)];
    let plain: [(&[u8], &[u8]); 3] = [(b"VP8X", &quiet), (b"ICCP", b"colours"), (b"VP8 ", &lossy)];
    let picture = stripped(MediaKind::Webp, riff(&noted)).unwrap();
    assert_eq!(picture, Stripped { content: riff(&plain), width: 3, height: 2 });
    let simple = stripped(MediaKind::Webp, riff(&[(b"VP8 ", &lossy)])).unwrap();
    assert_eq!((simple.width, simple.height), (3, 2));
    let lossless = stripped(MediaKind::Webp, riff(&[(b"VP8L", &[0x2F, 2, 0x40, 0, 0])])).unwrap();
    assert_eq!((lossless.width, lossless.height), (3, 2));
    assert_eq!(stripped(MediaKind::Webp, riff(&[(b"EXIF", PLACE)])), Err(Damaged), "no picture in it");
}

#[test]
fn a_picture_stays_the_way_up_that_it_was() {
    let fixtures: [(MediaKind, &[u8]); 2] = [
        (MediaKind::Png, include_bytes!("fixtures/turned.png")),
        (MediaKind::Webp, include_bytes!("fixtures/turned.webp")),
    ];
    for (kind, content) in fixtures {
        let picture = stripped(kind, content.to_vec()).unwrap();
        // 16 by 12, turned by a quarter.
        assert_eq!((picture.width, picture.height), (12, 16), "{kind:?}");
        assert!(holds(&picture, b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"), "{kind:?}");
        // The reference of a latitude: nothing else has this tag.
        assert!(!holds(&picture, b"\0\x01\0\x02\0\0\0\x02N"), "{kind:?}");
        assert_eq!(stripped(kind, picture.content.clone()).unwrap(), picture, "{kind:?}");
    }
}

#[test]
fn other_files_stay_as_they_are() {
    let document = Stripped { content: b"%PDF-1.7".to_vec(), width: 0, height: 0 };
    assert_eq!(stripped(MediaKind::Pdf, b"%PDF-1.7".to_vec()), Ok(document));
}

/// A GIF with these blocks.
fn gif(blocks: &[&[u8]]) -> Vec<u8> {
    [b"GIF89a\x03\0\x02\0\x80\0\0", &[7; 6][..], &blocks.concat()].concat()
}

#[test]
fn a_gif_keeps_what_shows() {
    let runs: &[u8] = b"!\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0";
    let control: &[u8] = b"!\xF9\x04\0\x0A\0\0\0";
    let image: &[u8] = b",\0\0\0\0\x03\0\x02\0\0\x02\x02ab\x01c\0";
    let comment = [&b"!\xFE"[..], &[PLACE.len() as u8], PLACE, &[0]].concat();
    let xmp = [&b"!\xFF\x0BXMP DataXMP"[..], &[PLACE.len() as u8], PLACE, &[0]].concat();
    let noted = gif(&[&comment, runs, &xmp, control, image, &comment, b";", PLACE]);
    let plain = gif(&[runs, control, image, b";"]);
    assert_eq!(stripped(MediaKind::Gif, noted).unwrap(), Stripped { content: plain, width: 3, height: 2 });
    // What is cut off, or goes on with what is no block, is shown as far as it goes.
    let cut_off = gif(&[control, &image[..13]]);
    assert_eq!(stripped(MediaKind::Gif, cut_off.clone()).unwrap().content, cut_off);
    assert_eq!(stripped(MediaKind::Gif, gif(&[image, b"junk"])).unwrap().content, gif(&[image, b";"]));
    assert_eq!(stripped(MediaKind::Gif, b"GIF89a".to_vec()), Err(Damaged));
}

/// Pictures of each kind, with some bytes changed, cut, or put in.
fn any_picture() -> impl Strategy<Value = (MediaKind, Vec<u8>)> {
    let pictures = vec![
        (MediaKind::Jpeg, jpeg(&[exif(6, true), segment(0xFE, PLACE), exif(3, false)])),
        (
            MediaKind::Png,
            [b"\x89PNG\r\n\x1A\n".to_vec(), chunk(b"IHDR", &[0, 0, 0, 3, 0, 0, 0, 2]), chunk(b"IEND", b"")].concat(),
        ),
        (MediaKind::Webp, riff(&[(b"VP8L", &[0x2F, 2, 0x40, 0, 0]), (b"EXIF", PLACE)])),
        (MediaKind::Gif, gif(&[b"!\xFE\x02ab\0", b",\0\0\0\0\x03\0\x02\0\0\x02\x02ab\0", b";"])),
        (MediaKind::Gif, include_bytes!("fixtures/loop.gif").to_vec()),
        (MediaKind::Png, include_bytes!("fixtures/turned.png").to_vec()),
        (MediaKind::Webp, include_bytes!("fixtures/turned.webp").to_vec()),
        (MediaKind::Mp4, include_bytes!("fixtures/phone.mp4").to_vec()),
        (MediaKind::Mp4, include_bytes!("fixtures/fragments.mp4").to_vec()),
    ];
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 0..6);
    (prop::sample::select(pictures), changes).prop_map(|((kind, mut content), changes)| {
        for (place, byte, how) in changes {
            let at = place.index(content.len().max(1)).min(content.len().saturating_sub(1));
            match how {
                _ if content.is_empty() => {}
                0 => content[at] = byte,
                1 => content.truncate(at),
                _ => content.insert(at, byte),
            }
        }
        (kind, content)
    })
}

proptest! {
    #[test]
    fn whatever_comes_taking_out_twice_is_taking_out_once((kind, content) in any_picture()) {
        if let Ok(picture) = stripped(kind, content) {
            prop_assert_eq!(stripped(kind, picture.content.clone()), Ok(picture));
        }
    }

    #[test]
    fn any_bytes_are_borne(content in prop::collection::vec(any::<u8>(), 0..200)) {
        for kind in [MediaKind::Jpeg, MediaKind::Png, MediaKind::Webp, MediaKind::Gif, MediaKind::Mp4] {
            let _ = stripped(kind, content.clone());
        }
    }
}
