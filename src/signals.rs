//! What the views read: one signal for each thing that changes by itself.
//!
//! Always holds: a signal changes only when its view model does, so what did not change is not drawn again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use halyard_client::view::PaletteView;
use halyard_client::view::{
    CardView, ComposerView, ConnectionView, ContactsView, DetailsView, DeviceView, FormView, HeaderView, ImportView,
    InstallationView, Item, MeView, NoticeView, OlderView, QuestionView, RailView, RecipientsView, RowView,
    SessionView, TimelineView,
};
use halyard_client::windows::Rect;
use halyard_client::{CardKey, Changed, Env, Softphone};
use halyard_protocol::{ConversationId, EntryId, MessageId, PhoneNumber, Presence, UserId};
use leptos::prelude::*;

use crate::erased::ArcRwSignal;
use crate::words::Text;

/// Which conversations the column shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ColumnView {
    /// In order.
    pub(crate) ids: Arc<[ConversationId]>,
    /// What is typed into the search.
    pub(crate) query: String,
    /// The filter.
    pub(crate) filter: halyard_client::conversations::ColumnFilter,
    /// Only what goes from this number of one's own.
    pub(crate) number: Option<PhoneNumber>,
    /// The numbers of one's own to choose from; none where there is no choice.
    pub(crate) numbers: Vec<(PhoneNumber, Text)>,
    /// Whether the server has older ones.
    pub(crate) more: bool,
}

/// Which cards are open. Where each lies is its own signal: a card that moves changes nothing for the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeskView {
    /// In the order of Tab.
    pub(crate) cards: Vec<CardKey>,
    /// Those of them that wait in the dock.
    pub(crate) minimised: Vec<CardKey>,
    /// The one in front.
    pub(crate) front: Option<CardKey>,
}

/// Signals that exist while something on screen shows their entity. There are few, so a list holds them: a map's code is four times as large.
pub(crate) struct Family<K, V> {
    /// Each with how many show it.
    known: RefCell<Vec<(K, usize, ArcRwSignal<V>)>>,
}

impl<K: Copy + Eq, V: Clone + PartialEq + Send + Sync + 'static> Family<K, V> {
    fn new() -> Self {
        Self { known: RefCell::new(Vec::new()) }
    }

    /// The entity's signal, begun with `first` if nothing shows it yet. Each call is matched by one of [`Self::release`].
    pub(crate) fn acquire(&self, key: K, first: impl FnOnce() -> V) -> ArcRwSignal<V> {
        let mut known = self.known.borrow_mut();
        if let Some((_, shown, signal)) = known.iter_mut().find(|entry| entry.0 == key) {
            *shown += 1;
            return signal.clone();
        }
        let signal = ArcRwSignal::new(first());
        known.push((key, 1, signal.clone()));
        signal
    }

    /// Something that showed the entity is gone.
    pub(crate) fn release(&self, key: K) {
        let mut known = self.known.borrow_mut();
        if let Some(at) = known.iter().position(|entry| entry.0 == key) {
            known[at].1 -= 1;
            if known[at].1 == 0 {
                known.swap_remove(at);
            }
        }
    }

    fn update(&self, key: K, view: impl FnOnce() -> V) {
        let signal = self.known.borrow().iter().find(|entry| entry.0 == key).map(|entry| entry.2.clone());
        if let Some(signal) = signal {
            signal.set(view());
        }
    }
}

/// Names a row of a card's timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TimelineKey {
    /// A new day.
    Day(i64),
    /// What follows is unread.
    New,
    /// A message.
    Message(MessageId),
    /// Another entry.
    Line(EntryId),
}

/// A card's timeline: which rows it has, and a signal for the content of each.
#[derive(Clone)]
pub(crate) struct TimelineSignals {
    pub(crate) keys: ArcRwSignal<Arc<[TimelineKey]>>,
    pub(crate) older: ArcRwSignal<OlderView>,
    rows: Arc<Mutex<HashMap<TimelineKey, ArcRwSignal<Item>>>>,
}

impl TimelineSignals {
    fn new(view: Option<TimelineView>) -> Self {
        let signals = Self {
            keys: ArcRwSignal::new(Arc::new([])),
            older: ArcRwSignal::new(OlderView::Beginning),
            rows: Arc::default(),
        };
        signals.show(view);
        signals
    }

