//! The demo: a marina and a boat builder who text with each other, as if they had worked here for weeks.
//!
//! Always holds: made once, in one transaction; made again it changes nothing.

mod contacts;
mod people;
pub mod simulated;
mod story;

use std::collections::HashMap;

use halyard_protocol::{
    Author, CallingCode, Capabilities, ContactId, ConversationKey, Delivery, DeliveryState, Media, MediaId, MediaKind,
    MessageId, PhoneNumber, SmsNumber, Tenant, TenantId, UnixMs, User, UserId,
};

use crate::auth::password::{Cost, PasswordError, Passwords};
use crate::digest::digest;
use crate::env::Env;
use crate::media::metadata::stripped;
use crate::operations::messaging::append::{NewMessage, append};
use crate::problem::Problem;
use crate::store::{self, Store, StoreError, Tx, address_book::AddressBook, media::Upload};
use people::{ATLAS, Business, HARBOR};
use story::{Story, StoryLine, Thread, Who, number};

/// The password of every demo user.
pub const PASSWORD: &str = "halyard-demo";

/// Shared contacts of the marina.
const CONTACTS: usize = 300;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The story is not as it should be: our fault.
    #[error("the demo's story: {0}")]
    Story(String),
    /// What was asked for can't be done.
    #[error("{0}")]
    Refused(String),
}

impl From<Problem> for DemoError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.detail().to_owned())
    }
}

/// Makes the demo's tenants. Says whether they are new.
///
/// # Errors
/// When the database fails, or one of the domains is in use by somebody else.
pub async fn make(store: &Store, env: &Env) -> Result<bool, DemoError> {
    let mut tx = store.write_system().await?;
    if store::tenants::by_domain(&mut tx, HARBOR.domain).await?.is_some() {
        return Ok(false);
    }
    drop(tx);
    let story = story::read(include_str!("story.txt"), env.now()).map_err(DemoError::Story)?;
    // One hash for all: it is the same password, and everybody knows it.
    let hash = Passwords::new(env.clone(), Cost::default())?.hash(PASSWORD.to_owned()).await?;
    let began = story.threads.iter().flat_map(|thread| &thread.lines).map(|line| line.at).min();
    let began = began.unwrap_or(env.now()).plus(-60_000);

    let mut tx = store.write_system().await?;
    let mut cast = Cast::default();
    for business in [&HARBOR, &ATLAS] {
        cast.hire(&mut tx, env, business, &hash, began).await?;
    }
    cast.fill_address_books(&mut tx, env, &story, began).await?;
    cast.play(&mut tx, env, story).await?;
    tx.commit().await?;
    Ok(true)
}

/// What to print about the demo.
#[must_use]
pub fn log_ins(made: bool) -> String {
    let made = if made { "The demo is ready." } else { "The demo is there already." };
    format!(
        "{made} Log in as:\n  \
         1001@harbor   {PASSWORD}   Maya Okafor, front office, three SMS numbers\n  \
         1002@harbor   {PASSWORD}   Devon Kerr, dock crew, one SMS number\n  \
         1001@atlas    {PASSWORD}   Rosa Whitaker, boat builder, another business\n\
         Every other extension (1003 to 1040 at harbor, 1002 to 1004 at atlas) has the same password.\n"
    )
}

#[derive(Default)]
struct Cast {
    tenants: HashMap<String, TenantId>,
    users: HashMap<(String, String), UserId>,
    /// The businesses' numbers: whose, and who answers there.
    lines: HashMap<PhoneNumber, (TenantId, UserId)>,
}

impl Cast {
    fn tenant(&self, domain: &str) -> Result<TenantId, DemoError> {
        self.tenants.get(domain).copied().ok_or_else(|| DemoError::Story(format!("no tenant {domain}")))
    }

    fn user(&self, domain: &str, extension: &str) -> Result<UserId, DemoError> {
        let user = self.users.get(&(domain.to_owned(), extension.to_owned())).copied();
        user.ok_or_else(|| DemoError::Story(format!("no user {extension}@{domain}")))
    }

