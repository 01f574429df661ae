//! What Trunk leaves to do on the built page.
//!
//! The page holds no inline script and no inline style: the server's content security policy allows none. Trunk's inline
//! start script becomes a file, the styles become one file, and every such file has its content's hash in its name, so that
//! browsers may keep it for ever.

mod binary;
mod imports;
mod names;
mod order;
mod release;
mod unused;
mod words;
mod worker;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

pub(crate) use self::release::{Names, compress, optimise, weigh};
pub(crate) use self::worker::worker;

/// Makes the page of a build fit for the content security policy.
///
/// # Errors
/// When the page is not as Trunk writes it, or holds a script or style that the policy would refuse.
pub(crate) fn page(folder: &Path) -> Result<()> {
    let file = folder.join("index.html");
    let html = fs::read_to_string(&file).context("Trunk wrote no index.html")?;
    let words = words::finish(folder)?;
    let html = start_script(folder, &html, &words)?;
    let html = one_style(folder, &html)?;
    refuse_inline(&html)?;
    fs::write(file, short_page(&html)?)?;
    // Its content is in the page.
    let sprite = folder.join("icons.svg");
    if sprite.exists() {
        fs::remove_file(sprite)?;
    }
    Ok(())
}

/// What starts the app, with the page's policy for Trusted Types.
const START: &str = include_str!("start.js");

/// Puts a start script of our own, in a file, in the place of Trunk's inline one.
fn start_script(folder: &Path, html: &str, words: &str) -> Result<String> {
    const OPEN: &str = "<script type=\"module\">";
    let (before, rest) =
        html.split_once(OPEN).context("the page has no start script: is the `rel=\"rust\"` link there?")?;
    let (inline, after) = rest.split_once("</script>").context("the start script does not end")?;
    let module = between(inline, "from '", "'").or_else(|| between(inline, "from\"", "\""));
    let wasm = between(inline, "module_or_path: '", "'").or_else(|| between(inline, "module_or_path:\"", "\""));
    let (Some(module), Some(wasm)) = (module, wasm) else {
        bail!("the start script is not as Trunk 0.21 writes it:\n{inline}");
    };
    let words = format!("const WORDS = {words};");
    let script = START
        .replace("SCRIPT", module)
        .replace("\"WASM\"", &format!("\"{wasm}\""))
        .replace("const WORDS = {};", &words);
    let name = hashed("start", script.as_bytes(), "js");
    fs::write(folder.join(&name), script)?;
    Ok(format!("{before}<script type=\"module\" async src=\"/{name}\"></script>{after}"))
}

/// Joins the page's own style files, in their order, into one. Their comments, a third of what they weigh over the wire, stay
/// behind, and so does white space.
fn one_style(folder: &Path, html: &str) -> Result<String> {
    let mut joined = String::new();
    let mut page = String::new();
    let mut rest = html;
    while let Some(at) = rest.find("<link") {
        let (before, tag_on) = rest.split_at(at);
        let end = tag_on.find('>').context("a link of the page does not end")? + 1;
        let (tag, after) = tag_on.split_at(end);
        page.push_str(before);
        match own_style(tag) {
            Some(name) => {
                let style = fs::read_to_string(folder.join(name)).with_context(|| format!("{name} is missing"))?;
                joined.push_str(&without_space(&without_comments(&style).with_context(|| format!("in {name}"))?));
                fs::remove_file(folder.join(name))?;
            }
            None => page.push_str(tag),
        }
        rest = after;
    }
    page.push_str(rest);
    if joined.is_empty() {
        return Ok(page);
    }
    let name = hashed("halyard", joined.as_bytes(), "css");
    fs::write(folder.join(&name), joined)?;
    let (head, body) = page.split_once("</head>").context("the page has no end of its head")?;
    Ok(format!("{head}<link rel=\"stylesheet\" href=\"/{name}\">\n</head>{body}"))
}

/// A style without its comments. No text in our styles holds the signs that begin one.
fn without_comments(style: &str) -> Result<String> {
    let mut parts = style.split("/*");
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, after) = part.split_once("*/").context("a comment does not end")?;
        left.push_str(after.strip_prefix('\n').unwrap_or(after));
    }
    Ok(left)
}

/// A style without the white space that means nothing. What stands in quotes stays as it is.
fn without_space(style: &str) -> String {
    let mut left = String::with_capacity(style.len());
    for (index, part) in style.split('"').enumerate() {
        if index > 0 {
            left.push('"');
        }
        if index % 2 == 1 {
            left.push_str(part);
            continue;
        }
        for char in part.chars() {
            match char {
                // After these, and before the next of them, a space parts nothing.
                _ if char.is_whitespace() => {
                    if !left.is_empty() && !left.ends_with([' ', '{', '}', ';', ',', ':']) {
                        left.push(' ');
                    }
                }
                '{' | '}' | ';' | ',' => {
                    left.truncate(left.trim_end_matches(' ').len());
                    if char == '}' && left.ends_with(';') {
                        left.pop();
                    }
                    left.push(char);
                }
                _ => left.push(char),
            }
        }
    }
    left
}

