//! The cache alone.

use halyard_protocol::{Contact, ContactDraft, Ulid};
use halyard_words::Text;

use super::*;
use crate::fact::Fact;
use crate::storage::{DbCommand, Row};
use crate::testing::{Alone, Done};

#[derive(Default)]
struct Bench {
    cache: Cache,
    conversations: Conversations,
    book: Book,
    desk: Desk,
    outbox: Outbox,
    drafts: Drafts,
    changing: bool,
}

impl Bench {
    /// With so many contacts that are not written yet.
    fn with_contacts(count: u128) -> (Self, Alone) {
        let mut bench = Self::default();
        for n in 1..=count {
            bench.book.put(contact(n), false);
        }
        (bench, Alone::new())
    }

    fn run(&mut self, alone: &mut Alone, act: impl FnOnce(&mut Cache, &mut Sources<'_>, &mut Context<'_, '_>)) -> Done {
        let Self { cache, conversations, book, desk, outbox, drafts, changing } = self;
        let cursor = Some(5);
        let mut sources = Sources {
            conversations,
            book,
            desk,
            outbox,
            drafts,
            cursor,
            states: StatesSeen::default(),
            changing: *changing,
            all_contacts: true,
        };
        alone.turn(|cx| act(cache, &mut sources, cx))
    }

    fn schedule(&mut self, alone: &mut Alone) -> Option<u32> {
        self.run(alone, |cache, sources, cx| cache.schedule(sources.conversations, sources.book, cx))
            .timer(Timer::Cache)
    }

    fn write(&mut self, alone: &mut Alone) -> Done {
        self.run(alone, Cache::write)
    }

    fn written(&mut self, alone: &mut Alone) -> Option<u32> {
        self.run(alone, |cache, sources, cx| cache.written(sources.conversations, sources.book, cx)).timer(Timer::Cache)
    }
}

fn contact(n: u128) -> Contact {
    ContactDraft { given: "Ana".to_owned(), ..ContactDraft::default() }.into_contact(ContactId(Ulid::from_bits(n)), 1)
}

/// What is written in one transaction.
fn writes(done: &Done) -> &[Write] {
    match &done.effects[..] {
        [Effect::Db(DbCommand::Write { writes, .. }), ..] => writes,
        _ => &[],
    }
}

fn contacts(done: &Done) -> usize {
    writes(done).iter().filter(|write| matches!(write, Write::Put(row) if row.store == Store::Contacts)).count()
}

/// The state of the device that a transaction ends with: up to which cursor the cache is whole.
fn cursor_kept(done: &Done) -> Option<Option<Cursor>> {
    let Some(Write::Put(Row { store: Store::Account, key, text })) = writes(done).last() else { return None };
    assert_eq!(key, STATE);
    Some(crate::json::read::<StoredState>(text).expect("a state").cursor)
}

#[test]
fn changes_gather_and_the_cursor_goes_with_the_last_of_them() {
    let (mut bench, mut alone) = Bench::with_contacts(BATCH as u128 + 1);
    assert_eq!(bench.schedule(&mut alone), Some(600));
    assert_eq!(bench.schedule(&mut alone), None, "it is scheduled");
    let done = bench.write(&mut alone);
    assert_eq!((contacts(&done), cursor_kept(&done)), (BATCH, None));
    assert_eq!(writes(&bench.write(&mut alone)).len(), 0, "one batch at a time");
    assert_eq!(bench.written(&mut alone), Some(100));
    let done = bench.write(&mut alone);
    assert_eq!((contacts(&done), cursor_kept(&done)), (1, Some(Some(5))));
    assert_eq!(bench.written(&mut alone), None, "all is written");
}

#[test]
fn only_the_leading_tab_writes() {
    let (mut bench, mut alone) = Bench::with_contacts(1);
    alone.device.leads = false;
    assert_eq!(bench.schedule(&mut alone), None);
    assert_eq!(writes(&bench.write(&mut alone)).len(), 0);
    alone.device.leads = true;
    assert_eq!(contacts(&bench.write(&mut alone)), 1);
}

#[test]
fn much_waits_until_the_user_rests() {
    let (mut bench, mut alone) = Bench::with_contacts(BATCH as u128 + 1);
    bench.cache.last_input = alone.now;
    let done = bench.run(&mut alone, Cache::write_when_quiet);
    assert_eq!((writes(&done).len(), done.timer(Timer::Cache)), (0, Some(1_500)));
    alone.wait(1_500);
    assert_eq!(contacts(&bench.run(&mut alone, Cache::write_when_quiet)), BATCH);
}

#[test]
fn a_cursor_is_not_kept_for_what_the_server_may_still_refuse_or_the_database_has_lost() {
    let (mut bench, mut alone) = Bench::with_contacts(1);
    bench.changing = true;
    assert_eq!(cursor_kept(&bench.write(&mut alone)), Some(None));
    bench.written(&mut alone);
    bench.changing = false;
    bench.cache.cursor_moved();
    assert_eq!(cursor_kept(&bench.write(&mut alone)), Some(Some(5)));
    let lost = bench.run(&mut alone, |cache, _, cx| cache.lost(cx));
    assert_eq!(lost.timer(Timer::Cache), Some(10_000));
    assert_eq!(cursor_kept(&bench.write(&mut alone)), Some(None));
    bench.written(&mut alone);
    bench.cache.renew(&[]);
    assert_eq!(cursor_kept(&bench.write(&mut alone)), Some(Some(5)), "all comes anew");
}

#[test]
fn a_full_device_keeps_what_is_pinned_and_then_nothing_and_says_so_each_time() {
    let (mut bench, mut alone) = Bench::with_contacts(1);
    for text in [words::DEVICE_FULL_PINS, words::DEVICE_FULL_NOTHING] {
        bench.cache.cursor_moved();
        bench.write(&mut alone);
        let done = bench.run(&mut alone, Cache::not_written);
        let is_said =
            |fact: &Fact| matches!(fact, Fact::Notice(notice) if notice.is_error && notice.text == Text::from(text));
        assert!(done.facts.iter().any(is_said), "{:?}", done.facts);
        assert!(writes(&done).contains(&Write::Delete(Range::all(Store::Contacts))));
        assert_eq!(cursor_kept(&done), Some(None));
        bench.book.put(contact(2), false);
    }
    assert_eq!(bench.schedule(&mut alone), None);
    assert_eq!(writes(&bench.write(&mut alone)).len(), 0);
}
