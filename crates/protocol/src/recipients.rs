//! Who may be in a conversation, and what may be written there. Both ends check with these functions, so the
//! composer refuses what the server would.

use serde::{Deserialize, Serialize};

use crate::segments::SMS_TEXT_LENGTH;
use crate::{
    Cause, CauseCode, ConversationId, ConversationKey, ConversationKind, Peer, PhoneNumber, SmsNumber, Ulid, UserId,
    limits,
};

/// Where a message goes: everybody but the author, and for texts the own number that it goes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// The own number; only with numbers as peers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PhoneNumber>,
    /// The others. Of a group chat that there is already, nobody looks at them.
    pub peers: Vec<Peer>,
    /// The group chat that it goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<ToGroup>,
}

/// A group chat that a message goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ToGroup {
    /// Its id.
    pub id: ConversationId,
    /// How to begin it, if it is not there yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begin: Option<BeginGroup>,
}

/// A group chat that begins with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BeginGroup {
    /// A number drawn by chance. The group's id is the first 128 bits of the SHA-256 of the line `halyard group 1` with its line feed,
    /// the tenant's id, the author's id, and this, 16 bytes each ([`crate::conversation::group_id`]).
    #[cfg_attr(feature = "openapi", schema(value_type = crate::MessageId))]
    pub nonce: Ulid,
    /// Its name; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub title: String,
}

/// Why a conversation of these people cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecipientsError {
    /// Nobody to write to.
    #[error("Add somebody to write to.")]
    Nobody,
    /// Colleagues and outside numbers together.
    #[error("Extensions and outside numbers can't be in one group. Remove one or the other.")]
    Mixed,
    /// Somebody of a kind that this version does not know.
    #[error("This version of Halyard can't write to one of these recipients. Reload the app.")]
    Unknown,
    /// Oneself among the recipients.
    #[error("You can't write to yourself.")]
    Yourself,
    /// Own number among the recipients.
    #[error("A text can't go to the number that it is sent from.")]
    OwnNumber,
    /// Texts need an own number.
    #[error("You have no SMS number. Please ask your administrator for one. You can still chat with colleagues.")]
    NoSmsNumber,
    /// The own number cannot send texts at all.
    #[error("This number can't send texts. Choose another one.")]
    CannotText,
    /// The own number has no group MMS.
    #[error("This number can't send to groups. Choose another number or one recipient.")]
    CannotGroup,
    /// Nobody can answer a business that texts under a word.
    #[error("This sender can't be answered.")]
    TakesNoAnswer,
    /// The carrier of the own number takes no texts to short codes.
    #[error("This number can't text short codes.")]
    NoShortCodes,
    /// A short code is in a group with others.
    #[error("A short code can't be in a group. Text it alone.")]
    ShortCodeInGroup,
    /// A short code is the number of the emergency services.
    #[error("Emergency services can't be reached by text here. Call them with a phone.")]
    Emergency,
    /// More than the carrier of the own number takes.
    #[error("A group text from this number goes to {0} numbers at most.")]
    TooManyNumbers(u8),
    /// More colleagues than a group chat takes.
    #[error("A group chat has {0} people at most.")]
    TooManyUsers(usize),
}

/// Why a text cannot be sent here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("Type a message first.")]
    Empty,
    /// Longer than this kind of conversation takes.
    #[error("A message here has {limit} characters at most; this one has {length}.")]
    TooLong {
        /// How many it has.
        length: usize,
        /// How many it may have.
        limit: usize,
    },
}

impl From<RecipientsError> for Cause {
    fn from(error: RecipientsError) -> Self {
        match error {
            RecipientsError::Nobody => CauseCode::NobodyToWriteTo.into(),
            RecipientsError::Mixed => CauseCode::ExtensionsAndNumbers.into(),
            RecipientsError::Unknown => CauseCode::UnknownRecipient.into(),
            RecipientsError::Yourself => CauseCode::WriteToYourself.into(),
            RecipientsError::OwnNumber => CauseCode::TextToOwnNumber.into(),
            RecipientsError::NoSmsNumber => CauseCode::NoNumberToTextFrom.into(),
            RecipientsError::CannotText => CauseCode::NumberCannotText.into(),
            RecipientsError::CannotGroup => CauseCode::NumberCannotGroup.into(),
            RecipientsError::TakesNoAnswer => CauseCode::SenderTakesNoAnswer.into(),
            RecipientsError::NoShortCodes => CauseCode::NumberCannotTextShortCodes.into(),
            RecipientsError::ShortCodeInGroup => CauseCode::ShortCodeInGroup.into(),
            RecipientsError::Emergency => CauseCode::EmergencyNumber.into(),
            RecipientsError::TooManyNumbers(most) => CauseCode::TooManyNumbers.limit(most.into()),
            RecipientsError::TooManyUsers(most) => CauseCode::TooManyPeople.limit(most),
        }
    }
}

impl From<TextError> for Cause {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Empty => CauseCode::MessageIsEmpty.into(),
            TextError::TooLong { length, limit } => CauseCode::MessageTooLong.limit(limit).length(length),
        }
    }
}

