//! The adapters: each turns one family of effects into browser calls, and their outcome into events.
//!
//! Owns every handle that the browser gives out: the socket, timers, the database, listeners, live regions.
//! Always holds: an adapter decides nothing. It carries out one effect and reports what became of it; whether to try
//! again, when, and what to tell the user is for `halyard_client`.

mod announce;
pub(crate) mod assets;
mod browser;
mod database;
pub(crate) mod device;
pub(crate) mod files;
mod focus;
pub(crate) mod history;
mod http;
mod installed;
pub(crate) mod language;
mod media;
pub(crate) mod photos;
mod pictures;
mod socket;
mod system;
mod tabs;
pub(crate) mod theme;
mod timer;
mod worker;

use std::pin::Pin;
use std::rc::Rc;

use crate::words::say;
use halyard_client::effect::{FileCommand, PhotoOf};
use halyard_client::storage::DbCommand;
use halyard_client::{AppCommand, CardKey, Effect, Event};
use halyard_protocol::{ContactId, MediaId};

/// Takes an event to the machine. Never called from inside of an effect: the adapters answer in a later task.
pub(crate) type Dispatch = Rc<dyn Fn(Event)>;

/// Runs a future in the background. All of them as one type: what drives a future is compiled once.
fn spawn(future: impl Future<Output = ()> + 'static) {
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    wasm_bindgen_futures::spawn_local(future);
}

/// All adapters, with what they hold.
pub(crate) struct Adapters {
    send: Dispatch,
    announcer: announce::Announcer,
    database: database::Database,
    installed: installed::Installed,
    media: media::Media,
    socket: socket::Socket,
    system: system::System,
    tabs: tabs::Tabs,
    timers: timer::Timers,
    worker: worker::Worker,
    _history: Option<gloo_events::EventListener>,
}

impl Adapters {
    /// Begins to listen to the browser. What it says comes by `send` from then on.
    #[must_use]
    pub(crate) fn new(send: Dispatch) -> Self {
        Self {
            announcer: announce::Announcer::new(),
            database: database::Database::new(send.clone()),
            installed: installed::Installed::new(send.clone()),
            media: media::Media::new(send.clone()),
            socket: socket::Socket::new(send.clone()),
            system: system::System::new(send.clone()),
            tabs: tabs::Tabs::new(send.clone()),
            timers: timer::Timers::new(send.clone()),
            worker: worker::Worker::new(send.clone()),
            _history: history::listen(send.clone()),
            send,
        }
    }

    /// Reports whether the tab has the user's attention, whether there is a network, and how large everything is,
    /// as it stands now. To be called once, when the machine has started.
    pub(crate) fn report(&self) {
        self.tabs.queue();
        self.system.report();
    }

    /// Follows the size of the desk, the place where the cards lie. The view calls this when it has made one.
    pub(crate) fn observe_desk(&self, desk: &web_sys::Element) {
        self.system.observe_desk(desk);
    }

    /// Carries out an effect.
    pub(crate) fn run(&self, effect: Effect) {
        match effect {
            Effect::Http(id, request) => http::run(id, request, self.send.clone()),
            Effect::Socket(command) => self.socket.run(command),
            Effect::SetTimer(id, milliseconds) => self.timers.set(id, milliseconds),
            Effect::CancelTimer(id) => self.timers.cancel(id),
            Effect::Focus(target) => focus::run(target),
            Effect::ShowNewest(card) => focus::show_newest(card),
            Effect::ShowUnread(card) => focus::show_unread(card),
            Effect::Announce(text) => self.announcer.say(say(&text)),
            Effect::Navigate { route, replace } => history::run(route, replace),
            Effect::KeepNewest(id) => device::keep_newest(id),
            Effect::Title(unread) => system::set_title(unread),
            Effect::Db(command) => {
                if matches!(command, DbCommand::Seal(_)) {
                    self.forget_files();
                }
                self.database.run(command);
            }
            Effect::SendToTabs(text) => self.tabs.send(&text),
            Effect::Lead => self.tabs.lead(),
            Effect::App(command) => self.run_app(command),
            Effect::Files(command) => self.run_files(command),
        }
    }

    fn run_files(&self, command: FileCommand) {
        self.media.run(command);
    }

    fn forget_files(&self) {
        self.media.forget();
    }

    /// Tells of files that the user chose for a card.
    pub(crate) fn choose_files(&self, card: CardKey, files: Vec<web_sys::File>) {
        self.media.choose(card, files);
    }

    /// Makes a photo small that the user chose for a contact.
    pub(crate) fn choose_photo(&self, contact: ContactId, file: web_sys::File) {
        photos::shrink(PhotoOf::Form(contact), photos::Source::File(file), self.send.clone());
    }

    /// Where a file of a message can be shown from.
    pub(crate) fn address_of(&self, id: MediaId) -> String {
        self.media.address(id)
    }

    fn run_app(&self, command: AppCommand) {
        match command {
            AppCommand::Settle => {
                self.worker.register();
                self.installed.settle();
            }
            AppCommand::Check => self.worker.check(),
            AppCommand::SendLater => self.worker.send_later(),
            AppCommand::Update => self.worker.update(),
            AppCommand::Reload => history::reload(),
            AppCommand::Install => self.installed.install(),
            AppCommand::HideHint => self.installed.hide_hint(),
            AppCommand::HandleLinks => self.installed.handle_links(),
            AppCommand::TakeShared => self.installed.take_shared(),
        }
    }
}
