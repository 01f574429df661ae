//! Real sockets against a real listener.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use halyard_protocol::socket::{CLOSE_POLICY, CLOSE_RESTART, CLOSE_SIGNED_OUT};
use halyard_protocol::{Change, ClientFrame, LoggedEvent, Presence, ServerFrame, limits};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::app::{Settings, Tempo};
use crate::store::{self, Store};
use crate::testing;
use crate::testing::bench::{Bench, Browser, Listening};

/// Long enough for anything that works.
const SOON: Duration = Duration::from_secs(10);

struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    async fn open(listening: &Listening, browser: &Browser<'_>) -> Self {
        Self::try_open(listening, browser, None).await.unwrap()
    }

    async fn try_open(listening: &Listening, browser: &Browser<'_>, origin: Option<&str>) -> Result<Self, Error> {
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

    /// Opens, resumes, and reads the welcome.
    async fn resumed(listening: &Listening, browser: &Browser<'_>, cursor: u64) -> Self {
        let mut socket = Self::open(listening, browser).await;
        socket.say(&ClientFrame::Resume { cursor }).await;
        assert!(matches!(socket.receive().await, ServerFrame::Welcome { .. }));
        socket
    }

    async fn say(&mut self, frame: &ClientFrame) {
        self.raw(Message::text(serde_json::to_string(frame).unwrap())).await;
    }

    async fn raw(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    async fn next(&mut self) -> Option<Result<Message, Error>> {
        tokio::time::timeout(SOON, self.0.next()).await.expect("something within ten seconds")
    }

    async fn receive(&mut self) -> ServerFrame {
        match self.next().await {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).unwrap(),
            other => panic!("not a frame: {other:?}"),
        }
    }

    /// Hears until as many events have come.
    async fn events(&mut self, count: usize) -> Vec<LoggedEvent> {
        let mut heard = Vec::new();
        while heard.len() < count {
            match self.receive().await {
                ServerFrame::Events { events } => heard.extend(events),
                ServerFrame::Ping => self.say(&ClientFrame::Pong).await,
                ServerFrame::Presence { .. } => {}
                other => panic!("not an event: {other:?}"),
            }
        }
        heard
    }

    /// The next frame that is not about presences, or the code with which the server closes.
    async fn next_but_presence(&mut self) -> Result<ServerFrame, Option<u16>> {
        loop {
            match self.next().await {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text).unwrap() {
                    ServerFrame::Presence { .. } => {}
                    frame => return Ok(frame),
                },
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code.into())),
                other => panic!("not a frame: {other:?}"),
            }
        }
    }

    /// The code with which the server closes, whatever it says before.
    async fn closed(&mut self) -> Option<u16> {
        loop {
            match self.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}

fn quick(tempo: Tempo) -> Settings {
    Settings { tempo, ..Settings::default() }
}

fn bodies(events: &[LoggedEvent]) -> Vec<&str> {
    let messages = events.iter().filter_map(|event| match &event.change {
        Change::EntryAdded { entry, .. } => entry.message().map(|message| message.body.as_str()),
        _ => None,
    });
    messages.collect()
}

#[tokio::test]
async fn brings_what_was_missed_and_then_what_happens() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let cursor = devon.bootstrap().await.cursor;
    maya.chat(&["1002"], "Missed").await;
    let mut socket = Socket::resumed(&listening, &devon, cursor).await;
    let missed = socket.events(2).await;
    assert_eq!(bodies(&missed), ["Missed"]);
    for n in 0..5 {
        maya.chat(&["1002"], &format!("Live {n}")).await;
    }
    let live = socket.events(5).await;
    assert_eq!(bodies(&live), ["Live 0", "Live 1", "Live 2", "Live 3", "Live 4"]);
    let cursors: Vec<u64> = missed.iter().chain(&live).map(|event| event.cursor).collect();
    assert_eq!(cursors, (cursor + 1..=cursor + 7).collect::<Vec<_>>());
}

#[tokio::test]
async fn says_reset_to_a_cursor_that_it_cannot_serve_and_goes_on_after_the_next_resume() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let cursor = maya.bootstrap().await.cursor;
    let mut socket = Socket::resumed(&listening, &maya, cursor + 100).await;
    assert_eq!(socket.receive().await, ServerFrame::Reset);
    maya.chat(&["1002"], "Hello").await;
    socket.say(&ClientFrame::Resume { cursor }).await;
    match socket.receive().await {
        ServerFrame::Welcome { presence, .. } => assert_eq!(presence.len(), 1, "she herself is here"),
        other => panic!("not a welcome: {other:?}"),
    }
    assert_eq!(bodies(&socket.events(2).await), ["Hello"]);
}

