//! The layers of each crate: which module may use which, as ARCHITECTURE.md draws it, held over the `use` paths.
//!
//! The picture of a crate is a block that begins with ` ```layers <folder> `. Each of its lines is a layer, the top one
//! first; its words are top-level modules. A module may use those in the lines below its own. Words in braces,
//! `{ a b c }`, use each other in a circle that has still to be taken apart. Inside of a folder, modules beside each other
//! form no circle. Tests may use anything.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::paths::root;

/// What begins a picture.
const FENCE: &str = "```layers ";

/// A crate's layers.
#[derive(Debug)]
struct Picture {
    /// The folder of its source, from the root.
    source: String,
    /// Each module's layer, counted from the bottom, and its circle if it is in one.
    places: BTreeMap<String, (usize, Option<usize>)>,
}

/// A use of one top-level module by another.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Arrow {
    file: String,
    line: usize,
    from: String,
    to: String,
}

/// What breaks the layers of all crates that ARCHITECTURE.md draws, a sentence each.
///
/// # Errors
/// When a file can't be read, or a picture is not as described above.
pub(crate) fn broken() -> Result<Vec<String>> {
    let page = root().join("ARCHITECTURE.md");
    let text = fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let mut broken = Vec::new();
    for picture in pictures(&text)? {
        let folder = root().join(&picture.source);
        broken.extend(picture.missing(&modules(&folder)?));
        let mut siblings = Siblings::default();
        for file in files(&folder)? {
            let inside = file.strip_prefix(&folder)?.to_string_lossy().into_owned();
            let source = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            broken.extend(arrows(&inside, &source).iter().filter_map(|arrow| picture.judge(arrow)));
            siblings.add(&inside, &source);
        }
        broken.extend(siblings.circles(&picture.source));
    }
    Ok(broken)
}

fn pictures(page: &str) -> Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(source) = line.strip_prefix(FENCE) else { continue };
        let rows: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        let mut places = BTreeMap::new();
        let mut circles = 0;
        for (layer, row) in rows.iter().rev().enumerate() {
            let mut circle = None;
            for word in row.split_whitespace() {
                match word {
                    "{" => {
                        circles += 1;
                        circle = Some(circles);
                    }
                    "}" => circle = None,
                    name => {
                        if places.insert(name.to_owned(), (layer, circle)).is_some() {
                            bail!("ARCHITECTURE.md draws `{name}` of {source} twice");
                        }
                    }
                }
            }
        }
        pictures.push(Picture { source: source.trim().to_owned(), places });
    }
    if pictures.is_empty() {
        bail!("ARCHITECTURE.md has no picture of layers");
    }
    Ok(pictures)
}

impl Picture {
    /// The modules that are not drawn, and those that are drawn and not there.
    fn missing(&self, modules: &[String]) -> Vec<String> {
        let undrawn = modules.iter().filter(|name| !self.places.contains_key(*name));
        let gone = self.places.keys().filter(|name| !modules.contains(name));
        undrawn
            .map(|name| format!("{}: `{name}` is not drawn in ARCHITECTURE.md: put it into a layer", self.source))
            .chain(gone.map(|name| format!("{}: ARCHITECTURE.md draws `{name}`, which is not there", self.source)))
            .collect()
    }

    /// Why an arrow may not be, if so.
    fn judge(&self, Arrow { file, line, from, to }: &Arrow) -> Option<String> {
        let (above, circle) = *self.places.get(from)?;
        let (below, other) = *self.places.get(to)?;
        if below < above || (circle.is_some() && circle == other) {
            return None;
        }
        let place = if below == above { "stands in the same layer" } else { "stands above it" };
        Some(format!(
            "{}/{file}:{line}: `{from}` uses `{to}`, which {place}. Turn the arrow: return a fact that `{to}` hears, or \
             move what both need into a layer below",
            self.source
        ))
    }
}

/// The names of the top-level modules.
fn modules(folder: &Path) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_module = path.is_dir() || path.extension().is_some_and(|ending| ending == "rs");
        if is_module && !["lib", "main"].contains(&name.as_str()) && !is_test(&path) && !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// All source files but tests.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if is_test(&path) {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_test(path: &Path) -> bool {
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    ["tests", "testing"].contains(&name.as_str()) || name.ends_with("_tests")
}

