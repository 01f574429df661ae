//! JPEG (ITU-T T.81): a row of segments, the picture's data behind the scans' heads.

use super::{Stripped, be16, orientation};

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP1: u8 = 0xE1;
/// JFIF, or nothing that matters.
const APP0: u8 = 0xE0;
/// Colour profiles, among others.
const APP2: u8 = 0xE2;
/// How Adobe's colours are to be read.
const APP14: u8 = 0xEE;
const COM: u8 = 0xFE;
/// How the content of an EXIF segment begins.
const EXIF: &[u8] = b"Exif\0\0";
/// How a colour profile begins (ICC.1, B.4).
const ICC: &[u8] = b"ICC_PROFILE\0";

/// Without EXIF, XMP, IPTC, comments and what makers write for themselves; how the camera was held stays, and so do colour
/// profiles.
pub(super) fn stripped(content: &[u8]) -> Option<Stripped> {
    let mut output = vec![0xFF, SOI];
    let (mut size, mut orientation, mut insert_at) = (None, 1, output.len());
    let mut at = 2;
    loop {
        let (marker, start) = next_marker(content, at)?;
        if marker == EOI {
            break;
        }
        if marker == 0x01 || (0xD0..=0xD7).contains(&marker) {
            // They have nothing behind them, and nothing to say here.
            at = start;
            continue;
        }
        let length = usize::from(be16(content, start)?);
        let segment = content.get(start + 2..start + length.max(2))?;
        let end = start + length.max(2);
        match marker {
            APP1 => orientation = turned(segment).unwrap_or(orientation),
            COM => {}
            APP0 | APP14 => keep(&mut output, marker, content.get(start..end)?),
            // Other profiles of this segment point at pictures behind the end, which goes.
            APP2 if segment.starts_with(ICC) => keep(&mut output, marker, content.get(start..end)?),
            // What makers of cameras and programs write for themselves.
            0xE0..=0xEF => {}
            _ => keep(&mut output, marker, content.get(start..end)?),
        }
        if marker == APP0 {
            insert_at = output.len();
        }
        // Heads of frames; the other three of the range are tables (T.81, table B.1).
        if (0xC0..=0xCF).contains(&marker) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            size = size.or(Some((u32::from(be16(segment, 3)?), u32::from(be16(segment, 1)?))));
        }
        at = end;
        if marker == SOS {
            at = end_of_scan(content, end);
            output.extend(content.get(end..at)?);
            if at >= content.len() {
                break;
            }
        }
    }
    output.extend([0xFF, EOI]);
    let (mut width, mut height) = size?;
    if orientation > 1 {
        output.splice(insert_at..insert_at, held(orientation));
    }
    if orientation > 4 {
        (width, height) = (height, width);
    }
    Some(Stripped { content: output, width, height })
}

fn keep(output: &mut Vec<u8>, marker: u8, rest: &[u8]) {
    output.extend([0xFF, marker]);
    output.extend(rest);
}

/// The next marker and where what belongs to it begins. Any number of fill bytes may stand before it.
fn next_marker(content: &[u8], at: usize) -> Option<(u8, usize)> {
    if *content.get(at)? != 0xFF {
        return None;
    }
    let fill = content.get(at..)?.iter().take_while(|byte| **byte == 0xFF).count();
    Some((*content.get(at + fill)?, at + fill + 1))
}

/// Where a scan's data ends: at the next marker that is no part of it. A picture that was cut off has none.
fn end_of_scan(content: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(found) = content.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xFF)) {
        at += found;
        match content.get(at + 1) {
            // An escaped 0xFF of the data, or a restart.
            Some(0x00 | 0xD0..=0xD7) => at += 2,
            Some(0xFF) => at += 1,
            Some(_) => return at,
            None => break,
        }
    }
    content.len()
}

/// How the camera was held, if this segment says it.
fn turned(segment: &[u8]) -> Option<u8> {
    orientation::of(segment.strip_prefix(EXIF)?)
}

/// A segment that says how the camera was held, and nothing else.
fn held(orientation: u8) -> Vec<u8> {
    let tiff = orientation::tiff(orientation);
    let length = (2 + EXIF.len() + tiff.len()) as u8;
    [&[0xFF, APP1, 0, length], EXIF, &tiff[..]].concat()
}
