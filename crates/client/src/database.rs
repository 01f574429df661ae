//! The device's database as the softphone knows it: whether it works, what it is being asked, what it had kept.
//!
//! Always holds: it is the same for whoever is signed in, and outlives them.

use halyard_protocol::UserId;

use crate::cache::StoredWindows;
use crate::composer::Attachment;
use crate::outbox::OutboxRow;
use crate::sorted::SortedSet;
use crate::storage::{Health, SealedLabel};

/// Whose the database is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Owner {
    /// It has not said yet.
    #[default]
    Unknown,
    /// This user's, or nobody's.
    Known(Option<UserId>),
}

/// The device's database.
#[derive(Debug)]
pub(crate) struct Database {
    /// Whether it can keep what is written.
    pub(crate) can_keep: bool,
    /// What it said of itself.
    pub(crate) health: Health,
    /// Whether it was given up, as it did not answer; it may yet.
    pub(crate) silent: bool,
    /// Whether it answers again, and what it could not keep meanwhile has still to be kept.
    pub(crate) is_back: bool,
    /// Whether what the user owns was kept once more: what another tab deletes meanwhile may be kept again after that.
    pub(crate) rewritten: bool,
    /// Whether it was opened again before anybody was signed in: what it had kept of them is kept once more when they are.
    pub(crate) rewrites_at_sign_in: bool,
    /// Whether it turned out then to be nobody's: what the user who has left had written can't be sealed there.
    pub(crate) is_cleared: bool,
    /// How often it is being asked for what it has: until it has answered, there may be more.
    pub(crate) loads: u32,
    /// How often it is being asked for the outbox: until it has answered, an older message may be there.
    pub(crate) outbox_reads: u32,
    /// Whose it is.
    pub(crate) owner: Owner,
    /// By what name the user signed in who was here last in this run.
    pub(crate) last_login: String,
    /// Whose sealed rows it has.
    pub(crate) sealed: Vec<SealedLabel>,
    /// What it had stored of users who are not signed in.
    pub(crate) unclaimed: Unclaimed,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            can_keep: true,
            health: Health::Works,
            silent: false,
            is_back: false,
            rewrites_at_sign_in: false,
            is_cleared: false,
            rewritten: false,
            loads: 0,
            outbox_reads: 0,
            owner: Owner::default(),
            last_login: String::new(),
            sealed: Vec::new(),
            unclaimed: Unclaimed::default(),
        }
    }
}

impl Database {
    /// There is none, or it does not work: nothing is waited for any more.
    pub(crate) fn is_missing(&mut self) {
        (self.can_keep, self.silent) = (false, false);
        (self.loads, self.outbox_reads) = (0, 0);
    }

    /// It is asked for what it has. Nothing waits for one that was given up.
    pub(crate) fn loading(&mut self) {
        self.loads += u32::from(!self.silent);
    }

    /// It has not answered for too long: nothing is waited for, until it does.
    pub(crate) fn give_up(&mut self) {
        self.is_missing();
        self.silent = true;
    }

    /// It has answered after all.
    pub(crate) fn answers(&mut self) {
        if core::mem::take(&mut self.silent) {
            (self.can_keep, self.is_back) = (true, true);
        }
    }

    /// What is sealed of somebody, or was kept until they come back, is forgotten.
    pub(crate) fn forget(&mut self, user: UserId) {
        self.sealed.retain(|label| label.user != user);
        self.unclaimed.forget(user);
    }

    /// Whether it may have messages of this user that were written before those that are on screen.
    pub(crate) fn may_have_older(&self, user: UserId) -> bool {
        self.loads > 0 || self.outbox_reads > 0 || self.unclaimed.outbox.iter().any(|row| row.author == user)
    }
}

/// What the device had stored when the app started, until its user signs in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unclaimed {
    pub(crate) outbox: Vec<OutboxRow>,
    pub(crate) drafts: Vec<(String, String)>,
    /// The files of text boxes, with what is in those that were never kept.
    pub(crate) files: Vec<(UserId, Attachment, Option<String>)>,
    /// Whose cards these are, and by what name they sign in.
    pub(crate) cards: Option<(UserId, StoredWindows)>,
    pub(crate) login: String,
    /// Whose rows are being sealed, once for each time: what was typed since the first is in the last.
    pub(crate) sealing: Vec<UserId>,
}

