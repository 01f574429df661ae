//! The words of a build: one file for each language, named by its content, without what only its authors read.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{file_name, files, hashed};

/// What the names of the finished files begin with.
pub(super) const PREFIX: &str = "words-";

/// Puts the words of `words/` where the start script loads them from; the object of JavaScript that says where.
///
/// # Errors
/// When there is no English, or a file can't be read.
pub(super) fn finish(folder: &Path) -> Result<String> {
    let languages = folder.join("words");
    let mut list = String::from("{");
    for file in files(&languages).context("the build has no words")? {
        let name = file_name(&file);
        let Some(language) = name.strip_suffix(".txt") else { continue };
        let text = shipped(&fs::read_to_string(&file)?);
        let name = hashed(&format!("{PREFIX}{language}"), text.as_bytes(), "txt");
        fs::write(folder.join(&name), text)?;
        write!(list, "{}\"{language}\":\"/{name}\"", if list.len() > 1 { "," } else { "" })?;
    }
    if !list.contains("\"en\"") {
        bail!("the build has no English words");
    }
    fs::remove_dir_all(languages)?;
    list.push('}');
    Ok(list)
}

/// A language's file without comments and keys: the app knows a text by its place.
fn shipped(source: &str) -> String {
    let entries = source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let texts = entries.map(|line| line.split_once("= ").map_or(line, |(_, text)| text));
    texts.flat_map(|text| ["= ", text, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_shipped_by_their_places_under_names_of_their_content() {
        let folder = std::env::temp_dir().join(format!("halyard-words-{}", std::process::id()));
        fs::create_dir_all(folder.join("words")).unwrap();
        fs::write(folder.join("words/en.txt"), "# Comment\n\nyes = Yes\nsum = 1 + 1 = {two}\n").unwrap();
        let list = finish(&folder).unwrap();
        let name = list.strip_prefix("{\"en\":\"/").unwrap().strip_suffix("\"}").unwrap();
        assert!(name.starts_with("words-en-") && name.ends_with(".txt"), "{name}");
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), "= Yes\n= 1 + 1 = {two}\n");
        assert!(!folder.join("words").exists());
        assert!(finish(&folder).is_err(), "no words are no build");
        fs::remove_dir_all(folder).unwrap();
    }
}
