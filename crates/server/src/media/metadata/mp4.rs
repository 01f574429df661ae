//! MP4 (ISO/IEC 14496-12): boxes within boxes.
//!
//! Always holds: no byte moves, since tables inside point at places of the file. What says where, when or by what a film was made
//! becomes a `free` box of the same size, filled with zeros; so do the samples of tracks that note such things while it is filmed.

use std::ops::Range;

use super::be32;

/// What of a file stays. All else of it is what makers of phones and programs write for themselves.
const FILE: [&[u8; 4]; 13] = [
    b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"wide", b"pdin", b"sidx", b"ssix", b"mfra", b"prft", b"emsg", b"free",
];
/// What of a movie stays.
const MOVIE: [&[u8; 4]; 7] = [b"mvhd", b"iods", b"trak", b"mvex", b"pssh", b"trex", b"free"];
/// What of a track stays.
const TRACK: [&[u8; 4]; 7] = [b"tkhd", b"tref", b"trgr", b"edts", b"mdia", b"load", b"free"];
/// What of a track's media stays.
const MEDIA: [&[u8; 4]; 5] = [b"mdhd", b"hdlr", b"elng", b"minf", b"free"];
/// What of a fragment stays.
const FRAGMENT: [&[u8; 4]; 4] = [b"mfhd", b"traf", b"pssh", b"free"];
/// What of a fragment's track stays; `uuid` is how some write its encryption.
const PART: [&[u8; 4]; 14] = [
    b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio", b"senc", b"tfxd", b"tfrf",
    b"uuid", b"free",
];
/// Kinds of tracks that are seen and heard (the `hdlr` box). Others note places and movements.
const PLAYED: [&[u8; 4]; 8] = [b"vide", b"soun", b"subt", b"sbtl", b"text", b"clcp", b"hint", b"tmcd"];
/// How deep boxes are opened: the lists of samples.
const STEPS: [&[u8; 4]; 3] = [b"mdia", b"minf", b"stbl"];

/// A box: where its name is, and what is in it.
struct Part {
    name: [u8; 4],
    name_at: usize,
    inside: Range<usize>,
}

/// The same film without what was noted beside it. `None` if its boxes can't be told apart.
pub(super) fn stripped(mut content: Vec<u8>) -> Option<Vec<u8>> {
    let whole = 0..content.len();
    let parts = boxes(&content, &whole)?;
    let end = parts.last().map_or(0, |part| part.inside.end);
    for part in &parts {
        match &part.name {
            b"moov" => movie(&mut content, &part.inside)?,
            b"moof" => fragment(&mut content, &part.inside)?,
            b"free" => clear(&mut content, part.inside.clone()),
            _ => keep_only(&mut content, part, &FILE),
        }
    }
    // Behind the boxes some phones write notes of their own.
    clear(&mut content, end..whole.end);
    Some(content)
}

fn movie(content: &mut [u8], inside: &Range<usize>) -> Option<()> {
    for part in boxes(content, inside)? {
        match &part.name {
            b"mvhd" => forget_times(content, &part.inside),
            b"trak" => track(content, &part)?,
            _ => keep_only(content, &part, &MOVIE),
        }
    }
    Some(())
}

fn track(content: &mut [u8], track: &Part) -> Option<()> {
    let parts = boxes(content, &track.inside)?;
    let media = parts.iter().find(|part| &part.name == b"mdia")?;
    let media = boxes(content, &media.inside)?;
    let handler = media.iter().find(|part| &part.name == b"hdlr")?.inside.start + 8;
    let is_played = content.get(handler..handler + 4).is_some_and(|kind| PLAYED.iter().any(|known| kind == *known));
    if !is_played {
        for samples in samples(content, &track.inside).unwrap_or_default() {
            clear(content, samples);
        }
        free(content, track);
        return Some(());
    }
    for part in &parts {
        if &part.name == b"tkhd" {
            forget_times(content, &part.inside);
        }
        keep_only(content, part, &TRACK);
    }
    for part in &media {
        if &part.name == b"mdhd" {
            forget_times(content, &part.inside);
        }
        keep_only(content, part, &MEDIA);
    }
    Some(())
}

