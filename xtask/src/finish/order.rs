//! The order of a WebAssembly's functions.
//!
//! A compressor finds what was there before more cheaply the nearer it is, so functions that have much in common stand beside each
//! other: those of one type and about one size in a chain, each followed by the one that is most like it. On the app this takes two
//! percent of what goes over the wire.
//!
//! Always holds: the functions are not changed; they get names that sort in the order, and the optimiser moves them and what refers to
//! them (`--reorder-functions-by-name`).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};

use super::binary::{Bytes, push_number, push_text, sections};

/// Bytes that two functions must have in a row to have something in common.
const WORD: usize = 4;

/// The same WebAssembly with a name for each function, by which they sort in the order.
///
/// # Errors
/// When the WebAssembly is not as its specification says.
pub(super) fn named(wasm: &[u8]) -> Result<Vec<u8>> {
    let (mut imported, mut types, mut bodies) = (0, Vec::new(), Vec::new());
    let mut to = wasm.get(..8).context("the WebAssembly is too short")?.to_vec();
    for section in sections(wasm)? {
        let (id, content) = section?;
        let mut from = Bytes(content);
        match id {
            2 => imported = imported_functions(from)?,
            3 => {
                for _ in 0..from.number()? {
                    types.push(from.number()?);
                }
            }
            10 => {
                for _ in 0..from.number()? {
                    bodies.push(from.text()?);
                }
            }
            _ => {}
        }
        let has_names = id == 0 && Bytes(content).text()? == b"name";
        if !has_names {
            to.push(id);
            push_text(&mut to, content);
        }
    }
    if types.len() != bodies.len() {
        bail!("the WebAssembly has {} functions and {} bodies", types.len(), bodies.len());
    }
    let mut names = Vec::new();
    push_number(&mut names, bodies.len() as u64);
    let mut places: Vec<(usize, usize)> = order(&types, &bodies).into_iter().zip(0..).collect();
    places.sort_unstable();
    for (function, place) in places {
        push_number(&mut names, imported + function as u64);
        push_text(&mut names, format!("{place:06}").as_bytes());
    }
    // A custom section "name" with its subsection 1, of functions (spec, appendix A.7.4).
    let mut section = Vec::new();
    push_text(&mut section, b"name");
    section.push(1);
    push_text(&mut section, &names);
    to.push(0);
    push_text(&mut to, &section);
    Ok(to)
}

fn imported_functions(mut from: Bytes<'_>) -> Result<u64> {
    let mut functions = 0;
    for _ in 0..from.number()? {
        from.text()?;
        from.text()?;
        let kind = from.byte()?;
        functions += u64::from(kind == 0);
        from.import(kind, &mut Vec::new())?;
    }
    Ok(functions)
}

/// The functions in their order, by their places now.
fn order(types: &[u64], bodies: &[&[u8]]) -> Vec<usize> {
    let mut groups: BTreeMap<(u32, u64), Vec<usize>> = BTreeMap::new();
    for (at, (body, kind)) in bodies.iter().zip(types).enumerate() {
        groups.entry(((body.len() + 1).ilog2() / 2, *kind)).or_default().push(at);
    }
    groups.into_values().flat_map(|group| chain(group, bodies)).collect()
}

/// A group of functions, each followed by the one that is most like it of those that are left.
fn chain(mut group: Vec<usize>, bodies: &[&[u8]]) -> Vec<usize> {
    group.sort_by_key(|at| bodies[*at]);
    let mut left: Vec<(usize, Vec<u32>)> = group.into_iter().map(|at| (at, words(bodies[at]))).collect();
    let mut chain = Vec::with_capacity(left.len());
    let mut next = 0;
    while !left.is_empty() {
        // In order, so that equally good ones are taken alike in every build.
        let (at, last) = left.remove(next);
        chain.push(at);
        let mut best = (0, 1);
        next = 0;
        for (place, (_, words)) in left.iter().enumerate() {
            let common = common(&last, words);
            let all = last.len() + words.len() - common;
            if common * best.1 > best.0 * all {
                (best, next) = ((common, all), place);
            }
        }
    }
    chain
}

/// All that stands in a body in so many bytes in a row, each once, in order.
fn words(body: &[u8]) -> Vec<u32> {
    let words: BTreeSet<u32> =
        body.windows(WORD).map(|word| word.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))).collect();
    words.into_iter().collect()
}

/// How many of these are in both.
fn common(one: &[u32], other: &[u32]) -> usize {
    let (mut one, mut other, mut common) = (one, other, 0);
    while let ([a, rest_of_one @ ..], [b, rest_of_other @ ..]) = (one, other) {
        common += usize::from(a == b);
        if a <= b {
            one = rest_of_one;
        }
        if b <= a {
            other = rest_of_other;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_beside_each_other() {
        let bodies: Vec<&[u8]> = vec![b"abcdefgh-1", b"XYZXYZXYZ12", b"abcdefgh-3", b"XYZXYZXYZ34", b"abcdefgh12"];
        let order = order(&[0; 5], &bodies);
        assert_eq!(order.len(), 5);
        let is_first_kind: Vec<bool> = order.iter().map(|at| at % 2 == 0).collect();
        assert_eq!(is_first_kind.iter().filter(|kind| **kind).count(), 3);
        assert_eq!(is_first_kind.chunk_by(|a, b| a == b).count(), 2, "{order:?}");
    }

    #[test]
    fn functions_of_another_type_or_size_stand_apart() {
        let long = [b'a'; 300];
        let bodies: Vec<&[u8]> = vec![b"abcdefgh", &long, b"abcdefgh", b"abcdefgi"];
        assert_eq!(order(&[0, 0, 1, 0], &bodies), [0, 3, 2, 1]);
    }

    #[test]
    fn common_words_are_counted() {
        assert_eq!(common(&words(b"abcdef"), &words(b"xbcdefy")), 2);
        assert_eq!(common(&words(b"abc"), &words(b"abc")), 0);
        assert_eq!(words(b"aaaaaaa").len(), 1);
    }

    #[test]
    fn each_function_gets_a_name_behind_the_imported_ones_and_old_names_go() {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut imports = vec![2];
        for (name, what) in [("f", &[0u8, 5][..]), ("memory", &[2, 1, 17, 0x80, 0x02])] {
            push_text(&mut imports, b"m");
            push_text(&mut imports, name.as_bytes());
            imports.extend_from_slice(what);
        }
        let (mut code, mut old) = (vec![2], Vec::new());
        push_text(&mut code, b"bbbbbb");
        push_text(&mut code, b"aaaaaa");
        push_text(&mut old, b"name");
        for (id, content) in [(2, imports), (3, vec![2, 0, 0]), (10, code), (0, old)] {
            module.push(id);
            push_text(&mut module, &content);
        }
        let named = named(&module).unwrap();
        let end = b"\x04name\x01\x11\x02\x01\x06000001\x02\x06000000";
        assert_eq!(named.get(named.len() - end.len()..), Some(&end[..]));
        assert_eq!(named.windows(4).filter(|part| part == b"name").count(), 1);
        assert!(super::named(b"\0asm").is_err());
    }
}
