//! All emoji, loaded when the picker first opens, and the ones used last.

use std::sync::{Arc, Mutex, OnceLock};

use crate::adapters::assets;
use crate::prelude::*;
use crate::words::{self, t};

/// How many of the ones used last are kept, for as long as the page is open.
const RECENT: usize = 32;
/// Most emoji that a search shows.
const FOUND: usize = 160;

/// An emoji.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Emoji {
    /// The emoji itself.
    pub(super) text: String,
    /// Its name.
    pub(super) name: String,
    /// Other words for it, in lower case.
    keywords: String,
}

/// Emoji that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// The group's name.
    pub(super) name: String,
    /// Its emoji.
    pub(super) emoji: Arc<[Emoji]>,
}

/// What came of loading them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Catalogue {
    /// Here they are.
    Ready(Arc<[Group]>),
    /// No network, and never loaded before.
    Missing,
}

#[derive(serde::Deserialize)]
struct Row {
    group: String,
    emoji: Vec<(String, String, String, u8)>,
}

static LOADED: OnceLock<Arc<[Group]>> = OnceLock::new();
static RECENTLY: Mutex<Vec<Emoji>> = Mutex::new(Vec::new());

/// The emoji; nothing while they are on their way.
pub(super) fn load() -> RwSignal<Option<Catalogue>> {
    let signal = RwSignal::new(LOADED.get().cloned().map(Catalogue::Ready));
    if signal.with_untracked(Option::is_none) {
        // `[{"group", "emoji": [[text, name, "key words", 1 if it has skin tones], ...]}, ...]`, in the user's language.
        assets::load(t(words::EMOJI_LIST), move |text| {
            let groups = text.and_then(|text| parse(&text));
            // The picker may be closed meanwhile; then it finds them the next time.
            signal.set(Some(match groups {
                Some(groups) => Catalogue::Ready(LOADED.get_or_init(|| groups).clone()),
                None => Catalogue::Missing,
            }));
        });
    }
    signal
}

fn parse(text: &str) -> Option<Arc<[Group]>> {
    let rows: Vec<Row> = halyard_client::json::read(text).ok()?;
    let emoji = |(text, name, keywords, _)| Emoji { text, name, keywords };
    let group = |row: Row| Group { name: row.group, emoji: row.emoji.into_iter().map(emoji).collect() };
    Some(rows.into_iter().map(group).collect())
}

/// The emoji that were used last, the newest first.
pub(super) fn recent() -> Vec<Emoji> {
    RECENTLY.lock().map(|recent| recent.clone()).unwrap_or_default()
}

/// An emoji was used.
pub(super) fn remember(emoji: &Emoji) {
    if let Ok(mut recent) = RECENTLY.lock() {
        recent.retain(|other| other != emoji);
        recent.insert(0, emoji.clone());
        recent.truncate(RECENT);
    }
}

/// The emoji whose name or key words have, for each of `words`, a word that begins with it; best first: those whose
/// name begins with what was typed.
pub(super) fn find(groups: &[Group], words: &str) -> Arc<[Emoji]> {
    let all = || groups.iter().flat_map(|group| group.emoji.iter());
    let fits = |emoji: &Emoji| {
        let begins = |word: &str| {
            emoji.name.split(' ').chain(emoji.keywords.split(' ')).any(|of_emoji| of_emoji.starts_with(word))
        };
        words.split_whitespace().all(begins)
    };
    let (first, rest): (Vec<&Emoji>, Vec<&Emoji>) =
        all().filter(|emoji| fits(emoji)).partition(|emoji| emoji.name.starts_with(words));
    first.into_iter().chain(rest).take(FOUND).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups() -> Arc<[Group]> {
        parse(
            r#"[{"group":"Faces","emoji":[["😀","grinning face","smile happy",0],["😺","grinning cat","smile",0]]},
                {"group":"Hands","emoji":[["👍","thumbs up","yes good like",1]]}]"#,
        )
        .expect("it is well formed")
    }

    fn names(words: &str) -> Vec<String> {
        find(&groups(), words).iter().map(|emoji| emoji.name.clone()).collect()
    }

    #[test]
    fn every_typed_word_begins_a_word_of_the_emoji() {
        assert_eq!(names("gri ca"), ["grinning cat"]);
        assert_eq!(names("lik"), ["thumbs up"]);
        assert!(names("rinning").is_empty());
    }

    #[test]
    fn a_name_that_begins_so_comes_first() {
        assert_eq!(names("thumbs"), ["thumbs up"]);
        assert_eq!(names("smile"), ["grinning face", "grinning cat"]);
    }

    #[test]
    fn a_file_of_another_form_is_no_catalogue() {
        assert_eq!(parse("[{\"group\":1}]"), None);
    }
}
