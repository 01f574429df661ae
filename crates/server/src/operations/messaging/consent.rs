//! Heeding who opts out, opts in or asks for help, and noting who wants no texts.
//!
//! Always holds: nothing is sent to who opted out but the one confirmation, and what they ask for by HELP; whoever sees a conversation with them hears of it at once. An opt-in counts
//! only after an opt-out: "Yes" is an answer otherwise. The list belongs to the number, and stays with it.
//! (CTIA Messaging Principles and Best Practices; 47 CFR 64.1200(a)(10).)

use halyard_carriers::opt_out::{Keyword, keyword};
use halyard_protocol::{ConversationId, EntryId, PhoneNumber, SystemEvent, TenantId, UnixMs};

use super::reply;
use crate::env::Env;
use crate::operations::Actor;
use crate::store::entries::{NewContent, NewEntry};
use crate::store::events::News;
use crate::store::{self, StoreError, Tx};

/// How an opt-out is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// They wrote a word for it.
    Reply,
    /// Their carrier says so.
    Carrier,
    /// An administrator noted it.
    Administrator,
    /// It came with a list.
    Import,
}

impl Source {
    /// Its name in the database.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Carrier => "carrier",
            Self::Administrator => "administrator",
            Self::Import => "import",
        }
    }
}

/// Between which numbers, and where they have just written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    /// The own number.
    pub(crate) own: PhoneNumber,
    /// Who wrote to it.
    pub(crate) from: PhoneNumber,
    /// Where that text stands.
    pub(crate) conversation: ConversationId,
}

/// Heeds a text that came in, if it is a word for opting out, opting in or help.
pub(crate) async fn heed(tx: &mut Tx, actor: &Actor, env: &Env, said: Said, body: &str) -> Result<(), StoreError> {
    let Said { own, from, conversation } = said;
    let Some(keyword) = keyword(body) else { return Ok(()) };
    let number = from;
    let event = match keyword {
        Keyword::Stop => {
            if !note(tx, actor.tenant, own, from, Source::Reply, actor.now).await? {
                return Ok(());
            }
            SystemEvent::OptedOut { number }
        }
        Keyword::Start => {
            if !store::opt_outs::remove(tx, own, from).await? {
                return Ok(());
            }
            tell(tx, actor.tenant, own, from, actor.now).await?;
            SystemEvent::OptedIn { number }
        }
        Keyword::Help => SystemEvent::HelpAnswered { number },
    };
    let content = NewContent::Line { by: None, event: &event };
    let entry = NewEntry { conversation, id: EntryId(env.ulid()), content };
    store::entries::append(tx, entry, actor.now).await?;
    let words = answer(tx, actor.tenant, own, keyword).await?;
    reply::enqueue(tx, actor, env, own, from, &words).await
}

/// What somebody hears who opts out or in, or asks for help.
async fn answer(tx: &mut Tx, tenant: TenantId, own: PhoneNumber, keyword: Keyword) -> Result<String, StoreError> {
    let found = store::tenants::by_id(tx, tenant).await?.ok_or(StoreError::Corrupt("tenant"))?;
    let texting = store::tenants::texting(tx, tenant).await?;
    let name = found.name;
    let number = own.display(found.calling_code);
    Ok(match keyword {
        Keyword::Stop => format!("{name}: You will get no more texts from {number}. Reply START to get them again."),
        Keyword::Start => {
            format!("{name}: You will get texts from {number} again. Reply HELP for help, STOP to opt out.")
        }
        Keyword::Help if texting.help_text.is_empty() => {
            format!(
                "{name}: For help, call {number}. Message and data rates may apply. Reply STOP to get no more texts."
            )
        }
        Keyword::Help => texting.help_text,
    })
}

/// Notes an opt-out, and tells whoever sees a conversation with them. Says whether it is new.
pub(crate) async fn note(
    tx: &mut Tx,
    tenant: TenantId,
    own: PhoneNumber,
    recipient: PhoneNumber,
    source: Source,
    now: UnixMs,
) -> Result<bool, StoreError> {
    let opt_out = store::opt_outs::OptOut { own, recipient, source: source.name().to_owned(), at: now };
    let is_new = store::opt_outs::add(tx, &opt_out).await?;
    if is_new {
        tell(tx, tenant, own, recipient, now).await?;
    }
    Ok(is_new)
}

/// Tells whoever sees a conversation with them that something changed.
pub(crate) async fn tell(
    tx: &mut Tx,
    tenant: TenantId,
    own: PhoneNumber,
    recipient: PhoneNumber,
    now: UnixMs,
) -> Result<(), StoreError> {
    for conversation in store::conversations::of_pair(tx, tenant, own, recipient).await? {
        store::events::log_members(tx, conversation, now, News::Conversation(conversation)).await?;
    }
    Ok(())
}
