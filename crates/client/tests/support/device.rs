//! A browser with the softphone in it: what it has asked for and not got yet, its database, its timers.
//!
//! Always holds: commands to the database take effect in their order; only what took effect outlives a crash.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use halyard_client::HttpOutcome;
use halyard_client::composer::Files;
use halyard_client::effect::{FileCommand, FileContent, PhotoOf};
use halyard_client::outbox::OutboxRow;
use halyard_client::storage::Db;
use halyard_client::storage::memory::Memory;
use halyard_client::storage::{DbCommand, Range, Reason, Row, Store, Token, Write};
use halyard_client::{
    AppCommand, CardKey, Effect, FocusTarget, HttpRequest, Method, RequestId, Route, SocketCommand, Softphone, Timer,
    Update,
};
use halyard_protocol::{ClientFrame, Cursor, DeviceId, MediaId, MediaKind, MessageId, StatesSeen, UnixMs, UserId};

use super::database::Database;
use super::screen::Screen;

/// How well the database works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Health {
    #[default]
    Works,
    /// It takes nothing more in.
    Full,
    /// There is none.
    Missing,
}

/// The socket, as long as there is one.
#[derive(Debug, Default)]
pub(crate) struct Line {
    pub(crate) open: bool,
    /// Whom the server takes it for, from the first `resume` on.
    pub(crate) user: Option<UserId>,
    /// The last event that was sent on it.
    pub(crate) stands_at: Option<Cursor>,
    /// Up to where the states were sent on it; `None` for an app that reads none.
    pub(crate) states: Option<StatesSeen>,
    /// Frames beside the events, on their way to the app.
    pub(crate) frames: VecDeque<String>,
    /// What the app said, on its way to the server.
    pub(crate) said: VecDeque<ClientFrame>,
}

/// The browser.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) phone: Softphone,
    pub(crate) screen: Screen,
    /// The browser's cookie and database: all of its tabs have the same.
    pub(crate) cookie: Rc<Cell<Option<DeviceId>>>,
    pub(crate) disk: Rc<RefCell<Memory>>,
    pub(crate) health: Health,
    pub(crate) database: Database,
    /// Messages that the database refused to keep.
    pub(crate) refused: Vec<String>,
    /// Commands that have not taken effect.
    pub(crate) commands: VecDeque<DbCommand>,
    /// Requests that have not arrived.
    pub(crate) requests: VecDeque<(RequestId, HttpRequest)>,
    /// Answers that are on their way back.
    pub(crate) answers: VecDeque<(RequestId, HttpOutcome)>,
    pub(crate) line: Option<Line>,
    pub(crate) timers: BTreeMap<Timer, UnixMs>,
    /// The newest message that the browser kept.
    pub(crate) newest: Rc<Cell<Option<MessageId>>>,
    /// Whether there is a network.
    pub(crate) network: bool,
    /// What the tab said to the others, and they have not heard.
    pub(crate) to_tabs: VecDeque<String>,
    /// Whether it takes the lead from a tab that does not answer.
    pub(crate) claims: bool,
    /// What happened while the page hung; `None` while it does not.
    pub(crate) hung: Option<VecDeque<halyard_client::Event>>,
    /// Whether it was told that it leads.
    pub(crate) leads: bool,
    /// How often the browser was asked not to evict the database.
    pub(crate) persisted: usize,
    /// Whether the tab is gone.
    pub(crate) gone: bool,
    pub(crate) announced: Vec<String>,
    pub(crate) focus: Option<FocusTarget>,
    /// Cards whose timeline is to be scrolled to its line "New".
    pub(crate) to_unread: VecDeque<CardKey>,
    /// How many rows of a timeline are on screen.
    pub(crate) fits: usize,
    pub(crate) title: u32,
    /// What is in the files that the user chose, by the adapter's number.
    pub(crate) chosen: BTreeMap<u32, Vec<u8>>,
    /// Files that are to be on the device.
    pub(crate) fetched: Vec<MediaId>,
    /// Files that are made ready.
    pub(crate) preparing: VecDeque<Files>,
    /// Photos that are to be made small.
    pub(crate) photos: VecDeque<(PhotoOf, String)>,
    /// What the browser was asked to do with the app.
    pub(crate) asked: Vec<AppCommand>,
    /// How often the title was written.
    pub(crate) titles_written: usize,
    /// The addresses that Back goes through, the current one last.
    pub(crate) history: Vec<Route>,
}