/// The uses of other top-level modules in a file, by `crate::` and `super::` paths.
fn arrows(file: &str, source: &str) -> Vec<Arrow> {
    let inside = module(file);
    let Some(from) = inside.first() else { return Vec::new() };
    let outwards = uses(&inside, source).into_iter().filter(|(_, to)| to.first().is_some_and(|to| to != from));
    let mut arrows: Vec<Arrow> = outwards
        .map(|(line, mut to)| Arrow { file: file.to_owned(), line, from: from.clone(), to: to.swap_remove(0) })
        .collect();
    arrows.dedup();
    arrows
}

/// The path of a file's module from the crate's root.
fn module(file: &str) -> Vec<String> {
    let mut path: Vec<String> = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    path.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
    path
}

/// What a module uses by `crate::` and `super::` paths: each line, and the path from the crate's root.
fn uses(inside: &[String], source: &str) -> Vec<(usize, Vec<String>)> {
    let code = without_tests(&without_comments(source)).to_owned();
    let mut uses = Vec::new();
    for (at, _) in code.match_indices("::") {
        // Only where a path begins: what stands before is `crate`, or as many `super` as lead out of the module.
        let before = &code[..at];
        let head = before.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$');
        let prefix = &before[head.len()..];
        let rest = &code[at + 2..];
        let base: &[String] = if prefix == "crate" || prefix == "$crate" {
            &[]
        } else if prefix.split("::").all(|part| part == "super") && !rest.starts_with("super") {
            let Some(depth) = inside.len().checked_sub(prefix.split("::").count()) else { continue };
            &inside[..depth]
        } else {
            continue;
        };
        let line = before.matches('\n').count() + 1;
        uses.extend(paths(rest).into_iter().map(|path| (line, [base, &path].concat())));
    }
    uses
}

/// The paths that a text begins with: one, or those of a list in braces, each as far as it goes.
fn paths(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start();
    if let Some(list) = text.strip_prefix('{') {
        return items(list).into_iter().flat_map(paths).collect();
    }
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if name.is_empty() {
        return Vec::new();
    }
    match text[name.len()..].strip_prefix("::").map(paths).filter(|rest| !rest.is_empty()) {
        Some(rest) => rest.into_iter().map(|path| [vec![name.clone()], path].concat()).collect(),
        None => vec![vec![name]],
    }
}