    async fn hire(
        &mut self,
        tx: &mut Tx,
        env: &Env,
        business: &Business,
        hash: &str,
        now: UnixMs,
    ) -> Result<(), DemoError> {
        let id = TenantId(env.ulid());
        let (name, domain) = (business.name.to_owned(), business.domain.to_owned());
        store::tenants::add(tx, &Tenant { id, name, domain: domain.clone(), calling_code: CallingCode(1) }, now)
            .await?;
        self.tenants.insert(domain.clone(), id);
        for person in business.people {
            let user = User {
                id: UserId(env.ulid()),
                extension: person.extension.to_owned(),
                name: person.name.to_owned(),
                department: person.department.to_owned(),
                email: format!("{}@{domain}.example", person.extension),
                role: person.role,
                availability: person.availability,
                status_text: person.status.to_owned(),
                connected: false,
            };
            store::users::add(tx, id, &user, hash, now).await?;
            self.users.insert((domain.clone(), user.extension), user.id);
        }
        for line in business.lines {
            let number = number(line.number);
            let capabilities =
                Capabilities { sms: true, mms: line.group > 0, group_recipients: line.group, short_codes: false };
            let own = SmsNumber { number, label: line.label.to_owned(), capabilities };
            store::numbers::add(tx, id, &own, now).await?;
            for extension in line.users {
                let user = self.user(&domain, extension)?;
                store::numbers::assign(tx, number, user).await?;
                self.lines.entry(number).or_insert((id, user));
            }
        }
        Ok(())
    }

    async fn fill_address_books(&self, tx: &mut Tx, env: &Env, story: &Story, now: UnixMs) -> Result<(), DemoError> {
        let mut shared = 0;
        for contact in &story.contacts {
            let tenant = self.tenant(&contact.domain)?;
            let user = match &contact.owner {
                Some(extension) => Some(self.user(&contact.domain, extension)?),
                None => None,
            };
            shared += usize::from(contact.owner.is_none() && contact.domain == HARBOR.domain);
            let book = AddressBook { user, tenant };
            store::contacts::save(tx, book, ContactId(env.ulid()), contact.draft.clone(), None, now).await?;
        }
        let book = AddressBook { user: None, tenant: self.tenant(HARBOR.domain)? };
        for n in 0..CONTACTS - shared {
            store::contacts::save(tx, book, ContactId(env.ulid()), contacts::filler(n), None, now).await?;
        }
        Ok(())
    }

    /// Writes all messages in the order of their times, then says who has read what.
    async fn play(&self, tx: &mut Tx, env: &Env, story: Story) -> Result<(), DemoError> {
        let mut queue = Vec::new();
        for (index, thread) in story.threads.iter().enumerate() {
            queue.extend(thread.lines.iter().map(|line| (line.at, index, line)));
        }
        queue.sort_by_key(|(at, ..)| *at);
        for (_, index, line) in queue {
            self.say(tx, env, &story.threads[index], line).await?;
        }
        for thread in &story.threads {
            let (tenant, key) = (self.tenant(&thread.domain)?, self.key(thread)?);
            self.settle(tx, thread, tenant, &key).await?;
            for (number, (other, _)) in self.far_ends(thread) {
                self.settle(tx, &Thread::default(), other, &mirrored(&key, number)).await?;
            }
        }
        Ok(())
    }

    fn key(&self, thread: &Thread) -> Result<ConversationKey, DemoError> {
        if let Some(own) = thread.own {
            return Ok(ConversationKey::text(own, thread.remote.iter().copied()));
        }
        let users = thread.extensions.iter().map(|extension| self.user(&thread.domain, extension));
        Ok(ConversationKey::chat(users.collect::<Result<Vec<_>, _>>()?))
    }

    /// The recipients who are on this system too, and see the same texts from their side.
    fn far_ends(&self, thread: &Thread) -> Vec<(PhoneNumber, (TenantId, UserId))> {
        thread.remote.iter().filter_map(|number| Some((*number, *self.lines.get(number)?))).collect()
    }

