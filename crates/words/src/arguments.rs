//! The arguments of a text: what the build script writes an id's parameters from, and the tests compare languages by.

use crate::pattern::{Part, parts};

/// The names of a text's arguments, each once, in the order of their first use.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn arguments(text: &str) -> Result<Vec<&str>, &'static str> {
    fn collect<'a>(text: &'a str, choice: bool, names: &mut Vec<&'a str>) -> Result<(), &'static str> {
        for part in parts(text, choice)? {
            match part {
                Part::Plain(_) | Part::Number => {}
                Part::Argument(name) => names.push(name),
                Part::Plural(name, choices) => {
                    names.push(name);
                    for (_, text) in choices {
                        collect(text, true, names)?;
                    }
                }
            }
        }
        Ok(())
    }
    let mut names = Vec::new();
    collect(text, false, &mut names)?;
    let mut once = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    Ok(once)
}
