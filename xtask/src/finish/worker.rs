//! The service worker of a build: `service-worker.js` with the list of the files that it keeps on the device.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::{file_name, files, hex};
use crate::process::run;
use crate::setup::{Node, terser};

const NAME: &str = "service-worker.js";
/// What the app needs without a hash in its name. Icons of the system and pictures for stores are the browser's own business.
const UNHASHED: [&str; 4] = ["emoji.json", "index.html", "manifest.json", "mark.svg"];

/// Writes the worker of a finished build; with `node` a small one, as a release has.
///
/// # Errors
/// When a file is missing, or the worker's source has no place for the list.
pub(crate) fn worker(folder: &Path, node: Option<&Node>) -> Result<()> {
    let source = fs::read_to_string(crate::paths::root().join(NAME)).context("there is no service worker")?;
    let file = folder.join(NAME);
    fs::write(&file, with_list(&source, &list(folder)?)?)?;
    if let Some(node) = node {
        run(terser(node)?
            .args(["--toplevel", "--compress", "passes=2", "--mangle", "--output"])
            .arg(&file)
            .arg(&file))?;
    }
    Ok(())
}

/// All languages are kept, so that one can be chosen without a network.
fn is_words(name: &str) -> bool {
    name.starts_with(super::words::PREFIX) && name.ends_with(".txt")
}

/// The emoji of a language.
fn is_emoji(name: &str) -> bool {
    name.starts_with("emoji-") && name.ends_with(".json")
}

/// The files as an object of JavaScript: each address, and the hash of what has none in its name.
fn list(folder: &Path) -> Result<String> {
    let mut list = String::from("{");
    for file in files(folder)? {
        let name = file_name(&file);
        let hash = if UNHASHED.contains(&name.as_str()) || is_emoji(&name) {
            base64(&Sha256::digest(fs::read(&file)?))
        } else if name != NAME && ([".js", ".wasm", ".css"].iter().any(|kind| name.ends_with(kind)) || is_words(&name))
        {
            String::new()
        } else {
            continue;
        };
        write!(list, "{}\"/{name}\":\"{hash}\"", if list.len() > 1 { "," } else { "" })?;
    }
    for name in UNHASHED {
        if !list.contains(&format!("\"/{name}\"")) {
            bail!("the build has no {name}, which the service worker keeps");
        }
    }
    list.push('}');
    Ok(list)
}

/// The worker with the list, and the release's name: another one whenever a file or the worker itself is another.
fn with_list(source: &str, list: &str) -> Result<String> {
    let name = hex(format!("{source}{list}").as_bytes());
    let mut text = source.to_owned();
    for (before, after) in [
        ("\nconst RELEASE = \"\";\n", format!("\nconst RELEASE = \"{name}\";\n")),
        ("\nconst FILES = {};\n", format!("\nconst FILES = {list};\n")),
    ] {
        if text.matches(before).count() != 1 {
            bail!("{NAME} has no line{before}for the build to write");
        }
        text = text.replacen(before, &after, 1);
    }
    Ok(text)
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let bits = part.iter().chain([&0; 2]).take(3).fold(0, |bits: usize, byte| bits << 8 | usize::from(*byte));
        for place in 0..4 {
            let letter = char::from(LETTERS[bits >> (18 - 6 * place) & 63]);
            text.push(if place > part.len() { '=' } else { letter });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_the_browser_reads_them() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn the_list_names_the_apps_files_and_another_file_is_another_release() {
        let folder = std::env::temp_dir().join(format!("halyard-worker-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for name in UNHASHED.iter().chain(&[
            "emoji-es.json",
            "a-1.js",
            "a-1.js.br",
            "a-1_bg.wasm",
            "b-2.css",
            NAME,
            "icon-192.png",
        ]) {
            fs::write(folder.join(name), "x").unwrap();
        }
        let source = fs::read_to_string(crate::paths::root().join(NAME)).unwrap();
        let first = with_list(&source, &list(&folder).unwrap()).unwrap();
        let hash = base64(&Sha256::digest("x"));
        assert!(
            first.contains("{\"/a-1.js\":\"\",\"/a-1_bg.wasm\":\"\",\"/b-2.css\":\"\",\"/emoji-es.json\":\""),
            "{first}"
        );
        assert!(first.contains(&format!("\"/index.html\":\"{hash}\"")) && !first.contains("192.png\":"));
        fs::write(folder.join("index.html"), "y").unwrap();
        let second = with_list(&source, &list(&folder).unwrap()).unwrap();
        let release = |text: &str| text.split("RELEASE = \"").nth(1).unwrap()[..16].to_owned();
        assert_ne!(release(&first), release(&second));
        fs::remove_file(folder.join("mark.svg")).unwrap();
        assert!(list(&folder).is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_worker_without_a_place_for_the_list_fails_the_build() {
        assert!(with_list("const FILES = {};", "{}").is_err());
    }
}
