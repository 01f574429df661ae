//! The device's database in memory: what the one in the browser does, without the browser. For tests.
//!
//! Always holds: it passes [`super::conformance`], as the one in the browser does.

use std::collections::BTreeMap;

use halyard_protocol::UserId;

use super::{Db, DbCommand, Range, Reason, Row, Seal, SealedLabel, Store, USER, Unseal, Write};

/// The database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    rows: BTreeMap<(Store, String), String>,
    /// What the user who is signed in seals with.
    key: Option<String>,
    sealed: Vec<Sealed>,
    /// Whether it takes nothing more in; what is there can be forgotten.
    pub full: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Sealed {
    label: SealedLabel,
    password: String,
    rows: Vec<Row>,
}

impl Memory {
    /// Carries out a command. Gives what it answers, if it does.
    pub fn run(&mut self, command: DbCommand) -> Option<Db> {
        match command {
            DbCommand::Load => {
                let mut rows = Vec::new();
                for store in Store::FIRST {
                    rows.extend(self.read(&Range::all(store)));
                }
                Some(Db::Loaded { rows, sealed: self.labels() })
            }
            DbCommand::Read { range, limit } => {
                let mut rows = self.read(&range);
                let more = rows.get(limit).map(|row| row.key.clone());
                rows.truncate(limit);
                Some(Db::Rows { range, rows, more })
            }
            DbCommand::Write { owner, writes, token } => {
                let grows = writes.iter().any(|write| matches!(write, Write::Put(_)));
                if owner.is_some_and(|owner| !self.belongs_to(owner)) {
                    return token.map(|token| Db::Failed(token, Reason::Shut));
                }
                if self.full && grows {
                    return token.map(|token| Db::Failed(token, Reason::Full));
                }
                for write in writes {
                    self.write(write);
                }
                token.map(Db::Committed)
            }
            DbCommand::Seal(seal) => Some(self.seal(*seal)),
            DbCommand::Unseal(unseal) => Some(self.unseal(*unseal)),
            DbCommand::Forget(user) => {
                self.sealed.retain(|sealed| sealed.label.user != user);
                None
            }
            DbCommand::Persist => None,
        }
    }

    /// What is there under a key.
    #[must_use]
    pub fn get(&self, store: Store, key: &str) -> Option<&str> {
        self.rows.get(&(store, key.to_owned())).map(String::as_str)
    }

    /// The rows of a range, by key.
    #[must_use]
    pub fn read(&self, range: &Range) -> Vec<Row> {
        let keys = (range.store, range.from.clone())..=(range.store, range.to.clone());
        if range.from > range.to {
            return Vec::new();
        }
        let row = |((store, key), text): (&(Store, String), &String)| Row {
            store: *store,
            key: key.clone(),
            text: text.clone(),
        };
        self.rows.range(keys).map(row).collect()
    }

    /// Each text, sealed ones too.
    pub fn all_texts(&self) -> impl Iterator<Item = &str> {
        self.texts().chain(self.sealed.iter().flat_map(|sealed| &sealed.rows).map(|row| row.text.as_str()))
    }

    /// Each text that anybody could read.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.rows.values().map(String::as_str)
    }

    fn belongs_to(&self, owner: UserId) -> bool {
        self.get(Store::Account, USER).is_some_and(|user| user == owner.to_string())
    }

    fn write(&mut self, write: Write) {
        match write {
            Write::Put(Row { store, key, text }) => drop(self.rows.insert((store, key), text)),
            Write::Delete(Range { store, from, to }) => {
                self.rows.retain(|(known, key), _| *known != store || *key < from || *key > to);
            }
        }
    }

    fn labels(&self) -> Vec<SealedLabel> {
        self.sealed.iter().map(|sealed| sealed.label.clone()).collect()
    }

    fn seal(&mut self, Seal { label, keep, rows: typed }: Seal) -> Db {
        let user = label.user;
        let rows: Vec<Row> = keep.iter().flat_map(|range| self.read(range)).chain(typed).collect();
        let nothing = rows.is_empty();
        let mut done = self.belongs_to(user) && (nothing || !self.full);
        if done && !nothing {
            match self.key.clone() {
                Some(password) => self.sealed.push(Sealed { label, password, rows }),
                None => done = false,
            }
        }
        if self.belongs_to(user) {
            // Without a key, what was typed and not sent stays as it is.
            self.rows.retain(|(store, _), _| !done && Store::UNSENT.contains(store));
            self.key = None;
        }
        Db::Sealed { user, done, sealed: self.labels() }
    }

    fn unseal(&mut self, Unseal { user, login, password }: Unseal) -> Db {
        let password = password.0;
        let Some(user) = user else {
            let opens =
                |sealed: &&Sealed| sealed.label.login.eq_ignore_ascii_case(&login) && sealed.password == password;
            return Db::Opened(self.sealed.iter().filter(opens).flat_map(|sealed| sealed.rows.clone()).collect());
        };
        let (opened, rest): (Vec<Sealed>, Vec<Sealed>) = core::mem::take(&mut self.sealed)
            .into_iter()
            .partition(|sealed| sealed.label.user == user && sealed.password == password);
        self.sealed = rest;
        let restored = !opened.is_empty();
        for row in opened.into_iter().flat_map(|sealed| sealed.rows) {
            self.write(Write::Put(row));
        }
        self.key = Some(password);
        Db::Unsealed { restored, sealed: self.labels() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_conforms() {
        let mut memory = Memory::default();
        for step in super::super::conformance::steps() {
            assert_eq!(memory.run(step.command), step.answer, "{}", step.says);
        }
    }
}
