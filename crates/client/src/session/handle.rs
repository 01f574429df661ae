//! Signing in, starting from the snapshot, signing out.

use halyard_protocol::rest::{Bootstrap, Me, SignIn};
use halyard_protocol::{ConversationId, Destination, ErrorCode, MediaId, UnixMs, UserId};

use super::{Attempt, Secret, Session};
use crate::api::{CallError, read, succeeded};
use crate::attachments::Attachment;
use crate::composer::Attached;
use crate::conversations::Thread;
use crate::effect::{Effect, FocusTarget, SocketCommand, TimerId};
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::new_conversation::NewConversation;
use crate::notices::Question;
use crate::outbox::{OutboxRow, backoff};
use crate::softphone::Softphone;
use crate::tabs::TabFrame;
use crate::update::{Changed, Update};
use crate::windows::CardKey;

/// How often the server is told that the user has signed out, until it hears it, in milliseconds.
const TELL_AGAIN: u32 = 15_000;

impl Softphone {
    pub(crate) fn sign_in(&mut self, login: String, password: String, device: String, out: &mut Update) {
        let Some(attempt) = self.session.attempt_mut() else { return };
        if attempt.busy {
            return;
        }
        let login = login.trim().to_owned();
        if login.is_empty() || password.is_empty() {
            attempt.error = Some("Type your extension, like 1001@harbor, and your password.".to_owned());
            out.effect(Effect::Focus(FocusTarget::SignIn));
        } else {
            let typed = Some((login.clone(), Secret(password.clone())));
            *attempt = Attempt { busy: true, error: None, typed };
            self.requests.sign_in(&SignIn { login, password, device }, out);
        }
        out.changed(Changed::Session);
    }

    pub(crate) fn signed_in(&mut self, outcome: HttpOutcome, out: &mut Update) {
        let typed = self.session.attempt_mut().and_then(|attempt| attempt.typed.take());
        match read::<Me>(outcome) {
            Ok(me) => {
                let user = me.user.id;
                self.enter(me, out);
                self.claim(user, out);
                self.load(out);
                // A key takes its time: it comes after what one waits for.
                if let Some((login, password)) = typed {
                    self.unseal(user, login, password, out);
                }
                self.tell(&TabFrame::SignedIn { user }, out);
            }
            Err(error) => {
                let unreachable = error.code == ErrorCode::Unavailable;
                let is_out = matches!(self.session, Session::SignedOut { .. });
                let Some(attempt) = self.session.attempt_mut() else { return };
                *attempt = Attempt { error: Some(error.message), ..Attempt::default() };
                out.effect(Effect::Focus(FocusTarget::SignIn));
                if let Some((login, password)) = typed.filter(|_| unreachable && is_out) {
                    self.read_sealed(login, password, out);
                }
            }
        }
        out.changed(Changed::Session);
    }

    /// Somebody is signed in, as the server says.
    pub(crate) fn enter(&mut self, me: Me, out: &mut Update) {
        let same = self.session.me().is_some_and(|known| known.user.id == me.user.id);
        if !same && self.session.me().is_some() {
            self.forget_user(out);
        }
        self.reading = false;
        self.leaving = false;
        self.session = Session::SignedIn(Box::new(me));
        self.sync.verified = true;
        self.requests.bootstrap(out);
        self.everything_changed(out);
        out.changed(Changed::Session);
    }

    /// The first snapshot, or a new one after the log could not be followed.
    pub(crate) fn bootstrapped(&mut self, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        match read::<Bootstrap>(outcome) {
            Ok(snapshot) => self.start_from(snapshot, env, out),
            Err(error) if error.code == ErrorCode::SignedOut => self.session_ended(out),
            Err(error) => self.try_bootstrap_again(&error, env, out),
        }
    }

    fn try_bootstrap_again(&mut self, error: &CallError, env: &Env, out: &mut Update) {
        self.sync.tries += 1;
        out.changed(Changed::Connection);
        let tries = self.sync.tries;
        if !self.database.sealed.is_empty() && matches!(self.session, Session::Starting | Session::Unreachable) {
            // The log-in opens what is sealed here, also without a network.
            self.session = Session::SignedOut { attempt: Attempt::default() };
            out.effect(Effect::Focus(FocusTarget::SignIn));
            out.changed(Changed::Session);
        } else if self.session.me().is_none() && !matches!(self.session, Session::SignedOut { .. }) {
            self.session = Session::Unreachable;
            out.changed(Changed::Session);
        }
        let wait = error.retry_after.map_or_else(|| backoff(tries, env), i64::from);
        out.effect(Effect::SetTimer(TimerId::Bootstrap, u32::try_from(wait).unwrap_or(60_000)));
    }