/// A page without its comments, empty lines and indentation, none of which shows.
fn short_page(html: &str) -> Result<String> {
    let mut parts = html.split("<!--");
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        left.push_str(part.split_once("-->").context("a comment of the page does not end")?.1);
    }
    let lines = left.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.flat_map(|line| [line, "\n"]).collect())
}

fn own_style(tag: &str) -> Option<&str> {
    if !tag.contains("stylesheet") {
        return None;
    }
    between(tag, "href=\"/", "\"").or_else(|| between(tag, "href=/", " ")).or_else(|| between(tag, "href=/", ">"))
}

/// The policy would refuse these without a word to the developer but one in the browser's console.
fn refuse_inline(html: &str) -> Result<()> {
    for (index, _) in html.match_indices("<script") {
        let tag = html[index..].split('>').next().unwrap_or_default();
        if !tag.contains("src=") {
            bail!("the page has an inline script, which the content security policy refuses: {tag}>");
        }
    }
    if html.contains("<style") || html.contains(" style=") {
        bail!("the page has an inline style, which the content security policy refuses: move it to style/");
    }
    Ok(())
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(inner, _)| inner)
}

/// A file name with the first 16 hexadecimal digits of its content's SHA-256.
fn hashed(stem: &str, content: &[u8], extension: &str) -> String {
    format!("{stem}-{}.{extension}", hex(content))
}

/// The first 16 hexadecimal digits of a content's SHA-256.
fn hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(folder)?.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    all.sort();
    Ok(all)
}

fn file_name(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html><head><link rel=\"stylesheet\" href=\"/a-1.css\" integrity=\"x\"/>\n\
        <link rel=\"icon\" href=\"/mark.svg\"><link rel=\"stylesheet\" href=\"/b-2.css\"/>\n\
        <script type=\"module\">\nimport init, * as bindings from '/app-3.js';\n\
        const wasm = await init({ module_or_path: '/app-3_bg.wasm' });\n</script>\n</head><body></body></html>";

    fn scratch(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("halyard-finish-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("a-1.css"), "a{}").unwrap();
        fs::write(folder.join("b-2.css"), "b{}").unwrap();
        fs::create_dir_all(folder.join("words")).unwrap();
        fs::write(folder.join("words/en.txt"), "yes = Yes\n").unwrap();
        folder
    }

    #[test]
    fn the_page_ends_with_one_style_and_no_inline_script() {
        let folder = scratch("page");
        fs::write(folder.join("index.html"), PAGE).unwrap();
        page(&folder).unwrap();
        let html = fs::read_to_string(folder.join("index.html")).unwrap();
        assert_eq!(html.matches("stylesheet").count(), 1);
        assert!(html.contains("href=\"/mark.svg\""));
        let style = between(&html, "rel=\"stylesheet\" href=\"/", "\"").unwrap();
        assert_eq!(fs::read_to_string(folder.join(style)).unwrap(), "a{}b{}");
        let start = between(&html, "<script type=\"module\" async src=\"/", "\"").unwrap();
        let script = fs::read_to_string(folder.join(start)).unwrap();
        assert!(script.contains("import(\"/app-3.js\")") && script.contains("fetch(\"/app-3_bg.wasm\")"));
        assert!(script.contains("const WORDS = {\"en\":\"/words-en-"));
        assert!(!folder.join("a-1.css").exists());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn comments_of_styles_stay_behind() {
        assert_eq!(without_comments("/* a\n b */\na{}/**/ /* / * */b{}\n").unwrap(), "a{} b{}\n");
        assert_eq!(without_comments("a{}").unwrap(), "a{}");
        assert!(without_comments("a{} /* b").is_err());
    }

    #[test]
    fn white_space_of_styles_stays_behind_where_it_means_nothing() {
        let style = "a,\n b :is(p, q) > i {\n  color: red;\n  inset: 0 calc(1px + 2px);\n}\n@media (hover: none) { b { x: y; } }\n";
        let left = "a,b :is(p,q) > i{color:red;inset:0 calc(1px + 2px)}@media (hover:none){b{x:y}}";
        assert_eq!(without_space(style), left);
        assert_eq!(without_space("p::before { content: \" ;  { \"; }"), "p::before{content:\" ;  { \"}");
    }

    #[test]
    fn what_does_not_show_in_a_page_stays_behind() {
        let page = "<html>\n  <!-- a\n b -->\n\n  <p>c  d</p> <!-- e -->\n</html>";
        assert_eq!(short_page(page).unwrap(), "<html>\n<p>c  d</p>\n</html>\n");
        assert!(short_page("<!-- a").is_err());
    }

    #[test]
    fn what_the_policy_refuses_fails_the_build() {
        assert!(refuse_inline("<script>x()</script>").is_err());
        assert!(refuse_inline("<body style=\"color:red\">").is_err());
        assert!(refuse_inline("<style>a{}</style>").is_err());
        assert!(refuse_inline("<script src=\"/a.js\"></script>").is_ok());
    }

    #[test]
    fn a_page_without_a_start_script_is_refused() {
        assert!(start_script(Path::new("."), "<html></html>", "{}").is_err());
    }
}