/// The items of a list up to the brace that ends it.
fn items(list: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut depth, mut begin) = (0, 0);
    for (at, sign) in list.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&list[begin..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&list[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    items
}

/// The uses of each other by the modules of one folder.
#[derive(Debug, Default)]
struct Siblings {
    /// By folder and module: what it uses, and where it does so first.
    uses: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
}

impl Siblings {
    /// Takes in a file: what it uses beside itself in each folder around it.
    fn add(&mut self, file: &str, source: &str) {
        let inside = module(file);
        for (line, to) in uses(&inside, source) {
            let common = inside.iter().zip(&to).take_while(|(a, b)| a == b).count();
            // The crate's own modules are drawn as layers.
            if common > 0
                && let (Some(from), Some(to)) = (inside.get(common), to.get(common))
            {
                let folder = self.uses.entry(inside[..common].join("/")).or_default();
                let arrows = folder.entry(from.clone()).or_default();
                arrows.entry(to.clone()).or_insert_with(|| format!("{file}:{line}"));
            }
        }
    }

    /// A sentence for each circle: modules that use each other, if only by way of others.
    fn circles(&self, source: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (folder, modules) in &self.uses {
            for (from, arrows) in modules {
                for (to, place) in arrows {
                    if reaches(modules, to, from) {
                        found.push(format!(
                            "{source}/{place}: in `{folder}`, `{from}` uses `{to}`, which uses `{from}`. Move what both \
                             need into a module of its own"
                        ));
                    }
                }
            }
        }
        found
    }
}

/// Whether one module uses another, if only by way of others.
fn reaches(modules: &BTreeMap<String, BTreeMap<String, String>>, from: &str, wanted: &str) -> bool {
    let mut open = vec![from];
    let mut seen = Vec::new();
    while let Some(next) = open.pop() {
        if next == wanted {
            return true;
        }
        if !seen.contains(&next) {
            seen.push(next);
            open.extend(modules.get(next).into_iter().flat_map(BTreeMap::keys).map(String::as_str));
        }
    }
    false
}

/// The code with comments blanked, line by line, so that places stay as they are.
fn without_comments(source: &str) -> String {
    let code = |line: &str| line.split_once("//").map_or_else(|| line.to_owned(), |(code, _)| code.to_owned());
    source.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// The code before the module of unit tests, which stands last.
fn without_tests(code: &str) -> &str {
    code.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "Text.\n\n```layers crates/c/src\ntop\nleft right\n{ one two }\nbase\n```\n";

    fn judged(file: &str, source: &str) -> Vec<String> {
        let picture = pictures(PAGE).unwrap().remove(0);
        arrows(file, source).iter().filter_map(|arrow| picture.judge(arrow)).collect()
    }

    #[test]
    fn a_module_may_use_those_below_it() {
        let source = "use crate::left::A;\nuse crate::{right::B, base::{C, D}};\nfn f() { crate::one::g() }";
        assert!(judged("top/mod.rs", source).is_empty());
        assert_eq!(arrows("top/mod.rs", source).len(), 4);
    }

    #[test]
    fn an_arrow_upwards_is_named_with_its_place() {
        let broken = judged("base.rs", "//! Uses crate::top.\n\nuse crate::{json, top::Thing};");
        assert_eq!(broken.len(), 1);
        assert!(
            broken[0].starts_with("crates/c/src/base.rs:3: `base` uses `top`, which stands above it"),
            "{broken:?}"
        );
    }

    #[test]
    fn modules_of_one_layer_do_not_use_each_other() {
        assert_eq!(judged("left/deep/file.rs", "use super::super::super::right::B;").len(), 1);
        assert!(judged("left/deep/file.rs", "use super::right::B;").is_empty(), "a module of its own");
    }

    #[test]
    fn a_circle_that_is_drawn_is_let_through() {
        assert!(judged("one.rs", "use crate::two::X;").is_empty());
        assert_eq!(judged("one.rs", "use crate::left::X;").len(), 1);
    }

    #[test]
    fn a_circle_inside_of_a_folder_is_named_also_by_way_of_others() {
        let mut siblings = Siblings::default();
        for (file, source) in [
            ("shell/mod.rs", "use super::top::T;\nuse crate::shell::keys::K;"),
            ("shell/keys.rs", "use super::rail::R;"),
            ("shell/rail.rs", "//! Uses super::keys.\n\nuse crate::shell::{deep::{Thing, other::Name}, Shared};"),
            ("shell/deep/mod.rs", "fn f() { super::super::shell::keys::g() }"),
            ("shell/deep/part.rs", "use super::Thing;\nuse super::super::Shared;"),
        ] {
            siblings.add(file, source);
        }
        let circles = siblings.circles("src");
        assert_eq!(circles.len(), 3, "{circles:?}");
        assert!(circles[0].starts_with("src/shell/deep/mod.rs:1: in `shell`, `deep` uses `keys`"), "{circles:?}");
        assert!(circles[2].starts_with("src/shell/rail.rs:3: in `shell`, `rail` uses `deep`"), "{circles:?}");
    }

    #[test]
    fn tests_may_use_anything() {
        assert!(judged("base.rs", "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    use crate::top::X;\n}").is_empty());
    }

    #[test]
    fn a_module_that_is_not_drawn_is_named() {
        let picture = pictures(PAGE).unwrap().remove(0);
        let there = ["top", "left", "right", "one", "two", "new"].map(str::to_owned);
        let missing = picture.missing(&there);
        assert_eq!(missing.len(), 2);
        assert!(missing[0].contains("`new` is not drawn") && missing[1].contains("`base`"), "{missing:?}");
    }

    #[test]
    fn the_layers_hold() {
        assert_eq!(broken().unwrap(), Vec::<String>::new());
    }
}
