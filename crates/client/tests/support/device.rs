//! A browser with the softphone in it: what it has asked for and not got yet, its database, its timers.
//!
//! Always holds: commands to the database take effect in their order; only what took effect outlives a crash.

use std::collections::{BTreeMap, VecDeque};

use halyard_client::effect::DbCommand;
use halyard_client::event::{Db, HttpOutcome};
use halyard_client::outbox::OutboxRow;
use halyard_client::{Effect, FocusTarget, HttpRequest, RequestId, Route, SocketCommand, Softphone, TimerId, Update};
use halyard_protocol::{ClientFrame, Cursor, DeviceId, MessageId, UnixMs, UserId};

use super::screen::Screen;

/// What the device's database holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disk {
    pub(crate) outbox: BTreeMap<MessageId, OutboxRow>,
    pub(crate) drafts: BTreeMap<String, String>,
}

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
    pub(crate) cookie: Option<DeviceId>,
    pub(crate) disk: Disk,
    pub(crate) health: Health,
    /// Commands that have not taken effect.
    pub(crate) commands: VecDeque<DbCommand>,
    /// Requests that have not arrived.
    pub(crate) requests: VecDeque<(RequestId, HttpRequest)>,
    /// Answers that are on their way back.
    pub(crate) answers: VecDeque<(RequestId, HttpOutcome)>,
    pub(crate) line: Option<Line>,
    pub(crate) timers: BTreeMap<TimerId, UnixMs>,
    /// Whether there is a network.
    pub(crate) network: bool,
    pub(crate) announced: Vec<String>,
    pub(crate) focus: Option<FocusTarget>,
    pub(crate) title: u32,
    /// How often the title was written.
    pub(crate) titles_written: usize,
    /// The addresses that Back goes through, the current one last.
    pub(crate) history: Vec<Route>,
}

impl Device {
    pub(crate) fn new() -> Self {
        Self::started(None, Disk::default(), Health::Works, Route::Home)
    }

    pub(crate) fn started(cookie: Option<DeviceId>, disk: Disk, health: Health, route: Route) -> Self {
        Self {
            phone: Softphone::new(),
            screen: Screen::default(),
            cookie,
            disk,
            health,
            commands: VecDeque::new(),
            requests: VecDeque::new(),
            answers: VecDeque::new(),
            line: None,
            timers: BTreeMap::new(),
            network: true,
            announced: Vec::new(),
            focus: None,
            title: 0,
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
                Effect::Focus(target) => self.focus = Some(target),
                Effect::Announce(text) => self.announced.push(text),
                Effect::Navigate { route, replace } => {
                    if replace {
                        self.history.pop();
                    }
                    self.history.push(route);
                }
                Effect::Title(unread) => {
                    self.title = unread;
                    self.titles_written += 1;
                }
                Effect::Db(command) => self.commands.push_back(command),
            }
        }
    }

    /// The database carries out its next command. Gives what it answers, if it does.
    pub(crate) fn commit(&mut self) -> Option<Option<Db>> {
        let command = self.commands.pop_front()?;
        if self.health != Health::Works {
            return Some(match command {
                DbCommand::Load if self.health == Health::Missing => Some(Db::Unavailable),
                DbCommand::Load => Some(self.loaded()),
                DbCommand::PutOutbox { row, .. } => Some(Db::Failed(row.id)),
                _ => None,
            });
        }
        Some(match command {
            DbCommand::Load => Some(self.loaded()),
            DbCommand::PutOutbox { row, draft } => {
                let id = row.id;
                self.disk.outbox.insert(id, *row);
                if let Some(draft) = draft {
                    self.disk.drafts.remove(&draft);
                }
                Some(Db::Committed(id))
            }
            DbCommand::DeleteOutbox(id) => {
                self.disk.outbox.remove(&id);
                None
            }
            DbCommand::PutDraft { key, text } => {
                if text.is_empty() {
                    self.disk.drafts.remove(&key)
                } else {
                    self.disk.drafts.insert(key, text)
                };
                None
            }
            DbCommand::Clear => {
                self.disk = Disk::default();
                None
            }
        })
    }

    fn loaded(&self) -> Db {
        Db::Loaded {
            outbox: self.disk.outbox.values().cloned().collect(),
            drafts: self.disk.drafts.iter().map(|(key, text)| (key.clone(), text.clone())).collect(),
        }
    }
}
