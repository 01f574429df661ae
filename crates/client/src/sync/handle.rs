//! The socket: opening it, reading its frames, losing it.

use halyard_protocol::limits::HEARTBEAT_SECONDS;
use halyard_protocol::socket::CLOSE_SIGNED_OUT;
use halyard_protocol::{ClientFrame, ErrorCode, LoggedEvent, ServerFrame};

use super::Link;
use crate::api::succeeded;
use crate::effect::{Effect, SocketCommand, TimerId};
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::json;
use crate::outbox::backoff;
use crate::session::Session;
use crate::softphone::Softphone;
use crate::update::{Changed, Update};

const SOCKET: &str = "/api/v1/socket";

impl Softphone {
    pub(crate) fn connect(&mut self, out: &mut Update) {
        if !self.session.is_signed_in() || matches!(self.sync.link, Link::Connecting | Link::Live) {
            return;
        }
        out.effect(Effect::CancelTimer(TimerId::Reconnect));
        out.changed(Changed::Connection);
        if !self.sync.verified {
            // Started from what the device had kept: the session may be another user's by now, and the log with it.
            if self.sync.link != Link::Checking {
                self.sync.link = Link::Checking;
                self.requests.probe(out);
            }
        } else if self.sync.started {
            self.sync.link = Link::Connecting;
            out.effect(Effect::Socket(SocketCommand::Open(SOCKET)));
        } else if !self.requests.is_asking_all() {
            self.requests.bootstrap(out);
        }
    }

    pub(crate) fn socket_opened(&mut self, out: &mut Update) {
        if self.session.is_signed_in() {
            self.say(&ClientFrame::Resume { cursor: self.sync.cursor }, out);
            listen(out);
        }
    }

    pub(crate) fn socket_closed(&mut self, code: Option<u16>, env: &Env, out: &mut Update) {
        if !matches!(self.sync.link, Link::Connecting | Link::Live) {
            return;
        }
        out.effect(Effect::CancelTimer(TimerId::SocketSilence));
        if code == Some(CLOSE_SIGNED_OUT) {
            self.session_ended(out);
            return;
        }
        self.sync.link = Link::Lost;
        self.sync.tries += 1;
        let wait = u32::try_from(backoff(self.sync.tries, env)).unwrap_or(60_000);
        // The handshake's status can't be read: asking for the snapshot later tells whether the session has ended.
        out.effect(Effect::SetTimer(TimerId::Reconnect, wait));
        out.changed(Changed::Connection);
        for user in self.presence.replace(&[]) {
            self.presence_changed(user, out);
        }
    }

    /// The timer to try again has come. Every third try asks by HTTP first: only there a 401 can be read.
    pub(crate) fn reconnect(&mut self, out: &mut Update) {
        let reading = matches!(self.session, Session::Reading(_));
        if reading || (self.sync.verified && self.sync.tries > 0 && self.sync.tries.is_multiple_of(3)) {
            self.requests.probe(out);
        }
        self.connect(out);
    }

    /// Nothing was heard for too long: the socket is dead although it looks open.
    pub(crate) fn socket_silent(&mut self, env: &Env, out: &mut Update) {
        out.effect(Effect::Socket(SocketCommand::Close));
        self.socket_closed(None, env, out);
    }

    /// The network is back, or the user looks again: don't wait for the timer.
    pub(crate) fn hurry(&mut self, env: &Env, out: &mut Update) {
        if self.sync.link == Link::Lost {
            self.sync.link = Link::Down;
            self.connect(out);
        }
        self.outbox.hurry();
        self.pump_outbox(env, out);
    }

    pub(crate) fn socket_frame(&mut self, text: &str, env: &Env, out: &mut Update) {
        if !matches!(self.sync.link, Link::Connecting | Link::Live) {
            return;
        }
        listen(out);
        // A frame that can't be read at all is as good as a lost one: start the socket again and resume.
        let Ok(frame) = json::read::<ServerFrame>(text) else {
            self.socket_silent(env, out);
            return;
        };
        match frame {
            ServerFrame::Welcome { presence, .. } => self.welcomed(&presence, env, out),
            ServerFrame::Events { events } => self.events(events, env, out),
            ServerFrame::Presence { users } => {
                for entry in users {
                    if self.presence.set(entry) {
                        self.presence_changed(entry.user, out);
                    }
                }
            }
            ServerFrame::Typing { conversation, user } => {
                self.presence.typed(conversation, user, env.now);
                self.typing_changed(conversation, out);
                self.set_expiry(env, out);
            }
            ServerFrame::Reset => {
                self.sync.stop();
                out.effect(Effect::Socket(SocketCommand::Close));
                out.effect(Effect::CancelTimer(TimerId::SocketSilence));
                out.changed(Changed::Connection);
                self.requests.bootstrap(out);
            }
            ServerFrame::Ping => self.say(&ClientFrame::Pong, out),
            ServerFrame::Unknown => {}
        }
    }

    fn welcomed(&mut self, presence: &[halyard_protocol::socket::UserPresence], env: &Env, out: &mut Update) {
        if core::mem::take(&mut self.sync.tries) > 0 {
            // The server may have been started anew, with another release.
            self.check_release(crate::installation::AFTER_LOSS, env, out);
        }
        self.sync.link = Link::Live;
        out.changed(Changed::Connection);
        for user in self.presence.replace(presence) {
            self.presence_changed(user, out);
        }
        self.outbox.hurry();
        self.pump_outbox(env, out);
        self.catch_up(out);
    }

    /// What failed for now, and nobody waits for, is tried once more in a while.
    pub(crate) fn catch_up_later(&self, env: &Env, out: &mut Update) {
        let wait = u32::try_from(backoff(3, env)).unwrap_or(5_000);
        out.effect(Effect::SetTimer(TimerId::CatchUp, wait));
    }

    /// Tries again what failed for now. While the connection is lost that waits for it, too.
    pub(crate) fn catch_up(&mut self, out: &mut Update) {
        if self.sync.link != Link::Live {
            return;
        }
        for id in self.unsent_reads.keys().collect::<Vec<_>>() {
            self.send_read(id, out);
        }
        for id in core::mem::take(&mut self.missing).iter() {
            self.ask_for(id, out);
        }
        self.resume_contacts(out);
    }

    /// Once it is known whose the session is, only its end is of interest.
    pub(crate) fn probed(&mut self, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        if let Session::Reading(_) = self.session {
            self.looked_again(outcome, out);
        } else if !self.sync.verified {
            self.verified(outcome, env, out);
        } else if succeeded(outcome).is_err_and(|error| error.code == ErrorCode::SignedOut) {
            self.session_ended(out);
        }
    }

    fn events(&mut self, events: Vec<LoggedEvent>, env: &Env, out: &mut Update) {
        for event in events {
            if event.cursor <= self.sync.cursor {
                continue;
            }
            if event.cursor > self.sync.cursor + 1 {
                // A gap: what lies between must come first.
                self.socket_silent(env, out);
                return;
            }
            self.sync.cursor = event.cursor;
            self.cursor_moved();
            self.apply(event.change, env, out);
        }
        self.pump_outbox(env, out);
    }

    pub(crate) fn say(&self, frame: &ClientFrame, out: &mut Update) {
        if let Ok(text) = serde_json::to_string(frame) {
            out.effect(Effect::Socket(SocketCommand::Send(text)));
        }
    }
}

fn listen(out: &mut Update) {
    out.effect(Effect::SetTimer(TimerId::SocketSilence, HEARTBEAT_SECONDS * 2_500));
}
