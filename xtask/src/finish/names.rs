//! Short names for what the script and the WebAssembly share.
//!
//! wasm-bindgen names imports and closures with a hash, which no compression makes smaller, and each name is in both
//! files. Here they become `$0`, `$1` and so on.
//!
//! Always holds: a name is changed, or left out, in both files or in none.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::binary::{Bytes, push_number, push_text, sections};
use super::unused;

/// Gives both files the short names.
///
/// # Errors
/// When the WebAssembly is not as its specification says, or the script has such names already.
pub(super) fn shorten(wasm: &[u8], script: &str) -> Result<(Vec<u8>, String)> {
    let mut names = Names::default();
    let mut short = wasm.get(..8).unwrap_or_default().to_vec();
    for section in sections(wasm)? {
        let (id, content) = section?;
        short.push(id);
        match id {
            2 => push_text(&mut short, &names.imports(content)?),
            7 => push_text(&mut short, &names.exports(content)?),
            _ => push_text(&mut short, content),
        }
    }
    Ok((short, names.script(&unused::without_classes(script)?)?))
}

/// The names that were found, and what they become.
#[derive(Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    fn of(&mut self, name: &[u8]) -> Vec<u8> {
        let Some(name) = core::str::from_utf8(name).ok().filter(|name| has_hash(name)) else { return name.to_vec() };
        let next = format!("${}", self.0.len());
        self.0.entry(name.to_owned()).or_insert(next).clone().into_bytes()
    }

    fn imports(&mut self, section: &[u8]) -> Result<Vec<u8>> {
        let (mut from, mut to) = (Bytes(section), Vec::new());
        for _ in 0..from.count(&mut to)? {
            push_text(&mut to, from.text()?);
            push_text(&mut to, &self.of(from.text()?));
            let kind = from.copy(&mut to)?;
            from.import(kind, &mut to)?;
        }
        Ok(to)
    }

    fn exports(&mut self, section: &[u8]) -> Result<Vec<u8>> {
        let (mut from, mut exports, mut count) = (Bytes(section), Vec::new(), 0);
        for _ in 0..from.number()? {
            let (name, kind, number) = (from.text()?, from.byte()?, from.number()?);
            if unused::is_export(name) {
                continue;
            }
            count += 1;
            push_text(&mut exports, &self.of(name));
            exports.push(kind);
            push_number(&mut exports, number);
        }
        let mut to = Vec::new();
        push_number(&mut to, count);
        to.append(&mut exports);
        Ok(to)
    }

    fn script(&self, script: &str) -> Result<String> {
        let mut short = String::with_capacity(script.len());
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
        let mut rest = script;
        while !rest.is_empty() {
            let (word, after) = rest.split_at(rest.find(|c| !is_part(c)).unwrap_or(rest.len()));
            if word.strip_prefix('$').is_some_and(|number| number.parse::<usize>().is_ok()) {
                bail!("the script has a name like {word} of its own");
            }
            short.push_str(self.0.get(word).map_or(word, String::as_str));
            let (between, after) = after.split_at(after.find(is_part).unwrap_or(after.len()));
            short.push_str(between);
            rest = after;
        }
        Ok(short)
    }
}

/// Whether a part of the name is a hash of 16 hexadecimal digits, perhaps with an `h` before it.
fn has_hash(name: &str) -> bool {
    let is_hash = |part: &str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.split('_').any(|part| is_hash(part.strip_prefix('h').unwrap_or(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMPORT: &str = "__wbg_fetch_0123456789abcdef";
    const EXPORT: &str = "invoke__h0123456789abcdee_15";

    fn module(import: &str, export: &str) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut imports = vec![3];
        for (name, what) in [("keep", &[0u8, 5][..]), (import, &[0, 0xff, 0x01]), ("memory", &[2, 1, 17, 0x80, 0x02])] {
            push_text(&mut imports, b"./halyard_bg.js");
            push_text(&mut imports, name.as_bytes());
            imports.extend_from_slice(what);
        }
        let mut exports = vec![1];
        push_text(&mut exports, export.as_bytes());
        exports.extend_from_slice(&[0, 7]);
        for (id, content) in [(1, vec![0]), (2, imports), (7, exports), (10, vec![0])] {
            module.push(id);
            push_text(&mut module, &content);
        }
        module
    }

    #[test]
    fn a_name_with_a_hash_is_short_in_both_files() {
        let script = format!("const i = {{ {IMPORT}: function() {{}} }};\nwasm.{EXPORT}(`${{ret}}`); {IMPORT}x();");
        let (wasm, script) = shorten(&module(IMPORT, EXPORT), &script).unwrap();
        assert_eq!(wasm, module("$0", "$1"));
        assert_eq!(script, format!("const i = {{ $0: function() {{}} }};\nwasm.$1(`${{ret}}`); {IMPORT}x();"));
    }

    #[test]
    fn names_that_are_taken_or_bytes_that_are_cut_off_fail() {
        assert!(shorten(&module(IMPORT, EXPORT), "const $1 = 0;").is_err());
        let whole = module(IMPORT, EXPORT);
        assert!(shorten(&whole[..whole.len() - 1], "").is_err());
        assert!(shorten(b"\0asm", "").is_err());
    }
}