#[tokio::test]
async fn a_device_that_was_signed_out_hears_it() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let here = bench.sign_in("1001@harbor").await;
    let there = bench.sign_in("1001@harbor").await;
    let mut mine = Socket::resumed(&listening, &here, 0).await;
    let mut other = Socket::resumed(&listening, &there, 0).await;
    let device = there.bootstrap().await.me.device;
    assert_eq!(here.delete(&format!("/devices/{device}")).await.status, 204);
    assert_eq!(other.closed().await, Some(CLOSE_SIGNED_OUT));
    assert_eq!(here.delete("/session").await.status, 204);
    assert_eq!(mine.closed().await, Some(CLOSE_SIGNED_OUT));
}

#[tokio::test]
async fn presence_and_typing_reach_colleagues_and_nobody_else() {
    let tempo = Tempo { grace: Duration::from_millis(1), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let (id, user) = (maya.chat(&["1002"], "Hello").await.conversation, devon.bootstrap().await.me.user.id);
    let cursor = maya.bootstrap().await.cursor;
    let mut hers = Socket::resumed(&listening, &maya, cursor).await;
    let mut strangers = Socket::resumed(&listening, &bench.sign_in("1001@atlas").await, 0).await;
    let mut his = Socket::resumed(&listening, &devon, devon.bootstrap().await.cursor).await;
    let presence = async |socket: &mut Socket| match socket.receive().await {
        ServerFrame::Presence { users } => users.iter().map(|entry| (entry.user, entry.presence)).collect::<Vec<_>>(),
        other => panic!("not presence: {other:?}"),
    };
    assert_eq!(presence(&mut hers).await, [(user, Presence::Available)]);
    his.say(&ClientFrame::Typing { conversation: id }).await;
    assert_eq!(hers.receive().await, ServerFrame::Typing { conversation: id, user });
    drop(his);
    assert_eq!(presence(&mut hers).await, [(user, Presence::Offline)]);
    // Nothing of it has gone to the other tenant: what it hears next is its own.
    let rosa = bench.sign_in("1001@atlas").await;
    rosa.chat(&["1002"], "Ours").await;
    assert_eq!(bodies(&strangers.events(2).await).last(), Some(&"Ours"));
}

#[tokio::test]
async fn malformed_large_and_binary_frames_close_the_socket() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    for message in [
        Message::text("{"),
        Message::text("{\"type\":\"resume\"}"),
        Message::binary(vec![1, 2, 3]),
        Message::text(" ".repeat(limits::CLIENT_FRAME_BYTES + 1)),
    ] {
        let mut socket = Socket::resumed(&listening, &maya, maya.bootstrap().await.cursor).await;
        socket.raw(message).await;
        assert_eq!(socket.closed().await, Some(CLOSE_POLICY));
    }
    for first in [Message::text("{\"type\":\"pong\"}"), Message::text("hello"), Message::binary(vec![])] {
        let mut socket = Socket::open(&listening, &maya).await;
        socket.raw(first).await;
        assert_eq!(socket.closed().await, Some(CLOSE_POLICY), "resume has to come first");
    }
    let mut socket = Socket::resumed(&listening, &maya, maya.bootstrap().await.cursor).await;
    socket.raw(Message::text("{\"type\":\"of the future\"}")).await;
    maya.chat(&["1002"], "Still here").await;
    assert_eq!(bodies(&socket.events(2).await), ["Still here"], "what is unknown is ignored");
}

/// Another process works on the same database, a command say: this server's hub does not hear of it.
#[tokio::test]
async fn after_a_password_was_changed_elsewhere_nothing_more_is_told() {
    let (address, _folder) = testing::sqlite();
    let bench = Bench::on(&address, Settings::default()).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let start = devon.bootstrap().await;
    let mut socket = Socket::resumed(&listening, &devon, start.cursor).await;
    let elsewhere = Store::open(&address, Arc::new(|_| {})).await.unwrap();
    let mut tx = elsewhere.write(start.me.tenant.id).await.unwrap();
    store::users::set_password(&mut tx, start.me.user.id, "another hash").await.unwrap();
    tx.commit().await.unwrap();
    maya.chat(&["1002"], "Not for who knows the old password").await;
    assert_eq!(socket.next_but_presence().await, Err(Some(CLOSE_SIGNED_OUT)));
    let mut late = Socket::open(&listening, &maya).await;
    let mut tx = elsewhere.write(start.me.tenant.id).await.unwrap();
    store::users::disable(&mut tx, maya.bootstrap().await.me.user.id, bench.app.env.now()).await.unwrap();
    tx.commit().await.unwrap();
    late.say(&ClientFrame::Resume { cursor: 0 }).await;
    assert_eq!(late.closed().await, Some(CLOSE_SIGNED_OUT), "nor with the first frame");
}