    /// The content of a row; `None` once it is gone.
    pub(crate) fn row(&self, key: TimelineKey) -> Option<ArcRwSignal<Item>> {
        self.rows.lock().ok()?.get(&key).cloned()
    }

    fn show(&self, view: Option<TimelineView>) {
        let TimelineView { items, older } =
            view.unwrap_or(TimelineView { items: Vec::new(), older: OlderView::Beginning });
        let keys: Arc<[TimelineKey]> = items.iter().map(key).collect();
        if let Ok(mut rows) = self.rows.lock() {
            let mut before = core::mem::take(&mut *rows);
            for (key, item) in keys.iter().zip(items) {
                let signal = match before.remove(key) {
                    Some(signal) => {
                        signal.set(item);
                        signal
                    }
                    None => ArcRwSignal::new(item),
                };
                rows.insert(*key, signal);
            }
        }
        self.keys.set(keys);
        self.older.set(older);
    }
}

fn key(item: &Item) -> TimelineKey {
    match item {
        Item::Day { day, .. } => TimelineKey::Day(*day),
        Item::New => TimelineKey::New,
        Item::Message(message) => TimelineKey::Message(message.id),
        Item::Line(line) => TimelineKey::Line(line.id),
    }
}

/// All signals.
pub(crate) struct Signals {
    pub(crate) session: ArcRwSignal<SessionView>,
    pub(crate) rail: ArcRwSignal<RailView>,
    pub(crate) connection: ArcRwSignal<ConnectionView>,
    pub(crate) me: ArcRwSignal<Option<MeView>>,
    pub(crate) column: ArcRwSignal<ColumnView>,
    pub(crate) rows: Family<ConversationId, Option<RowView>>,
    pub(crate) desk: ArcRwSignal<DeskView>,
    pub(crate) places: Family<CardKey, Option<CardView>>,
    /// Where the card that is dragged would snap to.
    pub(crate) snap: ArcRwSignal<Option<Rect>>,
    pub(crate) palette: ArcRwSignal<Option<PaletteView>>,
    pub(crate) shortcuts: ArcRwSignal<bool>,
    pub(crate) headers: Family<CardKey, Option<HeaderView>>,
    timelines: RefCell<Vec<(CardKey, TimelineSignals)>>,
    pub(crate) composers: Family<CardKey, ComposerView>,
    pub(crate) typing: Family<CardKey, Option<String>>,
    pub(crate) recipients: Family<CardKey, Option<RecipientsView>>,
    pub(crate) presence: Family<UserId, Presence>,
    pub(crate) contacts: ArcRwSignal<ContactsView>,
    /// Counts up when rows of the contacts may read differently.
    pub(crate) contact_rows: ArcRwSignal<u32>,
    pub(crate) details: ArcRwSignal<Option<DetailsView>>,
    pub(crate) form: ArcRwSignal<Option<FormView>>,
    pub(crate) import: ArcRwSignal<Option<ImportView>>,
    pub(crate) devices: ArcRwSignal<Option<Vec<DeviceView>>>,
    pub(crate) installation: ArcRwSignal<InstallationView>,
    pub(crate) notices: ArcRwSignal<Vec<NoticeView>>,
    pub(crate) question: ArcRwSignal<Option<QuestionView>>,
}

impl Signals {
    /// Signals that show the softphone as it stands.
    pub(crate) fn new(phone: &mut Softphone) -> Self {
        Self {
            session: ArcRwSignal::new(phone.session_view()),
            rail: ArcRwSignal::new(phone.rail_view()),
            connection: ArcRwSignal::new(phone.connection_view()),
            me: ArcRwSignal::new(phone.me_view()),
            column: ArcRwSignal::new(column(phone)),
            rows: Family::new(),
            desk: ArcRwSignal::new(desk(&phone.cards_view())),
            places: Family::new(),
            snap: ArcRwSignal::new(None),
            palette: ArcRwSignal::new(None),
            shortcuts: ArcRwSignal::new(false),
            headers: Family::new(),
            timelines: RefCell::default(),
            composers: Family::new(),
            typing: Family::new(),
            recipients: Family::new(),
            presence: Family::new(),
            contacts: ArcRwSignal::new(phone.contacts_view()),
            contact_rows: ArcRwSignal::new(0),
            details: ArcRwSignal::new(phone.details_view()),
            form: ArcRwSignal::new(phone.form_view()),
            import: ArcRwSignal::new(phone.import_view()),
            devices: ArcRwSignal::new(phone.devices_view()),
            installation: ArcRwSignal::new(phone.installation_view()),
            notices: ArcRwSignal::new(phone.notices_view()),
            question: ArcRwSignal::new(phone.question_view()),
        }
    }

