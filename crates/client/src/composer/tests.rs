//! The text boxes alone.

use super::{ChosenFile, Composer, Files, Place};
use crate::effect::{Effect, FileCommand, FocusTarget};
use crate::fact::Fact;
use crate::storage::{DbCommand, Store, Write};
use crate::testing::{Alone, Done};
use crate::windows::CardKey;
use halyard_protocol::{MediaId, MediaKind};

const CARD: CardKey = CardKey::New(1);
const PHOTO: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10";

fn choose(composer: &mut Composer, alone: &mut Alone, files: &[(&str, &[u8])]) -> Done {
    let chosen = |(number, (name, head)): (u32, &(&str, &[u8]))| {
        let (name, size, head) = ((*name).to_owned(), head.len() as u64, head.to_vec());
        ChosenFile { number, name, size, head }
    };
    let files = (0..).zip(files).map(chosen).collect();
    alone.turn(|cx| composer.attach(CARD, &Place { text: false, blocked: None }, files, cx))
}

fn preparing(done: &Done) -> Vec<MediaId> {
    let id = |effect: &Effect| match effect {
        Effect::Files(FileCommand::Prepare { id, .. }) => Some(*id),
        _ => None,
    };
    done.effects.iter().filter_map(id).collect()
}

/// What a turn writes to the device's database, by store.
fn writes(done: &Done) -> Vec<(Store, bool)> {
    let of = |write: &Write| match write {
        Write::Put(row) => (row.store, true),
        Write::Delete(range) => (range.store, false),
    };
    let command = |effect: &Effect| match effect {
        Effect::Db(DbCommand::Write { writes, .. }) => writes.iter().map(of).collect(),
        _ => Vec::new(),
    };
    done.effects.iter().flat_map(command).collect()
}

#[test]
fn a_draft_is_kept_as_it_is_typed_and_forgotten_when_it_is_empty() {
    let (mut composer, mut alone) = (Composer::default(), Alone::new());
    let done = alone.turn(|cx| composer.set_draft(CARD, "Half".to_owned(), cx));
    assert_eq!(writes(&done), [(Store::Drafts, true)]);
    assert!(done.facts.iter().any(|fact| matches!(fact, Fact::DraftChanged(CARD))));
    let done = alone.turn(|cx| composer.set_draft(CARD, String::new(), cx));
    assert_eq!(writes(&done), [(Store::Drafts, false)]);
}

#[test]
fn while_the_device_is_being_read_a_draft_waits_to_join_what_it_has() {
    let (mut composer, mut alone) = (Composer::default(), Alone::new());
    alone.device.loading = true;
    let done = alone.turn(|cx| composer.set_draft(CARD, "Half".to_owned(), cx));
    assert_eq!(writes(&done), []);
    alone.device.loading = false;
    let done = alone.turn(|cx| composer.keep_waiting_drafts(cx));
    assert_eq!(writes(&done), [(Store::Drafts, true)]);
}

#[test]
fn each_file_that_cannot_be_sent_is_named_with_its_reason_and_the_others_are_taken() {
    let (mut composer, mut alone) = (Composer::default(), Alone::new());
    let done = choose(&mut composer, &mut alone, &[("a.exe", b"MZ"), ("boat.jpg", PHOTO), ("b.exe", b"MZ")]);
    assert_eq!(preparing(&done).len(), 1);
    let problem = composer.problem(CARD).expect("a problem").english();
    assert!(problem.starts_with("a.exe, b.exe: Pictures (JPEG"), "{problem}");
    choose(&mut composer, &mut alone, &[("quay.jpg", PHOTO)]);
    assert_eq!(composer.problem(CARD), None, "what was refused before is over");
}

#[test]
fn a_file_is_kept_once_it_is_ready_and_enter_waits_for_it() {
    let (mut composer, mut alone) = (Composer::default(), Alone::new());
    let id = preparing(&choose(&mut composer, &mut alone, &[("boat.jpg", PHOTO)]))[0];
    composer.drafts.sending.insert(CARD);
    let ready = Files::Ready { id, kind: MediaKind::Jpeg, width: 1, height: 1, content: "content".to_owned() };
    let done = alone.turn(|cx| composer.prepared(ready, cx));
    assert_eq!(writes(&done), [(Store::Attachments, true), (Store::Files, true)]);
    assert!(done.facts.iter().any(|fact| matches!(fact, Fact::SubmitWanted(CARD))));
}

#[test]
fn one_that_is_taken_out_leaves_the_device_and_the_focus_goes_to_the_text() {
    let (mut composer, mut alone) = (Composer::default(), Alone::new());
    let id = preparing(&choose(&mut composer, &mut alone, &[("boat.jpg", PHOTO)]))[0];
    let done = alone.turn(|cx| composer.detach(CARD, id, cx));
    assert_eq!(writes(&done), [(Store::Attachments, false), (Store::Files, false)]);
    assert!(done.effects.iter().any(|effect| matches!(effect, Effect::Focus(FocusTarget::Composer(CARD)))));
    assert!(!composer.drafts.has(CARD));
}

#[test]
fn a_tab_that_does_not_keep_writes_no_file() {
    let (mut composer, mut alone) = (Composer::default(), Alone::new());
    alone.device.keeps = false;
    let id = preparing(&choose(&mut composer, &mut alone, &[("boat.jpg", PHOTO)]))[0];
    let ready = Files::Ready { id, kind: MediaKind::Jpeg, width: 1, height: 1, content: "content".to_owned() };
    let done = alone.turn(|cx| composer.prepared(ready, cx));
    assert_eq!(writes(&done), []);
    assert!(composer.drafts.has(CARD), "it can be sent all the same");
}