    fn start_from(&mut self, snapshot: Bootstrap, env: &Env, out: &mut Update) {
        let Bootstrap { me, cursor, users, favourites, conversations, older, .. } = snapshot;
        let user = me.user.id;
        if self.session.me().is_some_and(|known| known.user.id != user) {
            // Another tab has signed somebody else in.
            self.forget_user(out);
        }
        self.session = Session::SignedIn(Box::new(me));
        self.sync.verified = true;
        self.claim(user, out);
        let open = self.open_destinations();
        self.book.reset(users, favourites);
        self.conversations.reset();
        for conversation in conversations {
            self.conversations.put(conversation, None);
        }
        self.conversations.older = older;
        self.requests.forget_readings();
        out.effect(Effect::CancelTimer(TimerId::Bootstrap));
        self.sync.started(cursor);
        self.renew_cache();
        self.load_kept(user, out);
        self.take_waiting_cards(user, out);
        self.reopen_threads(open, out);
        self.load_contacts(out);
        self.connect(out);
        self.pump_outbox(env, out);
        out.changed(Changed::Session);
        self.everything_changed(out);
        self.run_errands(env, out);
    }

    /// The conversations of open cards and waiting messages exist here even if the snapshot did not name them.
    fn reopen_threads(&mut self, open: Vec<(Destination, bool)>, out: &mut Update) {
        self.reopen_all_waiting();
        for (to, at_bottom) in open {
            if let Some(id) = self.open_thread(&to)
                && let Some(timeline) = self.conversations.timeline(id)
            {
                timeline.at_bottom = at_bottom;
            }
        }
        if self.open_cards().is_empty() {
            self.open_address(out);
        }
        for card in self.open_cards() {
            self.reopen_card(card, out);
        }
    }

    /// Where the open cards write to, and whether they are at their bottom.
    pub(crate) fn open_destinations(&self) -> Vec<(Destination, bool)> {
        let thread = |card| match card {
            CardKey::Conversation(id) => self.conversations.get(id),
            CardKey::New(_) => None,
        };
        self.open_cards()
            .into_iter()
            .filter_map(thread)
            .map(|Thread { conversation, timeline, .. }| {
                let to = Destination { from: conversation.own_number, peers: conversation.peers.clone() };
                (to, timeline.at_bottom)
            })
            .collect()
    }

