//! What a screen shows that reads again only what an update names.
//!
//! Always holds, or the test fails: it shows what a screen would that reads everything again. So no view model ever
//! changes without its name in [`halyard_client::Changed`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use halyard_client::view::PaletteView;
use halyard_client::view::{
    CardView, ComposerView, ConnectionView, ContactRowView, ContactsView, DetailsView, DeviceView, FormView,
    HeaderView, ImportView, InstallationView, MeView, NoticeView, QuestionView, RailView, RecipientsView, RowView,
    SessionView, TimelineView,
};
use halyard_client::windows::Rect;
use halyard_client::{CardKey, Changed, Env, Softphone, SortedSet};
use halyard_protocol::ConversationId;
use halyard_protocol::event::Favourite;

/// What a card shows.
#[derive(Clone, Debug, PartialEq)]
struct Card {
    header: Option<HeaderView>,
    timeline: Option<TimelineView>,
    composer: ComposerView,
    typing: Option<String>,
    recipients: Option<RecipientsView>,
}

/// The screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Screen {
    session: Option<SessionView>,
    rail: Option<RailView>,
    connection: Option<ConnectionView>,
    me: Option<MeView>,
    column: Arc<[ConversationId]>,
    more: bool,
    rows: BTreeMap<ConversationId, Option<RowView>>,
    windows: Vec<CardView>,
    snap: Option<Rect>,
    palette: Option<PaletteView>,
    shortcuts: bool,
    cards: BTreeMap<CardKey, Card>,
    contacts: Option<ContactsView>,
    contact_rows: BTreeMap<Favourite, Option<ContactRowView>>,
    details: Option<DetailsView>,
    form: Option<FormView>,
    import: Option<ImportView>,
    devices: Option<Vec<DeviceView>>,
    installation: InstallationView,
    notices: Vec<NoticeView>,
    question: Option<QuestionView>,
}

impl Screen {
    /// A screen that reads everything.
    pub(crate) fn read(phone: &mut Softphone, env: &Env) -> Self {
        let mut screen = Self::default();
        let all = [
            Changed::Session,
            Changed::Route,
            Changed::Connection,
            Changed::Column,
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
        ];
        screen.refresh(phone, &all.into_iter().collect(), env);
        screen
    }

    /// What it shows and another one doesn't.
    pub(crate) fn differences(&self, other: &Self) -> String {
        let (here, there) = (format!("{self:#?}"), format!("{other:#?}"));
        let there: BTreeSet<&str> = there.lines().collect();
        here.lines().filter(|line| !there.contains(line)).collect()
    }

    /// Reads again what an update named.
    pub(crate) fn refresh(&mut self, phone: &mut Softphone, changed: &SortedSet<Changed>, env: &Env) {
        for what in changed.iter() {
            match what {
                Changed::Session => self.session = Some(phone.session_view()),
                Changed::Route | Changed::Unread => {
                    self.rail = Some(phone.rail_view());
                    self.contacts = Some(phone.contacts_view());
                }
                Changed::Connection => self.connection = Some(phone.connection_view()),
                Changed::Column => {
                    self.column = phone.column_ids();
                    self.more = phone.column_has_more();
                }
                Changed::Row(id) => {
                    self.rows.insert(id, phone.row_view(id, env));
                }
                Changed::Windows => {
                    self.windows = phone.cards_view();
                    self.snap = phone.snap_view();
                }
                Changed::Palette => {
                    self.palette = phone.palette_view();
                    self.shortcuts = phone.shows_shortcuts();
                }
                Changed::Header(key) => self.card(key, |card| card.header = phone.header_view(key)),
                Changed::Timeline(key) => self.card(key, |card| card.timeline = phone.timeline_view(key, env)),
                Changed::Composer(key) => self.card(key, |card| card.composer = phone.composer_view(key)),
                Changed::Typing(key) => self.card(key, |card| card.typing = typing(phone, key)),
                Changed::Recipients(key) => self.card(key, |card| card.recipients = phone.recipients_view(key)),
                Changed::Contacts => self.contacts = Some(phone.contacts_view()),
                Changed::ContactRows => {
                    for (entry, row) in &mut self.contact_rows {
                        *row = phone.contact_row_view(*entry);
                    }
                }
                Changed::ContactDetails => self.details = phone.details_view(),
                Changed::ContactForm => self.form = phone.form_view(),
                Changed::Import => self.import = phone.import_view(),
                Changed::Presence(_) => {}
                Changed::Me => self.me = phone.me_view(),
                Changed::Devices => self.devices = phone.devices_view(),
                Changed::Installation => self.installation = phone.installation_view(),
                Changed::Notices => self.notices = phone.notices_view(),
                Changed::Question => self.question = phone.question_view(),
            }
        }
        self.mount(phone, env);
    }

    fn card(&mut self, key: CardKey, read: impl FnOnce(&mut Card)) {
        if let Some(card) = self.cards.get_mut(&key) {
            read(card);
        }
    }

    /// What comes on screen is read as it comes; what leaves is forgotten.
    fn mount(&mut self, phone: &Softphone, env: &Env) {
        let column = &self.column;
        self.rows.retain(|id, _| column.contains(id));
        for id in column.iter() {
            self.rows.entry(*id).or_insert_with(|| phone.row_view(*id, env));
        }
        let windows = &self.windows;
        self.cards.retain(|key, _| windows.iter().any(|card| card.key == *key));
        for CardView { key, .. } in windows {
            self.cards.entry(*key).or_insert_with(|| Card {
                header: phone.header_view(*key),
                timeline: phone.timeline_view(*key, env),
                composer: phone.composer_view(*key),
                typing: typing(phone, *key),
                recipients: phone.recipients_view(*key),
            });
        }
        let entries = self.contacts.as_ref().map(|contacts| contacts.entries.clone()).unwrap_or_default();
        self.contact_rows.retain(|entry, _| entries.contains(entry));
        for entry in entries.iter() {
            self.contact_rows.entry(*entry).or_insert_with(|| phone.contact_row_view(*entry));
        }
    }
}

fn typing(phone: &Softphone, key: CardKey) -> Option<String> {
    match key {
        CardKey::Conversation(id) => phone.typing_words(id).map(|words| words.english()),
        CardKey::New(_) => None,
    }
}
