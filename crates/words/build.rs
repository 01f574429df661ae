//! Writes an id for every text of `public/words/en.txt`: a constant for a text that stands alone, a function for one with arguments.
//! So a text that doesn't exist, or an argument that is missing, doesn't compile.

#[path = "src/arguments.rs"]
mod arguments;
#[path = "src/pattern.rs"]
mod pattern;

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use arguments::arguments;
use pattern::entries;

fn main() {
    let languages =
        Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo names the folder")).join("../../public/words");
    let english = languages.join("en.txt");
    println!("cargo::rerun-if-changed={}", languages.display());
    let source = fs::read_to_string(&english).expect("public/words/en.txt can be read");
    let mut code = String::new();
    for (place, entry) in entries(&source).enumerate() {
        let (key, text) = entry.unwrap_or_else(|line| panic!("en.txt, line {line}: expected `key = text`"));
        let names = arguments(text).unwrap_or_else(|error| panic!("en.txt, {key}: {error}"));
        writeln!(code, "/// {}", text.replace('[', "\\[").replace('<', "\\<")).expect("a string takes all");
        if names.is_empty() {
            writeln!(code, "pub const {}: Word = Word({place});", key.to_uppercase()).expect("a string takes all");
            continue;
        }
        let parameters: Vec<String> = names.iter().map(|name| format!("{name}: impl Into<Argument>")).collect();
        let filled: Vec<String> = names.iter().map(|name| format!("(\"{name}\", {name}.into())")).collect();
        writeln!(
            code,
            "#[must_use]\npub fn {key}({}) -> Text {{\n    Text::Filled(Word({place}), vec![{}])\n}}",
            parameters.join(", "),
            filled.join(", ")
        )
        .expect("a string takes all");
    }
    writeln!(code, "/// How many texts there are.\npub const COUNT: usize = {};", entries(&source).count())
        .expect("a string takes all");
    let mut files: Vec<String> = fs::read_dir(&languages)
        .expect("public/words can be listed")
        .flatten()
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".txt").map(str::to_owned))
        .collect();
    files.sort();
    writeln!(code, "/// The languages there are, with their own names: one for each file of `public/words`.")
        .expect("a string takes all");
    writeln!(code, "pub const LANGUAGES: [(&str, &str); {}] = [", files.len()).expect("a string takes all");
    for language in files {
        let source = fs::read_to_string(languages.join(format!("{language}.txt"))).expect("a language can be read");
        let name = entries(&source)
            .flatten()
            .find(|(key, _)| *key == "language")
            .expect("a language says its name")
            .1
            .to_owned();
        writeln!(code, "    ({language:?}, {name:?}),").expect("a string takes all");
    }
    code.push_str("];\n");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo names the output folder")).join("words.rs");
    fs::write(out, code).expect("the output folder can be written");
}
