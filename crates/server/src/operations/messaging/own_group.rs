//! Group texts from one number of this system to another: this system brings them by its own way, and the sender's carrier brings them once more, as it
//! is told of everybody in the group.
//!
//! Always holds: what a carrier brings is left out only where this system has brought the same text to the same number; each that it has brought stands for
//! one that the carrier brings. Whatever else the carrier brings arrives: the sender's number may also be used elsewhere.

use halyard_carriers::{Address, Inbound, is_same_text};
use halyard_protocol::{CarrierAccountId, ConversationKey, DeliveryState, Message, UnixMs};

use super::brought::reference_of;
use super::receive::ON_NET;
use super::reference;
use crate::store::{self, StoreError, Tx};

/// How long after a text left its carrier may bring it, in milliseconds.
const BROUGHT_WITHIN: i64 = 2 * 24 * 60 * 60 * 1_000;
/// How long this system may take for its own way before what the carrier brings is believed to be another text, in milliseconds.
const BY_ITS_OWN_WAY: i64 = 10 * 60 * 1_000;
/// When to look again at what is on its own way, in milliseconds.
const LOOK_AGAIN: i64 = 2_000;
/// How many of the newest texts to the group are looked at.
const NEWEST: u32 = 200;
/// Under which name what a carrier has brought once more is noted beside what was received.
const ECHO: &str = "echo";

/// Whether this system brings a text itself that a carrier has brought.
#[derive(Debug)]
pub enum OwnGroup {
    /// It has.
    Is(Echo),
    /// It may be about to: to be looked at again then.
    MayBecome(UnixMs),
    /// It does not.
    IsNot,
}

/// A text that a carrier has brought, and that is here already.
#[derive(Debug)]
pub struct Echo {
    carrier: String,
    brought: String,
    own: Option<String>,
}

impl Echo {
    /// Notes that the carrier has brought it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note(&self, tx: &mut Tx, now: UnixMs) -> Result<(), StoreError> {
        store::deliveries::note_received(tx, &self.carrier, &self.brought, now).await?;
        if let Some(own) = &self.own {
            store::deliveries::note_received(tx, ECHO, own, now).await?;
        }
        Ok(())
    }
}

/// Whether this system brings a text itself that an account's carrier has brought.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, account: CarrierAccountId, text: &Inbound, now: UnixMs) -> Result<OwnGroup, StoreError> {
    let from = match text.from {
        Address::Number(from) if !text.others.is_empty() => from,
        // Between two numbers of this system alone no text goes by a carrier.
        Address::Number(_) | Address::Word(_) => return Ok(OwnGroup::IsNot),
    };
    let Some((tenant, _)) = store::numbers::by_number(tx, from).await? else { return Ok(OwnGroup::IsNot) };
    let (carrier, brought) = (account.to_string(), reference_of(text));
    if store::deliveries::was_received(tx, &carrier, &brought).await? {
        return Ok(OwnGroup::Is(Echo { carrier, brought, own: None }));
    }
    let everybody = text.others.iter().copied().chain([text.to]).filter(|number| *number != from);
    let conversation = ConversationKey::text(from, everybody).id(tenant);
    let mut until = None;
    for message in store::messages::sent_since(tx, conversation, now.plus(-BROUGHT_WITHIN), NEWEST).await? {
        let Some(delivery) = message.deliveries.iter().find(|delivery| delivery.to == text.to) else { continue };
        if !is_same(&message, text) || delivery.state == DeliveryState::Failed {
            continue;
        }
        let own = reference::write(&message, Some(text.to));
        if store::deliveries::was_received(tx, ON_NET, &own).await? {
            if !store::deliveries::was_received(tx, ECHO, &own).await? {
                return Ok(OwnGroup::Is(Echo { carrier, brought, own: Some(own) }));
            }
        } else if delivery.state == DeliveryState::Accepted && now.since(message.at) < BY_ITS_OWN_WAY {
            until = Some(now.plus(LOOK_AGAIN));
        }
    }
    Ok(until.map_or(OwnGroup::IsNot, OwnGroup::MayBecome))
}

/// Whether a carrier may have made this of a message.
fn is_same(message: &Message, text: &Inbound) -> bool {
    message.media.is_empty() == text.media.is_empty() && is_same_text(&text.body, &message.body)
}
