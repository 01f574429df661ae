use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::arguments::arguments;
use crate::pattern::{Part, entries, parts};
use crate::{Argument, COUNT, Catalog, DIRECTION, LANGUAGES, Numbers, Text, Word};

/// The plural categories of a language's whole numbers, as a comment in its file says.
fn categories(source: &str) -> BTreeSet<&str> {
    let line = source.lines().find_map(|line| line.strip_prefix("# plurals:"));
    line.expect("a line `# plurals:` with the categories").split_whitespace().collect()
}

fn source(language: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public/words");
    fs::read_to_string(folder.join(format!("{language}.txt"))).unwrap()
}

fn texts(source: &str) -> Vec<(&str, &str)> {
    entries(source).map(|entry| entry.unwrap_or_else(|line| panic!("line {line} is no entry"))).collect()
}

fn check_plurals(language: &str, wanted: &BTreeSet<&str>, key: &str, text: &str, choice: bool) {
    for part in parts(text, choice).unwrap_or_else(|error| panic!("{language}, {key}: {error}")) {
        if let Part::Plural(_, choices) = part {
            let given: BTreeSet<_> = choices.iter().map(|(category, _)| *category).collect();
            assert_eq!(given, *wanted, "{language}, {key}: the categories of its plural");
            for (_, text) in choices {
                check_plurals(language, wanted, key, text, true);
            }
        }
    }
}

#[test]
fn every_language_has_every_text_with_its_arguments_and_plurals() {
    let english = source("en");
    let english = texts(&english);
    let keys: BTreeSet<_> = english.iter().map(|(key, _)| *key).collect();
    assert_eq!(keys.len(), english.len(), "a key stands twice");
    for (language, _) in LANGUAGES {
        let source = source(language);
        let there = texts(&source);
        let wanted = categories(&source);
        for ((key, text), (other, translated)) in english.iter().zip(&there) {
            assert_eq!(key, other, "{language} has the keys of English in their order");
            let sorted = |text| {
                let mut names = arguments(text).unwrap_or_else(|error| panic!("{language}, {key}: {error}"));
                names.sort_unstable();
                names
            };
            assert_eq!(sorted(text), sorted(translated), "{language}, {key}: its arguments");
            assert!(!translated.trim().is_empty(), "{language}, {key} is empty");
            check_plurals(language, &wanted, key, translated, false);
        }
        assert_eq!(english.len(), there.len(), "{language} has as many texts as English");
    }
}

/// Finds words that no code names any more, and sentences that are put together from parts.
#[test]
fn every_text_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut code = String::new();
    let mut folders = vec![root.join("src"), root.join("crates/client/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path if path.extension().is_some_and(|kind| kind == "rs") => {
                    code.push_str(&fs::read_to_string(path).unwrap())
                }
                _ => {}
            }
        }
    }
    let named: BTreeSet<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let english = source("en");
    let unused: Vec<_> = texts(&english)
        .into_iter()
        .filter(|(key, _)| !named.contains(key) && !named.contains(key.to_uppercase().as_str()) && *key != "language")
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// Two categories, and numbers with a sign around them.
struct Marked;

impl Numbers for Marked {
    fn number(&self, number: i64) -> String {
        format!("<{number}>")
    }

    fn category(&self, number: i64) -> String {
        if number == 1 { "one" } else { "few" }.to_owned()
    }
}

#[test]
fn arguments_numbers_and_plurals_are_filled_in() {
    let catalog =
        Catalog::of(vec!["Plain", "{b} of {a}", "{n, plural, one {# file of {who}} other {# files of {who}}}!"]);
    let say = |text: Text| catalog.text(&text, &Marked);
    assert_eq!(say(Word(0).into()), "Plain");
    assert_eq!(say(Text::Filled(Word(1), vec![("a", 7.into()), ("b", Word(0).into())])), "Plain of <7>");
    for (n, text) in [(1, "<1> file of Ann!"), (4, "<4> files of Ann!")] {
        let text_of = Text::Filled(Word(2), vec![("n", n.into()), ("who", "Ann".into())]);
        assert_eq!(say(text_of), text);
    }
    // What people wrote is not looked at: it may have braces.
    assert_eq!(
        say(Text::Filled(Word(1), vec![("a", "{b}".into()), ("b", Argument::Text(Text::as_is("#")))])),
        "# of {b}"
    );
}

#[test]
fn from_right_to_left_arguments_are_isolated_from_the_words_around_them() {
    let mut texts = vec![""; COUNT];
    texts[usize::from(DIRECTION.0)] = "rtl";
    texts.push("{who}: {n}");
    let text = Text::Filled(Word(COUNT as u16), vec![("who", "1001@harbor".into()), ("n", 7.into())]);
    assert_eq!(Catalog::of(texts.clone()).text(&text, &Marked), "\u{2068}1001@harbor\u{2069}: <7>");
    texts[usize::from(DIRECTION.0)] = "ltr";
    assert_eq!(Catalog::of(texts).text(&text, &Marked), "1001@harbor: <7>");
}

#[test]
fn a_text_that_is_not_well_formed_is_refused() {
    for text in ["{", "a}", "{a b}", "{a, plural, one {x}}", "{a, plural, other x}", "{{a}}"] {
        assert!(parts(text, false).is_err(), "{text}");
    }
    assert_eq!(entries("yes = Yes\nno\n").collect::<Vec<_>>(), [Ok(("yes", "Yes")), Err(2)]);
}

#[test]
fn a_file_of_another_release_is_refused() {
    assert!(Catalog::read("= Yes\n").is_err());
}
