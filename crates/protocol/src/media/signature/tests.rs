use proptest::prelude::*;

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";
const MP3: [u8; 417] = {
    let mut frame = [0; 417];
    [frame[0], frame[1], frame[2]] = [0xFF, 0xFB, 0x90];
    frame
};
/// The head of a WAV file with two samples: 16 bit, one channel, 8 kHz.
const WAV: &[u8] =
    b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data\x04\0\0\0\0\0\0\0";

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A WAV file's container with these chunks.
fn wav(size: u32, chunks: &[&[u8]]) -> Vec<u8> {
    joined(&[b"RIFF", &size.to_le_bytes(), b"WAVE", &joined(chunks)])
}

#[test]
fn a_file_is_what_it_begins_with() {
    let cases: [(MediaKind, Vec<u8>); 22] = [
        (MediaKind::Jpeg, b"\xFF\xD8\xFF\xE0\0\x10JFIF".to_vec()),
        (MediaKind::Jpeg, joined(&[b"\xFF\xD8\xFF\xFF\xDB\0\x04ab\xFF\xDA\0\x03x", b"<any>"])),
        (MediaKind::Png, PNG.to_vec()),
        (MediaKind::Gif, b"GIF89a\x03\0\x02\0\0\0\0,".to_vec()),
        (MediaKind::Gif, joined(&[b"GIF87a\x03\0\x02\0\x80\0\0", &[0; 6], b"!"])),
        (MediaKind::Webp, b"RIFF\x16\0\0\0WEBPVP8 \x0A\0\0\0".to_vec()),
        (MediaKind::Mp4, b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08free".to_vec()),
        (MediaKind::Mp4, b"\0\0\0\x14ftyp3gp4\0\0\x02\0\0\0\0\0\0\0\0\x01mdat".to_vec()),
        (MediaKind::Mp4, b"\0\0\0\x10ftypisom\0\0\x02\0".to_vec()),
        (MediaKind::Mp3, b"ID3\x04\0\0\0\0\x02\x01TSSE".to_vec()),
        (MediaKind::Mp3, joined(&[&MP3, &MP3])),
        (MediaKind::Mp3, MP3.to_vec()),
        (MediaKind::Amr, joined(&[b"#!AMR\n\x3C", &[0; 31], b"\x7C"])),
        (MediaKind::Amr, b"#!AMR-WB\n\x7C".to_vec()),
        (MediaKind::Wav, WAV.to_vec()),
        (MediaKind::Wav, wav(0x4E, &[&WAV[12..36], b"LIST\x03\0\0\0ab\0\0fact\x04\0\0\0\x02\0\0\0data\x04\0\0\0<any"])),
        // A longer format chunk; two channels of 24 bit.
        (
            MediaKind::Wav,
            wav(0x2C, &[b"fmt \x12\0\0\0\x01\0\x02\0\x80\xBB\0\0\0\x65\x04\0\x06\0\x18\0\0\0data\x06\0\0\0"]),
        ),
        // The samples begin in the head, and end behind it.
        (MediaKind::Wav, wav(0x0100_0000, &[&WAV[12..36], b"data\0\0\x80\0", &[b'<'; 2_000]])),
        (MediaKind::Pdf, b"%PDF-1.7".to_vec()),
        (MediaKind::Pdf, b"%PDF-2.0\r\n%\xE2\xE3\xCF\xD3".to_vec()),
        (MediaKind::Vcard, b"\xEF\xBB\xBF\r\nbegin:vcard\r\n".to_vec()),
        (MediaKind::Vcard, "BEGIN:VCARD \nFN:Jörg\tx\n".as_bytes().to_vec()),
    ];
    for (expected, content) in cases {
        assert_eq!(kind(&content), Some(expected), "{content:?}");
    }
}

#[test]
fn a_magic_word_alone_is_no_kind() {
    let cases: [&[u8]; 40] = [
        b"",
        b"\xFF",
        b"MZ\x90\0",
        b"<svg xmlns=",
        // Pages with a magic word at its place.
        b"<!--ftypisom--><script>alert(1)</script>",
        b"<b  ftypmp42<script src=x></script>",
        b"    ftypmp42\0\0\0\0mp42isom<script>",
        b"\0\0\0\x18ftypmp42\0\0\0\0<script>",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42\0\x01\x02\x03",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x04moov",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom<ht>\0\0\0\0",
        b"\0\0\0\x0Cftypmp42",
        b"\0\0\0\x17ftypmp42\0\0\0\0mp42iso",
        b"\0\0\0\x01ftypmp42\0\0\0\0mp42isom",
        b"\0\0\0\0ftypmp42\0\0\0\0mp42isom",
        b"\0\0\0\x18ftypqt  \0\0\0\0qt  isom",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"GIF89a",
        b"GIF89a/*<script>*/=1;",
        b"GIF89a\0\0\x02\0\0\0\0,",
        b"GIF89a\x03\0\x02\0\0\0\0<html>",
        b"\xFF\xD8\xFF",
        b"\xFF\xD8\xFF<html>",
        b"\xFF\xD8\xFF\xE0\0\x01JFIF",
        b"\xFF\xD8\xFF\xE0\0\x04JF<html>",
        b"\x89PNG\r\n\x1A\n",
        b"\x89PNG\r\n\x1A\n<html><script>alert(1)</script>",
        b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\0\0\0\0\x02\x08\x02\0\0\0",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"RIFF<!--WEBP--><script>",
        b"RIFF\x16\0\0\0WAVEfmt \x0A\0\0\0",
        b"#!AMR",
        b"#!AMR\n",
        b"#!AMR\n<script>alert(1)</script>",
        b"ID3<script>alert(1)</script>",
        b"\xFF\xFB\xF0\0",
        b"%PDF-<script>alert(1)</script>",
        b"BEGIN:VCARD<script>alert(1)</script>",
        b"BEGIN:VCARD\n\0",
    ];
    for content in cases {
        assert_eq!(kind(content), None, "{:?}", String::from_utf8_lossy(content));
    }
    // One frame may be chance; the next stands where the first one says.
    assert_eq!(kind(&joined(&[&MP3, b"<html>"])), None);
    assert_eq!(kind(&joined(&[b"#!AMR\n\x3C", &[0; 31], b"=script>"])), None);
}

#[test]
fn one_figure_of_a_wav_file_that_does_not_fit_makes_it_none() {
    // Where, and what stands there instead.
    let cases: [(usize, &[u8]); 15] = [
        (0, b"RIFX"),
        (4, b"\0\0\0\0"),
        (4, b"\x27\0\0\0"),
        (8, b"WAVX"),
        (12, b"<ht>"),
        (16, b"\x0E\0\0\0"),
        (16, b"\xFF\xFF\xFF\xFF"),
        // IEEE floats; A-law; none and too many channels; 12 bit; figures that don't agree.
        (20, b"\x03\0"),
        (20, b"\x06\0"),
        (22, b"\0\0"),
        (22, b"\x09\0"),
        (34, b"\x0C\0"),
        (28, b"\x81\x3E"),
        (36, b"\0\0\0\0"),
        (40, b"\0\0\0\0"),
    ];
    for (place, bytes) in cases {
        let mut content = WAV.to_vec();
        content[place..place + bytes.len()].copy_from_slice(bytes);
        assert_eq!(kind(&content), None, "{place} {bytes:?}");
    }
    for end in 0..WAV.len() - 4 {
        assert_eq!(kind(&WAV[..end]), None, "{end}");
    }
    // Its samples begin nowhere in the head.
    assert_eq!(kind(&wav(0x1000, &[&WAV[12..36], b"LIST\0\x04\0\0", &[0; 1_024], b"data\x04\0\0\0\0\0\0\0"])), None);
    assert_eq!(kind(&wav(u32::MAX, &[&WAV[12..36], b"LIST\xFF\xFF\xFF\xFF", b"<script>"])), None);
}

proptest! {
    #[test]
    fn the_head_decides(start in 0..10_usize, content in prop::collection::vec(any::<u8>(), 0..1_500)) {
        let starts: [&[u8]; 10] = [
            b"", PNG, b"\xFF\xD8\xFF\xE0\0\x10", b"GIF89a", b"RIFF", b"\0\0\0\x18ftypmp42", b"#!AMR\n", &MP3, b"BEGIN:VCARD\n",
            WAV,
        ];
        let content = joined(&[starts[start], &content]);
        let head = content.get(..HEAD).unwrap_or(&content);
        prop_assert_eq!(kind(&content), kind(head));
    }

    #[test]
    fn what_a_browser_could_take_for_a_page_is_of_no_kind(
        blank in "[ \t\r\n\u{c}]{0,8}", page in "<[a-zA-Z!/?][ -~]{0,60}", content in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let content = joined(&[blank.as_bytes(), page.as_bytes(), &content]);
        prop_assert_eq!(kind(&content), None);
    }

    #[test]
    fn one_byte_of_a_films_first_box_that_is_a_tag_makes_it_none(place in 0..9_usize, tag in "<[a-z!]{3}") {
        let mut content = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08free".to_vec();
        content[place..place + 4].copy_from_slice(tag.as_bytes());
        prop_assert_eq!(kind(&content), None);
    }
}