impl Destination {
    /// To these people, and no group that has an id of its own.
    #[must_use]
    pub fn new(from: Option<PhoneNumber>, peers: Vec<Peer>) -> Self {
        Self { from, peers, group: None }
    }

    /// Checks who takes part, and gives the conversation's key.
    ///
    /// `own` is the number named by `from`, with what it can do; `None` when the author has no such number.
    ///
    /// # Errors
    /// The rule that these people break, in words for the author.
    pub fn key(&self, me: UserId, own: Option<&SmsNumber>) -> Result<ConversationKey, RecipientsError> {
        let mut users = Vec::new();
        let mut numbers = Vec::new();
        for peer in &self.peers {
            match peer {
                Peer::User(user) => users.push(*user),
                Peer::Number(number) => numbers.push(*number),
                Peer::Sender(_) => return Err(RecipientsError::TakesNoAnswer),
                Peer::Unknown => return Err(RecipientsError::Unknown),
            }
        }
        if let Some(group) = &self.group {
            if !numbers.is_empty() {
                return Err(RecipientsError::Mixed);
            }
            return group_key(me, group, users);
        }
        match (users.is_empty(), numbers.is_empty()) {
            (true, true) => Err(RecipientsError::Nobody),
            (false, false) => Err(RecipientsError::Mixed),
            (false, true) => chat_key(me, users),
            (true, false) => text_key(own.ok_or(RecipientsError::NoSmsNumber)?, numbers),
        }
    }
}

fn chat_key(me: UserId, users: Vec<UserId>) -> Result<ConversationKey, RecipientsError> {
    check_people(ConversationKey::chat(with_me(me, users)?))
}

/// A group that begins has somebody in it beside its author. Who is in one that there is, the server knows.
fn group_key(me: UserId, group: &ToGroup, users: Vec<UserId>) -> Result<ConversationKey, RecipientsError> {
    if group.begin.is_none() {
        return Ok(ConversationKey::group(group.id, users.into_iter().chain([me])));
    }
    if users.is_empty() {
        return Err(RecipientsError::Nobody);
    }
    check_people(ConversationKey::group(group.id, with_me(me, users)?))
}

fn with_me(me: UserId, mut users: Vec<UserId>) -> Result<Vec<UserId>, RecipientsError> {
    if users.contains(&me) {
        return Err(RecipientsError::Yourself);
    }
    users.push(me);
    Ok(users)
}

fn check_people(key: ConversationKey) -> Result<ConversationKey, RecipientsError> {
    match key.users() {
        Some(users) if users.len() > limits::GROUP_CHAT_PEOPLE => {
            Err(RecipientsError::TooManyUsers(limits::GROUP_CHAT_PEOPLE))
        }
        Some(_) | None => Ok(key),
    }
}

fn text_key(own: &SmsNumber, numbers: Vec<PhoneNumber>) -> Result<ConversationKey, RecipientsError> {
    if numbers.contains(&own.number) {
        return Err(RecipientsError::OwnNumber);
    }
    if !own.capabilities.sms {
        return Err(RecipientsError::CannotText);
    }
    for number in numbers.iter().filter(|number| number.is_short_code()) {
        if number.is_emergency() {
            return Err(RecipientsError::Emergency);
        }
        if numbers.iter().any(|other| other != number) {
            return Err(RecipientsError::ShortCodeInGroup);
        }
        if !own.capabilities.short_codes {
            return Err(RecipientsError::NoShortCodes);
        }
    }
    let key = ConversationKey::text(own.number, numbers);
    let ConversationKey::Text { remote, .. } = &key else { return Ok(key) };
    if remote.len() > 1 {
        let ceiling = own.capabilities.group_recipients;
        if !own.capabilities.mms || ceiling < 2 {
            return Err(RecipientsError::CannotGroup);
        }
        if remote.len() > usize::from(ceiling) {
            return Err(RecipientsError::TooManyNumbers(ceiling));
        }
    }
    Ok(key)
}

/// Checks a text for a kind of conversation. Beside files it may be empty.
///
/// # Errors
/// [`TextError`], in words for the author.
pub fn check_text(kind: ConversationKind, body: &str, with_files: bool) -> Result<(), TextError> {
    if body.trim().is_empty() && !with_files {
        return Err(TextError::Empty);
    }
    let limit = text_limit(kind);
    let length = body.chars().count();
    if length > limit { Err(TextError::TooLong { length, limit }) } else { Ok(()) }
}

