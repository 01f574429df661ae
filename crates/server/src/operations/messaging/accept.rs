//! Accepting a message from a user's device.
//!
//! Always holds: the same id with the same content gives the same answer however often it comes, and one message.

use halyard_carriers::Kind;
use halyard_protocol::conversation::group_id;
use halyard_protocol::media::{MediaError, check_media};
use halyard_protocol::recipients::{TextError, check_text};
use halyard_protocol::rest::SendMessage;
use halyard_protocol::{
    Author, CauseCode, ConversationKey, ConversationKind, Delivery, DeliveryState, Destination, ErrorCode, Media,
    MediaId, Message, MessageId, PhoneNumber, RecipientsError, SmsNumber, TenantId, UnixMs, UserId, limits,
};

use super::append::{NewMessage, Target, append_among};
use super::outgoing;
use crate::digest::digest;
use crate::operations::{Actor, quotas};
use crate::problem::Problem;
use crate::store::{self, StoreError, Tx, memberships::Members, routes::Routes};

/// Why a message was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The same id came before with other content.
    #[error("This message was already sent with another text or to other people.")]
    IdempotencyConflict,
    /// A colleague's message in this conversation has that id.
    #[error("This id belongs to another message.")]
    IdTaken,
    /// The own number is not one of the author's.
    #[error("You can't text from this number. Choose one of yours.")]
    NotYourNumber,
    /// An own number with colleagues as recipients.
    #[error("A chat with colleagues goes without a number to send from.")]
    NumberInChat,
    /// A colleague whom the directory does not have.
    #[error("One of these people is not in your directory.")]
    UnknownUser,
    /// A group that the author is not in, or that is not there.
    #[error("You are not in this group, or no longer.")]
    NotInGroup,
    /// A group's name that is too long.
    #[error("The name of a group has {} characters at most.", limits::NAME_LENGTH)]
    LongTitle,
    /// These people can't be in one conversation.
    #[error(transparent)]
    Recipients(#[from] RecipientsError),
    /// The text can't be sent there.
    #[error(transparent)]
    Text(#[from] TextError),
    /// One of the files is not the author's, or not here.
    #[error("One of the files is not here, or no longer. Attach it again.")]
    UnknownMedia,
    /// These files can't be sent there.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// Some of these people want no texts from the own number.
    #[error("{} asked for no texts from this number.", list(.0))]
    OptedOut(Vec<PhoneNumber>),
    /// The business may not text to this number's country.
    #[error("Texts to the country of {0} are not allowed for this business.")]
    Country(PhoneNumber),
    /// Too many texts.
    #[error("{}", .0.detail())]
    Quota(Problem),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn list(numbers: &[PhoneNumber]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        let people = ErrorCode::InvalidRecipients;
        match refusal {
            Refusal::Quota(problem) => problem,
            Refusal::Store(error) => error.into(),
            Refusal::IdempotencyConflict => Self::new(ErrorCode::IdempotencyConflict, detail),
            Refusal::IdTaken => Self::new(ErrorCode::Conflict, detail),
            Refusal::NotYourNumber => Self::new(ErrorCode::NotYourNumber, detail).at("to.from"),
            Refusal::NumberInChat => Self::because(people, CauseCode::NumberInChat, detail).at("to.from"),
            Refusal::UnknownUser => Self::because(people, CauseCode::NotInDirectory, detail).at("to.peers"),
            Refusal::NotInGroup => Self::because(people, CauseCode::NotInGroup, detail).at("to.group"),
            Refusal::LongTitle => {
                Self::because(people, CauseCode::GroupNameTooLong.limit(limits::NAME_LENGTH), detail).at("to.group")
            }
            Refusal::Recipients(error) => Self::because(people, error, detail).at("to.peers"),
            Refusal::OptedOut(_) => Self::because(people, CauseCode::RecipientOptedOut, detail).at("to.peers"),
            Refusal::Country(_) => Self::because(people, CauseCode::CountryNotAllowed, detail).at("to.peers"),
            Refusal::Text(error) => Self::because(ErrorCode::InvalidText, error, detail).at("body"),
            Refusal::UnknownMedia => Self::new(ErrorCode::UnknownMedia, detail).at("media"),
            Refusal::Media(error) => Self::because(ErrorCode::InvalidMedia, error, detail).at("media"),
        }
    }
}

/// Takes a message in: one more message, its events, and a job for each recipient outside; or, when it was taken
/// in before, the answer that it had then.
///
/// # Errors
/// [`Refusal`], as a problem; nothing may be committed then.
pub async fn accept(tx: &mut Tx, actor: &Actor, id: MessageId, request: SendMessage) -> Result<Message, Problem> {
    let author = actor.user()?;
    Ok(accept_of(tx, actor, author, id, request).await?)
}

async fn accept_of(
    tx: &mut Tx,
    actor: &Actor,
    author: UserId,
    id: MessageId,
    request: SendMessage,
) -> Result<Message, Refusal> {
    let Actor { tenant, now, .. } = *actor;
    let hash = request_hash(&request)?;
    if let Some((message, before)) = store::messages::sent(tx, author, id).await? {
        return if before == hash { Ok(as_first_answered(message)) } else { Err(Refusal::IdempotencyConflict) };
    }

    let own = own_number(tx, author, request.to.from).await?;
    let mut key = request.to.key(author, own.as_ref())?;
    let media = files(tx, author, &request.media).await?;
    check_text(key.kind(), &request.body, !media.is_empty())?;
    check_media(key.kind(), own.as_ref(), &media)?;
    let mut members = store::memberships::count(tx, key.id(tenant), Some(author)).await?;
    if let Some(group) = group_of_people(tx, tenant, author, id, &key, members.as_ref()).await? {
        members = store::memberships::count(tx, group.id(tenant), Some(author)).await?;
        key = group;
    }
    check_group(tenant, author, &request.to, &key, members.as_ref())?;
    let recipients = match &key {
        ConversationKey::Chat(_) | ConversationKey::Group { .. } if own.is_some() => return Err(Refusal::NumberInChat),
        ConversationKey::Chat(users) | ConversationKey::Group { users, .. } => {
            check_colleagues(tx, tenant, members.as_ref(), users).await?;
            Vec::new()
        }
        ConversationKey::Text { remote, .. } => remote.clone(),
        ConversationKey::Sender { .. } => return Err(RecipientsError::TakesNoAnswer.into()),
    };
    let mut routes = None;
    if let Some(own) = own.as_ref().filter(|_| !recipients.is_empty()) {
        let found = store::routes::of(tx, own.number, &recipients).await?;
        check_routes(tx, tenant, &found, &request.body).await?;
        routes = Some((own.number, found));
        quotas::count_texts(tx, actor, author, recipients.len()).await.map_err(Refusal::Quota)?;
    }
    let deliveries = recipients.iter().map(|to| accepted(*to, now)).collect();
    let author = Author::User(author);
    let new = NewMessage { id, author, body: request.body, media, deliveries, request_hash: Some(hash) };
    let title = request.to.group.and_then(|group| group.begin).map_or_else(String::new, |begin| begin.title);
    let target = Target { key, members, title: title.trim() };
    let message = append_among(tx, tenant, target, new, now).await.map_err(|error| match error {
        StoreError::Taken => Refusal::IdTaken,
        other => Refusal::Store(other),
    })?;
    if let Some((own, routes)) = routes {
        outgoing::enqueue(tx, tenant, own, &routes, &message, now).await?;
    }
    Ok(message)
}

/// Nobody gets a text who opted out of the own number's; and by a carrier none goes that is longer than it takes, or to a country that the
/// business may not text to.
async fn check_routes(tx: &mut Tx, tenant: TenantId, routes: &Routes, body: &str) -> Result<(), Refusal> {
    if !routes.opted_out.is_empty() {
        return Err(Refusal::OptedOut(routes.opted_out.clone()));
    }
    // Numbers of this system are reached without a carrier.
    if routes.account.is_none() || routes.outside.is_empty() {
        return Ok(());
    }
    let (length, limit) = (body.chars().count(), routes.kind.map_or(usize::MAX, Kind::text_length));
    if length > limit {
        return Err(TextError::TooLong { length, limit }.into());
    }
    let allowed = store::tenants::countries(tx, tenant).await?;
    // A short code is one of the carrier's own country.
    let is_allowed = |number: &&PhoneNumber| {
        number.is_short_code() || number.calling_code().is_some_and(|code| allowed.contains(&code))
    };
    routes.outside.iter().find(|number| !is_allowed(number)).map_or(Ok(()), |number| Err(Refusal::Country(*number)))
}

/// The group chat that a message of an app goes to which knows of no groups' ids, and names all the people instead. Those make an id; where a
/// conversation of that id has other people by now, or is not there, it is the newest group of exactly these people that the author is
/// in, and else a new one. `None` where the id that they make is right.
async fn group_of_people(
    tx: &mut Tx,
    tenant: TenantId,
    author: UserId,
    message: MessageId,
    key: &ConversationKey,
    members: Option<&Members>,
) -> Result<Option<ConversationKey>, StoreError> {
    let ConversationKey::Chat(users) = key else { return Ok(None) };
    if key.kind() != ConversationKind::GroupChat || members.is_some_and(|members| members.key.users() == Some(users)) {
        return Ok(None);
    }
    let known = store::conversations::group_of(tx, author, users).await?;
    // A message that comes again has been found by its id before.
    let new = || members.map(|_| group_id(tenant, author, message.0));
    Ok(known.or_else(new).map(|id| ConversationKey::group(id, users.iter().copied())))
}

/// Into a group writes who is in it. One that is not there begins only under the id that its author's device had to give it.
fn check_group(
    tenant: TenantId,
    author: UserId,
    to: &Destination,
    key: &ConversationKey,
    members: Option<&Members>,
) -> Result<(), Refusal> {
    check_title(to)?;
    let begin = to.group.as_ref().and_then(|group| group.begin.as_ref());
    let may = match (key, members) {
        (ConversationKey::Group { .. }, Some(members)) => {
            members.has_user && matches!(members.key, ConversationKey::Group { .. })
        }
        (ConversationKey::Group { id, .. }, None) => {
            // Of an app that knows of no groups' ids the server has made it.
            to.group.is_none() || begin.is_some_and(|begin| group_id(tenant, author, begin.nonce) == *id)
        }
        (ConversationKey::Chat(_), Some(members)) => members.has_user,
        (ConversationKey::Chat(_), None) | (ConversationKey::Text { .. } | ConversationKey::Sender { .. }, _) => true,
    };
    if may { Ok(()) } else { Err(Refusal::NotInGroup) }
}

/// A group that begins may have a name that is not too long.
pub(super) fn check_title(to: &Destination) -> Result<(), Refusal> {
    let begin = to.group.as_ref().and_then(|group| group.begin.as_ref());
    let is_long = begin.is_some_and(|begin| begin.title.trim().chars().count() > limits::NAME_LENGTH);
    if is_long { Err(Refusal::LongTitle) } else { Ok(()) }
}

/// A new chat is with people of the directory. In one that there is already, somebody who was disabled meanwhile blocks nobody, as long
/// as anybody is left to read it.
async fn check_colleagues(
    tx: &mut Tx,
    tenant: TenantId,
    members: Option<&Members>,
    users: &[UserId],
) -> Result<(), Refusal> {
    const AUTHOR_AND_READER: u64 = 2;
    if let Some(members) = members {
        return if members.enabled < AUTHOR_AND_READER { Err(Refusal::UnknownUser) } else { Ok(()) };
    }
    if store::users::count_enabled(tx, tenant, users).await? < users.len() as u64 {
        return Err(Refusal::UnknownUser);
    }
    Ok(())
}

/// The files that the author has given to us for this message.
async fn files(tx: &mut Tx, author: UserId, ids: &[MediaId]) -> Result<Vec<Media>, Refusal> {
    if ids.len() > limits::MEDIA_PER_MESSAGE {
        return Err(MediaError::TooMany.into());
    }
    let mut media: Vec<Media> = Vec::new();
    for id in ids {
        let named_twice = media.iter().any(|known| known.id == *id);
        let file = if named_twice { None } else { store::media::unsent(tx, author, *id).await? };
        media.push(file.ok_or(Refusal::UnknownMedia)?);
    }
    Ok(media)
}

async fn own_number(tx: &mut Tx, author: UserId, from: Option<PhoneNumber>) -> Result<Option<SmsNumber>, Refusal> {
    let Some(from) = from else { return Ok(None) };
    let numbers = store::numbers::of_user(tx, author).await?;
    numbers.into_iter().find(|own| own.number == from).map(Some).ok_or(Refusal::NotYourNumber)
}

pub(super) fn accepted(to: PhoneNumber, at: UnixMs) -> Delivery {
    Delivery { to, state: DeliveryState::Accepted, cause: None, reason: None, at }
}

/// The message as it was answered at first: before anything was carried on.
fn as_first_answered(mut message: Message) -> Message {
    for delivery in &mut message.deliveries {
        *delivery = accepted(delivery.to, message.at);
    }
    message
}

/// A digest of what was asked for; the order in which people are named does not matter.
pub(super) fn request_hash(request: &SendMessage) -> Result<String, StoreError> {
    let mut request = request.clone();
    request.to.peers.sort_unstable();
    request.to.peers.dedup();
    Ok(digest(store::sql::json(&request)?.as_bytes()))
}
