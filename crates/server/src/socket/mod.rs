//! One socket: what the app missed, then what happens, until one side goes.
//!
//! Always holds: events leave in the order of the log without a gap, each once per cursor that the app named; at most
//! one batch is in memory, and an app that does not take it in time is closed and resumes later. Read positions are read in the
//! transaction in which the log was read to its end, and leave after it: what the two say of unread counts comes in the order in which
//! it was true. Frames of users' states are the same for all sockets of the tenant; they join what was read for this app alone without
//! a gap, as the socket listens for them before it reads.

#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use halyard_protocol::socket::{CLOSE_POLICY, CLOSE_RESTART, CLOSE_SIGNED_OUT, CLOSE_TOO_SLOW};
use halyard_protocol::{ClientFrame, ConversationId, Cursor, ServerFrame, StatesSeen, UnixMs};
use tokio::time::{Instant, MissedTickBehavior};

use crate::app::App;
use crate::feed::Place;
use crate::hub::Connection;
use crate::store::following::{Follower, Found, Terms};
use crate::store::sessions::{Session, SessionState};
use crate::store::{self, Tx};

/// Events in one frame.
const BATCH: u32 = 100;
/// How long the app has for its first frame.
const FIRST_FRAME: Duration = Duration::from_secs(10);
/// Frames that the app may send at once; then so many in a second.
const BURST: i64 = 40;
/// See [`BURST`].
const PER_SECOND: i64 = 10;
/// So many frames more a `resume` counts for: each may bring a batch of events.
const RESUME: i64 = 9;
/// Milliseconds between two signs of typing that are passed on.
const TYPING_PAUSE: i64 = 1_000;

/// Why a socket ends.
enum End {
    /// The app went, or the line broke.
    Gone,
    /// We close, with this code and word.
    Close(u16, &'static str),
}

/// Serves a socket until it ends.
pub async fn run(mut socket: WebSocket, app: Arc<App>, session: Session) {
    let first = tokio::time::timeout(FIRST_FRAME, socket.recv()).await;
    let Ok(Some(Ok(Message::Text(text)))) = first else {
        return close(socket, CLOSE_POLICY, "say resume first").await;
    };
    let Ok(ClientFrame::Resume { cursor, states }) = serde_json::from_str(&text) else {
        return close(socket, CLOSE_POLICY, "say resume first").await;
    };
    let connection = app.hub.connect(session.tenant, session.user, session.device);
    let Some(connection) = connection else {
        return close(socket, CLOSE_TOO_SLOW, "too many sockets of this user").await;
    };
    let registered = Registered { app: Arc::clone(&app), connection };
    let frames = Allowance::new();
    let mut line = Line { socket, app, session, registered, stands_at: None, seen: None, frames };
    let end = line.serve(cursor, states).await;
    let Line { socket, registered, .. } = line;
    drop(registered);
    if let End::Close(code, reason) = end {
        close(socket, code, reason).await;
    }
}

/// A connection that the hub knows, until it is dropped: also by a panic.
struct Registered {
    app: Arc<App>,
    connection: Connection,
}

impl Registered {
    /// The state of the session; one that no longer holds ends its socket.
    async fn session_state(&self, session: &Session, tx: &mut Tx) -> Result<SessionState, End> {
        let now = self.app.env.now();
        let state =
            store::sessions::state(tx, session.device, now, self.app.settings.lifetimes).await.map_err(broken)?;
        let state = state.ok_or_else(signed_out)?;
        self.app.seen.note(session.device, state.seen_at, now);
        Ok(state)
    }

