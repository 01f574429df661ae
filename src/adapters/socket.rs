//! The one socket to our server.
//!
//! Always holds: what an earlier socket still says after another was opened, or after it was told to close, is
//! not heard: its listeners go with it.

use halyard_client::SocketEvent;
use std::cell::RefCell;

use gloo_events::EventListener;
use halyard_client::{Event, Net, SocketCommand};
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::Dispatch;

/// "Normal closure", RFC 6455 section 7.4.1.
const NORMAL: u16 = 1000;

/// Holds the socket that is open, or about to be.
pub(super) struct Socket {
    send: Dispatch,
    current: RefCell<Option<Open>>,
}

struct Open {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Socket {
    pub(super) fn new(send: Dispatch) -> Self {
        Self { send, current: RefCell::default() }
    }

    pub(super) fn run(&self, command: SocketCommand) {
        match command {
            SocketCommand::Open(path) => self.open(path),
            SocketCommand::Send(text) => self.write(&text),
            SocketCommand::Close => self.close(),
        }
    }

    fn open(&self, path: &str) {
        self.close();
        let Some(socket) = address(path).and_then(|url| WebSocket::new(&url).ok()) else {
            // The address is ours, so this is a browser that forbids sockets. It answers as a closed one would.
            let send = self.send.clone();
            gloo_timers::callback::Timeout::new(0, move || send(Event::Net(Net::Socket(SocketEvent::Closed(None)))))
                .forget();
            return;
        };
        let send = self.send.clone();
        let opened = EventListener::new(&socket, "open", move |_| send(Event::Net(Net::Socket(SocketEvent::Opened))));
        let send = self.send.clone();
        let message = EventListener::new(&socket, "message", move |event| {
            if let Some(text) = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string()) {
                send(Event::Net(Net::Socket(SocketEvent::Frame(text))));
            }
        });
        let send = self.send.clone();
        let closed = EventListener::new(&socket, "close", move |event| {
            let code = event.dyn_ref::<CloseEvent>().map(CloseEvent::code);
            send(Event::Net(Net::Socket(SocketEvent::Closed(code))));
        });
        *self.current.borrow_mut() = Some(Open { socket, _listeners: [opened, message, closed] });
    }

    fn write(&self, text: &str) {
        if let Some(open) = &*self.current.borrow()
            && open.socket.ready_state() == WebSocket::OPEN
        {
            // An error here means that it is closing; the close event says so.
            let _ = open.socket.send_with_str(text);
        }
    }

    fn close(&self) {
        if let Some(open) = self.current.borrow_mut().take() {
            let _ = open.socket.close_with_code(NORMAL);
        }
    }
}

/// The socket's address: this page's server, with the scheme that fits the page's.
fn address(path: &str) -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss://" } else { "ws://" };
    Some([scheme, &location.host().ok()?, path].concat())
}