    /// The conversations of waiting messages exist here, and stand in the column. Gives them.
    pub(crate) fn reopen_waiting<'row>(&mut self, rows: impl Iterator<Item = &'row OutboxRow>) -> Vec<ConversationId> {
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
    pub(crate) fn reopen_all_waiting(&mut self) -> Vec<ConversationId> {
        let rows: Vec<OutboxRow> = self.outbox.rows().cloned().collect();
        self.reopen_waiting(rows.iter())
    }

    /// The server no longer knows this session.
    pub(crate) fn session_ended(&mut self, out: &mut Update) {
        if matches!(self.session, Session::SignedOut { .. } | Session::Expired { .. }) {
            // Known already; an attempt to sign in again may be under way.
            return;
        }
        let was_signed_in = self.session.me().is_some();
        self.session.expire();
        self.sync.stop();
        self.requests.forget();
        self.outbox.stop();
        out.effect(Effect::Socket(SocketCommand::Close));
        out.effect(Effect::CancelTimer(TimerId::Reconnect));
        out.effect(Effect::CancelTimer(TimerId::SocketSilence));
        out.effect(Effect::CancelTimer(TimerId::Bootstrap));
        out.effect(Effect::Focus(FocusTarget::SignIn));
        if was_signed_in {
            out.effect(Effect::Announce("Your session has ended. Please sign in again.".to_owned()));
        }
        out.changed(Changed::Session);
        out.changed(Changed::Connection);
    }

    pub(crate) fn sign_out(&mut self, confirmed: bool, out: &mut Update) {
        let waiting = self.outbox.waiting();
        if waiting > 0 && !confirmed {
            self.notices.question = Some(Question::SignOut(waiting));
            out.changed(Changed::Question);
            return;
        }
        self.requests.forget();
        self.mark_leaving(true, out);
        self.requests.sign_out(out);
        self.tell(&TabFrame::SignedOut, out);
        self.leave(out);
    }

    pub(crate) fn signed_out(&mut self, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        if !self.leaving {
            return;
        }
        match succeeded(outcome) {
            // The cookie is still there: it is tried again, also after a restart. Say so, for the sake of the next person.
            Err(error) if error.is_temporary() => {
                if !core::mem::replace(&mut self.told_leaving, true) {
                    self.mark_leaving(true, out);
                    let text = "The server could not be told yet that you signed out. It is told as soon as the network is back.";
                    self.complain(text.to_owned(), env, out);
                }
                out.effect(Effect::SetTimer(TimerId::Bootstrap, TELL_AGAIN));
            }
            _ => self.mark_leaving(false, out),
        }
    }

    pub(crate) fn leave(&mut self, out: &mut Update) {
        self.forget_user(out);
        self.session = Session::SignedOut { attempt: Attempt::default() };
        out.effect(Effect::Socket(SocketCommand::Close));
        for timer in [
            TimerId::Reconnect,
            TimerId::SocketSilence,
            TimerId::Bootstrap,
            TimerId::Outbox,
            TimerId::Keep,
            TimerId::Unheard,
        ] {
            out.effect(Effect::CancelTimer(timer));
        }
        out.effect(Effect::Title(0));
        out.effect(Effect::Focus(FocusTarget::SignIn));
        out.changed(Changed::Session);
    }

    /// Nothing of the user stays on screen. What they wrote and nobody has got (unsent messages, drafts) stays kept
    /// until they come back.
    pub(crate) fn forget_user(&mut self, out: &mut Update) {
        self.seal(out);
        // Another tab has seen to what stays.
        let quietly = self.reading;
        let system = (self.route, self.attention, self.online, self.viewport);
        let (leads, leaving) = (self.leads, self.leaving);
        let mut database = core::mem::take(&mut self.database);
        let user = self.session.me().map(|me| me.user.id);
        let requests = core::mem::take(&mut self.requests);
        if let Some(user) = user.filter(|_| !quietly) {
            database.kept.outbox.extend(core::mem::take(&mut self.outbox).into_rows());
            let files = self.drafts.take_all_files().filter(|(_, file)| file.ready);
            let drafts = core::mem::take(&mut self.drafts).into_texts();
            database.kept.drafts.extend(drafts.map(|(card, text)| (draft_key(user, card), text)));
            let kept = |(card, Attached { media, content, .. })| (user, Attachment { card, media }, content);
            database.kept.files.extend(files.map(kept));
        }
        let notices = core::mem::take(&mut self.notices);
        let installation = core::mem::take(&mut self.installation);
        *self = Self { requests, database, notices, installation, leads, leaving, ..Self::new() };
        (self.route, self.attention, self.online, self.viewport) = system;
        if let Some((width, desk_width, desk_height)) = self.viewport {
            let outcome = self.windows.resize_desk(width, desk_width, desk_height);
            self.windows_changed(outcome, out);
        }
        self.notices.question = None;
        self.everything_changed(out);
    }

    /// What the device had kept of this user joins what is here.
    pub(crate) fn load_kept(&mut self, user: UserId, out: &mut Update) {
        let prefix = [&user.to_string(), "/"].concat();
        let (mine, others) =
            core::mem::take(&mut self.database.kept.outbox).into_iter().partition(|row| row.author == user);
        self.database.kept.outbox = others;
        self.outbox.load(mine);
        if !self.leads {
            // The tab that wrote them may have died before it could tell the one that sends.
            for row in self.outbox.rows() {
                self.tell(&TabFrame::Written(Box::new(row.clone())), out);
            }
        }
        self.read_outbox(out);
        self.ask_unkept(out);
        let card_of = |key: &str| {
            let card = key.strip_prefix(&prefix)?;
            CardKey::parse(card.split_once(LATER).map_or(card, |(card, _)| card))
        };
        let (mine, others) =
            core::mem::take(&mut self.database.kept.drafts).into_iter().partition(|(key, _)| card_of(key).is_some());
        self.database.kept.drafts = others;
        let mine: Vec<(String, String)> = mine;
        // The latest first: each joins in front of what is here.
        for (key, text) in mine.into_iter().rev() {
            let Some(card) = card_of(&key) else { continue };
            self.expect_card(card);
            let both = self.drafts.join(card, text);
            if key.contains(LATER) {
                self.drafts.unkept.insert(card);
                self.drafts.joined.push(key);
            } else if both {
                self.drafts.unkept.insert(card);
            }
        }
        if !self.database.kept.files.is_empty() {
            self.load_files(user, out);
        }
        self.keep_waiting_drafts(out);
    }

    /// Something was typed or put into this card. If it is a new conversation's, its people are gone, its draft is not:
    /// "New Conversation" brings it back.
    pub(crate) fn expect_card(&mut self, card: CardKey) {
        if let CardKey::New(n) = card {
            self.last_new = self.last_new.max(n);
            self.new.get_or_insert(card, NewConversation::default());
        }
    }
}

/// Under what a file of a text box is kept.
pub(crate) fn file_key(user: UserId, id: MediaId) -> String {
    [&user.to_string(), "/", &id.to_string()].concat()
}

/// Under what a draft is kept.
pub(crate) fn draft_key(user: UserId, card: CardKey) -> String {
    [&user.to_string(), "/", &card.attribute()].concat()
}

/// Under what a draft is kept that has not joined the one that may be under that key already.
pub(crate) fn later_draft_key(key: &str, at: UnixMs) -> String {
    [key, LATER, &at.0.to_string()].concat()
}

/// Between a draft's key and when it was typed.
const LATER: &str = "~";
