//! What only a release gets: smaller WebAssembly, compressed siblings, and a check of the size budget.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{file_name, files, hashed, imports, names, order, unused};
use crate::process::run;
use crate::setup::{Node, terser, wasm_opt};

/// What a first load may bring, in bytes over the wire: after brotli, with the headers of the answers.
///
/// The goal is 460 kB. The forms of passwords and the merging of contacts brought it to 461.3 kB, group chats with people who come and go to
/// 469.0; without words of administration, and without code of the standard library that one call each brought, it was 467.1. Texts to each one alone,
/// opt-outs and the filter for what did not arrive brought it to 475.3; short codes, senders that are words, the hint at night and consent
/// to 480.4. The rest of the room is for where it is built: panics name the files.
const FIRST_LOAD_BUDGET: u64 = 482_000;
/// What the headers of an answer take, about: those of a page more, those of what a page is made of less (`crates/server/src/web`).
const HEADERS: u64 = 600;

/// What current compilers emit and browsers of the last years run. Named one by one: with all features on, the output uses an
/// encoding of imports that browsers refuse.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-call-indirect-overlong",
];

/// Code of the standard library that one careless call brings, with tables that hardly compress, by a part of its name; and what to
/// call instead.
const HEAVY: [(&str, &str); 3] = [
    ("to_lowercase", "`halyard_protocol::letters` has the letters of today's alphabets"),
    ("to_uppercase", "`halyard_protocol::letters` has the letters of today's alphabets"),
    ("float_to_decimal", "the browser writes floating point numbers (`js_sys::Number`)"),
];

/// Unhashed files that the first load needs beside the hashed ones. The emoji list and the sounds come when they are wanted.
const FIRST_LOAD: [&str; 3] = ["index.html", "manifest.json", "service-worker.js"];

/// Writes the compressed siblings of a finished build's files.
///
/// # Errors
/// When a tool fails.
pub(crate) fn compress(folder: &Path, node: &Node) -> Result<()> {
    run(node.command("node").arg(crate::paths::root().join("xtask/scripts/compress.mjs")).arg(folder))
}

/// What wasm-opt does. Nothing is inlined: code that occurs in one place compresses better than copies of it,
/// and what is computed twice in the same words better than a local of its own; the same holds for locals that could be nested
/// into where they are used. The addresses below 1,024 are the far end of the stack, where no data lies.
const OPTIONS: [&str; 11] = [
    "-Oz",
    "--converge",
    "--low-memory-unused",
    "--always-inline-max-function-size=0",
    "--flexible-inline-max-function-size=0",
    "--one-caller-inline-max-function-size=0",
    "--skip-pass=local-cse",
    "--skip-pass=simplify-locals",
    "--reorder-functions-by-name",
    "--strip-producers",
    "--strip-target-features",
];

/// Whether the WebAssembly keeps the names of its functions, by which a profiler tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// As shipped.
    Dropped,
    /// The same code in another order: what stands where matters to a compressor alone.
    Kept,
}

/// Makes the WebAssembly and the scripts smaller, and names each by what comes out.
///
/// # Errors
/// When a tool fails, or the build is not as Trunk leaves it.
pub(crate) fn optimise(folder: &Path, node: &Node, function_names: Names) -> Result<()> {
    let wasm = only(folder, ".wasm")?;
    let script = folder.join(file_name(&wasm).replace("_bg.wasm", ".js"));
    let text = fs::read_to_string(&script).context("the WebAssembly has no script")?;
    let whole = fs::read(&wasm)?;
    refuse_heavy(&whole)?;
    let (short_wasm, short_script) = names::shorten(&unused::without_functions(&whole)?, &text)?;
    fs::write(&wasm, short_wasm)?;
    fs::write(&script, short_script)?;
    let after = folder.join("optimised.tmp");
    let mut smaller = wasm_opt(node)?;
    smaller.args(OPTIONS).args(FEATURES);
    if function_names == Names::Kept {
        smaller.arg("--debuginfo");
    }
    run(smaller.arg(&wasm).arg("-o").arg(&after))?;
    if function_names == Names::Dropped {
        fs::write(&wasm, order::named(&fs::read(&after)?)?)?;
        run(wasm_opt(node)?.arg("--reorder-functions-by-name").args(FEATURES).arg(&wasm).arg("-o").arg(&after))?;
        let (numbered, list) = imports::number(&fs::read(&after)?, &fs::read_to_string(&script)?)?;
        fs::write(&after, numbered)?;
        fs::write(&script, list)?;
    }
    replace(folder, &wasm, &after, "wasm")?;
    minify(node, &script, &after)?;
    replace(folder, &script, &after, "js")?;
    for start in files(folder)?.into_iter().filter(|file| file_name(file).starts_with("start-")) {
        minify(node, &start, &after)?;
        let name = hashed("start", &fs::read(&after)?, "js");
        let page = folder.join("index.html");
        fs::write(&page, fs::read_to_string(&page)?.replace(&file_name(&start), &name))?;
        fs::remove_file(&start)?;
        fs::rename(&after, folder.join(name))?;
    }
    Ok(())
}