#[tokio::test]
async fn a_session_that_ends_ends_its_socket_also_after_a_reset() {
    let tempo = Tempo { heartbeat: Duration::from_millis(30), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let mut socket = Socket::resumed(&listening, &maya, 1_000_000).await;
    assert_eq!(socket.next_but_presence().await, Ok(ServerFrame::Reset));
    bench.test.pass(bench.app.settings.lifetimes.absolute + 1);
    loop {
        match socket.next_but_presence().await {
            Ok(ServerFrame::Ping) => socket.say(&ClientFrame::Pong).await,
            Ok(other) => panic!("not a heartbeat: {other:?}"),
            Err(code) => {
                assert_eq!(code, Some(CLOSE_SIGNED_OUT));
                return;
            }
        }
    }
}

#[tokio::test]
async fn a_new_password_ends_all_sockets_at_once() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let devon = bench.sign_in("1002@harbor").await;
    let me = devon.bootstrap().await.me;
    let mut one = Socket::resumed(&listening, &devon, 0).await;
    let mut other = Socket::resumed(&listening, &bench.sign_in("1002@harbor").await, 0).await;
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    store::users::set_password(&mut tx, me.user.id, "another hash").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(one.closed().await, Some(CLOSE_SIGNED_OUT));
    assert_eq!(other.closed().await, Some(CLOSE_SIGNED_OUT));
}

#[tokio::test]
async fn presences_that_change_often_are_told_together() {
    let tempo = Tempo { presence: Duration::from_secs(2), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let mut hers = Socket::resumed(&listening, &maya, maya.bootstrap().await.cursor).await;
    let _his = Socket::resumed(&listening, &devon, devon.bootstrap().await.cursor).await;
    for turn in 0..40 {
        let availability = if turn % 2 == 0 { "busy" } else { "available" };
        assert_eq!(devon.patch("/me", &json!({ "availability": availability })).await.status, 200);
    }
    assert_eq!(devon.patch("/me", &json!({ "availability": "away" })).await.status, 200);
    let mut frames = 0;
    loop {
        if let ServerFrame::Presence { users } = hers.receive().await {
            frames += 1;
            if users.iter().any(|entry| entry.presence == Presence::Away) {
                break;
            }
        }
    }
    assert!(frames < 20, "{frames} frames for 41 changes");
}

#[tokio::test]
async fn an_app_that_took_long_to_catch_up_has_time_to_answer() {
    const HEARTBEAT: Duration = Duration::from_secs(1);
    let tempo = Tempo { heartbeat: HEARTBEAT, ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let start = devon.bootstrap().await.cursor;
    // More than the machine's buffers of one connection hold.
    let body = "x".repeat(limits::CHAT_TEXT_LENGTH);
    for _ in 0..800 {
        maya.chat(&["1002"], &body).await;
    }
    let newest = devon.bootstrap().await.cursor;
    let mut socket = Socket::resumed(&listening, &devon, newest).await;
    socket.say(&ClientFrame::Resume { cursor: start }).await;
    while !matches!(socket.receive().await, ServerFrame::Welcome { .. }) {}
    // The app does not read for the time of several heartbeats, and the server can't send.
    tokio::time::sleep(HEARTBEAT * 4).await;
    let all = usize::try_from(newest - start).unwrap();
    assert_eq!(socket.events(all).await.len(), all);
    maya.chat(&["1002"], "Still there").await;
    assert_eq!(bodies(&socket.events(1).await), ["Still there"]);
}

#[tokio::test]
async fn a_flood_of_frames_closes_the_socket() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let mut socket = Socket::resumed(&listening, &maya, maya.bootstrap().await.cursor).await;
    for _ in 0..100 {
        // The server may have closed by now: then this fails, and that is the point.
        let _ = socket.0.send(Message::text("{\"type\":\"pong\"}")).await;
    }
    assert!(matches!(socket.closed().await, Some(CLOSE_POLICY) | None));
}

#[tokio::test]
async fn resuming_again_and_again_closes_the_socket() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let mut socket = Socket::resumed(&listening, &maya, 0).await;
    for _ in 0..10 {
        // The server may have closed by now.
        let _ = socket.0.send(Message::text("{\"type\":\"resume\",\"cursor\":0}")).await;
    }
    let mut welcomes = 0;
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => welcomes += usize::from(text.contains("welcome")),
            Some(Ok(Message::Close(frame))) => {
                assert_eq!(frame.map(|frame| u16::from(frame.code)), Some(CLOSE_POLICY));
                break;
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => break,
        }
    }
    assert_eq!(welcomes, 4);
}

