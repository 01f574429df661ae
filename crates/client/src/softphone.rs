//! The machine: its parts, and which part hears which event.

use halyard_protocol::rest::Device;
use halyard_protocol::{CallingCode, ContactId, ConversationId, Seq, UserId};

use crate::api::{Call, Requests};
use crate::composer::Drafts;
use crate::contacts::book::Book;
use crate::contacts::form::ContactForm;
use crate::contacts::importing::Importing;
use crate::contacts::list::ContactList;
use crate::conversations::Conversations;
use crate::conversations::column::Column;
use crate::effect::{Effect, FocusTarget, RequestId, TimerId};
use crate::env::Env;
use crate::event::{Db, Event, HttpOutcome, Net, System, Ui};
use crate::installation::Installation;
use crate::new_conversation::NewConversations;
use crate::notices::Notices;
use crate::outbox::Outbox;
use crate::palette::Overlay;
use crate::presence::PresenceBook;
use crate::route::Route;
use crate::session::Session;
use crate::sorted::{SortedMap, SortedSet};
use crate::storage::{Database, Keeper, PATIENCE, Range, SealedLabel, Store, Token, Write};
use crate::sync::Sync;
use crate::tabs::TabFrame;
use crate::update::{Changed, Update};
use crate::windows::{CardKey, Windows};

/// The softphone. See the crate's documentation.
#[derive(Debug, Default)]
pub struct Softphone {
    pub(crate) session: Session,
    pub(crate) route: Route,
    /// Whether this tab is in front and has the focus.
    pub(crate) attention: bool,
    /// Whether the device says that it has a network.
    pub(crate) online: bool,
    /// Width of the window, and the desk's size, once known.
    pub(crate) viewport: Option<(u32, u32, u32)>,
    pub(crate) requests: Requests,
    pub(crate) sync: Sync,
    pub(crate) book: Book,
    pub(crate) contact_list: ContactList,
    pub(crate) contacts_loading: ContactsLoading,
    pub(crate) form: Option<ContactForm>,
    pub(crate) importing: Option<Importing>,
    pub(crate) conversations: Conversations,
    pub(crate) column: Column,
    pub(crate) outbox: Outbox,
    pub(crate) drafts: Drafts,
    /// What stands in the way of sending, by card; forgotten with the next key press.
    pub(crate) problems: SortedMap<CardKey, String>,
    pub(crate) new: NewConversations,
    pub(crate) last_new: u32,
    pub(crate) windows: Windows,
    pub(crate) overlay: Overlay,
    pub(crate) presence: PresenceBook,
    pub(crate) notices: Notices,
    pub(crate) installation: Installation,
    pub(crate) devices: Option<Vec<Device>>,
    /// Read positions that the server may not have heard of.
    pub(crate) unsent_reads: SortedMap<ConversationId, Seq>,
    /// Conversations that could not be had for now.
    pub(crate) missing: SortedSet<ConversationId>,
    /// Conversations whose deletion was undone before the server had answered it.
    pub(crate) undone: SortedSet<ConversationId>,
    /// The same of contacts.
    pub(crate) undone_contacts: SortedSet<ContactId>,
    pub(crate) told_unread: u32,
    /// Whether that number may be another now.
    pub(crate) unread_stale: bool,
    /// The device's database.
    pub(crate) database: Database,
    pub(crate) keeper: Keeper,
    /// Whether sealed rows are read without a network: then nothing is written.
    pub(crate) reading: bool,
    /// Whether this tab sends and keeps, for all of the browser's tabs.
    pub(crate) leads: bool,
    /// Whether the server has not heard yet that the last user has signed out.
    pub(crate) leaving: bool,
    pub(crate) told_leaving: bool,
}

/// The loading of the contacts' pages.
#[derive(Debug, Default)]
pub(crate) struct ContactsLoading {
    /// Which loading is the current one: answers to an earlier one are dropped.
    pub(crate) generation: u32,
    pub(crate) seen: SortedSet<ContactId>,
    /// The page after this one could not be had for now.
    pub(crate) stalled: Option<Option<ContactId>>,
    pub(crate) done: bool,
}

