//! A noun alone: its handlers run with a context, and what they bring about is looked at. For the tests of nouns.

use halyard_protocol::UnixMs;
use halyard_protocol::rest::Me;

use crate::context::{Context, Device, Turn};
use crate::effect::{Effect, HttpRequest, HttpResponse, RequestId, Timer};
use crate::env::Env;
use crate::fact::Fact;
use crate::json;
use crate::update::Changed;

/// What surrounds a noun: a signed-in user, a device that keeps what it is given, and a clock.
#[derive(Debug)]
pub(crate) struct Alone {
    pub(crate) now: UnixMs,
    pub(crate) device: Device,
    me: Me,
    last_request: u32,
    entropy: u128,
}

/// What a handler brought about.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) effects: Vec<Effect>,
    pub(crate) changed: Vec<Changed>,
    pub(crate) facts: Vec<Fact>,
}

impl Alone {
    pub(crate) fn new() -> Self {
        Self {
            now: UnixMs(1_763_928_000_000),
            device: Device { keeps: true, reading: false, leads: true, loading: false, signed_in: true },
            me: json::read(&me_as_json()).expect("a user as the server says it"),
            last_request: 0,
            entropy: 1,
        }
    }

    /// The signed-in user.
    pub(crate) fn me(&self) -> Me {
        self.me.clone()
    }

    /// The same as the server says it.
    pub(crate) fn me_as_json(&self) -> String {
        me_as_json()
    }

    /// Runs a handler.
    pub(crate) fn turn(&mut self, act: impl FnOnce(&mut Context<'_, '_>)) -> Done {
        self.entropy += 1;
        let env = Env { now: self.now, entropy: self.entropy, utc_offset: |_| -480, decode };
        let mut turn = Turn::new(&env, self.last_request);
        act(&mut Context::new(&mut turn, Some(&self.me), self.device));
        let facts = core::iter::from_fn(|| turn.next_fact()).collect();
        let (update, last_request) = turn.finish();
        self.last_request = last_request;
        Done { effects: update.effects, changed: update.changed.iter().collect(), facts }
    }

    pub(crate) fn wait(&mut self, milliseconds: i64) {
        self.now = self.now.plus(milliseconds);
    }
}

impl Done {
    /// The requests that were sent.
    pub(crate) fn requests(&self) -> Vec<(RequestId, &HttpRequest)> {
        let request = |effect| if let &Effect::Http(id, ref request) = effect { Some((id, request)) } else { None };
        self.effects.iter().filter_map(request).collect()
    }

    /// For how long a timer was set, if it was.
    pub(crate) fn timer(&self, timer: Timer) -> Option<u32> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::SetTimer(set, wait) if *set == timer => Some(*wait),
            _ => None,
        })
    }
}

/// An answer of the server.
pub(crate) fn answer(status: u16, body: &str) -> HttpResponse {
    HttpResponse { status, body: body.to_owned(), retry_after: None }
}

fn me_as_json() -> String {
    let id = "01JZ7TXK1N9RYWM4DPTF0PVM2P";
    let user = format!(
        r#"{{"id":"{id}","extension":"1001","name":"Maya Delgado","department":"","role":"basic","availability":"available","status_text":"","email":""}}"#
    );
    let tenant = format!(r#"{{"id":"{id}","name":"Harbor","domain":"harbor","calling_code":1}}"#);
    format!(r#"{{"user":{user},"tenant":{tenant},"numbers":[],"device":"{id}"}}"#)
}

/// As browsers decode.
pub(crate) fn decode(bytes: &[u8], name: &str) -> Option<String> {
    Some(encoding_rs::Encoding::for_label(name.as_bytes())?.decode_with_bom_removal(bytes).0.into_owned())
}