impl Device {
    pub(crate) fn new() -> Self {
        Self::started(Rc::default(), Rc::default(), Health::Works, Route::Home)
    }

    pub(crate) fn started(
        cookie: Rc<Cell<Option<DeviceId>>>,
        disk: Rc<RefCell<Memory>>,
        health: Health,
        route: Route,
    ) -> Self {
        Self {
            phone: Softphone::new(halyard_words::english()),
            screen: Screen::default(),
            cookie,
            database: Database::new(Rc::clone(&disk)),
            disk,
            health,
            refused: Vec::new(),
            commands: VecDeque::new(),
            requests: VecDeque::new(),
            answers: VecDeque::new(),
            line: None,
            timers: BTreeMap::new(),
            newest: Rc::default(),
            network: true,
            to_tabs: VecDeque::new(),
            claims: false,
            hung: None,
            leads: false,
            persisted: 0,
            gone: false,
            announced: Vec::new(),
            focus: None,
            to_unread: VecDeque::new(),
            fits: usize::MAX,
            title: 0,
            chosen: BTreeMap::new(),
            fetched: Vec::new(),
            preparing: VecDeque::new(),
            photos: VecDeque::new(),
            asked: Vec::new(),
            titles_written: 0,
            history: vec![route],
        }
    }

    /// Carries out what the machine asks for, as the adapters do.
    pub(crate) fn carry_out(&mut self, update: Update, now: UnixMs) {
        for effect in update.effects {
            match effect {
                Effect::Http(id, request) => self.requests.push_back((id, request)),
                Effect::Socket(SocketCommand::Open(_)) => self.line = Some(Line::default()),
                Effect::Socket(SocketCommand::Close) => self.line = None,
                Effect::Socket(SocketCommand::Send(text)) => {
                    if let Some(line) = self.line.as_mut().filter(|line| line.open) {
                        line.said.push_back(serde_json::from_str(&text).expect("a frame that the server takes"));
                    }
                }
                Effect::SetTimer(id, milliseconds) => {
                    self.timers.insert(id, now.plus(i64::from(milliseconds)));
                }
                Effect::CancelTimer(id) => {
                    self.timers.remove(&id);
                }
                Effect::ShowNewest(_) => {}
                Effect::ShowUnread(card) => self.to_unread.push_back(card),
                Effect::Focus(target) => self.focus = Some(target),
                Effect::Announce(text) => self.announced.push(text.english()),
                Effect::Navigate { route, replace } => {
                    if replace {
                        self.history.pop();
                    }
                    self.history.push(route);
                }
                Effect::KeepNewest(id) => self.newest.set(self.newest.get().max(Some(id))),
                Effect::Title(unread) => {
                    self.title = unread;
                    self.titles_written += 1;
                }
                Effect::Db(command) => self.commands.push_back(command),
                Effect::SendToTabs(text) => self.to_tabs.push_back(text),
                Effect::Lead => self.claims = true,
                Effect::App(command) => self.asked.push(command),
                Effect::Files(FileCommand::Prepare { id, content, most }) => {
                    let bytes = match content {
                        FileContent::Chosen(number) => self.chosen.remove(&number).expect("a file that was chosen"),
                        FileContent::Bytes(bytes) => bytes,
                    };
                    self.preparing.push_back(prepared(id, bytes, most));
                }
                Effect::Files(FileCommand::Fetch(ids)) => self.fetched.extend(ids),
                Effect::Files(FileCommand::Photo { of, content }) => self.photos.push_back((of, content)),
                Effect::Files(FileCommand::Upload { request, media, content }) => {
                    let path = ["/api/v1/media/", &media.id.to_string(), "?name=", &media.name].concat();
                    let request_body = Some(content);
                    let upload = HttpRequest { method: Method::Put, path, body: request_body, idempotency_key: None };
                    self.requests.push_back((request, upload));
                }
            }
        }
    }

