//! What the device had kept of a user who signs in: messages on their way, drafts and files of text boxes.
//!
//! Always holds: it joins what is here already, and takes the place of nothing.

use halyard_protocol::{ConversationId, UserId};

use super::{Softphone, context};
use crate::composer::{Attached, Attachment, card_of_draft};
use crate::context::Turn;
use crate::outbox::OutboxRow;
use crate::tabs::TabFrame;
use crate::update::Changed;

impl Softphone {
    /// The conversations of waiting messages exist here, and stand in the column. Gives them.
    pub(super) fn reopen_waiting(&mut self, rows: &[OutboxRow]) -> Vec<ConversationId> {
        let mut ids = Vec::new();
        for row in rows {
            self.open_thread(&row.to);
            self.conversations.sending(row.conversation, row.at);
            ids.push(row.conversation);
        }
        ids.dedup();
        ids
    }

    /// The same of all that wait.
    pub(super) fn reopen_all_waiting(&mut self) -> Vec<ConversationId> {
        let rows: Vec<OutboxRow> = self.outbox.rows().cloned().collect();
        self.reopen_waiting(&rows)
    }

    /// What the device had kept of the user who is signed in comes back: drafts into their boxes, messages on their way.
    pub(super) fn restore_unclaimed(&mut self, me: UserId, turn: &mut Turn<'_>) {
        self.load_unclaimed(me, turn);
        for id in self.reopen_all_waiting() {
            self.conversations.changed(id, turn);
        }
        for card in self.desk.cards() {
            turn.changed(Changed::Composer(card));
        }
        self.outbox_ready = true;
    }

    /// What the device had kept of this user joins what is here.
    pub(super) fn load_unclaimed(&mut self, user: UserId, turn: &mut Turn<'_>) {
        let (mine, others) =
            core::mem::take(&mut self.database.unclaimed.outbox).into_iter().partition(|row| row.author == user);
        self.database.unclaimed.outbox = others;
        self.outbox.load(mine);
        if !self.leads {
            // The tab that wrote them may have died before it could tell the one that sends.
            for row in self.outbox.rows() {
                self.send_to_tabs(TabFrame::Written(Box::new(row.clone())), turn);
            }
        }
        self.read_outbox(turn);
        self.ask_unsent(turn);
        let (mine, others): (Vec<_>, Vec<_>) = core::mem::take(&mut self.database.unclaimed.drafts)
            .into_iter()
            .partition(|(key, _)| card_of_draft(user, key).is_some());
        self.database.unclaimed.drafts = others;
        // The latest first: each joins in front of what is here.
        for (key, text) in mine.into_iter().rev() {
            let Some((card, later)) = card_of_draft(user, &key) else { continue };
            self.recipients.expect(card);
            let drafts = &mut self.composer.drafts;
            let both = drafts.join(card, text);
            if later {
                drafts.joined.push(key);
            }
            if later || both {
                drafts.unstored.insert(card);
            }
        }
        self.load_files(user, turn);
        self.composer.keep_waiting_drafts(context!(self, turn));
        if !self.reading && core::mem::take(&mut self.database.rewrites_at_sign_in) {
            self.keep_rows_again(turn);
        }
    }

    fn load_files(&mut self, user: UserId, turn: &mut Turn<'_>) {
        let (mine, others): (Vec<_>, Vec<_>) =
            core::mem::take(&mut self.database.unclaimed.files).into_iter().partition(|(owner, ..)| *owner == user);
        self.database.unclaimed.files = others;
        for (_, Attachment { card, media }, content) in mine {
            // What was read of the device may be of before Enter.
            if self.outbox.has_file(media.id) {
                continue;
            }
            self.recipients.expect(card);
            self.composer.drafts.attach(card, [Attached { media, ready: true, content }]);
            turn.changed(Changed::Composer(card));
        }
    }
}