    /// What comes after a place in the user's log, with the state of the session; one that no longer holds ends its socket.
    async fn found(&self, session: &Session, cursor: Cursor) -> Result<Found, End> {
        let now = self.app.env.now();
        let follower = Follower { device: session.device, user: session.user, cursor, now };
        let terms = Terms { limit: BATCH, lifetimes: self.app.settings.lifetimes };
        let found = self.app.store.follow(session.tenant, follower, terms).await.map_err(broken)?;
        let found = found.ok_or_else(signed_out)?;
        self.app.seen.note(session.device, found.state.seen_at, now);
        Ok(found)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let departure = self.app.hub.disconnect(&self.connection);
        // There is no runtime any more when the process ends.
        if let (Some(departure), Ok(runtime)) = (departure, tokio::runtime::Handle::try_current()) {
            let app = Arc::clone(&self.app);
            runtime.spawn(async move {
                tokio::time::sleep(app.settings.tempo.grace).await;
                app.hub.depart(&departure);
            });
        }
    }
}

async fn close(mut socket: WebSocket, code: u16, reason: &'static str) {
    let frame = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    // Somebody who does not read won't take this either: no reason to wait for long.
    let _ = tokio::time::timeout(Duration::from_secs(1), socket.send(frame)).await;
}

struct Line {
    socket: WebSocket,
    app: Arc<App>,
    session: Session,
    registered: Registered,
    /// The last event that was sent; `None` after a reset, until the app resumes.
    stands_at: Option<Cursor>,
    /// Up to where the app was told the states; `None` where it does not read them, and after a reset.
    seen: Option<StatesSeen>,
    frames: Allowance,
}

/// Which states are to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum States {
    /// Read positions.
    Reads,
    /// Those of users, too.
    All,
}

