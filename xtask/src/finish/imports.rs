//! The script's functions in the order in which the WebAssembly imports them, and numbered in that order.
//!
//! Both files hold the names of what one imports from the other. Where the script keeps its functions in a list, and the names are the
//! places in it, it needs no names; and the WebAssembly's follow one after the other, which compresses well.
//!
//! Always holds: the WebAssembly imports the same functions as before; one that the script doesn't have fails the build.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::binary::{Bytes, push_text, sections};

/// How wasm-bindgen begins and ends the functions that the WebAssembly imports.
const OPEN: &str = "    const import0 = {\n        __proto__: null,\n";
const CLOSE: &str = "\n    };\n";
/// How far in each of them begins and ends.
const INDENT: &str = "        ";
/// Where the script says of which module they are.
const MODULE: &str = ": import0,";
/// The module's name in both files.
const SHORT_MODULE: &str = "./";

/// Numbers the imports that have short names (`names::shorten`) in both files.
///
/// # Errors
/// When the WebAssembly is not as its specification says, or wasm-bindgen writes the script in another way.
pub(super) fn number(wasm: &[u8], script: &str) -> Result<(Vec<u8>, String)> {
    let (before, rest) = script.split_once(OPEN).context("the script has no functions for the WebAssembly")?;
    let (inside, after) = rest.split_once(CLOSE).context("the functions for the WebAssembly do not end")?;
    let mut functions = functions(inside)?;
    let (mut numbered, mut listed) = (wasm.get(..8).unwrap_or_default().to_vec(), Vec::new());
    for section in sections(wasm)? {
        let (id, content) = section?;
        numbered.push(id);
        match id {
            2 => push_text(&mut numbered, &imports(content, &mut functions, &mut listed)?),
            _ => push_text(&mut numbered, content),
        }
    }
    // Those that are called by a name of their own. What is short and was not imported is not needed.
    let named: String = functions
        .into_iter()
        .filter(|(name, _)| !is_short(name))
        .map(|(name, function)| format!("        {name}: {function},\n"))
        .collect();
    let listed = listed.join(",\n");
    let list = format!("        ...Object.fromEntries([{listed}].map((one, at) => [\"$\" + at, one])),");
    let script = [before, OPEN, &named, &list, CLOSE, &with_short_module(after)?].concat();
    Ok((numbered, script))
}

fn is_short(name: &str) -> bool {
    name.starts_with('$')
}

/// The functions by their names.
fn functions(text: &str) -> Result<BTreeMap<&str, &str>> {
    // Where a line of the outer level says a name.
    let is_begin = |line: &str| line.strip_prefix(INDENT).is_some_and(|line| !line.starts_with([' ', '}']));
    let lines = text.match_indices('\n').map(|(end, _)| end + 1);
    let mut begins: Vec<usize> = [0].into_iter().chain(lines).filter(|at| is_begin(&text[*at..])).collect();
    begins.push(text.len());
    let mut functions = BTreeMap::new();
    for pair in begins.windows(2) {
        let function = text[pair[0]..pair[1]].trim();
        let parts = function.strip_suffix(',').and_then(|function| function.split_once(": "));
        let Some((name, body)) = parts.filter(|(_, body)| body.starts_with("function(")) else {
            bail!("wasm-bindgen writes its functions in another way:\n{function}");
        };
        functions.insert(name, body);
    }
    Ok(functions)
}

/// The section of the imports with their numbers as names; what is imported goes from the functions to the list.
fn imports<'a>(section: &[u8], functions: &mut BTreeMap<&str, &'a str>, listed: &mut Vec<&'a str>) -> Result<Vec<u8>> {
    let (mut from, mut to) = (Bytes(section), Vec::new());
    for _ in 0..from.count(&mut to)? {
        from.text()?;
        let name = core::str::from_utf8(from.text()?)?;
        let name = if is_short(name) {
            listed.push(functions.remove(name).with_context(|| format!("the script has no function {name}"))?);
            format!("${}", listed.len() - 1)
        } else {
            name.to_owned()
        };
        push_text(&mut to, SHORT_MODULE.as_bytes());
        push_text(&mut to, name.as_bytes());
        let kind = from.copy(&mut to)?;
        from.import(kind, &mut to)?;
    }
    Ok(to)
}

/// The script's end with the short name of the module.
fn with_short_module(script: &str) -> Result<String> {
    let (before, after) = script.split_once(MODULE).context("the script does not name the module of its functions")?;
    let (before, name) = before.rsplit_once('\n').context("the module of the script's functions has no name")?;
    if !name.trim().starts_with('"') || !name.ends_with('"') {
        bail!("the script names a module of another kind: {name}");
    }
    Ok(format!("{before}\n        \"{SHORT_MODULE}\"{MODULE}{after}"))
}

#[cfg(test)]
mod tests {
    use super::super::binary::push_number;
    use super::*;

    const SCRIPT: &str = "function imports() {\n    const import0 = {\n        __proto__: null,\n        \
        $2: function(arg0) {\n            const a = {\n                a: 2,\n            };\n            return a;\n        },\n        \
        $0: function() { return caught(function () {\n            zero();\n        }, arguments); },\n        \
        $1: function() {\n            one();\n        },\n        \
        init: function() {\n            init();\n        },\n    };\n    \
        return {\n        __proto__: null,\n        \"./halyard_bg.js\": import0,\n    };\n}\n";

    fn module(imported: &[(&str, &str)]) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut imports = Vec::new();
        push_number(&mut imports, imported.len() as u64);
        for (module, name) in imported {
            push_text(&mut imports, module.as_bytes());
            push_text(&mut imports, name.as_bytes());
            imports.extend_from_slice(&[0, 5]);
        }
        for (id, content) in [(1, vec![0]), (2, imports), (10, vec![0])] {
            module.push(id);
            push_text(&mut module, &content);
        }
        module
    }

    #[test]
    fn imports_are_numbered_in_their_order_and_the_script_lists_them_in_it() {
        let long = |name: &'static str| ("./halyard_bg.js", name);
        let (wasm, script) = number(&module(&[long("$2"), long("init"), long("$0")]), SCRIPT).unwrap();
        assert_eq!(wasm, module(&[("./", "$0"), ("./", "init"), ("./", "$1")]));
        assert!(!script.contains("one();") && !script.contains("halyard_bg"), "{script}");
        let (two, zero) = (script.find("a: 2").unwrap(), script.find("zero();").unwrap());
        let init = script.find("        init: function() {\n            init();\n        },\n").unwrap();
        assert!(init < two && two < zero, "{script}");
        assert!(script.contains("\"./\": import0,"), "{script}");
    }

    #[test]
    fn a_missing_function_or_a_script_of_another_form_fails() {
        assert!(number(&module(&[("./halyard_bg.js", "$3")]), SCRIPT).is_err());
        assert!(number(b"\0asm", SCRIPT).is_err());
        let wasm = module(&[("./halyard_bg.js", "$2")]);
        for (what, instead) in
            [("const import0", "let import0"), ("$1: function", "$1: (a) =>"), ("\": import0", "\": {}")]
        {
            assert!(number(&wasm, &SCRIPT.replace(what, instead)).is_err(), "{instead}");
        }
    }
}
