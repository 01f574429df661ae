//! Reads the story: the demo's contacts and conversations, from a text that people can write.

use halyard_protocol::{CauseCode, ContactDraft, ContactNumber, ContactScope, NumberLabel, PhoneNumber, UnixMs};

/// A minute, in milliseconds.
const MINUTE: i64 = 60_000;
/// The marina's clock is eight hours behind UTC.
const ZONE: i64 = -8 * 60 * MINUTE;

/// A number of the story: `619-0142` is +1 619 555 0142.
pub(super) fn number(text: &str) -> PhoneNumber {
    parse_number(text).unwrap_or_else(|| panic!("the story's numbers look like 619-0142, not {text}"))
}

fn parse_number(text: &str) -> Option<PhoneNumber> {
    let (area, line) = text.split_once('-')?;
    PhoneNumber::from_e164(&format!("+1{area}555{line}")).ok()
}

/// Everything in the story.
#[derive(Default)]
pub(super) struct Story {
    pub(super) contacts: Vec<SavedContact>,
    pub(super) threads: Vec<Thread>,
}

/// A contact: of one user, or shared.
pub(super) struct SavedContact {
    pub(super) domain: String,
    pub(super) owner: Option<String>,
    pub(super) draft: ContactDraft,
}

/// Some messages of one conversation.
#[derive(Default)]
pub(super) struct Thread {
    pub(super) domain: String,
    pub(super) title: Option<String>,
    /// For texts: the number of the business.
    pub(super) own: Option<PhoneNumber>,
    /// Extensions of a chat.
    pub(super) extensions: Vec<String>,
    /// Numbers outside of a text.
    pub(super) remote: Vec<PhoneNumber>,
    pub(super) lines: Vec<StoryLine>,
    /// Who has how many of the last messages still to read.
    pub(super) unread: Vec<(String, u64)>,
}

/// One message.
pub(super) struct StoryLine {
    /// An extension, or a number of the story.
    pub(super) who: Who,
    pub(super) at: UnixMs,
    pub(super) text: String,
    /// The name of a picture that comes with it.
    pub(super) picture: Option<String>,
    /// Why it did not arrive.
    pub(super) fails: Option<CauseCode>,
}

pub(super) enum Who {
    Extension(String),
    Number(PhoneNumber),
}

/// Reads the story as of `now`; `Err` with the line that can't be read.
pub(super) fn read(text: &str, now: UnixMs) -> Result<Story, String> {
    let mut story = Story::default();
    let mut domain = "harbor".to_owned();
    let mut clock = now;
    for (n, line) in text.lines().enumerate() {
        let wrong = || format!("line {}: {line}", n + 1);
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "" | "#" => {}
            "tenant" => domain = rest.to_owned(),
            "contact" => story.contacts.push(contact(&domain, None, rest).ok_or_else(wrong)?),
            "personal" => {
                let (owner, rest) = rest.split_once(' ').ok_or_else(wrong)?;
                story.contacts.push(contact(&domain, Some(owner), rest).ok_or_else(wrong)?);
            }
            "chat" | "group" | "text" | "mms" => {
                let (who, when) = rest.rsplit_once(" @ ").ok_or_else(wrong)?;
                clock = moment(when, now).ok_or_else(wrong)?;
                story.threads.push(thread(&domain, word, who).ok_or_else(wrong)?);
            }
            "unread" => {
                let (who, count) = rest.split_once(' ').ok_or_else(wrong)?;
                let thread = story.threads.last_mut().ok_or_else(wrong)?;
                thread.unread.push((who.to_owned(), count.parse().map_err(|_| wrong())?));
            }
            jump if jump.starts_with('+') => clock = clock.plus(span(&jump[1..]).ok_or_else(wrong)?),
            _ => {
                let thread = story.threads.last_mut().ok_or_else(wrong)?;
                let line = message(line, clock.min(now)).ok_or_else(wrong)?;
                // A long answer takes longer to type.
                clock = clock.plus(MINUTE + 400 * i64::try_from(line.text.len()).unwrap_or_default());
                thread.lines.push(line);
            }
        }
    }
    Ok(story)
}

