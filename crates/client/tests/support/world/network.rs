//! What goes between the devices and the server: requests and their answers, and the frames of the socket.

use std::collections::BTreeSet;

use halyard_client::{Event, Net, NetworkFailure, SocketEvent, System};
use halyard_protocol::socket::CLOSE_SIGNED_OUT;
use halyard_protocol::{ClientFrame, ServerFrame, UserId};

use super::{Fate, World};

impl World {
    /// The device has a network, or has lost it.
    pub(crate) fn network(&mut self, at: usize, on: bool) {
        self.devices[at].network = on;
        if !on {
            self.disconnect(at);
        }
        self.system(at, System::Online(on));
    }

    /// A request goes to the server.
    pub(crate) fn carry(&mut self, at: usize, n: usize, fate: Fate) -> bool {
        self.server.now = self.server_now();
        let device = &mut self.devices[at];
        let Some((id, request)) = device.requests.remove(n) else { return false };
        let arrives = device.network && fate != Fate::Lost;
        let mut outcome = Err(NetworkFailure);
        if arrives {
            let (answer, cookie) = self.server.answer(device.cookie(), &request);
            if fate == Fate::Answered {
                device.cookie.set(cookie.or(device.cookie()));
                outcome = Ok(answer);
            }
        }
        device.answers.push_back((id, outcome));
        true
    }

    /// An answer comes back.
    pub(crate) fn deliver_answer(&mut self, at: usize, n: usize) -> bool {
        let Some((id, outcome)) = self.devices[at].answers.remove(n) else { return false };
        self.handle(at, Event::Net(Net::Http(id, outcome)));
        true
    }

    /// The same answer comes once more: the machine must not mind.
    pub(crate) fn deliver_answer_twice(&mut self, at: usize, n: usize) -> bool {
        let Some(answer) = self.devices[at].answers.get(n).cloned() else { return false };
        self.devices[at].answers.push_back(answer);
        self.deliver_answer(at, n)
    }

    /// The socket's next step: it opens, the server hears what was said, or the next frame comes.
    pub(crate) fn follow(&mut self, at: usize, batch: usize) -> bool {
        let user = self.server.user_of(self.devices[at].cookie());
        let network = self.devices[at].network;
        let Some(line) = &mut self.devices[at].line else { return false };
        if !line.open {
            if user.is_none() || !network {
                self.devices[at].line = None;
                self.handle(at, Event::Net(Net::Socket(SocketEvent::Closed(None))));
            } else {
                line.open = true;
                self.handle(at, Event::Net(Net::Socket(SocketEvent::Opened)));
            }
            return true;
        }
        if line.user.is_some() && user.is_none() {
            self.devices[at].line = None;
            self.handle(at, Event::Net(Net::Socket(SocketEvent::Closed(Some(CLOSE_SIGNED_OUT)))));
            self.presences();
            return true;
        }
        if let Some(said) = line.said.pop_front() {
            self.listen(at, &said);
            return true;
        }
        let Some(frame) = self.next_frame(at, batch) else { return false };
        self.handle(at, Event::Net(Net::Socket(SocketEvent::Frame(frame))));
        true
    }

    pub(super) fn next_frame(&mut self, at: usize, batch: usize) -> Option<String> {
        let line = self.devices[at].line.as_mut()?;
        if let Some(frame) = line.frames.pop_front() {
            return Some(frame);
        }
        let (user, stands_at, version) = (line.user?, line.stands_at?, self.server.state_version);
        let frame = match self.server.after(user, stands_at, batch) {
            None => {
                line.stands_at = None;
                ServerFrame::Reset
            }
            Some(events) => match (events.last(), &mut line.states) {
                (Some(last), _) => {
                    line.stands_at = Some(last.cursor);
                    ServerFrame::Events { events }
                }
                // States follow when the log has no more.
                (None, Some(seen)) if seen.reads < version => {
                    let reads = self.server.reads_after(user, std::mem::replace(&mut seen.reads, version));
                    ServerFrame::Reads { version, reads }
                }
                (None, Some(seen)) if seen.users < version => {
                    let users = self.server.users_after(std::mem::replace(&mut seen.users, version));
                    ServerFrame::Users { version, users }
                }
                (None, _) => return None,
            },
        };
        Some(text(&frame))
    }

    /// The server hears a frame.
    pub(super) fn listen(&mut self, at: usize, said: &ClientFrame) {
        let Some(user) = self.server.user_of(self.devices[at].cookie()) else { return };
        match *said {
            ClientFrame::Resume { cursor, states } => {
                if let Some(line) = &mut self.devices[at].line {
                    (line.user, line.stands_at, line.states) = (Some(user), Some(cursor), states);
                }
                self.presences();
                let welcome = text(&self.server.welcome(user));
                if let Some(line) = &mut self.devices[at].line {
                    line.frames.push_back(welcome);
                }
            }
            ClientFrame::Typing { conversation } => {
                let key = self.server.conversations.get(&conversation).map(|shared| shared.key.clone());
                let Some(users) = key.as_ref().and_then(|key| key.users()) else { return };
                self.whisper(&ServerFrame::Typing { conversation, user }, |other| {
                    other != user && users.contains(&other)
                });
            }
            ClientFrame::Pong | ClientFrame::Unknown => {}
        }
    }

    pub(super) fn whisper(&mut self, frame: &ServerFrame, hears: impl Fn(UserId) -> bool) {
        for line in self.devices.iter_mut().filter_map(|device| device.line.as_mut()) {
            if line.open && line.user.is_some_and(&hears) {
                line.frames.push_back(text(frame));
            }
        }
    }

    /// The server notes who has come and who has gone.
    pub(super) fn presences(&mut self) {
        let lines = self.devices.iter().filter_map(|device| device.line.as_ref());
        let now: BTreeSet<UserId> = lines.filter_map(|line| line.user).collect();
        self.server.set_connected(&now);
    }

    /// The connection breaks.
    pub(crate) fn disconnect(&mut self, at: usize) {
        if self.devices[at].line.take().is_some() {
            self.handle(at, Event::Net(Net::Socket(SocketEvent::Closed(Some(1006)))));
            self.presences();
        }
    }

    /// A frame comes that is not from our server's hand.
    pub(crate) fn frame(&mut self, at: usize, text: &str) {
        self.handle(at, Event::Net(Net::Socket(SocketEvent::Frame(text.to_owned()))));
    }
}

fn text(frame: &ServerFrame) -> String {
    serde_json::to_string(frame).expect("a frame becomes JSON")
}
