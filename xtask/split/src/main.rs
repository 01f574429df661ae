//! Splits the release's WebAssembly in three: what the first screen needs; the later part, which follows when that is drawn;
//! and the rare part, which follows when somebody begins to do something.
//!
//! A transformation of the finished module: the app knows nothing of it, and a build for development is not split.
//!
//! Always holds: every function may go to any part, and the app does the same. What is called before its part is
//! there is fetched on the spot (`xtask/src/finish/later.js`), so the choice (`list.rs`, `plan.rs`) decides about time
//! alone. The parts that follow have no state of their own: memory, tables, globals and what JavaScript calls are the
//! first part's (`parts.rs`).

mod list;
mod mark;
mod parts;
mod plan;
#[cfg(test)]
mod tests;

use std::env;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use walrus::{Module, ModuleConfig};

use self::plan::{Part, Plan};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("halyard: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["parts", wasm, first, later, rare] => {
            let parts = split(&fs::read(wasm)?, &part_of)?;
            eprintln!("halyard: {}", parts.summary);
            if !parts.stale.is_empty() {
                eprintln!("halyard: no function has these names any more (list.rs): {}", parts.stale.join(", "));
            }
            fs::write(first, parts.first)?;
            fs::write(later, parts.later)?;
            fs::write(rare, parts.rare)?;
        }
        ["mark", wasm, marked, functions] => {
            let (module, list) = mark::mark(&fs::read(wasm)?, &part_of)?;
            fs::write(marked, module)?;
            fs::write(functions, list)?;
        }
        _ => bail!("halyard-split parts WASM FIRST LATER RARE, or halyard-split mark WASM MARKED FUNCTIONS"),
    }
    Ok(())
}

/// The three modules.
struct Parts {
    /// What the browser starts.
    first: Vec<u8>,
    /// What it loads after.
    later: Vec<u8>,
    /// What it loads when it is asked for.
    rare: Vec<u8>,
    /// What went where, in words.
    summary: String,
    /// Entries of the list that no function's name contains.
    stale: Vec<&'static str>,
}

/// Splits a module by the names of its functions: `part_of` says of a name without hashes where it must go, if it knows.
///
/// # Errors
/// When the module is not as the compiler and wasm-bindgen make it.
fn split(wasm: &[u8], part_of: &dyn Fn(&str) -> Option<Part>) -> Result<Parts> {
    let whole = read(wasm)?;
    let plan = plan::choose(&whole, &|name| part_of(&plain(name)))?;
    let (summary, stale) = (summary(&whole, &plan), stale(&whole));
    let mut shared = parts::Shared::new();
    let mut following = |part| -> Result<Vec<u8>> {
        let mut module = read(wasm)?;
        parts::following(&mut module, &plan, part, &mut shared)?;
        Ok(module.emit_wasm())
    };
    let (later, rare) = (following(Part::Later)?, following(Part::Rare)?);
    let mut first = whole;
    parts::first(&mut first, &plan, &shared)?;
    Ok(Parts { first: first.emit_wasm(), later, rare, summary, stale })
}

/// A function's name without the hashes of its crates: `halyard[0123456789abcdef]::main` is `halyard::main`.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        rest = match after.split_once(']') {
            Some((hash, after))
                if (8..=16).contains(&hash.len()) && hash.bytes().all(|digit| digit.is_ascii_hexdigit()) =>
            {
                after
            }
            _ => {
                plain.push('[');
                after
            }
        };
    }
    plain + rest
}

/// Where a function of the app goes, by its name without hashes; `None` when it goes with what uses it.
fn part_of(name: &str) -> Option<Part> {
    let contains = |part: &&str| name.contains(*part);
    if list::FIRST.iter().any(&contains) {
        return Some(Part::First);
    }
    let on = |list: &[(&str, &[&str])]| list.iter().flat_map(|(_, parts)| parts.iter()).any(&contains);
    if on(&list::RARE) {
        return Some(Part::Rare);
    }
    on(&list::LATER).then_some(Part::Later)
}

fn read(wasm: &[u8]) -> Result<Module> {
    ModuleConfig::new().generate_producers_section(false).parse(wasm).context("the app's WebAssembly can't be read")
}

/// The list is of names: what is renamed or gone is to be seen.
fn stale(module: &Module) -> Vec<&'static str> {
    let names: Vec<String> = module.funcs.iter().filter_map(|function| function.name.as_deref().map(plain)).collect();
    let followers = list::LATER.iter().chain(&list::RARE);
    let parts = followers.flat_map(|(_, parts)| parts.iter()).chain(&list::FIRST);
    parts.filter(|part| !names.iter().any(|name| name.contains(**part))).copied().collect()
}

fn summary(module: &Module, plan: &Plan) -> String {
    let mut sums = [(0, 0); 3];
    for (id, function) in module.funcs.iter_local() {
        let (count, size) = &mut sums[plan.part(id.index()) as usize];
        *count += 1;
        *size += function.size();
    }
    let [(first, first_size), (later, later_size), (rare, rare_size)] = sums;
    format!(
        "the first part has {first} functions of {first_size} instructions, the later part {later} of {later_size}, \
         the rare part {rare} of {rare_size}; {} of both in the table",
        plan.slots.len()
    )
}
