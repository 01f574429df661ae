//! What a session does with each unit that comes, and with time that passes.

use core::time::Duration;

use crate::outcome::Outcome;
use crate::smpp::incoming::{self, Incoming};
use crate::smpp::options::Role;
use crate::smpp::pdu::{Fields, Pdu, Writer, command};
use crate::smpp::session::{
    Bytes, Handle, Link, MOST_LATE, MOST_WAITING, Output, Outstanding, PAUSES, SOON, Session, State, Waiting, answer,
};
use crate::smpp::status;
use crate::sms::receipt::kept_form;

impl Session {
    /// Handles one unit.
    pub(super) fn handle(&mut self, pdu: Pdu, now: Duration, outputs: &mut Vec<Output>) {
        self.heard = now;
        self.tested = None;
        match pdu.command {
            command::ENQUIRE_LINK => outputs.push(Output::Write(Bytes(answer(pdu.command, status::OK, pdu.sequence)))),
            command::UNBIND => {
                outputs.push(Output::Write(Bytes(answer(pdu.command, status::OK, pdu.sequence))));
                self.end(State::Lost("the carrier ended the session"), true, outputs);
            }
            command::DELIVER_SM | command::DATA_SM => self.arrived(pdu, outputs),
            // Neither has an answer. One asks to be connected to, which we are.
            command::ALERT_NOTIFICATION | command::OUTBIND => {}
            command if command & command::ANSWER == 0 => {
                let nack = Writer::new(command::GENERIC_NACK, status::BAD_COMMAND, pdu.sequence).finish();
                outputs.push(Output::Write(Bytes(nack)));
                outputs.push(Output::Skipped("the carrier sent a command that is not known"));
            }
            _ => self.answered(&pdu, now, outputs),
        }
    }

    fn arrived(&mut self, pdu: Pdu, outputs: &mut Vec<Output>) {
        let Pdu { command, sequence, body, .. } = pdu;
        let mut say = |status| outputs.push(Output::Write(Bytes(answer(command, status, sequence))));
        if matches!(self.link, Link::Binding { .. }) || self.role == Role::Transmitter {
            return say(status::NOT_BOUND);
        }
        if matches!(self.link, Link::Leaving { .. } | Link::Unbinding { .. }) {
            return say(status::TEMPORARY);
        }
        let is_same =
            |waiting: &Waiting| (waiting.command, waiting.sequence) == (command, sequence) && waiting.body == body;
        if self.waiting.values().any(is_same) {
            // Brought again while it is being committed: one answer is for both.
            return outputs.push(Output::Skipped("the carrier repeated a message that is not answered yet"));
        }
        if self.waiting.len() >= MOST_WAITING {
            return say(status::TEMPORARY);
        }
        let Some(incoming) = incoming::read(command, &body, self.reading()) else {
            say(status::BAD_COMMAND_LENGTH);
            return outputs.push(Output::Skipped("the carrier sent a message that ends too early"));
        };
        let handle = Handle(self.handles);
        let output = match incoming {
            Incoming::Text(arrived) => Output::Inbound(handle, arrived),
            Incoming::Receipt(reported) => Output::Receipt(handle, reported),
            Incoming::Nothing => {
                say(status::OK);
                return outputs.push(Output::Skipped("the carrier sent a receipt that names no message"));
            }
        };
        self.handles += 1;
        self.waiting.insert(handle, Waiting { command, sequence, body });
        outputs.push(output);
    }

    /// An answer came: to a login, a submission, a farewell, or a test of the connection.
    fn answered(&mut self, pdu: &Pdu, now: Duration, outputs: &mut Vec<Output>) {
        let kind = pdu.command & !command::ANSWER;
        let is_nack = pdu.command == command::GENERIC_NACK;
        let is_bind = matches!(kind, command::BIND_TRANSCEIVER | command::BIND_TRANSMITTER | command::BIND_RECEIVER);
        match self.link {
            Link::Binding { sequence, .. } if is_bind || (is_nack && pdu.sequence == sequence) => {
                if pdu.status == status::OK && is_bind {
                    self.link = Link::Bound;
                    outputs.push(Output::State(State::Bound));
                    if let Some(until) = self.pace.until.filter(|until| *until > now) {
                        outputs.push(Output::State(State::Throttled { until }));
                    }
                } else {
                    let (why, mend) = (status::bind_refusal(pdu.status), status::is_to_mend(pdu.status));
                    self.end(State::Refused { why, mend }, true, outputs);
                }
            }
            Link::Unbinding { .. } if kind == command::UNBIND => self.end(State::Left, true, outputs),
            _ if kind == command::SUBMIT_SM || is_nack => self.submitted(pdu, is_nack, now, outputs),
            _ => {}
        }
    }

