//! Avatars: a contact's photo, or initials on a colour that stays with the name.

use halyard_protocol::contact::photo_path;
use halyard_protocol::letters::{is_alphanumeric, upper};
use halyard_protocol::{Contact, Conversation, Peer, UserId};

use crate::softphone::Softphone;

/// An avatar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AvatarView {
    /// What is in it.
    pub face: Face,
    /// The colour's angle in degrees.
    pub hue: u16,
    /// Whose presence its dot shows.
    pub user: Option<UserId>,
    /// Where its photo is. Until it is there, and where it can't be had, the face shows.
    pub photo: Option<String>,
}

/// What is in an avatar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Face {
    /// One or two letters.
    Initials(String),
    /// The icon of a group.
    Group,
    /// The icon of a number that nobody has.
    Number,
}

impl Default for Face {
    fn default() -> Self {
        Self::Initials(String::new())
    }
}

impl AvatarView {
    /// The avatar of a number that nobody has.
    #[must_use]
    pub fn number(number: &str) -> Self {
        Self { face: Face::Number, hue: hue(number), user: None, photo: None }
    }

    /// The avatar of somebody with this name.
    #[must_use]
    pub fn of(name: &str, user: Option<UserId>) -> Self {
        Self { face: Face::Initials(initials(name)), hue: hue(name), user, photo: None }
    }

    /// The avatar of a contact, who goes by this name.
    #[must_use]
    pub fn contact(contact: &Contact, name: &str) -> Self {
        Self { photo: contact.photo.map(photo_path), ..Self::of(name, None) }
    }

    /// The avatar of a group.
    #[must_use]
    pub fn group(name: &str) -> Self {
        Self { face: Face::Group, hue: hue(name), user: None, photo: None }
    }
}

impl Softphone {
    /// The avatar of somebody who goes by this name.
    #[must_use]
    pub fn person_avatar(&self, peer: Peer, name: &str) -> AvatarView {
        match peer {
            Peer::User(user) => AvatarView::of(name, Some(user)),
            Peer::Number(number) => match self.contacts.book.owner(number) {
                Some(contact) => AvatarView::contact(contact, name),
                None => AvatarView::of(name, None),
            },
            Peer::Sender(_) | Peer::Unknown => AvatarView::of(name, None),
        }
    }

    /// The avatar of a conversation of this name.
    pub(crate) fn avatar(&self, conversation: &Conversation, name: &str) -> AvatarView {
        match conversation.only_peer() {
            Some(Peer::Number(number)) if self.contacts.book.owner(number).is_none() => AvatarView::number(name),
            Some(peer) => self.person_avatar(peer, name),
            None => AvatarView::group(name),
        }
    }
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|letter| is_alphanumeric(*letter)));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).map(upper).collect()
}

/// FNV-1a over the name, on the colour circle: the same name has the same colour everywhere.
fn hue(name: &str) -> u16 {
    let hash = name.bytes().fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash % 360) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_word() {
        for (name, expected) in [
            ("Maya Delgado", "MD"),
            ("maya", "M"),
            ("Ana de la Cruz", "AC"),
            ("", ""),
            ("(619) 555\u{2011}0177", "65"),
            ("ßeta", "ß"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