#[tokio::test]
async fn strangers_and_other_sites_get_no_socket() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    for (browser, origin, status) in
        [(&bench.stranger(), None, 401), (&maya, Some("https://evil.example"), 403), (&maya, Some("null"), 403)]
    {
        match Socket::try_open(&listening, browser, origin).await {
            Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), status),
            other => panic!("not refused: {:?}", other.map(|_| ())),
        }
    }
    let own = format!("http://{}", listening.address);
    assert!(Socket::try_open(&listening, &maya, Some(&own)).await.is_ok());
}

#[tokio::test]
async fn silence_ends_a_socket_and_pongs_keep_it() {
    let tempo = Tempo { heartbeat: Duration::from_millis(30), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let cursor = maya.bootstrap().await.cursor;
    let mut silent = Socket::resumed(&listening, &maya, cursor).await;
    let mut pings = 0;
    while let Some(Ok(message)) = silent.next().await {
        pings += usize::from(message.is_text());
    }
    assert_eq!(pings, 2, "two heartbeats without an answer");
    let mut lively = Socket::resumed(&listening, &maya, cursor).await;
    for _ in 0..6 {
        assert_eq!(lively.receive().await, ServerFrame::Ping);
        lively.say(&ClientFrame::Pong).await;
    }
}

#[tokio::test]
async fn a_session_that_ends_by_itself_ends_its_socket() {
    let tempo = Tempo { heartbeat: Duration::from_millis(30), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let mut socket = Socket::resumed(&listening, &maya, 0).await;
    bench.test.pass(bench.app.settings.lifetimes.absolute + 1);
    assert_eq!(socket.closed().await, Some(CLOSE_SIGNED_OUT));
}

#[tokio::test]
async fn who_reads_too_slowly_is_closed_and_loses_nothing() {
    let tempo = Tempo { write_timeout: Duration::from_millis(100), ..Tempo::default() };
    let bench = Bench::with(quick(tempo)).await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    let start = devon.bootstrap().await.cursor;
    let mut slow = Socket::resumed(&listening, &devon, start).await;
    // More than the machine's buffers of one connection hold.
    let body = "x".repeat(limits::CHAT_TEXT_LENGTH);
    let count: usize = 1_500;
    for _ in 0..count {
        maya.chat(&["1002"], &body).await;
        if bench.app.sockets.is_empty() {
            break;
        }
    }
    tokio::time::timeout(SOON, async {
        bench.app.sockets.close();
        bench.app.sockets.wait().await;
    })
    .await
    .expect("closed, as nobody reads");
    bench.app.sockets.reopen();
    let mut cursor = start;
    let mut count = |event: &LoggedEvent| {
        assert_eq!(event.cursor, cursor + 1);
        cursor = event.cursor;
    };
    while let Some(Ok(Message::Text(text))) = slow.next().await {
        if let Ok(ServerFrame::Events { events }) = serde_json::from_str(&text) {
            events.iter().for_each(&mut count);
        }
    }
    let newest = devon.bootstrap().await.cursor;
    assert!(cursor < newest, "it was closed before it had everything");
    let mut again = Socket::resumed(&listening, &devon, cursor).await;
    let rest = usize::try_from(newest - cursor).unwrap();
    let mut next = cursor;
    for event in again.events(rest).await {
        next += 1;
        assert_eq!(event.cursor, next);
    }
    assert_eq!(next, newest);
}

#[tokio::test]
async fn a_stopping_server_says_come_back() {
    let bench = Bench::new().await;
    let listening = bench.listen().await;
    let maya = bench.sign_in("1001@harbor").await;
    let mut socket = Socket::resumed(&listening, &maya, maya.bootstrap().await.cursor).await;
    bench.app.stop.cancel();
    assert_eq!(socket.closed().await, Some(CLOSE_RESTART));
}