    async fn say(&self, tx: &mut Tx, env: &Env, thread: &Thread, line: &StoryLine) -> Result<(), DemoError> {
        let key = self.key(thread)?;
        let author = match &line.who {
            Who::Extension(extension) => Author::User(self.user(&thread.domain, extension)?),
            Who::Number(number) => Author::Number(*number),
        };
        for (number, (tenant, user)) in self.far_ends(thread) {
            let author = match (&line.who, thread.own) {
                (Who::Number(who), _) if *who == number => Author::User(user),
                (Who::Number(who), _) => Author::Number(*who),
                (Who::Extension(_), Some(own)) => Author::Number(own),
                (Who::Extension(_), None) => continue,
            };
            let key = mirrored(&key, number);
            let media = picture(tx, env, tenant, author, line).await?;
            append(tx, tenant, key.clone(), new(env, author, line, media, &key), line.at).await?;
        }
        let tenant = self.tenant(&thread.domain)?;
        let media = picture(tx, env, tenant, author, line).await?;
        append(tx, tenant, key.clone(), new(env, author, line, media, &key), line.at).await?;
        Ok(())
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        thread: &Thread,
        tenant: TenantId,
        key: &ConversationKey,
    ) -> Result<(), DemoError> {
        let id = key.id(tenant);
        let Some(shared) = store::conversations::by_id(tx, id).await? else { return Ok(()) };
        if let Some(title) = &thread.title {
            store::conversations::set_title(tx, id, title).await?;
        }
        for user in store::memberships::members(tx, id).await? {
            let left = thread
                .unread
                .iter()
                .find(|(extension, _)| self.users.get(&(thread.domain.clone(), extension.clone())) == Some(&user));
            let seq = shared.last_seq - left.map_or(0, |(_, count)| *count).min(shared.last_seq);
            let unread = store::messages::unread_after(tx, id, user, seq).await?;
            store::memberships::set_read(tx, id, user, seq, unread).await?;
        }
        Ok(())
    }
}

fn mirrored(key: &ConversationKey, far: PhoneNumber) -> ConversationKey {
    match key {
        ConversationKey::Text { own, remote } => {
            ConversationKey::text(far, remote.iter().copied().filter(|number| *number != far).chain([*own]))
        }
        ConversationKey::Chat(_) | ConversationKey::Group { .. } | ConversationKey::Sender { .. } => key.clone(),
    }
}

/// The pictures of the story, by their names.
const PICTURES: [(&str, &[u8]); 2] =
    [("sunset.jpg", include_bytes!("sunset.jpg")), ("berths.jpg", include_bytes!("berths.jpg"))];

/// The picture of a line, on its way into a message.
async fn picture(
    tx: &mut Tx,
    env: &Env,
    tenant: TenantId,
    author: Author,
    line: &StoryLine,
) -> Result<Vec<Media>, DemoError> {
    let Some(name) = &line.picture else { return Ok(Vec::new()) };
    let known = PICTURES.iter().find(|(known, _)| known == name);
    let (_, content) = known.ok_or_else(|| DemoError::Story(format!("the story has no picture {name}")))?;
    let picture = stripped(MediaKind::Jpeg, content.to_vec()).map_err(|error| DemoError::Story(error.to_string()))?;
    let (width, height, size) = (picture.width, picture.height, picture.content.len());
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    let media = Media { id: MediaId(env.ulid()), kind: MediaKind::Jpeg, name: name.clone(), size, width, height };
    let uploader = if let Author::User(user) = author { Some(user) } else { None };
    let hash = digest(&picture.content);
    // The command does not know the folder or bucket: the server puts it there when it runs.
    store::contents::add_here(tx, &hash, picture.content).await?;
    let upload = Upload { media, uploader, upload_hash: hash.clone(), hash };
    store::media::add(tx, tenant, &upload, line.at).await?;
    Ok(vec![upload.media])
}

fn new(env: &Env, author: Author, line: &StoryLine, media: Vec<Media>, key: &ConversationKey) -> NewMessage {
    let recipients = match (author, key) {
        (Author::User(_), ConversationKey::Text { remote, .. }) => remote.clone(),
        _ => Vec::new(),
    };
    let state = if line.fails.is_some() { DeliveryState::Failed } else { DeliveryState::Delivered };
    let deliveries = recipients
        .into_iter()
        .map(|to| Delivery { to, state, cause: line.fails.map(Into::into), reason: None, at: line.at })
        .collect();
    NewMessage { id: MessageId(env.ulid()), author, body: line.text.clone(), media, deliveries, request_hash: None }
}

#[cfg(test)]
mod tests;