fn contact(domain: &str, owner: Option<&str>, text: &str) -> Option<SavedContact> {
    let mut parts = text.split('|').map(str::trim);
    let name = parts.next()?;
    let (given, family) = name.split_once(' ').unwrap_or((name, ""));
    let scope = if owner.is_some() { ContactScope::Personal } else { ContactScope::Shared };
    let mut draft = ContactDraft {
        scope,
        given: given.to_owned(),
        family: family.to_owned(),
        company: parts.next()?.to_owned(),
        ..ContactDraft::default()
    };
    for part in parts {
        match part.split_once(' ') {
            None => draft.emails.push(part.to_owned()),
            Some((label, number)) => {
                let label = match label {
                    "work" => NumberLabel::Work,
                    "mobile" => NumberLabel::Mobile,
                    "home" => NumberLabel::Home,
                    "fax" => NumberLabel::Fax,
                    _ => return None,
                };
                draft.numbers.push(ContactNumber::new(label, parse_number(number)?));
            }
        }
    }
    draft.check().ok()?;
    Some(SavedContact { domain: domain.to_owned(), owner: owner.map(str::to_owned), draft })
}

fn thread(domain: &str, kind: &str, who: &str) -> Option<Thread> {
    let mut thread = Thread { domain: domain.to_owned(), ..Thread::default() };
    let mut who = who;
    if kind == "group" {
        let (title, rest) = who.strip_prefix('"')?.split_once("\" ")?;
        thread.title = Some(title.to_owned());
        who = rest;
    }
    let mut names = who.split(' ');
    if matches!(kind, "text" | "mms") {
        thread.own = Some(parse_number(names.next()?)?);
        thread.remote = names.map(parse_number).collect::<Option<_>>()?;
    } else {
        thread.extensions = names.map(str::to_owned).collect();
    }
    Some(thread)
}

fn message(line: &str, at: UnixMs) -> Option<StoryLine> {
    let head = line.split(' ').next()?;
    let (who, fails, text) = match head.strip_suffix('!') {
        Some(who) => {
            let (code, text) = line[head.len()..].split_once(" | ")?;
            let code = CauseCode::ALL.iter().find(|known| known.name() == code.trim())?;
            (who, Some(*code), text)
        }
        None => {
            let (who, text) = line.split_once(": ")?;
            (who, None, text)
        }
    };
    let who = match parse_number(who) {
        Some(number) => Who::Number(number),
        None if who.bytes().all(|byte| byte.is_ascii_digit()) => Who::Extension(who.to_owned()),
        None => return None,
    };
    let (picture, text) = match text.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((name, text)) => (Some(name.to_owned()), text),
        None => (None, text),
    };
    Some(StoryLine { who, at, text: text.to_owned(), picture, fails })
}

/// `5d 09:10` or `40m`, before now.
fn moment(text: &str, now: UnixMs) -> Option<UnixMs> {
    let Some((days, time)) = text.split_once(' ') else { return Some(now.plus(-span(text)?)) };
    let (hours, minutes) = time.split_once(':')?;
    let midnight = now.0 + ZONE - (now.0 + ZONE).rem_euclid(24 * 60 * MINUTE) - ZONE;
    let time = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    Some(UnixMs(midnight - span(days)? + time * MINUTE))
}

/// `3d`, `2h` or `40m`, in milliseconds.
fn span(text: &str) -> Option<i64> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let minutes = match unit {
        "d" => 24 * 60,
        "h" => 60,
        "m" => 1,
        _ => return None,
    };
    Some(count.parse::<i64>().ok()? * minutes * MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::START;

    #[test]
    fn the_story_can_be_read_and_lies_in_the_past() {
        let story = read(include_str!("story.txt"), START).unwrap();
        let lines: Vec<&StoryLine> = story.threads.iter().flat_map(|thread| &thread.lines).collect();
        assert!((300..=500).contains(&lines.len()), "{}", lines.len());
        assert!(lines.iter().all(|line| line.at <= START));
        assert!(story.threads.iter().any(|thread| thread.lines.iter().any(|line| line.fails.is_some())));
        assert!(story.threads.iter().any(|thread| thread.remote.len() > 1));
    }

    #[test]
    fn days_begin_at_the_marina() {
        // 09:00 UTC on a Monday is 01:00 at the marina, so yesterday is Sunday there.
        assert_eq!(moment("1d 07:30", START), Some(START.plus(-(17 * 60 + 30) * MINUTE)));
        assert_eq!(moment("40m", START), Some(START.plus(-40 * MINUTE)));
        assert_eq!(moment("soon", START), None);
    }

    #[test]
    fn names_the_line_that_it_cannot_read() {
        assert_eq!(read("chat 1001 1002 @ 1d 09:00\n1001 hello", START).err(), Some("line 2: 1001 hello".into()));
    }
}