fn fragment(content: &mut [u8], inside: &Range<usize>) -> Option<()> {
    for part in boxes(content, inside)? {
        if &part.name == b"traf" {
            for part in boxes(content, &part.inside)? {
                keep_only(content, &part, &PART);
            }
        }
        keep_only(content, &part, &FRAGMENT);
    }
    Some(())
}

/// The boxes of a range, one behind the other. The last of a file may be cut off. Zeros end it.
fn boxes(content: &[u8], inside: &Range<usize>) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut at = inside.start;
    while inside.end.saturating_sub(at) >= 8 {
        let name: [u8; 4] = content.get(at + 4..at + 8)?.try_into().ok()?;
        let (head, size) = match be32(content, at)? {
            0 if name == [0; 4] => break,
            0 => (8, inside.end - at),
            1 => (
                16,
                usize::try_from(u64::from(be32(content, at + 8)?) << 32 | u64::from(be32(content, at + 12)?)).ok()?,
            ),
            size => (8, usize::try_from(size).ok()?),
        };
        let end = at.checked_add(size)?.min(content.len());
        if size < head || end > inside.end {
            return None;
        }
        parts.push(Part { name, name_at: at + 4, inside: (at + head).min(end)..end });
        at = end;
    }
    Some(parts)
}

/// A box that is none of these, and what is in a free one, goes.
fn keep_only(content: &mut [u8], part: &Part, names: &[&[u8; 4]]) {
    if &part.name == b"free" || !names.contains(&&part.name) {
        free(content, part);
    }
}

fn free(content: &mut [u8], part: &Part) {
    if let Some(name) = content.get_mut(part.name_at..part.name_at + 4) {
        name.copy_from_slice(b"free");
    }
    clear(content, part.inside.clone());
}

fn clear(content: &mut [u8], range: Range<usize>) {
    if let Some(bytes) = content.get_mut(range) {
        bytes.fill(0);
    }
}

/// When it was made and changed (`mvhd`, `tkhd`, `mdhd` begin alike).
fn forget_times(content: &mut [u8], inside: &Range<usize>) {
    let length = if content.get(inside.start) == Some(&1) { 16 } else { 8 };
    clear(content, inside.start + 4..(inside.start + 4 + length).min(inside.end));
}

/// Where the samples of a track are.
fn samples(content: &[u8], track: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let mut inside = track.clone();
    for step in STEPS {
        inside = boxes(content, &inside)?.into_iter().find(|part| &part.name == step)?.inside;
    }
    let tables = boxes(content, &inside)?;
    let table = |name: &[u8; 4]| tables.iter().find(|part| &part.name == name).map(|part| part.inside.start);
    let number = |at| be32(content, at).and_then(|number| usize::try_from(number).ok());
    let (offsets, wide) = match table(b"stco") {
        Some(offsets) => (offsets, 4),
        None => (table(b"co64")?, 8),
    };
    let (chunks, runs, sizes) = (number(offsets + 4)?, table(b"stsc")?, table(b"stsz")?);
    let (one_size, mut next) = (number(sizes + 4)?, 0_usize);
    let mut found = Vec::new();
    let mut run = 0;
    for chunk in 0..chunks {
        // 8 bytes of head, then: first chunk, samples in each, description.
        if run + 1 < number(runs + 4)? && number(runs + 8 + (run + 1) * 12)? <= chunk + 1 {
            run += 1;
        }
        let count = number(runs + 8 + run * 12 + 4)?;
        let mut length = one_size.checked_mul(count)?;
        if one_size == 0 {
            for sample in next..next.checked_add(count)? {
                length = length.checked_add(number(sizes + 12 + sample * 4)?)?;
            }
            next += count;
        }
        // Of a place of eight bytes the last four: no file here has four gigabytes.
        let start = number(offsets + 8 + chunk * wide + wide - 4)?;
        found.push(start..start.checked_add(length)?.min(content.len()));
    }
    Some(found)
}
