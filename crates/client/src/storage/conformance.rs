//! What every implementation of the device's database does: one list of commands, each with its answer. Natively it
//! runs on the one in memory, in the browser on IndexedDB with WebCrypto.

use halyard_protocol::{MessageId, Ulid, UserId};

use super::{Db, DbCommand, Range, Reason, Row, Seal, SealedLabel, Secret, Store, Token, USER, Unseal, Write};

/// A command, and what has to come of it.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is to hold.
    pub says: &'static str,
    /// The command.
    pub command: DbCommand,
    /// Its answer.
    pub answer: Option<Db>,
}

fn user(n: u128) -> UserId {
    UserId(Ulid::from_bits(n))
}

fn row(store: Store, key: &str, text: &str) -> Row {
    Row { store, key: key.to_owned(), text: text.to_owned() }
}

fn range(store: Store, from: &str, to: &str) -> Range {
    Range { store, from: from.to_owned(), to: to.to_owned() }
}

fn label(n: u128, pins: u32) -> SealedLabel {
    SealedLabel { user: user(n), login: ["100", &n.to_string(), "@harbor"].concat(), pins, unsent: 1 }
}

fn unseal(who: Option<u128>, login: &str, password: &str) -> DbCommand {
    let password = Secret(password.to_owned());
    DbCommand::Unseal(Box::new(Unseal { user: who.map(user), login: login.to_owned(), password }))
}

/// Somebody signs in and writes a little.
#[must_use]
pub fn signed_in() -> [DbCommand; 2] {
    let rows = [row(Store::Account, USER, &user(1).to_string()), row(Store::Outbox, "1", "first")];
    let writes = rows.map(Write::Put).to_vec();
    [unseal(Some(1), "1001@harbor", "tide"), DbCommand::Write { owner: None, writes, token: None }]
}

/// And out again, with what was not sent.
#[must_use]
pub fn sign_out() -> DbCommand {
    let keep = vec![Range::all(Store::Outbox)];
    DbCommand::Seal(Box::new(Seal { label: label(1, 1), keep, rows: Vec::new() }))
}