/// How many characters a text of this kind may have.
#[must_use]
pub fn text_limit(kind: ConversationKind) -> usize {
    if kind.is_text() { SMS_TEXT_LENGTH } else { limits::CHAT_TEXT_LENGTH }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Capabilities, SenderId, Ulid};

    fn user(bits: u128) -> Peer {
        Peer::User(UserId(Ulid::from_bits(bits)))
    }

    fn number(line: u64) -> PhoneNumber {
        PhoneNumber::from_e164(&format!("+1619555{line:04}")).unwrap()
    }

    fn own(group_recipients: u8) -> SmsNumber {
        SmsNumber {
            number: number(100),
            label: String::new(),
            capabilities: Capabilities {
                sms: true,
                mms: group_recipients > 0,
                group_recipients,
                short_codes: group_recipients > 0,
            },
        }
    }

    fn key(peers: Vec<Peer>, own: Option<&SmsNumber>) -> Result<ConversationKind, RecipientsError> {
        let to = Destination { from: own.map(|own| own.number), peers, group: None };
        to.key(UserId(Ulid::from_bits(1)), own).map(|key| key.kind())
    }

    #[test]
    fn people_make_the_kind_or_break_a_rule() {
        let (n1, n2, n3) = (Peer::Number(number(142)), Peer::Number(number(177)), Peer::Number(number(133)));
        assert_eq!(key(vec![], None), Err(RecipientsError::Nobody));
        assert_eq!(key(vec![user(1)], None), Err(RecipientsError::Yourself));
        assert_eq!(key(vec![user(2)], None), Ok(ConversationKind::Chat));
        assert_eq!(key(vec![user(2), user(3)], None), Ok(ConversationKind::GroupChat));
        assert_eq!(key(vec![user(2), n1], Some(&own(8))), Err(RecipientsError::Mixed));
        assert_eq!(key(vec![n1], None), Err(RecipientsError::NoSmsNumber));
        assert_eq!(key(vec![n1], Some(&own(0))), Ok(ConversationKind::Sms));
        assert_eq!(key(vec![n1, n2], Some(&own(0))), Err(RecipientsError::CannotGroup));
        assert_eq!(key(vec![n1, n2], Some(&own(2))), Ok(ConversationKind::GroupMms));
        assert_eq!(key(vec![n1, n2, n3], Some(&own(2))), Err(RecipientsError::TooManyNumbers(2)));
        assert_eq!(key(vec![Peer::Number(number(100))], Some(&own(2))), Err(RecipientsError::OwnNumber));
    }

    #[test]
    fn short_codes_are_texted_alone_and_words_are_not_answered() {
        let code = |digits| Peer::Number(PhoneNumber::short_code(digits).unwrap());
        let n1 = Peer::Number(number(142));
        assert_eq!(key(vec![code("24273")], Some(&own(2))), Ok(ConversationKind::Sms));
        assert_eq!(key(vec![code("24273"), code("24273")], Some(&own(2))), Ok(ConversationKind::Sms));
        assert_eq!(key(vec![code("24273")], Some(&own(0))), Err(RecipientsError::NoShortCodes));
        assert_eq!(key(vec![code("24273"), n1], Some(&own(2))), Err(RecipientsError::ShortCodeInGroup));
        assert_eq!(key(vec![code("911")], Some(&own(2))), Err(RecipientsError::Emergency));
        let word = Peer::Sender(SenderId::read("ACME Bank").unwrap());
        assert_eq!(key(vec![word], Some(&own(2))), Err(RecipientsError::TakesNoAnswer));
        assert_eq!(key(vec![word, n1], Some(&own(2))), Err(RecipientsError::TakesNoAnswer));
    }

    #[test]
    fn a_group_that_begins_has_somebody_in_it() {
        let nonce = Ulid::from_bits(5);
        let key = |peers: Vec<Peer>, begin: bool| {
            let begin = begin.then(|| BeginGroup { nonce, title: String::new() });
            let group = Some(ToGroup { id: ConversationId(Ulid::from_bits(4)), begin });
            Destination { from: None, peers, group }.key(UserId(Ulid::from_bits(1)), None).map(|key| key.kind())
        };
        assert_eq!(key(vec![user(2)], true), Ok(ConversationKind::GroupChat), "also of two");
        assert_eq!(key(vec![], true), Err(RecipientsError::Nobody));
        assert_eq!(key(vec![], false), Ok(ConversationKind::GroupChat), "everybody else has left");
        assert_eq!(key(vec![Peer::Number(number(142))], true), Err(RecipientsError::Mixed));
        assert_eq!(key(vec![user(1)], true), Err(RecipientsError::Yourself));
        let many = (2..=51).map(user).collect();
        assert_eq!(key(many, true), Err(RecipientsError::TooManyUsers(50)));
    }

    #[test]
    fn a_text_is_neither_empty_nor_too_long() {
        assert_eq!(check_text(ConversationKind::Sms, " \n", false), Err(TextError::Empty));
        assert_eq!(check_text(ConversationKind::Sms, "", true), Ok(()), "a picture alone");
        assert_eq!(check_text(ConversationKind::Sms, &"é".repeat(1600), false), Ok(()));
        assert_eq!(
            check_text(ConversationKind::Sms, &"x".repeat(1601), false),
            Err(TextError::TooLong { length: 1601, limit: 1600 })
        );
        assert_eq!(check_text(ConversationKind::Chat, &"x".repeat(1601), false), Ok(()));
    }
}