impl Softphone {
    /// A softphone that has heard of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { attention: true, online: true, leads: true, ..Self::default() }
    }

    /// Takes one event in. Synchronous, total and deterministic.
    pub fn handle(&mut self, event: Event, env: &Env) -> Update {
        let mut out = Update::default();
        match event {
            // Said by every card that is drawn; what the user does comes after the first screen, and so does its code.
            Event::Ui(Ui::AtBottom(card, at_bottom)) => self.at_bottom(card, at_bottom, &mut out),
            Event::Ui(ui) => {
                self.keeper.touched_at = env.now;
                self.on_ui(ui, env, &mut out);
            }
            Event::Net(net) => self.on_net(net, env, &mut out),
            Event::Db(db) => self.on_db(db, env, &mut out),
            Event::Timer(timer) => self.on_timer(timer, env, &mut out),
            Event::System(system) => self.on_system(system, env, &mut out),
            Event::Tab(tab) => self.on_tab(tab, env, &mut out),
            Event::Files(files) => self.on_files(files, env, &mut out),
        }
        self.keep(&mut out);
        self.tell_unread(&mut out);
        self.new_cards_follow(&mut out);
        out
    }

    /// Which number a new conversation is offered to go from is the one last used with its people.
    fn new_cards_follow(&self, out: &mut Update) {
        let of_conversations = |what: &Changed| matches!(what, Changed::Column | Changed::Row(_) | Changed::Header(_));
        if !self.new.is_empty() && out.changed.iter().any(of_conversations) {
            for card in self.new.keys() {
                out.changed(Changed::Composer(card));
            }
        }
    }

    /// Says how many are unread, if that is another number after the whole event: a message into the card that is being
    /// read comes unread and is read at once.
    fn tell_unread(&mut self, out: &mut Update) {
        if !core::mem::take(&mut self.unread_stale) {
            return;
        }
        let unread = self.conversations.unread();
        if self.told_unread != unread {
            self.told_unread = unread;
            out.effect(Effect::Title(unread));
            out.changed(Changed::Unread);
        }
    }

    #[inline(never)]
    fn on_ui(&mut self, ui: Ui, env: &Env, out: &mut Update) {
        match ui {
            Ui::SignIn { login, password, device } => self.sign_in(login, password, device, out),
            Ui::SignOut => self.sign_out(false, out),
            Ui::Navigate(route) => self.go(route, false, out),

            Ui::SearchContacts(query) => self.search_contacts(query, out),
            Ui::FilterContacts(filter) => self.filter_contacts(filter, out),
            Ui::SelectContact(entry) => self.select_contact(entry, out),

            Ui::SearchConversations(query) => {
                self.column.query = query;
                self.columns_changed(out);
            }
            Ui::FilterConversations(filter) => {
                self.column.filter = filter;
                self.columns_changed(out);
            }
            Ui::OpenConversation(id) => self.open_conversation(id, out),
            Ui::MoreConversations => self.more_conversations(out),
            Ui::Message { peer, from } => self.message_peer(peer, from, env, out),
            Ui::NewConversation => self.new_conversation(out),
            Ui::RecipientQuery(card, query) => self.recipient_query(card, query, out),
            Ui::AddTyped(card) => self.add_typed(card, out),
            Ui::AddRecipient(card, peer) => self.add_recipient(card, peer, out),
            Ui::RemoveRecipient(card, peer) => self.remove_recipient(card, peer, out),
            Ui::FinishRecipients(card) => {
                if let Some(becomes) = self.finish_recipients(card, out) {
                    out.effect(Effect::Focus(FocusTarget::Composer(becomes)));
                }
            }

            Ui::Draft(card, text) => self.draft(card, text, env, out),
            Ui::Submit(card) => self.submit(card, env, out),
            Ui::SendUsing(card, number) => self.send_using(card, number, out),
            Ui::Retry(id) => self.retry(id, env, out),
            Ui::EditUnsent(id) => self.take_back(id, true, out),
            Ui::DeleteUnsent(id) => self.take_back(id, false, out),
            Ui::LoadOlder(card) => self.load_older(card, out),
            Ui::AtBottom(card, at_bottom) => self.at_bottom(card, at_bottom, out),

            Ui::Run(command) => self.run(command, out),
            Ui::Window(action) => self.window(action, out),
            Ui::SetMuted(id, muted) => self.set_muted(id, muted, out),
            Ui::ViewContact(id) => self.view_contact(id, env, out),
            Ui::DeleteConversation(id) => self.ask_delete(id, out),
            Ui::Answer(yes) => self.answer(yes, env, out),
            Ui::DismissNotice(id) => {
                self.notices.dismiss(id);
                out.changed(Changed::Notices);
            }

            other => self.on_occasional(other, env, out),
        }
    }

    fn on_net(&mut self, net: Net, env: &Env, out: &mut Update) {
        match net {
            Net::Http(id, outcome) => self.answered(id, outcome, env, out),
            Net::SocketOpened => self.socket_opened(out),
            Net::SocketFrame(text) => self.socket_frame(&text, env, out),
            Net::SocketClosed(code) => self.socket_closed(code, env, out),
        }
    }

    fn answered(&mut self, id: RequestId, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        let Some(call) = self.requests.take(id) else { return };
        match call {
            Call::Bootstrap => self.bootstrapped(outcome, env, out),
            Call::Contacts { generation, after } => self.contacts_answered(generation, after, outcome, env, out),
            Call::Messages(id, epoch) => self.page_answered(id, epoch, outcome, env, out),
            Call::Probe => self.probed(outcome, env, out),
            other => self.asked_answered(other, outcome, env, out),
        }
    }

    /// The answer to what the user asked for, rather than to what the first screen needs: its code comes later.
    #[inline(never)]
    fn asked_answered(&mut self, call: Call, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        match call {
            Call::SignIn => self.signed_in(outcome, out),
            Call::SignOut => self.signed_out(outcome, env, out),
            Call::Conversations => self.conversations_answered(outcome, env, out),
            Call::Conversation(id) => self.conversation_answered(id, outcome, env, out),
            Call::Send(id) => self.send_answered(id, outcome, env, out),
            Call::MarkRead(id, seq) => self.read_answered(id, seq, outcome, env, out),
            other => self.occasional_answered(other, outcome, env, out),
        }
    }

    fn on_db(&mut self, db: Db, env: &Env, out: &mut Update) {
        match db {
            Db::Loaded { rows, sealed } => {
                self.database.loads = self.database.loads.saturating_sub(1);
                self.sealed_are(sealed, out);
                out.changed(Changed::Session);
                self.loaded(rows, env, out);
                self.keep_waiting_drafts(out);
            }
            Db::Rows { range, rows, more } => self.rows_read(&range, rows, more, env, out),
            Db::Committed(Token::Message(id)) => {
                self.outbox.kept(id);
                self.written(id, env, out);
            }
            Db::Failed(Token::Message(id)) => {
                self.outbox.not_kept(id);
                let word = "This device can't keep unsent messages. Leave Halyard open until they are sent.";
                self.complain(word.to_owned(), env, out);
                self.written(id, env, out);
            }
            // The others hear of it when no tab that starts now finds it any more.
            Db::Committed(Token::Gone(id)) => self.tell(&TabFrame::Gone(id), out),
            Db::Failed(Token::Gone(id)) => {
                // A full device can still forget.
                self.commit(vec![Write::Delete(Range::key(Store::Outbox, id.to_string()))], None, out);
                self.tell(&TabFrame::Gone(id), out);
                self.cache_not_written(env, out);
            }
            Db::Committed(Token::File(id)) => self.file_kept(id),
            Db::Failed(Token::File(_)) => self.file_not_kept(env, out),
            Db::Committed(Token::Cache) => self.cache_written(out),
            Db::Failed(Token::Cache) => self.cache_not_written(env, out),
            Db::Sealed { user, done, sealed } => {
                self.sealed_are(sealed, out);
                self.database.kept.sealed(user, done);
                out.changed(Changed::Session);
            }
            Db::Unsealed { restored, sealed } => {
                self.sealed_are(sealed, out);
                self.database.loads = self.database.loads.saturating_sub(1);
                if restored {
                    self.load(out);
                }
                self.keep_waiting_drafts(out);
                out.changed(Changed::Session);
                self.tell_former_password(env, out);
            }
            Db::Opened(rows) if rows.is_empty() => self.not_opened(out),
            Db::Opened(rows) => self.opened(rows, env, out),
            Db::Unavailable => {
                self.database.is_missing();
                if matches!(self.session, Session::Starting) && !self.requests.is_asking_all() {
                    self.requests.bootstrap(out);
                }
                self.outbox.none_kept();
                self.pump_outbox(env, out);
            }
        }
    }

    fn sealed_are(&mut self, sealed: Vec<SealedLabel>, out: &mut Update) {
        self.database.sealed = sealed;
        out.changed(Changed::Session);
        out.changed(Changed::Question);
    }

    #[inline(never)]
    fn on_timer(&mut self, timer: TimerId, env: &Env, out: &mut Update) {
        match timer {
            TimerId::Bootstrap => {
                if self.leaving {
                    self.requests.sign_out(out);
                } else if !self.requests.is_asking_all() {
                    self.requests.bootstrap(out);
                }
            }
            TimerId::Reconnect => self.reconnect(out),
            TimerId::SocketSilence => self.socket_silent(env, out),
            TimerId::Unheard => self.read_outbox(out),
            TimerId::Outbox => self.pump_outbox(env, out),
            TimerId::CatchUp => self.catch_up(out),
            TimerId::Expiry => self.expire(env, out),
            TimerId::Keep => self.keep_when_quiet(env, out),
            TimerId::Clock => {
                self.set_clock(env, out);
                // "9:42" becomes "Yesterday", "Today" becomes "Sunday".
                self.column.stale();
                out.changed(Changed::Column);
                for card in self.open_cards() {
                    out.changed(Changed::Timeline(card));
                }
                let ids: Vec<ConversationId> = self.conversations.in_order().collect();
                for id in ids {
                    out.changed(Changed::Row(id));
                }
            }
        }
    }

    fn on_system(&mut self, system: System, env: &Env, out: &mut Update) {
        match system {
            System::Started { route } => {
                self.route = route;
                self.load(out);
                out.effect(Effect::SetTimer(TimerId::Bootstrap, PATIENCE));
                self.set_clock(env, out);
                out.changed(Changed::Session);
                out.changed(Changed::Route);
            }
            System::Attention(attention) => {
                self.attention = attention;
                if attention {
                    self.read_outbox(out);
                    self.see_front(out);
                    self.hurry(env, out);
                    self.looked_at(env, out);
                }
            }
            System::Leaving => {
                self.keep_now(out);
                self.send_later(out);
            }
            System::Online(online) => {
                self.online = online;
                out.changed(Changed::Connection);
                if online {
                    if matches!(self.session, Session::Unreachable) {
                        self.requests.forget();
                        self.requests.bootstrap(out);
                    }
                    self.hurry(env, out);
                }
            }
            System::Navigated(route) => {
                self.route = route;
                self.form = None;
                out.changed(Changed::ContactForm);
                self.arrive(out);
            }
            System::Resized { viewport, width, height } => {
                self.viewport = Some((viewport, width, height));
                let outcome = self.windows.resize_desk(viewport, width, height);
                // A window that gets narrow takes nobody away from their contacts or settings.
                match self.route {
                    Route::Contacts(_) | Route::Settings => self.cards_changed(outcome, out),
                    Route::Chats(_) | Route::Home => self.windows_changed(outcome, out),
                }
            }
            System::App(said) => self.on_app(said, env, out),
        }
    }

    /// Times on screen are read again at local midnight.
    fn set_clock(&self, env: &Env, out: &mut Update) {
        let minutes = i64::from((env.utc_offset)(env.now));
        let into_day = env.now.plus(minutes * 60_000).0.rem_euclid(86_400_000);
        let wait = u32::try_from(86_400_000 - into_day + 1_000).unwrap_or(3_600_000);
        out.effect(Effect::SetTimer(TimerId::Clock, wait));
    }

    /// The country that numbers without one are of.
    pub(crate) fn home(&self) -> CallingCode {
        self.session.me().map_or(CallingCode(1), |me| me.tenant.calling_code)
    }

    pub(crate) fn everything_changed(&mut self, out: &mut Update) {
        self.contact_list.stale();
        self.column.stale();
        for what in [
            Changed::Route,
            Changed::Connection,
            Changed::Column,
            Changed::Unread,
            Changed::Windows,
            Changed::Palette,
            Changed::Contacts,
            Changed::ContactRows,
            Changed::ContactDetails,
            Changed::ContactForm,
            Changed::Import,
            Changed::Me,
            Changed::Devices,
            Changed::Installation,
            Changed::Notices,
            Changed::Question,
        ] {
            out.changed(what);
        }
        let rows: Vec<ConversationId> = self.conversations.in_order().collect();
        for id in rows {
            out.changed(Changed::Row(id));
        }
        for card in self.open_cards() {
            self.card_changed(card, out);
        }
        self.told_unread = self.conversations.unread();
        out.effect(Effect::Title(self.told_unread));
    }

    /// What the device had kept of the user who is signed in comes back: drafts into their boxes, messages on their way.
    pub(crate) fn take_kept(&mut self, me: UserId, env: &Env, out: &mut Update) {
        self.load_kept(me, out);
        for id in self.reopen_all_waiting() {
            self.conversation_changed(id, out);
        }
        for card in self.open_cards() {
            out.changed(Changed::Composer(card));
        }
        self.pump_outbox(env, out);
    }
}