/// The list. It begins with an empty database, and ends with one.
#[must_use]
pub fn steps() -> Vec<Step> {
    let token = Token::Message(MessageId(Ulid::from_bits(7)));
    let own = |n: u128| row(Store::Account, USER, &user(n).to_string());
    let loaded = |rows: Vec<Row>, sealed: Vec<SealedLabel>| Some(Db::Loaded { rows, sealed });
    let write = |owner: Option<u128>, writes: Vec<Write>| DbCommand::Write {
        owner: owner.map(user),
        writes,
        token: Some(token),
    };
    let put = |store, key, text| Write::Put(row(store, key, text));
    let read = |from, to, limit| DbCommand::Read { range: range(Store::Messages, from, to), limit };
    let rows = |from, to, rows: &[Row], more: Option<&str>| {
        Some(Db::Rows { range: range(Store::Messages, from, to), rows: rows.to_vec(), more: more.map(str::to_owned) })
    };
    let m = |key, text| row(Store::Messages, key, text);
    let keep = vec![range(Store::Messages, "b/", "b/~"), Range::key(Store::Account, USER.to_owned())];
    let first = row(Store::Outbox, "1", "\u{201c}first\u{201d} \u{1F44B}");
    let sealed_rows = vec![m("b/1", "three"), own(1), first.clone()];
    let mut list = Vec::new();
    let mut step = |says, command, answer| list.push(Step { says, command, answer });

    step("a new database is empty", DbCommand::Load, loaded(vec![], vec![]));
    step(
        "nobody's database takes nothing from a user",
        write(Some(1), vec![Write::Put(first.clone())]),
        Some(Db::Failed(token, Reason::Shut)),
    );
    step("whoever names nobody may claim it", write(None, vec![Write::Put(own(1))]), Some(Db::Committed(token)));
    step("its user may write", write(Some(1), vec![Write::Put(first.clone())]), Some(Db::Committed(token)));
    step("another may not", write(Some(2), vec![put(Store::Outbox, "2", "no")]), Some(Db::Failed(token, Reason::Shut)));
    step("what was written is there, store after store", DbCommand::Load, loaded(vec![first.clone(), own(1)], vec![]));
    let many = [("a/1", "one"), ("a/2", "old"), ("a/2", "two"), ("b/1", "three"), ("c/1", "four")];
    let puts = many.iter().map(|(key, text)| put(Store::Messages, key, text)).collect();
    step("steps take effect in their order", write(Some(1), puts), Some(Db::Committed(token)));
    step(
        "a range has both of its ends",
        read("a/2", "b/1", 9),
        rows("a/2", "b/1", &[m("a/2", "two"), m("b/1", "three")], None),
    );
    step(
        "a limit says where the rest begins",
        read("a/", "z", 2),
        rows("a/", "z", &[m("a/1", "one"), m("a/2", "two")], Some("b/1")),
    );
    step("the rest begins there", read("b/1", "z", 2), rows("b/1", "z", &[m("b/1", "three"), m("c/1", "four")], None));
    step("a range that ends before it begins is empty", read("z", "a", 2), rows("z", "a", &[], None));
    step(
        "a range is forgotten",
        write(Some(1), vec![Write::Delete(range(Store::Messages, "c/", "d"))]),
        Some(Db::Committed(token)),
    );
    step(
        "and is gone",
        read("a/", "z", 9),
        rows("a/", "z", &[m("a/1", "one"), m("a/2", "two"), m("b/1", "three")], None),
    );
    step(
        "what is put and forgotten in one transaction is gone",
        write(Some(1), vec![put(Store::Drafts, "k", "x"), Write::Delete(Range::all(Store::Drafts))]),
        Some(Db::Committed(token)),
    );

    step(
        "without a key nothing is sealed, and what was not sent stays",
        DbCommand::Seal(Box::new(Seal { label: label(1, 1), keep: keep.clone(), rows: vec![first.clone()] })),
        Some(Db::Sealed { user: user(1), done: false, sealed: vec![] }),
    );
    step("the rest is gone", DbCommand::Load, loaded(vec![first.clone()], vec![]));

    step(
        "who comes gets a key",
        unseal(Some(1), "1001@harbor", "tide"),
        Some(Db::Unsealed { restored: false, sealed: vec![] }),
    );
    step(
        "and claims it again",
        write(
            None,
            vec![Write::Put(own(1)), put(Store::Messages, "b/1", "three"), put(Store::Messages, "c/1", "gone")],
        ),
        Some(Db::Committed(token)),
    );
    step(
        "another user's is not sealed",
        DbCommand::Seal(Box::new(Seal { label: label(2, 1), keep: keep.clone(), rows: vec![first.clone()] })),
        Some(Db::Sealed { user: user(2), done: false, sealed: vec![] }),
    );
    step(
        "who leaves is sealed",
        DbCommand::Seal(Box::new(Seal { label: label(1, 1), keep: keep.clone(), rows: vec![first.clone()] })),
        Some(Db::Sealed { user: user(1), done: true, sealed: vec![label(1, 1)] }),
    );
    step(
        "who has left already is not sealed again",
        DbCommand::Seal(Box::new(Seal { label: label(1, 1), keep: keep.clone(), rows: vec![first.clone()] })),
        Some(Db::Sealed { user: user(1), done: false, sealed: vec![label(1, 1)] }),
    );
    step("and nothing of it is to be read", DbCommand::Load, loaded(vec![], vec![label(1, 1)]));
    step("nor there", read("a/", "z", 9), rows("a/", "z", &[], None));
    step("a wrong password opens nothing", unseal(None, "1001@harbor", "ebb"), Some(Db::Opened(vec![])));
    step("nor does another name", unseal(None, "1002@harbor", "tide"), Some(Db::Opened(vec![])));
    step("the right one opens it", unseal(None, "1001@Harbor", "tide"), Some(Db::Opened(sealed_rows)));
    step("to be read alone", DbCommand::Load, loaded(vec![], vec![label(1, 1)]));

    step(
        "the next one comes",
        unseal(Some(2), "1002@harbor", "reef"),
        Some(Db::Unsealed { restored: false, sealed: vec![label(1, 1)] }),
    );
    step(
        "and has a database",
        write(None, vec![Write::Put(own(2)), put(Store::Outbox, "5", "mine")]),
        Some(Db::Committed(token)),
    );
    step(
        "who keeps nothing leaves nothing",
        DbCommand::Seal(Box::new(Seal { label: label(2, 0), keep: vec![], rows: vec![] })),
        Some(Db::Sealed { user: user(2), done: true, sealed: vec![label(1, 1)] }),
    );
    step(
        "and needs no key, if there is nothing in what is to stay",
        write(None, vec![Write::Put(own(2))]),
        Some(Db::Committed(token)),
    );
    step(
        "as nothing is sealed",
        DbCommand::Seal(Box::new(Seal {
            label: label(2, 0),
            keep: Store::UNSENT.map(Range::all).to_vec(),
            rows: vec![],
        })),
        Some(Db::Sealed { user: user(2), done: true, sealed: vec![label(1, 1)] }),
    );
    step("but the first one's", DbCommand::Load, loaded(vec![], vec![label(1, 1)]));

    step(
        "with another password it stays sealed",
        unseal(Some(1), "1001@harbor", "flood"),
        Some(Db::Unsealed { restored: false, sealed: vec![label(1, 1)] }),
    );
    step(
        "with the right one all is there again",
        unseal(Some(1), "1001@harbor", "tide"),
        Some(Db::Unsealed { restored: true, sealed: vec![] }),
    );
    step("as it was", DbCommand::Load, loaded(vec![first.clone(), own(1)], vec![]));
    step("the history too", read("a/", "z", 9), rows("a/", "z", &[m("b/1", "three")], None));
    step(
        "it can be sealed once more",
        DbCommand::Seal(Box::new(Seal { label: label(1, 2), keep, rows: vec![first.clone()] })),
        Some(Db::Sealed { user: user(1), done: true, sealed: vec![label(1, 2)] }),
    );
    step("and forgotten", DbCommand::Forget(user(1)), None);
    step("then nothing is left", DbCommand::Load, loaded(vec![], vec![]));
    list
}
