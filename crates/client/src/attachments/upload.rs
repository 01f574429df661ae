//! The files of outgoing messages on their way to the server, each before its message.
//!
//! Always holds: a message leaves when the server has said of each of its files that it has it.

use halyard_protocol::{MediaId, MessageId};

use super::named;
use crate::api::succeeded;
use crate::effect::Effect;
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::softphone::Softphone;
use crate::storage::{DbCommand, Range, Row, Store};
use crate::update::Update;

impl Softphone {
    /// The next file of an outgoing message goes to the server: from here, or from the device's database.
    #[inline(never)]
    pub(crate) fn upload(&mut self, id: MessageId, out: &mut Update) {
        let Some(message) = self.outbox.get(id) else { return };
        let Some(media) = message.next_file() else { return };
        match message.contents.iter().find(|(known, _)| *known == media.id) {
            Some((_, content)) => self.requests.upload(id, media.clone(), content.clone(), out),
            None => {
                let range = Range::key(Store::Files, media.id.to_string());
                out.effect(Effect::Db(DbCommand::Read { range, limit: 1 }));
            }
        }
    }

    /// The database has given back what is in a file, if it has it.
    #[inline(never)]
    pub(crate) fn file_read(&mut self, key: &str, rows: Vec<Row>, env: &Env, out: &mut Update) {
        let Some((id, media)) = self.outbox.waits_for_file(key) else { return };
        match rows.into_iter().next() {
            Some(Row { text, .. }) => self.requests.upload(id, media, text, out),
            None => {
                let word =
                    named(&media.name, "The file is no longer on this device. Edit the message to attach it again.");
                self.outbox.park(id, word);
                self.outgoing_changed(id, out);
                self.pump_outbox(env, out);
            }
        }
    }

    pub(crate) fn uploaded(
        &mut self,
        id: MessageId,
        media: MediaId,
        outcome: HttpOutcome,
        env: &Env,
        out: &mut Update,
    ) {
        match succeeded(outcome) {
            Ok(_) => {
                if self.outbox.uploaded(id, media) {
                    self.send_next(id, out);
                }
            }
            Err(error) => self.not_sent(id, error, env, out),
        }
    }
}