impl Line {
    async fn serve(&mut self, cursor: Cursor, states: Option<StatesSeen>) -> End {
        match self.converse(cursor, states).await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn converse(&mut self, cursor: Cursor, states: Option<StatesSeen>) -> Result<std::convert::Infallible, End> {
        self.welcome(cursor, states).await?;
        let mut heartbeat = tokio::time::interval(self.app.settings.tempo.heartbeat);
        // After a long catching-up the next one comes a whole pause later: the app had no chance to answer those that were missed.
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        heartbeat.tick().await;
        let mut unanswered = 0;
        let (mut reads_changed, mut reads_at) = (false, Instant::now());
        let mut typed_at = UnixMs(i64::MIN / 2);
        let stop = self.app.stop.clone();
        loop {
            tokio::select! {
                () = stop.cancelled() => return Err(End::Close(CLOSE_RESTART, "the server restarts")),
                ended = self.registered.connection.ended.changed() => return Err(match ended {
                    Ok(()) => signed_out(),
                    // The hub does not know this connection any more.
                    Err(_) => End::Gone,
                }),
                Ok(()) = self.registered.connection.cursor.changed() => self.follow().await?,
                Ok(()) = self.registered.connection.reads.changed(), if !reads_changed => {
                    reads_changed = true;
                    reads_at = Instant::now() + self.app.settings.tempo.reads;
                }
                () = tokio::time::sleep_until(reads_at), if reads_changed => {
                    reads_changed = false;
                    self.pump(States::Reads).await?;
                }
                Ok(_) = self.registered.connection.states.changed() => self.tell_states().await?,
                Some(frame) = self.registered.connection.frames.recv() => self.send(&frame).await?,
                _ = heartbeat.tick() => {
                    if unanswered >= 2 {
                        return Err(End::Gone);
                    }
                    unanswered += 1;
                    self.send(&ServerFrame::Ping).await?;
                    // Another process may have written: its wake-ups don't reach this hub.
                    let state = self.look().await?;
                    self.look_for_states(&state);
                }
                message = self.socket.recv() => {
                    let frame = self.read(message)?;
                    unanswered = 0;
                    match frame {
                        Some(ClientFrame::Resume { cursor, states }) => self.welcome(cursor, states).await?,
                        Some(ClientFrame::Typing { conversation }) => {
                            let now = self.app.env.now();
                            // Also when the clock was set back.
                            if !(0..TYPING_PAUSE).contains(&now.since(typed_at)) {
                                typed_at = now;
                                self.typing(conversation).await?;
                            }
                        }
                        Some(ClientFrame::Pong | ClientFrame::Unknown) | None => {}
                    }
                }
            }
        }
    }

    /// Reads a frame of the app's; `None` for those of the WebSocket itself.
    fn read(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<Option<ClientFrame>, End> {
        let malformed = End::Close(CLOSE_POLICY, "malformed, too large or too many frames");
        match message {
            None | Some(Ok(Message::Close(_))) => Err(End::Gone),
            // Also a line that broke: then nobody hears the word.
            Some(Err(_)) | Some(Ok(Message::Binary(_))) => Err(malformed),
            Some(Ok(_)) if !self.frames.take(1, self.app.env.now()) => Err(malformed),
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(ClientFrame::Resume { .. }) if !self.frames.take(RESUME, self.app.env.now()) => Err(malformed),
                Ok(frame) => Ok(Some(frame)),
                Err(_) => Err(malformed),
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        }
    }

    async fn welcome(&mut self, cursor: Cursor, states: Option<StatesSeen>) -> Result<(), End> {
        let mut tx = self.app.store.read().await.map_err(broken)?;
        let state = self.registered.session_state(&self.session, &mut tx).await?;
        drop(tx);
        let now = self.app.env.now();
        self.send(&ServerFrame::Welcome { cursor: state.newest, now, presence: Vec::new() }).await?;
        if states.is_some_and(|seen| seen.users.max(seen.reads) > state.state_version) {
            // They are of another database.
            return self.reset().await;
        }
        (self.stands_at, self.seen) = (Some(cursor), states);
        self.pump(States::All).await.map(drop)
    }

    async fn reset(&mut self) -> Result<(), End> {
        (self.stands_at, self.seen) = (None, None);
        self.send(&ServerFrame::Reset).await
    }

    /// Looks whether the session holds, and sends what is new, if anything is. Mostly nothing is: that one statement says, of no transaction.
    async fn look(&mut self) -> Result<SessionState, End> {
        let mut tx = self.app.store.read_once().await.map_err(broken)?;
        let state = self.registered.session_state(&self.session, &mut tx).await?;
        drop(tx);
        let is_behind = self.stands_at.is_some_and(|cursor| cursor != state.newest)
            || self.seen.is_some_and(|seen| seen.reads < state.state_version);
        if is_behind { self.pump(States::Reads).await } else { Ok(state) }
    }

    /// Sends what the log has after the last event that was sent. The session is looked at each time.
    async fn follow(&mut self) -> Result<(), End> {
        while let Some(cursor) = self.stands_at {
            let Found { state, events } = self.registered.found(&self.session, cursor).await?;
            let Some(events) = events else { return self.reset().await };
            let Some(last) = events.last().map(|event| event.cursor) else { return Ok(()) };
            self.stands_at = Some(last);
            self.send(&ServerFrame::Events { events }).await?;
            if last >= state.newest {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Looks whether the session holds, and sends what the log has after the last event that was sent; then the states that are newer
    /// than those that were.
    async fn pump(&mut self, states: States) -> Result<SessionState, End> {
        loop {
            let mut tx = self.app.store.read().await.map_err(broken)?;
            let state = self.registered.session_state(&self.session, &mut tx).await?;
            let Some(cursor) = self.stands_at else { return Ok(state) };
            let user = self.session.user;
            let events = store::events::after(&mut tx, user, cursor, state.newest, BATCH).await.map_err(broken)?;
            let Some(events) = events else {
                self.reset().await?;
                return Ok(state);
            };
            let last = events.last().map_or(cursor, |event| event.cursor);
            let mut frames = Vec::new();
            if !events.is_empty() {
                frames.push(ServerFrame::Events { events });
            }
            self.stands_at = Some(last);
            let mut is_behind = false;
            if last == state.newest {
                is_behind = self.add_states(states, &state, &mut tx, &mut frames).await.map_err(broken)?;
            }
            if frames.is_empty() {
                drop(tx);
            } else {
                tx.settled().await.map_err(broken)?;
            }
            for frame in &frames {
                self.send(frame).await?;
            }
            if last >= state.newest && !is_behind {
                return Ok(state);
            }
        }
    }

    /// Reads the states that are newer than those that the app was told, as they are at the moment at which the log was read. Says whether
    /// there are newer ones already that no frame will bring.
    async fn add_states(
        &mut self,
        states: States,
        state: &SessionState,
        tx: &mut Tx,
        frames: &mut Vec<ServerFrame>,
    ) -> Result<bool, store::StoreError> {
        let Some(seen) = &mut self.seen else { return Ok(false) };
        let version = state.state_version;
        if seen.reads < version {
            let reads = store::states::reads_after(tx, self.session.user, seen.reads).await?;
            seen.reads = version;
            if !reads.is_empty() {
                frames.push(ServerFrame::Reads { version, reads });
            }
        }
        if states == States::All {
            if seen.users < version {
                let (_, users) = store::states::users_after(tx, self.session.tenant, seen.users).await?;
                seen.users = version;
                if !users.is_empty() {
                    frames.push(ServerFrame::Users { version, users });
                }
            }
            return Ok(match self.registered.connection.feed.begin(version) {
                Place::First => {
                    self.app.hub.set_stale(self.session.tenant);
                    false
                }
                Place::InReach => false,
                Place::Behind => true,
            });
        }
        Ok(false)
    }

    /// Sends what is told to all sockets of the tenant; one that has fallen behind that reads it for itself.
    async fn tell_states(&mut self) -> Result<(), End> {
        let Some(seen) = &mut self.seen else { return Ok(()) };
        let Some((frames, version)) = self.registered.connection.feed.after(seen.users) else {
            return self.pump(States::All).await.map(drop);
        };
        seen.users = version;
        for frame in frames {
            self.send_text(frame).await?;
        }
        Ok(())
    }

    /// Whether another process has changed states of the tenant's users, or says that this user is not connected.
    fn look_for_states(&self, state: &SessionState) {
        let (hub, tenant) = (&self.app.hub, self.session.tenant);
        if self.registered.connection.feed.version().is_some_and(|told| told < state.state_version) {
            hub.set_stale(tenant);
        }
        if !state.connected {
            hub.move_again(tenant, [self.session.user]);
        }
    }

    async fn send(&mut self, frame: &ServerFrame) -> Result<(), End> {
        let text = serde_json::to_string(frame).map_err(|_| End::Gone)?;
        self.send_text(text.into()).await
    }

    async fn send_text(&mut self, text: Utf8Bytes) -> Result<(), End> {
        let sending = self.socket.send(Message::Text(text));
        match tokio::time::timeout(self.app.settings.tempo.write_timeout, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Close(CLOSE_TOO_SLOW, "read faster")),
        }
    }

    /// Passes typing on to the others of a chat.
    async fn typing(&mut self, id: ConversationId) -> Result<(), End> {
        let mut tx = self.app.store.read_once().await.map_err(broken)?;
        let shared = store::conversations::by_id(&mut tx, id).await.map_err(broken)?;
        drop(tx);
        let me = self.session.user;
        if let Some(users) = shared.as_ref().and_then(|shared| shared.key.users())
            && users.contains(&me)
        {
            let others: Vec<_> = users.iter().copied().filter(|user| *user != me).collect();
            self.app.hub.whisper(&others, &ServerFrame::Typing { conversation: id, user: me });
        }
        Ok(())
    }
}

fn signed_out() -> End {
    End::Close(CLOSE_SIGNED_OUT, "signed out")
}

fn broken(error: store::StoreError) -> End {
    tracing::error!(%error, "a socket could not read the log");
    End::Close(CLOSE_TOO_SLOW, "try again")
}

/// How many frames the app may still send.
struct Allowance {
    left: i64,
    at: UnixMs,
}

impl Allowance {
    fn new() -> Self {
        Self { left: BURST * 1_000, at: UnixMs(0) }
    }

    /// Takes as much as so many frames, in thousandths, after adding what the time since has brought.
    fn take(&mut self, frames: i64, now: UnixMs) -> bool {
        let since = now.since(self.at).clamp(0, 60_000);
        self.at = now;
        self.left = (self.left + since * PER_SECOND).min(BURST * 1_000) - frames * 1_000;
        self.left >= 0
    }
}