/// Fails when functions of a WebAssembly that still has their names are among the heavy ones.
fn refuse_heavy(wasm: &[u8]) -> Result<()> {
    for (name, instead) in HEAVY {
        if wasm.windows(name.len()).any(|part| part == name.as_bytes()) {
            bail!("the app has {name} of the standard library in it, which is large; {instead}");
        }
    }
    Ok(())
}

fn minify(node: &Node, script: &Path, after: &Path) -> Result<()> {
    run(terser(node)?.args(["--module", "--compress", "passes=2", "--mangle", "--output"]).arg(after).arg(script))
}

/// Puts a file in another's place, with its own content's hash in its name.
fn replace(folder: &Path, before: &Path, after: &Path, extension: &str) -> Result<()> {
    let name = hashed("halyard", &fs::read(after)?, extension);
    fs::remove_file(before)?;
    fs::rename(after, folder.join(&name))?;
    rename_in_texts(folder, &file_name(before), &name)
}

/// Changes a file's name where the page and the start script use it.
fn rename_in_texts(folder: &Path, old: &str, new: &str) -> Result<()> {
    change_texts(folder, |page| Ok(page.replace(old, new)), |start| Ok(start.replace(old, new)))
}

/// Changes the page and the start script; the start script gets a new name with it.
fn change_texts(
    folder: &Path,
    page: impl Fn(String) -> Result<String>,
    start: impl Fn(String) -> Result<String>,
) -> Result<()> {
    let file = folder.join("index.html");
    let mut html = page(fs::read_to_string(&file)?)?;
    for old in files(folder)?.into_iter().filter(|file| file_name(file).starts_with("start-")) {
        let script = start(fs::read_to_string(&old)?)?;
        let name = hashed("start", script.as_bytes(), "js");
        html = html.replace(&file_name(&old), &name);
        fs::remove_file(&old)?;
        fs::write(folder.join(name), script)?;
    }
    fs::write(file, html)?;
    Ok(())
}

/// Prints what each file of a release weighs over the wire and holds the sum against the budget.
///
/// # Errors
/// When the app is over its budget.
pub(crate) fn weigh(folder: &Path) -> Result<()> {
    let mut all = 0;
    println!("{:<44} {:>10} {:>10}", "file", "bytes", "brotli");
    for file in files(folder)? {
        let name = file_name(&file);
        if !is_first_load(&name) {
            continue;
        }
        let plain = fs::metadata(&file)?.len();
        let brotli = fs::metadata(folder.join(format!("{name}.br"))).map_or(plain, |sibling| sibling.len());
        println!("{name:<44} {plain:>10} {brotli:>10}");
        all += brotli + HEADERS;
    }
    println!("{:<44} {:>10} {all:>10}", "a first load, headers included", format!("<= {FIRST_LOAD_BUDGET}"));
    if all > FIRST_LOAD_BUDGET {
        bail!("the app is over its size budget: find what grew, or decide on a new budget in xtask");
    }
    Ok(())
}

fn is_first_load(name: &str) -> bool {
    // One language is loaded; they are about as large.
    let english = name.starts_with("words-en-") && name.ends_with(".txt");
    english || FIRST_LOAD.contains(&name) || [".js", ".wasm", ".css"].iter().any(|kind| name.ends_with(kind))
}

fn only(folder: &Path, ending: &str) -> Result<PathBuf> {
    let mut found = files(folder)?.into_iter().filter(|file| file_name(file).ends_with(ending));
    let first = found.next().with_context(|| format!("the build has no {ending} file"))?;
    if found.next().is_some() {
        bail!("the build has several {ending} files");
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heavy_functions_of_the_standard_library_are_named() {
        for (function, heavy) in [
            ("core::fmt::float::float_to_decimal_common_shortest", true),
            ("alloc::str::<impl str>::to_lowercase", true),
            ("core::str::<impl str>::make_ascii_lowercase", false),
            ("halyard_protocol::letters::lowercase", false),
        ] {
            assert_eq!(refuse_heavy(function.as_bytes()).is_err(), heavy, "{function}");
        }
    }
}
