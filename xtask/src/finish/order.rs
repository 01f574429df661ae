//! The order of a WebAssembly's functions.
//!
//! A compressor finds what was there before more cheaply the nearer it is, so functions that have much in common stand beside each
//! other: those of about one size in a chain, each followed by the one that is most like it, where one type is a part of the likeness.
//! On the app this takes more than two percent of what goes over the wire.
//!
//! The imported functions stand in the order of their types, of which there are few.
//!
//! Always holds: the functions are not changed; they get names that sort in the order, and the optimiser moves them and what refers to
//! them (`--reorder-functions-by-name`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result, bail};

use super::binary::{Bytes, push_number, push_text, sections};

/// Bytes that two functions must have in a row to have something in common.
const WORD: usize = 4;
/// Functions are of about one size when the logarithms of their lengths to the base of two are within such a step.
const SIZE_STEP: u32 = 3;
/// How much what is common to two functions counts when they are of one type, for which the list of the types has less to say: three
/// tenths more. The figures were found by trying.
const SAME_TYPE: usize = 13;
const OTHER_TYPE: usize = 10;
/// In how many functions of a group a word may be to count.
const TOO_MANY: usize = 3_000;

/// The same WebAssembly with a name for each function, by which they sort in the order.
///
/// # Errors
/// When the WebAssembly is not as its specification says.
pub(super) fn named(wasm: &[u8]) -> Result<Vec<u8>> {
    let (mut imported, mut types, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
    let mut to = wasm.get(..8).context("the WebAssembly is too short")?.to_vec();
    for section in sections(wasm)? {
        let (id, content) = section?;
        let mut from = Bytes(content);
        match id {
            2 => imported = from.imported_functions()?,
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
    let mut by_type: Vec<usize> = (0..imported.len()).collect();
    by_type.sort_by_key(|at| imported[*at]);
    let own = order(&types, &bodies).into_iter().map(|at| imported.len() + at);
    let mut places: Vec<(usize, usize)> = by_type.into_iter().chain(own).zip(0..).collect();
    places.sort_unstable();
    let mut names = Vec::new();
    push_number(&mut names, places.len() as u64);
    for (function, place) in places {
        push_number(&mut names, function as u64);
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

/// The functions in their order, by their places now.
fn order(types: &[u64], bodies: &[&[u8]]) -> Vec<usize> {
    let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, body) in bodies.iter().enumerate() {
        groups.entry((body.len() + 1).ilog2() / SIZE_STEP).or_default().push(at);
    }
    groups.into_values().flat_map(|group| chain(group, types, bodies)).collect()
}

/// A group of functions, each followed by the one that is most like it of those that are left.
fn chain(mut group: Vec<usize>, types: &[u64], bodies: &[&[u8]]) -> Vec<usize> {
    group.sort_by_key(|at| bodies[*at]);
    let (words, holders) = words(&group, bodies);
    let mut left = vec![true; group.len()];
    let mut common = vec![0; group.len()];
    let mut chain = Vec::with_capacity(group.len());
    let mut next = Some(0);
    while let Some(last) = next {
        left[last] = false;
        chain.push(group[last]);
        for word in &words[last] {
            for holder in &holders[*word] {
                common[*holder] += 1;
            }
        }
        // In order, so that equally good ones are taken alike in every build.
        next = left.iter().position(|is_left| *is_left);
        let mut best = (0, 1);
        for (at, common) in common.iter_mut().enumerate() {
            let all = words[last].len() + words[at].len() - *common;
            let is_same_type = types[group[at]] == types[group[last]];
            let likeness = *common * if is_same_type { SAME_TYPE } else { OTHER_TYPE };
            if left[at] && likeness * best.1 > best.0 * all {
                (best, next) = ((likeness, all), Some(at));
            }
            *common = 0;
        }
    }
    chain
}

/// All that stands in each function's body in so many bytes in a row, each once and as a number from zero on; and which of the
/// functions hold each of them. What is in very many says nothing of any.
fn words(group: &[usize], bodies: &[&[u8]]) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let mut numbers: HashMap<&[u8], usize> = HashMap::new();
    let mut holders: Vec<Vec<usize>> = Vec::new();
    let mut words = Vec::with_capacity(group.len());
    for (at, function) in group.iter().enumerate() {
        let own: BTreeSet<&[u8]> = bodies[*function].windows(WORD).collect();
        let mut own_numbers = Vec::with_capacity(own.len());
        for word in own {
            let number = *numbers.entry(word).or_insert(holders.len());
            if number == holders.len() {
                holders.push(Vec::new());
            }
            holders[number].push(at);
            own_numbers.push(number);
        }
        words.push(own_numbers);
    }
    for holders in holders.iter_mut().filter(|holders| holders.len() > TOO_MANY) {
        holders.clear();
    }
    (words, holders)
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
    fn functions_of_another_size_stand_apart_and_those_of_one_type_are_more_alike() {
        let long = [b'a'; 600];
        let bodies: Vec<&[u8]> = vec![b"abcdefgh", &long, b"abcdefgh", b"abcdefgi", b"abcdefgj"];
        assert_eq!(order(&[0; 5], &bodies), [0, 2, 3, 4, 1]);
        assert_eq!(order(&[0, 0, 1, 1, 0], &bodies), [0, 2, 3, 4, 1]);
        assert_eq!(order(&[1, 0, 1, 0, 1], &bodies), [0, 2, 4, 3, 1]);
    }

    #[test]
    fn words_are_numbered_and_know_who_holds_them() {
        let bodies: Vec<&[u8]> = vec![b"abcdef", b"xbcdefy", b"aaaaaaa", b"abc"];
        let (words, holders) = words(&[0, 1, 2, 3], &bodies);
        assert_eq!(words, [vec![0, 1, 2], vec![1, 2, 3, 4], vec![5], vec![]]);
        assert_eq!(holders, [vec![0], vec![0, 1], vec![0, 1], vec![1], vec![1], vec![2]]);
    }

    #[test]
    fn each_function_gets_a_name_behind_the_imported_ones_by_type_and_old_names_go() {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut imports = vec![3];
        for (name, what) in [("f", &[0u8, 5][..]), ("memory", &[2, 1, 17, 0x80, 0x02]), ("g", &[0, 4])] {
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
        let end = b"\x04name\x01\x21\x04\0\x06000001\x01\x06000000\x02\x06000003\x03\x06000002";
        assert_eq!(named.get(named.len() - end.len()..), Some(&end[..]));
        assert_eq!(named.windows(4).filter(|part| part == b"name").count(), 1);
        assert!(super::named(b"\0asm").is_err());
    }
}