impl Unclaimed {
    /// This user's rows were sealed, or could not be. Once the last are, nothing of theirs is waited for.
    pub(crate) fn sealed(&mut self, user: UserId, done: bool) {
        if let Some(at) = self.sealing.iter().position(|sealing| *sealing == user) {
            self.sealing.remove(at);
        }
        if !done || self.sealing.contains(&user) {
            return;
        }
        self.forget(user);
    }

    fn forget(&mut self, user: UserId) {
        let prefix = [&user.to_string(), "/"].concat();
        self.outbox.retain(|row| row.author != user);
        self.drafts.retain(|(key, _)| !key.starts_with(&prefix));
        self.files.retain(|(owner, ..)| *owner != user);
    }

    /// Takes in what the device had kept; what is here already is newer.
    pub(crate) fn join(&mut self, older: Self) {
        let here: SortedSet<_> = self.outbox.iter().map(|row| row.id).collect();
        self.outbox.extend(older.outbox.into_iter().filter(|row| !here.contains(&row.id)));
        for file in older.files {
            if !self.files.iter().any(|(_, known, _)| known.media.id == file.1.media.id) {
                self.files.push(file);
            }
        }
        for (key, text) in older.drafts {
            if !self.drafts.iter().any(|(known, _)| *known == key) {
                self.drafts.push((key, text));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use halyard_protocol::{ConversationId, Destination, MessageId, Ulid, UnixMs};

    use super::*;

    const MAYA: UserId = UserId(Ulid::from_bits(1));
    const DEVON: UserId = UserId(Ulid::from_bits(2));

    fn row(n: u128, author: UserId, body: &str) -> OutboxRow {
        let (id, conversation) = (MessageId(Ulid::from_bits(n)), ConversationId(Ulid::from_bits(9)));
        let to = Destination::new(None, Vec::new());
        OutboxRow {
            id,
            author,
            conversation,
            to,
            body: body.to_owned(),
            media: Vec::new(),
            at: UnixMs(0),
            round: None,
            people: 0,
        }
    }

    fn draft(user: UserId, text: &str) -> (String, String) {
        ([&user.to_string(), "/card"].concat(), text.to_owned())
    }

    fn of_both() -> Unclaimed {
        Unclaimed {
            outbox: vec![row(1, MAYA, "one"), row(2, DEVON, "two")],
            drafts: vec![draft(MAYA, "Maya's"), draft(DEVON, "Devon's")],
            ..Unclaimed::default()
        }
    }

    #[test]
    fn nothing_waits_for_a_database_that_was_given_up_until_it_answers() {
        let mut database = Database::default();
        database.loading();
        database.outbox_reads = 1;
        assert!(database.may_have_older(MAYA));
        database.give_up();
        database.loading();
        assert_eq!((database.can_keep, database.may_have_older(MAYA)), (false, false));
        database.answers();
        assert!(database.can_keep && database.is_back && !database.silent);
        database.is_back = false;
        database.answers();
        assert!(!database.is_back, "it was not away");
    }

    #[test]
    fn a_database_that_is_missing_does_not_come_back() {
        let mut database = Database::default();
        database.is_missing();
        database.answers();
        assert!(!database.can_keep && !database.is_back);
    }

    #[test]
    fn what_is_here_already_is_newer_than_what_the_device_had_kept() {
        let mut here = Unclaimed { outbox: vec![row(1, MAYA, "edited")], ..Unclaimed::default() };
        here.drafts.push(draft(MAYA, "typed since"));
        here.join(of_both());
        let bodies: Vec<&str> = here.outbox.iter().map(|row| row.body.as_str()).collect();
        assert_eq!(bodies, ["edited", "two"]);
        assert_eq!(here.drafts, [draft(MAYA, "typed since"), draft(DEVON, "Devon's")]);
    }

    #[test]
    fn what_is_sealed_is_forgotten_when_the_last_of_its_seals_is_done_and_others_stay() {
        let mut waiting = Unclaimed { sealing: vec![MAYA, MAYA], ..of_both() };
        waiting.sealed(MAYA, true);
        assert_eq!(waiting.outbox.len(), 2, "what was typed since the first is in the second");
        waiting.sealed(MAYA, false);
        assert_eq!(waiting.outbox.len(), 2, "it could not be sealed");
        waiting.sealing.push(MAYA);
        waiting.sealed(MAYA, true);
        assert!(waiting.outbox.iter().all(|row| row.author == DEVON));
        assert_eq!(waiting.drafts, [draft(DEVON, "Devon's")]);
    }
}
