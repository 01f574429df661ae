//! What a library exports and the app never calls.
//!
//! The framework's server functions bring streams (`wasm-streams`), whose classes are exported, and so are kept with all that they
//! call: 17 kB of WebAssembly. Nothing makes one here.

use anyhow::{Context, Result, bail};

/// How the names of such exports begin in the WebAssembly, after what wasm-bindgen puts before them.
const EXPORTS: &str = "intounderlying";
/// How the names of their classes begin in the script.
const CLASSES: &str = "IntoUnderlying";

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

    #[test]
    fn one_that_is_used_fails_the_build() {
        assert!(without_classes(&[CLASS, "new IntoUnderlyingSink();\n"].concat()).is_err());
    }
}