    /// A card's timeline, from when the card opens until [`Self::close_timeline`].
    pub(crate) fn open_timeline(&self, card: CardKey, first: impl FnOnce() -> Option<TimelineView>) -> TimelineSignals {
        let signals = TimelineSignals::new(first());
        self.close_timeline(card);
        self.timelines.borrow_mut().push((card, signals.clone()));
        signals
    }

    /// The card is closed.
    pub(crate) fn close_timeline(&self, card: CardKey) {
        self.timelines.borrow_mut().retain(|(open, _)| *open != card);
    }

    /// Reads again what an update named.
    pub(crate) fn refresh(&self, phone: &mut Softphone, what: Changed, env: &Env) {
        match what {
            Changed::Session => self.session.set(phone.session_view()),
            Changed::Route | Changed::Unread => {
                self.rail.set(phone.rail_view());
                self.contacts.set(phone.contacts_view());
            }
            Changed::Connection => {
                self.connection.set(phone.connection_view());
                if let Some(me) = phone.me_view() {
                    self.presence.update(me.user, || phone.presence_view(me.user));
                }
            }
            Changed::Column => self.column.set(column(phone)),
            Changed::Row(id) => self.rows.update(id, || phone.row_view(id, env)),
            Changed::Windows => {
                let cards = phone.cards_view();
                for card in &cards {
                    self.places.update(card.key, || Some(*card));
                }
                self.desk.set(desk(&cards));
                self.snap.set(phone.snap_view());
            }
            Changed::Palette => {
                self.palette.set(phone.palette_view());
                self.shortcuts.set(phone.shows_shortcuts());
            }
            Changed::Header(card) => self.headers.update(card, || phone.header_view(card)),
            Changed::Timeline(card) => {
                let signals = self.timelines.borrow().iter().find(|(open, _)| *open == card).cloned();
                if let Some((_, signals)) = signals {
                    signals.show(phone.timeline_view(card, env));
                }
            }
            Changed::Composer(card) => self.composers.update(card, || phone.composer_view(card)),
            Changed::Typing(card) => self.typing.update(card, || typing(phone, card)),
            Changed::Recipients(card) => self.recipients.update(card, || phone.recipients_view(card)),
            Changed::Contacts => self.contacts.set(phone.contacts_view()),
            Changed::ContactRows => self.contact_rows.set(self.contact_rows.get_untracked().wrapping_add(1)),
            Changed::ContactDetails => self.details.set(phone.details_view()),
            Changed::ContactForm => self.form.set(phone.form_view()),
            Changed::Import => self.import.set(phone.import_view()),
            Changed::Presence(user) => self.presence.update(user, || phone.presence_view(user)),
            Changed::Me => {
                let me = phone.me_view();
                if let Some(me) = &me {
                    self.presence.update(me.user, || phone.presence_view(me.user));
                }
                self.me.set(me);
            }
            Changed::Devices => self.devices.set(phone.devices_view()),
            Changed::Installation => self.installation.set(phone.installation_view()),
            Changed::Notices => self.notices.set(phone.notices_view()),
            Changed::Question => self.question.set(phone.question_view()),
        }
    }
}

fn desk(cards: &[CardView]) -> DeskView {
    DeskView {
        cards: cards.iter().map(|card| card.key).collect(),
        minimised: cards.iter().filter(|card| card.minimised).map(|card| card.key).collect(),
        front: cards.iter().find(|card| card.front).map(|card| card.key),
    }
}

/// Who is typing in a card, in words.
pub(crate) fn typing(phone: &Softphone, card: CardKey) -> Option<String> {
    match card {
        CardKey::Conversation(id) => phone.typing_words(id).as_ref().map(crate::words::say),
        CardKey::New(_) => None,
    }
}

fn column(phone: &mut Softphone) -> ColumnView {
    let ids = phone.column_ids();
    let (query, filter, number) = phone.column_query();
    ColumnView {
        ids,
        query: query.to_owned(),
        filter,
        number,
        numbers: phone.column_numbers(),
        more: phone.column_has_more(),
    }
}
