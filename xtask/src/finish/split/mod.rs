//! Splits the release's WebAssembly in two: what the first screen needs, and the later part, which follows when that is drawn.
//!
//! A transformation of the finished module: the app knows nothing of it, and a build for development is not split.
//!
//! Always holds: every function may go to either part, and the app does the same. What is called before the later part is
//! there is fetched on the spot (`later.js`), so the choice (`list.rs`, `plan.rs`) decides about time alone. The later part has no
//! state of its own: memory, tables, globals and what JavaScript calls are the first part's (`parts.rs`).

mod list;
mod mark;
mod parts;
mod plan;
mod script;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use walrus::{Module, ModuleConfig};

pub(crate) use self::mark::mark;
pub(crate) use self::plan::Part;
use self::plan::Plan;

/// The two modules.
pub(crate) struct Parts {
    /// What the browser starts.
    pub(crate) first: Vec<u8>,
    /// What it loads after.
    pub(crate) later: Vec<u8>,
    /// What went where, in words.
    pub(crate) summary: String,
    /// Entries of the list that no function's name contains.
    pub(crate) stale: Vec<&'static str>,
}

/// Splits a module by the names of its functions: `part_of` says of a name without hashes where it must go, if it knows.
///
/// # Errors
/// When the module is not as the compiler and wasm-bindgen make it.
pub(crate) fn split(wasm: &[u8], part_of: &dyn Fn(&str) -> Option<Part>) -> Result<Parts> {
    let whole = read(wasm)?;
    let plan = plan::choose(&whole, &|name| part_of(&plain(name)))?;
    let (summary, stale) = (summary(&whole, &plan), stale(&whole));
    let mut later = read(wasm)?;
    let shared = parts::later(&mut later, &plan)?;
    let mut first = whole;
    parts::first(&mut first, &plan, &shared)?;
    Ok(Parts { first: first.emit_wasm(), later: later.emit_wasm(), summary, stale })
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
pub(crate) fn part_of(name: &str) -> Option<Part> {
    let contains = |part: &&str| name.contains(*part);
    if list::FIRST.iter().any(contains) {
        return Some(Part::First);
    }
    list::LATER.iter().flat_map(|(_, parts)| parts.iter()).any(contains).then_some(Part::Later)
}

/// Whether a file of the build is the later part.
pub(crate) fn is_later(file: &str) -> bool {
    file.starts_with("later-")
}

/// Makes wasm-bindgen's script one that can bring the later part from `file`.
///
/// # Errors
/// When the script is not as wasm-bindgen writes it for the web.
pub(crate) fn glue(script: &str, file: &str) -> Result<String> {
    script::glue(script, file)
}

/// Makes wasm-bindgen's script one that a marked module can tell what runs: by its number in the global `halyardRan`.
///
/// # Errors
/// As [`glue`].
pub(crate) fn marked_glue(script: &str) -> Result<String> {
    script::marked(script)
}

/// Makes the start script ask for the later part once the first runs.
///
/// # Errors
/// When the start script is not as [`super::page`] writes it.
pub(crate) fn start(text: &str) -> Result<String> {
    script::start(text)
}

fn read(wasm: &[u8]) -> Result<Module> {
    ModuleConfig::new().generate_producers_section(false).parse(wasm).context("the app's WebAssembly can't be read")
}

/// The list is of names: what is renamed or gone is to be seen.
fn stale(module: &Module) -> Vec<&'static str> {
    let names: Vec<String> = module.funcs.iter().filter_map(|function| function.name.as_deref().map(plain)).collect();
    let parts = list::LATER.iter().flat_map(|(_, parts)| parts.iter()).chain(&list::FIRST);
    parts.filter(|part| !names.iter().any(|name| name.contains(**part))).copied().collect()
}

fn summary(module: &Module, plan: &Plan) -> String {
    let mut sums = [(0, 0); 2];
    for (id, function) in module.funcs.iter_local() {
        let (count, size) = &mut sums[usize::from(plan.later.contains(&id.index()))];
        *count += 1;
        *size += function.size();
    }
    let [(first, first_size), (later, later_size)] = sums;
    format!(
        "the first part has {first} functions of {first_size} instructions, \
         the later part {later} of {later_size}, {} of them in the table",
        plan.slots.len()
    )
}
