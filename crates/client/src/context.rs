//! What a handler works with besides its own noun.
//!
//! [`Turn`] collects what one event brings about: effects, changes, facts for other nouns. [`Context`] is a turn together
//! with what any noun may know of the session and the device. Neither gives access to another noun.

use halyard_words::Text;
use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};

use halyard_protocol::rest::Me;
use halyard_protocol::{CallingCode, UserId};

use crate::api::CallError;
use crate::effect::{Effect, FocusTarget, RequestId, Timer};
use crate::env::Env;
use crate::fact::{Fact, NewNotice, Offer};
use crate::route::Route;
use crate::storage::{DbCommand, Token, Write};
use crate::update::{Changed, Update};

/// The handling of one event.
#[derive(Debug)]
pub(crate) struct Turn<'e> {
    /// Time, time zone and randomness of this event.
    pub(crate) env: &'e Env,
    update: Update,
    facts: VecDeque<Fact>,
    last_request: u32,
}

impl<'e> Turn<'e> {
    pub(crate) fn new(env: &'e Env, last_request: u32) -> Self {
        Self { env, update: Update::default(), facts: VecDeque::new(), last_request }
    }

    /// What it has brought about, and the number of the last request.
    pub(crate) fn finish(self) -> (Update, u32) {
        debug_assert!(self.facts.is_empty(), "facts that nobody heard: {:?}", self.facts);
        (self.update, self.last_request)
    }

    /// What views have to read again, so far.
    pub(crate) fn changes(&self) -> impl Iterator<Item = Changed> {
        self.update.changed.iter()
    }

    pub(crate) fn effect(&mut self, effect: Effect) {
        self.update.effects.push(effect);
    }

    pub(crate) fn changed(&mut self, what: Changed) {
        self.update.changed.insert(what);
    }

    pub(crate) fn fact(&mut self, fact: Fact) {
        self.facts.push_back(fact);
    }

    pub(crate) fn next_fact(&mut self) -> Option<Fact> {
        self.facts.pop_front()
    }

    /// A number for a request: never used twice in one run.
    pub(crate) fn next_request(&mut self) -> RequestId {
        self.last_request += 1;
        RequestId(self.last_request)
    }

    /// Shows another part of the app.
    pub(crate) fn go(&mut self, route: Route, replace: bool) {
        self.fact(Fact::Go { route, replace });
    }

    pub(crate) fn focus(&mut self, target: FocusTarget) {
        self.effect(Effect::Focus(target));
    }

    /// Says it to screen readers.
    pub(crate) fn announce(&mut self, text: impl Into<Text>) {
        self.effect(Effect::Announce(text.into()));
    }

    pub(crate) fn set_timer(&mut self, timer: Timer, milliseconds: i64) {
        self.effect(Effect::SetTimer(timer, u32::try_from(milliseconds.max(1)).unwrap_or(60_000)));
    }

    pub(crate) fn cancel_timer(&mut self, timer: Timer) {
        self.effect(Effect::CancelTimer(timer));
    }

    /// Tells the user that something went wrong.
    pub(crate) fn complain(&mut self, text: impl Into<Text>) {
        self.fact(Fact::Notice(NewNotice { text: text.into(), is_error: true, offer: None }));
    }

    /// Tells the user that something went right.
    pub(crate) fn inform(&mut self, text: impl Into<Text>) {
        self.fact(Fact::Notice(NewNotice { text: text.into(), is_error: false, offer: None }));
    }

    /// The same, with a button for what the user may want now.
    pub(crate) fn offer(&mut self, text: Text, offer: Offer) {
        self.fact(Fact::Notice(NewNotice { text, is_error: false, offer: Some(offer) }));
    }

    /// A request failed in a way that the user should hear of. An ended session leads to signing in.
    pub(crate) fn failed(&mut self, error: CallError) {
        self.fact(Fact::Failed(error));
    }
}

/// What this tab and its device can do now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Device {
    /// Whether the device's database keeps what is written to it.
    pub(crate) keeps: bool,
    /// Whether sealed rows are read without a network: then nothing is written.
    pub(crate) reading: bool,
    /// Whether this tab sends and keeps, for all of the browser's tabs.
    pub(crate) leads: bool,
    /// Whether the database has still to say what it has.
    pub(crate) loading: bool,
    /// Whether the user's session stands, as far as is known.
    pub(crate) signed_in: bool,
}

/// A turn, with what any noun may know.
#[derive(Debug)]
pub(crate) struct Context<'t, 'e> {
    turn: &'t mut Turn<'e>,
    /// The user whose things are on screen.
    pub(crate) me: Option<&'t Me>,
    /// What this tab and its device can do.
    pub(crate) device: Device,
}

impl<'t, 'e> Context<'t, 'e> {
    pub(crate) fn new(turn: &'t mut Turn<'e>, me: Option<&'t Me>, device: Device) -> Self {
        Self { turn, me, device }
    }

    pub(crate) fn user(&self) -> Option<UserId> {
        self.me.map(|me| me.user.id)
    }

    /// The country of numbers that are written without one.
    pub(crate) fn home(&self) -> CallingCode {
        home(self.me)
    }

    /// Writes to the device's database on behalf of the user.
    pub(crate) fn write(&mut self, writes: Vec<Write>, token: Option<Token>) {
        let owner = self.user();
        if owner.is_some() && !self.device.reading && !writes.is_empty() {
            self.turn.effect(Effect::Db(DbCommand::Write { owner, writes, token }));
        }
    }
}

/// The country of numbers that are written without one.
pub(crate) fn home(me: Option<&Me>) -> CallingCode {
    me.map_or(CallingCode(1), |me| me.tenant.calling_code)
}

impl<'e> Deref for Context<'_, 'e> {
    type Target = Turn<'e>;

    fn deref(&self) -> &Turn<'e> {
        self.turn
    }
}

impl<'e> DerefMut for Context<'_, 'e> {
    fn deref_mut(&mut self) -> &mut Turn<'e> {
        self.turn
    }
}