    /// The database carries out its next command, unless it does not answer. Gives what it says.
    pub(crate) fn commit(&mut self) -> Option<Vec<Db>> {
        if self.database.is_silent() {
            return None;
        }
        let command = self.commands.pop_front()?;
        self.persisted += usize::from(command == DbCommand::Persist);
        let messages = messages(&command);
        let answers = match self.health {
            Health::Missing => match command {
                DbCommand::Load => vec![Db::Unavailable],
                DbCommand::Write { token, .. } => {
                    token.map(|token| Db::Failed(token, Reason::Shut)).into_iter().collect()
                }
                DbCommand::Read { range, .. } => vec![Db::NotRead(range)],
                _ => Vec::new(),
            },
            health => {
                self.disk.borrow_mut().full = health == Health::Full;
                self.database.run(command)
            }
        };
        if answers.iter().any(|answer| matches!(answer, Db::Failed(Token::Message(_), _))) {
            self.refused.extend(messages);
        }
        Some(answers)
    }

    /// Whose session the browser has.
    pub(crate) fn cookie(&self) -> Option<DeviceId> {
        self.cookie.get()
    }

    /// The messages that the database keeps to be sent.
    pub(crate) fn outbox(&self) -> Vec<OutboxRow> {
        let rows = self.disk.borrow().read(&Range::all(Store::Outbox));
        rows.iter().filter_map(|row| OutboxRow::from_json(&row.text)).collect()
    }

    /// The drafts that the database keeps.
    pub(crate) fn drafts(&self) -> Vec<String> {
        self.disk.borrow().read(&Range::all(Store::Drafts)).into_iter().map(|row| row.text).collect()
    }
}

/// What the adapter makes of a file: a picture that is too large loses its end.
fn prepared(id: MediaId, mut bytes: Vec<u8>, most: Option<u32>) -> Files {
    bytes.truncate(most.map_or(usize::MAX, |most| most as usize));
    match MediaKind::of(&bytes) {
        Some(kind) if !bytes.ends_with(b"damaged") => {
            Files::Ready { id, kind, width: 640, height: 480, content: bytes.into_iter().map(char::from).collect() }
        }
        _ => Files::Unreadable(id),
    }
}

/// The messages that the database is told to keep until they are sent.
pub(crate) fn messages(command: &DbCommand) -> Vec<String> {
    let DbCommand::Write { writes, .. } = command else { return Vec::new() };
    let row = |write: &Write| match write {
        Write::Put(row) if row.store == Store::Outbox => OutboxRow::from_json(&row.text).map(|row| row.body),
        Write::Put(_) | Write::Delete(_) => None,
    };
    writes.iter().filter_map(row).collect()
}

/// The words of what the database is told to keep: messages, drafts and files.
pub(crate) fn going<'command>(commands: impl IntoIterator<Item = &'command DbCommand>) -> Vec<String> {
    let mut words = Vec::new();
    for command in commands {
        let rows: Vec<&'command Row> = match command {
            DbCommand::Write { writes, .. } => {
                let put = |write: &'command Write| if let Write::Put(row) = write { Some(row) } else { None };
                writes.iter().filter_map(put).collect()
            }
            DbCommand::Seal(seal) => seal.rows.iter().collect(),
            _ => continue,
        };
        for row in rows {
            match row.store {
                Store::Drafts => words.push(row.text.clone()),
                Store::Outbox => {
                    let row = OutboxRow::from_json(&row.text).expect("a row that was written here");
                    words.extend(row.media.into_iter().map(|file| file.name).chain([row.body]));
                }
                Store::Attachments => words.push(row.text.clone()),
                _ => {}
            }
        }
    }
    words
}
