//! `/conversations`: the column, and what one does to a conversation.

pub mod delete;
pub mod entries;
pub mod list;
pub mod read;
pub mod restore;
pub mod show;
pub mod update;

use halyard_protocol::{ConversationId, UserId};

use crate::problem::Problem;
use crate::store::{self, Tx, memberships::Membership};

/// The user's membership in a conversation that they see; any other is not there.
async fn membership(tx: &mut Tx, user: UserId, id: ConversationId) -> Result<Membership, Problem> {
    let found = store::memberships::get(tx, id, user).await?;
    found.filter(|membership| !membership.hidden).ok_or_else(Problem::not_found)
}
