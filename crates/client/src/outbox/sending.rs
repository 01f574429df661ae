//! Sending what is in the outbox: each file of a message before the message itself.
//!
//! Always holds: a message leaves when the server has said of each of its files that it has it.

use halyard_protocol::{ErrorCode, Media, MediaId, Message, MessageId};
use halyard_words as words;

use super::Outbox;
use crate::api::{CallError, read, succeeded, with_body};
use crate::context::{Context, Turn};
use crate::effect::{AppCommand, Effect, FileCommand, FocusTarget, HttpOutcome, Method, Timer};
use crate::fact::Fact;
use crate::storage::{DbCommand, Range, Row, Store};
use crate::update::Changed;
use crate::windows::CardKey;

/// What the user does with a message that was not sent.
#[derive(strum::IntoStaticStr, Clone, Copy, Debug)]
pub enum OutboxAction {
    /// "Retry".
    Retry(MessageId),
    /// "Edit": back into the text box.
    Edit(MessageId),
    /// "Delete".
    Delete(MessageId),
    /// "Stop": what has not left of the round with this id goes back into a new conversation with those who did not get it.
    Stop(MessageId),
}

/// What the server was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    /// To take a message.
    Send(MessageId),
    /// To take a file, for which the message waits.
    Upload(MessageId, MediaId),
}

impl Outbox {
    pub(crate) fn act(&mut self, action: OutboxAction, cx: &mut Context<'_, '_>) {
        match action {
            OutboxAction::Retry(id) => {
                let Some(message) = self.get(id) else {
                    return cx.fact(Fact::ResendWanted(id));
                };
                // "Retry" will be gone from the message.
                cx.focus(FocusTarget::Composer(CardKey::Conversation(message.row.conversation)));
                self.retry(id);
                if !cx.device.leads {
                    cx.fact(Fact::RetryWanted(id));
                }
                cx.fact(Fact::OutgoingChanged(id));
                cx.changed(Changed::Connection);
                cx.fact(Fact::OutboxReady);
            }
            OutboxAction::Edit(id) => cx.fact(Fact::TakenBack { id, edit: true }),
            OutboxAction::Stop(round) => cx.fact(Fact::RoundStopped(round)),
            OutboxAction::Delete(id) => cx.fact(Fact::TakenBack { id, edit: false }),
        }
    }

    pub(crate) fn answered(&mut self, call: Call, outcome: HttpOutcome, cx: &mut Context<'_, '_>) {
        match call {
            Call::Send(id) => match read::<Message>(outcome) {
                Ok(message) => cx.fact(Fact::Sent(Box::new(message))),
                Err(error) => self.not_sent(id, error, cx),
            },
            Call::Upload(id, media) => match succeeded(outcome) {
                Ok(_) => {
                    if self.uploaded(id, media) {
                        self.send_next(id, cx);
                    }
                }
                Err(error) => self.not_sent(id, error, cx),
            },
        }
        cx.changed(Changed::Connection);
    }

    /// The device has stored a message, or can't: it may leave.
    pub(crate) fn stored(&mut self, id: MessageId, done: bool, turn: &mut Turn<'_>) {
        if done {
            self.mark_stored(id);
        } else {
            self.mark_not_stored(id);
            turn.complain(words::CANNOT_KEEP_MESSAGES);
        }
        turn.changed(Changed::Connection);
        turn.fact(Fact::Written(id));
    }

    /// Lets leave what may leave, and sets the timer for what waits.
    pub(crate) fn send(&mut self, turn: &mut Turn<'_>) {
        for id in self.start(turn.env.now) {
            self.send_next(id, turn);
            turn.fact(Fact::OutgoingChanged(id));
        }
        if let Some(due) = self.next_due() {
            turn.set_timer(Timer::Outbox, due.since(turn.env.now));
        }
        turn.changed(Changed::Connection);
    }

    /// What is next of a message that leaves: a file of it, or it itself.
    fn send_next(&mut self, id: MessageId, turn: &mut Turn<'_>) {
        let Some(message) = self.messages.get(&id) else { return };
        let Some(media) = message.next_file() else {
            let mut request = with_body(Method::Post, "messages".to_owned(), &message.body());
            request.idempotency_key = Some(id);
            self.requests.start(Call::Send(id), request, turn);
            return;
        };
        match message.contents.iter().find(|(known, _)| *known == media.id) {
            Some((_, content)) => self.upload(id, media.clone(), content.clone(), turn),
            None => {
                let range = Range::key(Store::Files, media.id.to_string());
                turn.effect(Effect::Db(DbCommand::Read { range, limit: 1 }));
            }
        }
    }

    fn upload(&mut self, id: MessageId, media: Media, content: String, turn: &mut Turn<'_>) {
        let request = self.requests.expect(Call::Upload(id, media.id), turn);
        turn.effect(Effect::Files(FileCommand::Upload { request, media, content }));
    }

    /// The device has given back what is in a file, if it has it.
    pub(crate) fn file_read(&mut self, key: &str, rows: Vec<Row>, turn: &mut Turn<'_>) {
        let Some((id, media)) = self.waits_for_file(key) else { return };
        match rows.into_iter().next() {
            Some(Row { text, .. }) => self.upload(id, media, text, turn),
            None => {
                self.park(id, ErrorCode::UnknownMedia, media.name);
                turn.fact(Fact::OutgoingChanged(id));
                turn.fact(Fact::OutboxReady);
            }
        }
    }

    /// The device's database does not work, and a file of a message is there alone.
    pub(crate) fn file_not_read(&mut self, key: &str, turn: &mut Turn<'_>) {
        let Some((id, _)) = self.waits_for_file(key) else { return };
        self.park(id, ErrorCode::Unavailable, String::new());
        turn.fact(Fact::OutgoingChanged(id));
        turn.fact(Fact::OutboxReady);
    }

    /// A try to send a message, or a file of it, has failed.
    fn not_sent(&mut self, id: MessageId, mut error: CallError, cx: &mut Context<'_, '_>) {
        if error.code == ErrorCode::UnknownMedia && self.upload_again(id) {
            error.status = ErrorCode::Unavailable.status();
        }
        if error.code == ErrorCode::SignedOut {
            self.requeue(id);
            return cx.failed(error);
        }
        if error.is_temporary() {
            if !cx.device.keeps && !core::mem::replace(&mut self.cannot_keep_announced, true) {
                cx.complain(words::BROWSER_CANNOT_KEEP_MESSAGES);
            }
            self.send_later(cx);
        } else {
            cx.announce(words::message_not_sent(error.text()));
        }
        self.failed(id, error, cx.env);
        cx.fact(Fact::OutgoingChanged(id));
        cx.fact(Fact::OutboxReady);
    }

    /// Messages wait, and the app may be closed meanwhile.
    pub(crate) fn send_later(&self, cx: &mut Context<'_, '_>) {
        if cx.device.keeps && self.waiting() > 0 {
            cx.effect(Effect::App(AppCommand::SendLater));
        }
    }
}
