//! Several tabs of one browser: which of them leads, and what they tell each other.
//!
//! Always holds:
//! - One tab leads: it alone sends the outbox and writes the cache. Which one, the browser says (Web Locks), and says
//!   it to another when that one goes. A tab is told so before it does either.
//! - Whoever comes to lead reads the outbox from the device's database first: it has all that any tab was told is kept.
//! - A message keeps its id whichever tab sends it, so the server takes it once.
//! - What another user's tab says is not heard.

use halyard_protocol::{Media, MessageId, UserId};
use serde::{Deserialize, Serialize};

use crate::effect::{Effect, TimerId};
use crate::env::Env;
use crate::event::Tab;
use crate::json;
use crate::outbox::{OutboxRow, SendState};
use crate::session::Session;
use crate::softphone::Softphone;
use crate::storage::{DbCommand, KeptWindows, Range, Store};
use crate::update::{Changed, Update};
use crate::windows::{CardKey, Snapshot};

/// After so long, in milliseconds, the leading tab looks itself for what another one has begun to write.
const UNHEARD: u32 = 3_000;

/// What a tab says to the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TabFrame {
    /// A message is being written here: if no more is heard of it, the device has it all the same.
    Writing,
    /// A message was written here, and is kept, or never will be.
    Written(Box<OutboxRow>),
    /// The leading tab has got so far with a message.
    Sending(MessageId, SendState),
    /// "Retry".
    Retry(MessageId),
    /// The server has it, or the user took it back: it is no longer to be sent.
    Gone(MessageId),
    /// This tab sends from now on: what do the others have that the device could not keep?
    Sends,
    /// The cards, as they are here now.
    Windows(KeptWindows),
    /// A card's draft.
    Draft(CardKey, String),
    /// The files of a card's draft that are ready.
    Files(CardKey, Vec<Media>),
    /// Somebody has signed in here.
    SignedIn {
        /// Who.
        user: UserId,
    },
    /// They have signed out here.
    SignedOut,
}

/// A frame, with whose tab says it.
#[derive(Serialize, Deserialize)]
struct Said {
    user: Option<UserId>,
    frame: TabFrame,
}

impl Softphone {
    /// Says something to the other tabs.
    #[inline(never)]
    pub(crate) fn tell(&self, frame: &TabFrame, out: &mut Update) {
        let user = self.session.me().map(|me| me.user.id);
        if let Ok(text) = serde_json::to_string(&Said { user, frame: frame.clone() }) {
            out.effect(Effect::Tell(text));
        }
    }

    pub(crate) fn tell_windows(&self, now: &KeptWindows, out: &mut Update) {
        self.tell(&TabFrame::Windows(now.clone()), out);
    }

    pub(crate) fn on_tab(&mut self, tab: Tab, env: &Env, out: &mut Update) {
        match tab {
            Tab::Leads(leads) => self.lead(leads, out),
            Tab::Said(text) => {
                if let Ok(Said { user, frame }) = json::read(&text) {
                    self.hear(user, frame, env, out);
                }
            }
        }
    }

    /// This tab leads from now on, or waits for its turn.
    fn lead(&mut self, leads: bool, out: &mut Update) {
        self.leads = leads;
        if leads {
            // What another tab had under way may have been lost with it.
            self.outbox.stop();
            self.read_outbox(out);
            self.ask_unkept(out);
        }
    }

    /// The leading tab asks for what only another tab has: it may have been said when nobody here could hear it.
    pub(crate) fn ask_unkept(&self, out: &mut Update) {
        if self.leads && self.session.me().is_some() {
            self.tell(&TabFrame::Sends, out);
        }
    }

    /// The leading tab looks for what others have kept: one may have died before it could say so.
    pub(crate) fn read_outbox(&mut self, out: &mut Update) {
        if self.leads && self.database.can_keep && self.session.me().is_some() {
            self.database.outbox_reads += 1;
            out.effect(Effect::Db(DbCommand::Read { range: Range::all(Store::Outbox), limit: usize::MAX }));
        }
    }

