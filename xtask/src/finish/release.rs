//! What only a release gets: smaller WebAssembly, compressed siblings, and a check of the size budget.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{file_name, files, hashed, later, names};
use crate::process::run;
use crate::setup::{Node, cargo, terser, wasm_opt};

/// Script and WebAssembly that the first screen needs, in bytes after brotli: 200 kB with the headers of three answers.
const CODE_BUDGET: u64 = 198_500;
/// All that the first load brings, the later part included, in bytes after brotli: 300 kB with the headers of all answers.
const FIRST_LOAD_BUDGET: u64 = 296_000;
/// The rare part, fetched when somebody begins to do something, or after a while of rest. In bytes after brotli. What a new
/// conversation, a search and files need is in it.
const RARE_BUDGET: u64 = 110_000;

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

/// Unhashed files that the first load needs beside the hashed ones. The emoji list and the sounds come when they are wanted.
const FIRST_LOAD: [&str; 4] = ["index.html", "mark.svg", "manifest.json", "service-worker.js"];

/// Writes the compressed siblings of a finished build's files.
///
/// # Errors
/// When a tool fails.
pub(crate) fn compress(folder: &Path, node: &Node) -> Result<()> {
    run(node.command("node").arg(crate::paths::root().join("xtask/scripts/compress.mjs")).arg(folder))
}

/// Makes a finished build one that notes which of its functions run; `functions.json` says what they are.
///
/// # Errors
/// When the build is not as Trunk leaves it.
pub(crate) fn mark(folder: &Path) -> Result<()> {
    let wasm = only(folder, ".wasm")?;
    let script = folder.join(file_name(&wasm).replace("_bg.wasm", ".js"));
    run(split("mark")?.args([&wasm, &wasm]).arg(folder.join("functions.json")))?;
    let text = fs::read_to_string(&script).context("the WebAssembly has no script")?;
    fs::write(&script, later::marked(&text)?)?;
    // What runs after the first screen is not to be noted.
    change_texts(folder, Ok, |start| Ok(start.replace(".then(whole)", "")))
}

/// What wasm-opt does. Nothing is inlined: code that occurs in one place compresses better than copies of it,
/// and what is computed twice in the same words better than a local of its own. The
/// addresses below 1,024 are the far end of the stack, where no data lies.
const OPTIONS: [&str; 9] = [
    "-Oz",
    "--converge",
    "--low-memory-unused",
    "--always-inline-max-function-size=0",
    "--flexible-inline-max-function-size=0",
    "--one-caller-inline-max-function-size=0",
    "--skip-pass=local-cse",
    "--strip-producers",
    "--strip-target-features",
];

/// Splits the WebAssembly, makes its parts and the script smaller, and names all by what comes out.
///
/// # Errors
/// When a tool fails, or the build is not as Trunk leaves it.
pub(crate) fn optimise(folder: &Path, node: &Node) -> Result<()> {
    let wasm = only(folder, ".wasm")?;
    let script = folder.join(file_name(&wasm).replace("_bg.wasm", ".js"));
    let text = fs::read_to_string(&script).context("the WebAssembly has no script")?;
    let (short_wasm, short_script) = names::shorten(&fs::read(&wasm)?, &text)?;
    let [whole, after] = ["whole.tmp", "optimised.tmp"].map(|name| folder.join(name));
    let following = later::NAMES.map(|name| folder.join(format!("{name}.tmp")));
    fs::write(&whole, short_wasm)?;
    run(split("parts")?.args([&whole, &wasm]).args(&following))?;
    fs::remove_file(&whole)?;

    let small = |part: &Path| run(wasm_opt(node)?.args(OPTIONS).args(FEATURES).arg(part).arg("-o").arg(&after));
    let mut files = later::NAMES.map(str::to_owned);
    for (part, name) in following.iter().zip(&mut files) {
        small(part)?;
        fs::remove_file(part)?;
        let file = hashed(name, &fs::read(&after)?, "wasm");
        fs::rename(&after, folder.join(&file))?;
        *name = format!("/{file}");
    }
    small(&wasm)?;
    replace(folder, &wasm, &after, "wasm")?;

    fs::write(&script, later::glue(&short_script, &files)?)?;
    run(terser(node)?.args(["--module", "--compress", "passes=2", "--mangle", "--output"]).arg(&after).arg(&script))?;
    replace(folder, &script, &after, "js")?;
    change_texts(folder, Ok, |start| later::start(&start))
}

/// The program that splits, which is compiled for releases alone.
fn split(task: &str) -> Result<Command> {
    let mut command = cargo()?;
    command.args(["run", "--quiet", "--package", "halyard-split", "--", task]);
    Ok(command)
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

/// Prints what each file of a release weighs over the wire and holds the sums against the budget.
///
/// # Errors
/// When the app is over its budget.
pub(crate) fn weigh(folder: &Path) -> Result<()> {
    let (mut code, mut first, mut rare) = (0, 0, 0);
    println!("{:<44} {:>10} {:>10}", "file", "bytes", "brotli");
    for file in files(folder)? {
        let name = file_name(&file);
        if !is_first_load(&name) {
            continue;
        }
        let plain = fs::metadata(&file)?.len();
        let wire = fs::metadata(folder.join(format!("{name}.br"))).map_or(plain, |sibling| sibling.len());
        println!("{name:<44} {plain:>10} {wire:>10}");
        if later::is_rare(&name) {
            rare += wire;
            continue;
        }
        first += wire;
        let waits = later::is_later(&name) || name == "service-worker.js";
        if !waits && (name.ends_with(".js") || name.ends_with(".wasm")) {
            code += wire;
        }
    }
    for (what, budget, wire) in [
        ("script and WebAssembly of the first part", CODE_BUDGET, code),
        ("all, with the later part", FIRST_LOAD_BUDGET, first),
        ("the rare part, when somebody begins to do something", RARE_BUDGET, rare),
    ] {
        println!("{what:<44} {:>10} {wire:>10}", format!("<= {budget}"));
    }
    if code > CODE_BUDGET || first > FIRST_LOAD_BUDGET || rare > RARE_BUDGET {
        bail!(
            "the app is over its size budget (see the table above): find what grew, or decide on a new budget in xtask"
        );
    }
    Ok(())
}

fn is_first_load(name: &str) -> bool {
    FIRST_LOAD.contains(&name) || [".js", ".wasm", ".css"].iter().any(|kind| name.ends_with(kind))
}

fn only(folder: &Path, ending: &str) -> Result<PathBuf> {
    let mut found = files(folder)?.into_iter().filter(|file| file_name(file).ends_with(ending));
    let first = found.next().with_context(|| format!("the build has no {ending} file"))?;
    if found.next().is_some() {
        bail!("the build has several {ending} files");
    }
    Ok(first)
}