    fn submitted(&mut self, pdu: &Pdu, is_nack: bool, now: Duration, outputs: &mut Vec<Output>) {
        let Some(Outstanding { id, part, at }) = self.outstanding.remove(&pdu.sequence) else {
            if let Some((id, part)) = self.late.remove(&pdu.sequence)
                && let Some(outcome) = self.outcome(pdu, is_nack, now)
            {
                outputs.push(Output::Late { id, part, outcome });
            }
            return;
        };
        if status::is_throttled(pdu.status) {
            self.pause(at, now, outputs);
        } else if pdu.status == status::OK && at >= self.pace.since {
            self.pace.next = PAUSES.0;
        }
        let outcome = self.outcome(pdu, is_nack, now).unwrap_or(Outcome::Unknown);
        outputs.push(Output::Submitted { id, part, outcome });
        if pdu.status == status::NOT_BOUND {
            self.end(State::Lost("the carrier says that the session is not bound"), true, outputs);
        }
    }

    /// What an answer to a submission says; none of a nack without an error, which says nothing.
    fn outcome(&self, pdu: &Pdu, is_nack: bool, now: Duration) -> Option<Outcome> {
        if pdu.status != status::OK {
            return Some(status::outcome(pdu.status, self.paused(now).unwrap_or_default()));
        }
        let reference = kept_form(&Fields(&pdu.body).text(), self.options.ids);
        let references = Some(reference).filter(|reference| !reference.is_empty()).into_iter().collect();
        (!is_nack).then_some(Outcome::Taken { references })
    }

    /// Makes a pause, longer than the one before; the answers to what was written before a pause began make no other.
    fn pause(&mut self, at: Duration, now: Duration, outputs: &mut Vec<Output>) {
        let is_of_last = at < self.pace.since || self.pace.until.is_some_and(|until| until > now);
        if is_of_last {
            return;
        }
        let until = now + self.pace.next;
        self.pace.next = (self.pace.next * 2).min(PAUSES.1);
        self.pace.until = Some(until);
        self.pace.since = now;
        outputs.push(Output::State(State::Throttled { until }));
    }

    /// Gives up on answers that take too long.
    pub(super) fn expire(&mut self, now: Duration, outputs: &mut Vec<Output>) {
        let response = self.options.response;
        let expired = self.outstanding.extract_if(.., |_, outstanding| now >= outstanding.at + response);
        for (sequence, Outstanding { id, part, .. }) in expired {
            outputs.push(Output::Submitted { id: id.clone(), part, outcome: Outcome::Unknown });
            self.late.insert(sequence, (id, part));
        }
        while self.late.len() > MOST_LATE {
            self.late.pop_first();
        }
    }

    /// Asks whether anybody is there, or ends a session in which nobody is.
    pub(super) fn test(&mut self, now: Duration, outputs: &mut Vec<Output>) {
        match self.tested {
            Some(until) if now >= until => {
                self.end(State::Lost("the carrier did not answer a test of the connection"), true, outputs);
            }
            None if now >= self.heard + self.options.idle => {
                let sequence = self.next_sequence();
                outputs.push(Output::Write(Bytes(Writer::new(command::ENQUIRE_LINK, status::OK, sequence).finish())));
                self.tested = Some(now + SOON);
            }
            Some(_) | None => {}
        }
    }

    /// Says farewell where nothing is under way any more.
    pub(super) fn leave_when_done(&mut self, now: Duration, outputs: &mut Vec<Output>) {
        if matches!(self.link, Link::Leaving { .. }) && self.outstanding.is_empty() && self.waiting.is_empty() {
            self.unbind(now, outputs);
        }
    }

    pub(super) fn unbind(&mut self, now: Duration, outputs: &mut Vec<Output>) {
        let sequence = self.next_sequence();
        outputs.push(Output::Write(Bytes(Writer::new(command::UNBIND, status::OK, sequence).finish())));
        self.link = Link::Unbinding { until: now + SOON };
    }

    /// Ends the session: of what was written and not answered nobody knows.
    pub(super) fn end(&mut self, state: State, close: bool, outputs: &mut Vec<Output>) {
        if self.link == Link::Down {
            return;
        }
        self.link = Link::Down;
        self.frames.clear();
        self.late.clear();
        self.waiting.clear();
        self.tested = None;
        for Outstanding { id, part, .. } in core::mem::take(&mut self.outstanding).into_values() {
            outputs.push(Output::Submitted { id, part, outcome: Outcome::Unknown });
        }
        if close {
            outputs.push(Output::Close);
        }
        outputs.push(Output::State(state));
    }
}
