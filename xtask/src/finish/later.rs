//! The script's side of a release in parts (`xtask/split`): what brings those that follow the first.

use anyhow::{Context, Result, bail};

/// What the script that wasm-bindgen writes gets besides.
const LOADER: &str = include_str!("later.js");

/// The files of the parts that follow, by their numbers.
pub(super) const NAMES: [&str; 2] = ["later", "rare"];

/// Whether a file of the build is the later part.
pub(super) fn is_later(file: &str) -> bool {
    file.starts_with("later-")
}

/// Whether a file of the build is the rare part.
pub(super) fn is_rare(file: &str) -> bool {
    file.starts_with("rare-")
}

/// Makes wasm-bindgen's script one that can bring the parts from `files`.
///
/// # Errors
/// When the script is not as wasm-bindgen writes it for the web.
pub(super) fn glue(script: &str, files: &[String; 2]) -> Result<String> {
    if !script.contains("let wasmModule, wasmInstance, wasm;") {
        bail!("the script of the app does not keep its exports in `wasm`, as wasm-bindgen writes it");
    }
    let [later, rare] = files;
    Ok(format!("{}\nconst partFiles = [\"{later}\", \"{rare}\"];\n{LOADER}", imports_through(script, "withParts")?))
}

/// Makes wasm-bindgen's script one that a marked module can tell what runs.
///
/// # Errors
/// As [`glue`].
pub(super) fn marked(script: &str) -> Result<String> {
    const MARKS: &str = "globalThis.halyardRan = new Set();\n\
        const withMarks = (imports) => ({ ...imports, mark: { ran: (index) => globalThis.halyardRan.add(index) } });\n";
    Ok(format!("{}\n{MARKS}", imports_through(script, "withMarks")?))
}

/// Hands what the script gives the module to import to a function first.
fn imports_through(script: &str, function: &str) -> Result<String> {
    const IMPORTS: &str = "function __wbg_get_imports() {";
    const OPEN: &str = "    return {\n        __proto__: null,\n";
    const CLOSE: &str = "\n    };\n}";
    let strange =
        || format!("the script of the app has no `{IMPORTS}` that ends with its imports, as wasm-bindgen writes it");
    let (before, inside) = script.split_once(IMPORTS).with_context(strange)?;
    let (body, after) = inside.split_once(CLOSE).with_context(strange)?;
    let (body, imports) = body.rsplit_once(OPEN).with_context(strange)?;
    Ok(format!(
        "{before}{IMPORTS}{body}    return {function}({{\n        __proto__: null,\n{imports}\n    }});\n}}{after}"
    ))
}

/// Makes the start script ask for the later part once the first runs, and say that all is here once that is.
///
/// # Errors
/// When the start script is not as [`super::page`] writes it.
pub(super) fn start(script: &str) -> Result<String> {
    let begun = script.replacen("import init from ", "import init, { later } from ", 1);
    match begun.strip_suffix(".then(whole);\n") {
        Some(start) if begun != script => Ok(format!("{start}.then(() => later(whole));\n")),
        _ => bail!("the start script is not as expected:\n{script}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "function __wbg_get_imports() {\n    const import0 = {\n        __proto__: null,\n    };\n    return {\n        \
        __proto__: null,\n        \"./halyard_bg.js\": import0,\n    };\n}\nlet wasmModule, wasmInstance, wasm;\n";

    fn files() -> [String; 2] {
        ["/later-1.wasm", "/rare-2.wasm"].map(str::to_owned)
    }

    #[test]
    fn the_script_hands_out_its_imports_and_knows_the_file() {
        let script = glue(GLUE, &files()).unwrap();
        assert!(script.contains(
            "return withParts({\n        __proto__: null,\n        \"./halyard_bg.js\": import0,\n    });\n}"
        ));
        assert!(
            script.contains("const partFiles = [\"/later-1.wasm\", \"/rare-2.wasm\"];")
                && script.contains("export function later(whole)")
        );
    }

    #[test]
    fn a_script_of_another_form_fails_the_build() {
        assert!(glue(&GLUE.replace("__wbg_get_imports", "imports"), &files()).is_err());
        assert!(glue(&GLUE.replace("wasmInstance, wasm;", "instance;"), &files()).is_err());
        assert!(start("init();\n").is_err());
    }

    #[test]
    fn the_start_script_goes_on_to_the_later_part() {
        let script = start("import init from '/a.js';\ninit({ module_or_path: '/a.wasm' }).then(whole);\n").unwrap();
        assert_eq!(
            script,
            "import init, { later } from '/a.js';\ninit({ module_or_path: '/a.wasm' }).then(() => later(whole));\n"
        );
    }
}
