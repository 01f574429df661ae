//! The app's end of a socket.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use halyard_protocol::rest::Bootstrap;
use halyard_protocol::{
    Change, ClientFrame, LoggedEvent, ReadPosition, ServerFrame, StateVersion, StatesSeen, UserState,
};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::app::{Settings, Tempo};
use crate::testing::bench::{Browser, Listening};

/// Long enough for anything that works.
pub(super) const SOON: Duration = Duration::from_secs(10);

pub(super) struct Socket(pub(super) WebSocketStream<TcpStream>);

impl Socket {
    pub(super) async fn open(listening: &Listening, browser: &Browser<'_>) -> Self {
        Self::try_open(listening, browser, None).await.unwrap()
    }

    pub(super) async fn try_open(
        listening: &Listening,
        browser: &Browser<'_>,
        origin: Option<&str>,
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{}/api/v1/socket", listening.address).into_client_request()?;
        if let Some(cookie) = &browser.cookie {
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
        }
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let stream = TcpStream::connect(listening.address).await.unwrap();
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
        Ok(Self(socket))
    }

    /// Opens, resumes, and reads the welcome; as an app that reads no states.
    pub(super) async fn resumed(listening: &Listening, browser: &Browser<'_>, cursor: u64) -> Self {
        Self::resumed_with(listening, browser, cursor, None).await
    }

    /// The same, as an app that has the states of a snapshot.
    pub(super) async fn started(listening: &Listening, browser: &Browser<'_>, from: &Bootstrap) -> Self {
        Self::resumed_with(listening, browser, from.cursor, Some(StatesSeen::all(from.state_version))).await
    }

    /// The same, as an app that knows the states so far.
    pub(super) async fn resumed_with(
        listening: &Listening,
        browser: &Browser<'_>,
        cursor: u64,
        states: Option<StatesSeen>,
    ) -> Self {
        let mut socket = Self::open(listening, browser).await;
        socket.say(&ClientFrame::Resume { cursor, states }).await;
        assert!(matches!(socket.receive().await, ServerFrame::Welcome { .. }));
        socket
    }

    pub(super) async fn say(&mut self, frame: &ClientFrame) {
        self.raw(Message::text(serde_json::to_string(frame).unwrap())).await;
    }

    pub(super) async fn raw(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    pub(super) async fn next(&mut self) -> Option<Result<Message, Error>> {
        tokio::time::timeout(SOON, self.0.next()).await.expect("something within ten seconds")
    }

    pub(super) async fn receive(&mut self) -> ServerFrame {
        match self.next().await {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).unwrap(),
            other => panic!("not a frame: {other:?}"),
        }
    }

    /// Hears until as many events have come.
    pub(super) async fn events(&mut self, count: usize) -> Vec<LoggedEvent> {
        let mut heard = Vec::new();
        while heard.len() < count {
            match self.receive().await {
                ServerFrame::Events { events } => heard.extend(events),
                ServerFrame::Ping => self.say(&ClientFrame::Pong).await,
                ServerFrame::Users { .. } | ServerFrame::Reads { .. } => {}
                other => panic!("not an event: {other:?}"),
            }
        }
        heard
    }

    /// Hears until states of users have come.
    pub(super) async fn users(&mut self) -> (StateVersion, Vec<UserState>) {
        loop {
            match self.receive().await {
                ServerFrame::Users { version, users } => return (version, users),
                ServerFrame::Ping => self.say(&ClientFrame::Pong).await,
                ServerFrame::Reads { .. } | ServerFrame::Events { .. } => {}
                other => panic!("not states: {other:?}"),
            }
        }
    }

    /// Hears until read positions have come.
    pub(super) async fn reads(&mut self) -> (StateVersion, Vec<ReadPosition>) {
        loop {
            match self.receive().await {
                ServerFrame::Reads { version, reads } => return (version, reads),
                ServerFrame::Ping => self.say(&ClientFrame::Pong).await,
                ServerFrame::Users { .. } | ServerFrame::Events { .. } => {}
                other => panic!("not states: {other:?}"),
            }
        }
    }

    /// The next frame, or the code with which the server closes.
    pub(super) async fn next_frame(&mut self) -> Result<ServerFrame, Option<u16>> {
        match self.next().await {
            Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(frame))) => Err(frame.map(|frame| frame.code.into())),
            other => panic!("not a frame: {other:?}"),
        }
    }

    /// The code with which the server closes, whatever it says before.
    pub(super) async fn closed(&mut self) -> Option<u16> {
        loop {
            match self.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}

pub(super) fn quick(tempo: Tempo) -> Settings {
    Settings { tempo, ..Settings::default() }
}

pub(super) fn bodies(events: &[LoggedEvent]) -> Vec<&str> {
    let messages = events.iter().filter_map(|event| match &event.change {
        Change::EntryAdded { entry, .. } => entry.message().map(|message| message.body.as_str()),
        _ => None,
    });
    messages.collect()
}
