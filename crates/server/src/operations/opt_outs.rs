//! Who wants no texts from a number of the business, and how it answers them.
//!
//! Always holds: nothing is sent to who opted out but the one confirmation; whoever sees a conversation with them hears of it at once. An opt-in counts
//! only after an opt-out: "Yes" is an answer otherwise. The list belongs to the number, and stays with it.
//! (CTIA Messaging Principles and Best Practices; 47 CFR 64.1200(a)(10).)

use halyard_carriers::opt_out::{Keyword, keyword};
use halyard_protocol::admin::{AuditAction, OptOut, Texting};
use halyard_protocol::{
    CauseCode, ConversationId, EntryId, Permission, PhoneNumber, SystemEvent, TenantId, UnixMs, limits,
};

use super::audit::{self, Fields, Subject};
use super::messaging::reply;
use super::{Actor, numbers};
use crate::env::Env;
use crate::problem::Problem;
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
    fn name(self) -> &'static str {
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

async fn tell(
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

/// Those who want no texts from numbers of the tenant.
///
/// # Errors
/// The actor may not see them.
pub async fn list(tx: &mut Tx, actor: &Actor) -> Result<Vec<OptOut>, Problem> {
    actor.require(Permission::ManageOptOuts)?;
    let all = store::opt_outs::of_tenant(tx, actor.tenant).await?;
    let opt_out =
        |store::opt_outs::OptOut { own, recipient, source, at }| OptOut { number: own, recipient, source, at };
    Ok(all.into_iter().map(opt_out).collect())
}

/// Notes that somebody wants no texts from a number of the tenant. Says whether that is new.
///
/// # Errors
/// The actor may not, or the tenant has no such number.
pub async fn add(
    tx: &mut Tx,
    actor: &Actor,
    own: PhoneNumber,
    recipient: PhoneNumber,
    source: Source,
) -> Result<bool, Problem> {
    actor.require(Permission::ManageOptOuts)?;
    numbers::find(tx, actor, own).await?;
    let is_new = note(tx, actor.tenant, own, recipient, source, actor.now).await?;
    if is_new {
        let fields = Fields::default().now("number", own).now("source", source.name());
        audit::note(tx, actor, AuditAction::OptOutAdded, Subject::new(recipient, ""), fields).await?;
    }
    Ok(is_new)
}

/// Notes that somebody wants texts from a number of the tenant again, and in the audit log why that is known. Says whether they did not.
///
/// # Errors
/// The actor may not, the tenant has no such number, or the reason is empty.
pub async fn remove(
    tx: &mut Tx,
    actor: &Actor,
    own: PhoneNumber,
    recipient: PhoneNumber,
    reason: &str,
) -> Result<bool, Problem> {
    actor.require(Permission::ManageOptOuts)?;
    numbers::find(tx, actor, own).await?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > limits::NAME_LENGTH {
        return Err(Problem::too_long(CauseCode::NameOrCompanyTooLong, limits::NAME_LENGTH).at("reason"));
    }
    let was = store::opt_outs::remove(tx, own, recipient).await?;
    if was {
        tell(tx, actor.tenant, own, recipient, actor.now).await?;
        let fields = Fields::default().was("number", own).now("reason", reason);
        audit::note(tx, actor, AuditAction::OptOutRemoved, Subject::new(recipient, ""), fields).await?;
    }
    Ok(was)
}

/// How the tenant texts to phones outside.
///
/// # Errors
/// The actor may not see it.
pub async fn texting(tx: &mut Tx, actor: &Actor) -> Result<Texting, Problem> {
    actor.require(Permission::ManageOptOuts)?;
    Ok(store::tenants::texting(tx, actor.tenant).await?)
}

/// Says how the tenant texts to phones outside.
///
/// # Errors
/// The actor may not; to which countries only who operates the system says.
pub async fn set_texting(tx: &mut Tx, actor: &Actor, texting: Texting) -> Result<Texting, Problem> {
    let before = self::texting(tx, actor).await?;
    let mut after = Texting { help_text: texting.help_text.trim().to_owned(), countries: texting.countries };
    after.countries.sort_unstable();
    after.countries.dedup();
    if after.countries != before.countries {
        actor.require(Permission::ManageTenants)?;
    }
    if after.help_text.chars().count() > limits::HELP_TEXT_LENGTH {
        return Err(Problem::too_long(CauseCode::HelpTextTooLong, limits::HELP_TEXT_LENGTH).at("help_text"));
    }
    if let Some(code) = after.countries.iter().find(|code| !(1..=999).contains(&code.0)) {
        let detail = format!("{} is no calling code.", code.0);
        return Err(Problem::invalid(CauseCode::InvalidCallingCode, detail).at("countries"));
    }
    if after != before {
        store::tenants::set_texting(tx, actor.tenant, &after).await?;
        let tenant = store::tenants::by_id(tx, actor.tenant).await?.ok_or_else(Problem::not_found)?;
        let all =
            |texting: &Texting| texting.countries.iter().map(|code| code.0.to_string()).collect::<Vec<_>>().join(", ");
        let fields = Fields::default().changed("help_text", &before.help_text, &after.help_text).changed(
            "countries",
            all(&before),
            all(&after),
        );
        let subject = Subject::new(&tenant.domain, &tenant.name);
        audit::note(tx, actor, AuditAction::TenantChanged, subject, fields).await?;
    }
    Ok(after)
}