    /// What the database has of the outbox joins what is here.
    pub(crate) fn take_outbox(&mut self, rows: Vec<OutboxRow>, env: &Env, out: &mut Update) {
        let Some(me) = self.session.me().map(|me| me.user.id) else { return };
        let (gone, rows) = rows.into_iter().filter(|row| row.author == me).partition(|row| self.outbox.is_gone(row.id));
        let gone: Vec<OutboxRow> = gone;
        for row in gone {
            // The server has it: whoever sent it died before it could be forgotten.
            self.forget_outgoing(&row, true, out);
        }
        let fresh: Vec<OutboxRow> = rows.into_iter().filter(|row| self.outbox.get(row.id).is_none()).collect();
        for id in self.reopen_waiting(fresh.iter()) {
            self.conversation_changed(id, out);
        }
        self.outbox.load(fresh);
        self.pump_outbox(env, out);
        out.changed(Changed::Connection);
    }

    #[inline(never)]
    fn hear(&mut self, user: Option<UserId>, frame: TabFrame, env: &Env, out: &mut Update) {
        match frame {
            TabFrame::SignedIn { user } => return self.signed_in_there(user, out),
            // Also of a user who is not here yet: it is not to be sent once more.
            TabFrame::Gone(id) => {
                self.database.kept.outbox.retain(|row| row.id != id);
                if let Some(message) = self.outbox.remove(id) {
                    self.timeline_changed(message.row.conversation, out);
                    out.changed(Changed::Row(message.row.conversation));
                }
            }
            _ if user.is_none() || user != self.session.me().map(|me| me.user.id) => return,
            TabFrame::SignedOut => self.signed_out_there(out),
            TabFrame::Writing if self.leads => out.effect(Effect::SetTimer(TimerId::Unheard, UNHEARD)),
            TabFrame::Writing => {}
            TabFrame::Sends => {
                for row in self.outbox.unkept() {
                    self.tell(&TabFrame::Written(Box::new(row.clone())), out);
                }
            }
            TabFrame::Written(row) => self.take_outbox(vec![*row], env, out),
            TabFrame::Sending(id, state) if !self.leads => {
                self.outbox.mirror(id, state);
                self.outgoing_changed(id, out);
            }
            TabFrame::Sending(..) => {}
            TabFrame::Retry(id) => {
                self.outbox.retry(id);
                self.outgoing_changed(id, out);
                self.pump_outbox(env, out);
            }
            TabFrame::Windows(there) => self.windows_there(there, out),
            TabFrame::Draft(card, text) => {
                // Where the user is, what they type counts.
                if !self.attention && card.conversation().is_some() {
                    self.drafts.set(card, text);
                    out.changed(Changed::Composer(card));
                }
            }
            TabFrame::Files(card, media) => {
                if !self.attention && card.conversation().is_some() {
                    self.drafts.mirror_files(card, media);
                    out.changed(Changed::Composer(card));
                }
            }
        }
        out.changed(Changed::Connection);
    }

    fn windows_there(&mut self, KeptWindows { snapshot, to, .. }: KeptWindows, out: &mut Update) {
        self.open_threads(&to);
        let known = |card: CardKey| card.conversation().is_some_and(|id| self.conversations.get(id).is_some());
        let cards = snapshot.cards.iter().filter(|card| known(card.key)).copied().collect();
        let before = self.open_cards();
        let outcome = self.windows.adopt(Snapshot { cards, ..snapshot });
        self.keeper.windows = self.kept_windows();
        // The focus stays where it is: the user is in the other tab.
        self.windows_changed(crate::windows::Outcome { focus: None, ..outcome }, out);
        for card in self.open_cards().into_iter().filter(|card| !before.contains(card)) {
            self.reopen_card(card, out);
        }
    }

    fn signed_in_there(&mut self, user: UserId, out: &mut Update) {
        match &self.session {
            Session::SignedIn(me) if me.user.id == user => {}
            Session::Starting => {}
            _ => {
                self.requests.forget();
                self.requests.bootstrap(out);
            }
        }
    }

    /// The other tab has sealed what is to be sealed: here it is only forgotten.
    fn signed_out_there(&mut self, out: &mut Update) {
        self.reading = true;
        self.requests.forget();
        self.leave(out);
    }
}
