//! The softphone: its nouns, and how an event comes to them.
//!
//! Each noun owns its state and its handlers, and knows no other one but those that stand below it, which it may read.
//! This module is the only one that has them all. An event goes to its noun; what that means for others comes back as
//! facts, which `facts` takes to whom they concern, until none is left. What takes several nouns at once (starting,
//! leaving, sending a message, the device's database) stands in a file of its own beside.

mod again;
mod ending;
mod events;
mod facts;
mod finding;
mod leaving;
mod log;
mod names;
mod opening;
mod other_tabs;
mod passwords;
mod restoring;
mod rounds;
mod starting;
mod storing;
mod ui;
mod writing;

use halyard_protocol::rest::Me;
use halyard_protocol::{CallingCode, UserId};

use crate::cache::Cache;
use crate::composer::Composer;
use crate::contacts::Contacts;
use crate::context::{Device, Turn, home};
use crate::conversations::Conversations;
use halyard_words::Catalog;

use crate::database::Database;
use crate::desk::Desk;
use crate::devices::Devices;
use crate::env::{Attention, Env};
use crate::event::Event;
use crate::importing::Import;
use crate::installation::Installation;
use crate::notices::Notices;
use crate::outbox::Outbox;
use crate::overlay::Overlay;
use crate::recipients::{People, Recipients};
use crate::session::Session;
use crate::sync::Sync;
use crate::typing::Typing;
use crate::update::Update;

/// The softphone. See the crate's documentation.
#[derive(Debug, Default)]
pub struct Softphone {
    pub(crate) session: Session,
    pub(crate) sync: Sync,
    pub(crate) contacts: Contacts,
    pub(crate) import: Import,
    pub(crate) conversations: Conversations,
    pub(crate) typing: Typing,
    pub(crate) outbox: Outbox,
    pub(crate) composer: Composer,
    pub(crate) recipients: Recipients,
    pub(crate) desk: Desk,
    pub(crate) overlay: Overlay,
    pub(crate) notices: Notices,
    pub(crate) devices: Devices,
    pub(crate) installation: Installation,
    pub(crate) database: Database,
    pub(crate) cache: Cache,
    /// Whether the device says that it has a network.
    pub(crate) online: bool,
    /// Whether sealed rows are read without a network: then nothing is written.
    pub(crate) reading: bool,
    /// Whether this tab sends and keeps, for all of the browser's tabs.
    leads: bool,
    /// Whether the leading tab is to answer.
    expects_leader: bool,
    /// Whether another tab has begun to write, and what it writes is looked for later.
    expects_written: bool,
    /// The local day and the zone's offset as times on screen were last written.
    shown_day: Option<(i64, [i32; 3])>,
    /// How many conversations were last said to be unread.
    shown_unread: u32,
    /// Whether the windows may be stored otherwise than they are: they have changed while nothing could be written, say.
    windows_due: bool,
    /// Whether outgoing messages may leave.
    outbox_ready: bool,
    last_request: u32,
    /// The words of the user's language: commands are found by their names.
    words: Option<&'static Catalog>,
}

/// The context of a handler: a turn, and what any noun may know. The noun itself stays free to be changed.
macro_rules! context {
    ($phone:ident, $turn:ident) => {
        &mut $crate::context::Context::new($turn, $phone.session.me(), $phone.device())
    };
}

/// Those whom one can write to. The noun of new conversations stays free to be changed.
macro_rules! people {
    ($phone:ident) => {
        $crate::recipients::People {
            book: &$phone.contacts.book,
            conversations: &$phone.conversations,
            me: $phone.session.me(),
        }
    };
}

pub(crate) use {context, people};

impl Softphone {
    /// A softphone that has heard of nothing yet, for a user of this language.
    #[must_use]
    pub fn new(words: &'static Catalog) -> Self {
        Self { words: Some(words), ..Self::fresh() }
    }

    fn fresh() -> Self {
        let mut phone = Self { online: true, leads: true, ..Self::default() };
        phone.desk.attention = Attention::Focused;
        phone
    }

    /// Takes one event in. Synchronous, total and deterministic.
    pub fn handle(&mut self, event: Event, env: &Env) -> Update {
        let mut turn = Turn::new(env, self.last_request);
        self.on_event(event, &mut turn);
        self.settle_facts(&mut turn);
        self.end_turn(&mut turn);
        self.settle_facts(&mut turn);
        let (update, last_request) = turn.finish();
        self.last_request = last_request;
        update
    }

    /// What this tab and its device can do now.
    pub(crate) fn device(&self) -> Device {
        Device {
            keeps: self.database.can_keep,
            reading: self.reading,
            leads: self.leads,
            loading: self.database.loads > 0,
            signed_in: self.session.is_signed_in(),
        }
    }

    pub(crate) fn me(&self) -> Option<&Me> {
        self.session.me()
    }

    pub(crate) fn user(&self) -> Option<UserId> {
        self.me().map(|me| me.user.id)
    }

    /// The country of numbers that are written without one.
    #[must_use]
    pub fn home(&self) -> CallingCode {
        home(self.me())
    }

    /// Those whom one can write to, and from what.
    pub(crate) fn people(&self) -> People<'_> {
        people!(self)
    }
}
