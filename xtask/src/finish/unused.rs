//! What a library exports and the app never calls.
//!
//! The framework's server functions bring streams (`wasm-streams`), whose classes are exported, and so are kept with all that they
//! call: 25 kB of WebAssembly. Nothing makes one here. Their exports go, and so do the bodies of their functions, which the table of
//! functions would keep.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use super::binary::{Bytes, push_text, sections};

/// How the names of such exports begin in the WebAssembly, after what wasm-bindgen puts before them.
const EXPORTS: &str = "intounderlying";
/// How the names of their classes begin in the script.
const CLASSES: &str = "IntoUnderlying";

/// What stands in the names of their functions, and of those that are made for their types.
const CRATE: &[u8] = b"wasm_streams";
/// A body without locals that traps.
const TRAP: [u8; 3] = [0, 0x00, 0x0b];

/// The WebAssembly, which must have the names of its functions, with functions of these classes that trap.
///
/// # Errors
/// When the WebAssembly is not as its specification says, or has no such functions.
pub(super) fn without_functions(wasm: &[u8]) -> Result<Vec<u8>> {
    let (mut imported, mut unused) = (0, BTreeSet::new());
    for section in sections(wasm)? {
        let (id, content) = section?;
        match id {
            0 => unused.append(&mut named(content)?),
            2 => imported = Bytes(content).imported_functions()?.len() as u64,
            _ => {}
        }
    }
    if unused.is_empty() {
        bail!("the app has no functions of streams any more: `xtask/src/finish/unused.rs` has nothing to do");
    }
    let mut left = wasm.get(..8).unwrap_or_default().to_vec();
    for section in sections(wasm)? {
        let (id, content) = section?;
        left.push(id);
        if id != 10 {
            push_text(&mut left, content);
            continue;
        }
        let (mut from, mut to) = (Bytes(content), Vec::new());
        for at in 0..from.count(&mut to)? {
            let body = from.text()?;
            push_text(&mut to, if unused.contains(&(imported + at)) { &TRAP } else { body });
        }
        push_text(&mut left, &to);
    }
    Ok(left)
}

/// Which functions have such a name: from the custom section "name" (spec, appendix A.7.4), and from no other.
fn named(custom: &[u8]) -> Result<BTreeSet<u64>> {
    let mut functions = BTreeSet::new();
    let mut from = Bytes(custom);
    if from.text()? != b"name" {
        return Ok(functions);
    }
    while !from.0.is_empty() {
        let (kind, mut names) = (from.byte()?, Bytes(from.text()?));
        if kind != 1 {
            continue;
        }
        for _ in 0..names.number()? {
            let (function, name) = (names.number()?, names.text()?);
            if name.windows(CRATE.len()).any(|part| part == CRATE) {
                functions.insert(function);
            }
        }
    }
    Ok(functions)
}

/// Whether an export of the WebAssembly belongs to such a class.
pub(super) fn is_export(name: &[u8]) -> bool {
    let name = name.strip_prefix(b"__wbg_").unwrap_or(name);
    name.starts_with(EXPORTS.as_bytes())
}

/// The script without these classes.
///
/// # Errors
/// When something else in it uses them, or wasm-bindgen writes classes in another way.
pub(super) fn without_classes(script: &str) -> Result<String> {
    let mut script = script.to_owned();
    for (begin, end) in [("export class ", "\n}\n"), ("if (Symbol.dispose) ", ";\n"), ("const ", ";\n")] {
        let begin = [begin, CLASSES].concat();
        while let Some(from) = script.find(&begin) {
            let length = script[from..].find(end).context("a class of the script does not end")? + end.len();
            script.replace_range(from..from + length, "");
        }
    }
    if script.contains(CLASSES) || script.contains(EXPORTS) {
        bail!("the script uses {CLASSES}...: the app makes streams now, or wasm-bindgen writes classes in another way");
    }
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::super::binary::push_number;
    use super::*;

    const CLASS: &str = "export class IntoUnderlyingSink {\n    free() {\n        wasm.__wbg_intounderlyingsink_free(0, 0);\n    }\n}\n\
        if (Symbol.dispose) IntoUnderlyingSink.prototype[Symbol.dispose] = IntoUnderlyingSink.prototype.free;\n";
    const REGISTRY: &str = "const IntoUnderlyingSinkFinalization = (typeof FinalizationRegistry === 'undefined')\n    \
        ? { register: () => {} }\n    : new FinalizationRegistry(ptr => wasm.__wbg_intounderlyingsink_free(ptr, 1));\n";

    #[test]
    fn classes_that_nobody_makes_are_left_out() {
        let script = [CLASS, "function a() {\n}\n", CLASS, REGISTRY, "export { a };\n"].concat();
        assert_eq!(without_classes(&script).unwrap(), "function a() {\n}\nexport { a };\n");
        for (name, is) in
            [("intounderlyingsink_write", true), ("__wbg_intounderlyingsink_free", true), ("memory", false)]
        {
            assert_eq!(is_export(name.as_bytes()), is, "{name}");
        }
    }

    fn module(names: &[&str], bodies: &[&[u8]]) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let (mut code, mut functions) = (vec![bodies.len() as u8], vec![names.len() as u8]);
        for body in bodies {
            push_text(&mut code, body);
        }
        for (at, name) in names.iter().enumerate() {
            push_number(&mut functions, at as u64);
            push_text(&mut functions, name.as_bytes());
        }
        let mut custom = b"\x04name\x00\x01x\x01".to_vec();
        push_text(&mut custom, &functions);
        for (id, content) in [(2, b"\x01\x01m\x01f\x00\x05".to_vec()), (10, code), (0, custom)] {
            module.push(id);
            push_text(&mut module, &content);
        }
        module
    }

    #[test]
    fn functions_of_such_classes_trap_and_others_stay() {
        let names = ["imported", "app::run", "wasm_streams::pull", "spawn::<wasm_streams::Sink>"];
        let before = module(&names, &[b"\x00app\x0b", b"\x00pull\x0b", b"\x00spawn\x0b"]);
        let after = module(&names, &[b"\x00app\x0b", &TRAP, &TRAP]);
        assert_eq!(without_functions(&before).unwrap(), after);
        assert!(without_functions(&module(&names[..2], &[b"\x00app\x0b"])).is_err());
        assert!(without_functions(b"\0asm").is_err());
    }

    #[test]
    fn one_that_is_used_fails_the_build() {
        assert!(without_classes(&[CLASS, "new IntoUnderlyingSink();\n"].concat()).is_err());
    }
}
