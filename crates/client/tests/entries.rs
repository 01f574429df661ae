//! Timelines that hold more than messages: calls, voicemails, notes, system lines, and what this version does not know.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::storage::{DbCommand, Range, Row, Store, Write};
use halyard_client::view::{Item, LineIcon, LineView, OlderView};
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, System, Ui};
use halyard_protocol::entry::Call;
use halyard_protocol::{
    Author, CallOutcome, ConversationId, Entry, Media, MediaId, MediaKind, Note, SystemEvent, SystemLine, Ulid,
    UnknownEntry, UserId, Voicemail,
};
use serde_json::Value;
use std::sync::Arc;

use crate::support::World;
use crate::support::people::{ANA, DEVON, FRONT_DESK, MAYA, PRIYA, STRANGER, number};

const UNKNOWN: &str = "Update Halyard to see this";

/// Maya is signed in; Ana has written "one". Nothing is open.
fn begin() -> (World, usize, ConversationId) {
    let mut world = World::new();
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    let at = world.signed_in(MAYA);
    let id = world.texts(FRONT_DESK, &[ANA]);
    (world, at, id)
}

fn open(world: &mut World, at: usize, id: ConversationId) {
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    world.wait(1_000);
}

/// A start without the network, from what the device has.
fn restart(world: &mut World, at: usize) {
    world.crash(at);
    world.system(at, System::Resized { viewport: 1440, width: 1000, height: 850 });
    world.settle();
}

fn unknown(world: &mut World, conversation: ConversationId) {
    world.server.add(conversation, |id, seq, at| Entry::Unknown(UnknownEntry { id, conversation, seq, at }));
}

fn call(world: &mut World, conversation: ConversationId, from: Author, outcome: CallOutcome, seconds: u32) {
    world.server.add(conversation, |id, seq, at| {
        Entry::Call(Call { id, conversation, seq, at, from, outcome, answered_by: None, seconds, reason: None })
    });
}

fn system(world: &mut World, conversation: ConversationId, by: Option<UserId>, event: SystemEvent) {
    world.server.add(conversation, |id, seq, at| Entry::System(SystemLine { id, conversation, seq, at, by, event }));
}

/// All rows but days and the line "New", in words.
fn rows(world: &mut World, at: usize, id: ConversationId) -> Vec<String> {
    let env = world.env();
    let view = world.phone(at).timeline_view(CardKey::Conversation(id), &env).expect("a timeline");
    let words = |item: &Item| match item {
        Item::Day { .. } | Item::New => None,
        Item::Message(message) => Some(message.body.clone()),
        Item::Line(line) if line.text.is_empty() => Some(["(", &line.words.english(), ")"].concat()),
        Item::Line(line) => Some(["(", &line.words.english(), ") ", &line.text].concat()),
    };
    view.items.iter().filter_map(words).collect()
}

fn lines(world: &mut World, at: usize, id: ConversationId) -> Vec<Arc<LineView>> {
    let env = world.env();
    let view = world.phone(at).timeline_view(CardKey::Conversation(id), &env).expect("a timeline");
    view.items.into_iter().filter_map(|item| if let Item::Line(line) = item { Some(line) } else { None }).collect()
}

fn unread(world: &mut World, at: usize, id: ConversationId) -> u32 {
    let env = world.env();
    world.phone(at).row_view(id, &env).expect("a row").unread
}

/// What the server counts as unread for Maya, and how far she has read.
fn counted(world: &World, id: ConversationId) -> (u32, u64) {
    let row = world.server.conversation(world.server.user(MAYA), id).expect("a conversation");
    (row.unread, row.read_seq)
}

/// The database as a version that knew fewer kinds of entries has written it.
fn written_by_an_earlier_version(world: &World, at: usize) {
    let mut disk = world.devices[at].disk.borrow_mut();
    let mut state: Value = serde_json::from_str(disk.get(Store::Account, "state").expect("a state")).expect("JSON");
    assert_eq!(state["kinds"], Entry::KNOWN_KINDS);
    state["kinds"] = (Entry::KNOWN_KINDS - 1).into();
    let text = serde_json::to_string(&state).expect("JSON");
    let row = Row { store: Store::Account, key: "state".to_owned(), text };
    disk.run(DbCommand::Write { owner: None, writes: vec![Write::Put(row)], token: None });
}

#[test]
fn a_call_stands_between_the_messages_and_parts_their_runs() {
    let (mut world, at, id) = begin();
    let ana = Author::Number(number(ANA));
    call(&mut world, id, ana, CallOutcome::Answered, 185);
    world.server.receive(number(ANA), number(FRONT_DESK), "two");
    open(&mut world, at, id);
    call(&mut world, id, ana, CallOutcome::Missed, 0);
    world.server.receive(number(ANA), number(FRONT_DESK), "three");
    world.settle();
    assert_eq!(rows(&mut world, at, id), ["one", "(Incoming call, 3:05)", "two", "(Missed call)", "three"]);
    assert!(world.messages(at, id).iter().all(|message| message.last_of_run), "each ends its run");
    let icons: Vec<LineIcon> = lines(&mut world, at, id).iter().map(|line| line.icon).collect();
    assert_eq!(icons, [LineIcon::Call, LineIcon::MissedCall]);
}

#[test]
fn each_kind_is_said_in_words_in_its_row_and_in_the_column() {
    let (mut world, at, id) = begin();
    let (maya, devon, priya) = (world.server.user(MAYA), world.server.user(DEVON), world.server.user(PRIYA));
    open(&mut world, at, id);
    let ana = Author::Number(number(ANA));
    let mut said = Vec::new();
    let mut look = |world: &mut World| {
        world.settle();
        let row = rows(world, at, id).pop().expect("a row");
        let preview = world.column(at).remove(0);
        said.push((row, preview.trim_start_matches("Ana Cruz: ").to_owned()));
    };
    call(&mut world, id, Author::User(maya), CallOutcome::Missed, 0);
    look(&mut world);
    call(&mut world, id, Author::User(devon), CallOutcome::Answered, 4_000);
    look(&mut world);
    call(&mut world, id, ana, CallOutcome::Busy, 0);
    look(&mut world);
    world.server.add(id, |entry, seq, at| {
        let recording = Media {
            id: MediaId(Ulid::from_bits(7)),
            kind: MediaKind::Mp3,
            name: String::new(),
            size: 9,
            width: 0,
            height: 0,
        };
        let transcript = "Call me back,\nplease".to_owned();
        Entry::Voicemail(Voicemail {
            id: entry,
            conversation: id,
            seq,
            at,
            from: ana,
            seconds: 42,
            recording,
            transcript,
        })
    });
    look(&mut world);
    world.server.add(id, |entry, seq, at| {
        Entry::Note(Note { id: entry, conversation: id, seq, at, author: devon, text: "She wants berth 9".to_owned() })
    });
    look(&mut world);
    system(&mut world, id, None, SystemEvent::Joined { users: vec![devon, priya] });
    look(&mut world);
    system(&mut world, id, Some(maya), SystemEvent::Left { users: vec![devon] });
    look(&mut world);
    system(&mut world, id, Some(devon), SystemEvent::Left { users: vec![devon] });
    look(&mut world);
    system(&mut world, id, Some(devon), SystemEvent::Renamed { title: "Crew".to_owned() });
    look(&mut world);
    for event in [
        SystemEvent::OptedOut { number: number(ANA) },
        SystemEvent::OptedIn { number: number(ANA) },
        SystemEvent::HelpAnswered { number: number(STRANGER) },
        SystemEvent::FilesMissing { files: 1 },
        SystemEvent::FilesMissing { files: 2 },
        SystemEvent::Unknown,
    ] {
        system(&mut world, id, None, event);
        look(&mut world);
    }
    unknown(&mut world, id);
    look(&mut world);
    let one_line = |words: &str| (["(", words, ")"].concat(), words.to_owned());
    assert_eq!(
        said,
        [
            one_line("Outgoing call, no answer"),
            one_line("Outgoing call by Devon Kerr, 1:06:40"),
            one_line("Missed call, line busy"),
            ("(Voicemail, 0:42) Call me back,\nplease".to_owned(), "Voicemail, 0:42: Call me back, please".to_owned()),
            ("(Note by Devon Kerr) She wants berth 9".to_owned(), "Note by Devon Kerr: She wants berth 9".to_owned()),
            one_line("Joined: Devon Kerr, Priya Nair"),
            one_line("You removed Devon Kerr"),
            one_line("Left: Devon Kerr"),
            one_line("Devon Kerr named the group \u{201c}Crew\u{201d}"),
            one_line("Ana Cruz asked for no more texts"),
            one_line("Ana Cruz wants texts again"),
            one_line("(619) 555\u{2011}0177 asked for help and got your automatic answer"),
            one_line("1 file could not be received"),
            one_line("2 files could not be received"),
            one_line(UNKNOWN),
            one_line(UNKNOWN),
        ]
    );
}

#[test]
fn what_counts_as_unread_is_what_the_server_counts() {
    let (mut world, at, id) = begin();
    let devon = world.server.user(DEVON);
    let steps: [fn(&mut World, ConversationId, UserId); 6] = [
        |world, id, _| unknown(world, id),
        |world, id, _| call(world, id, Author::Number(number(ANA)), CallOutcome::Missed, 0),
        |world, id, _| call(world, id, Author::Number(number(ANA)), CallOutcome::Answered, 9),
        |world, id, devon| call(world, id, Author::User(devon), CallOutcome::Answered, 9),
        |world, id, devon| system(world, id, None, SystemEvent::Joined { users: vec![devon] }),
        |world, _, _| drop(world.server.receive(number(ANA), number(FRONT_DESK), "two")),
    ];
    for (step, expected) in steps.iter().zip([2, 3, 3, 3, 3, 4]) {
        step(&mut world, id, devon);
        world.settle();
        assert_eq!((unread(&mut world, at, id), counted(&world, id).0), (expected, expected));
    }
    open(&mut world, at, id);
    assert_eq!((unread(&mut world, at, id), counted(&world, id)), (0, (0, 7)));
}

#[test]
fn what_is_not_known_can_be_read_and_read_up_to() {
    let (mut world, at, id) = begin();
    open(&mut world, at, id);
    // It comes while its card is in front: it is seen there.
    unknown(&mut world, id);
    world.settle();
    assert_eq!(rows(&mut world, at, id), ["one", &["(", UNKNOWN, ")"].concat()]);
    assert_eq!((unread(&mut world, at, id), counted(&world, id)), (0, (0, 2)));
    // It comes while nobody looks: another device of hers reads up to it.
    world.system(at, System::Attention(halyard_client::Attention::Hidden));
    unknown(&mut world, id);
    world.settle();
    assert_eq!(unread(&mut world, at, id), 1);
    assert!(world.devices[at].announced.is_empty(), "its card is in front");
    world.server.mark_read(world.server.user(MAYA), id, 3);
    world.settle();
    assert_eq!(unread(&mut world, at, id), 0);
}

#[test]
fn screen_readers_hear_of_it_where_its_card_is_not_in_front() {
    let (mut world, at, id) = begin();
    let devon = world.server.user(DEVON);
    unknown(&mut world, id);
    call(&mut world, id, Author::Number(number(ANA)), CallOutcome::Missed, 0);
    call(&mut world, id, Author::Number(number(ANA)), CallOutcome::Answered, 5);
    system(&mut world, id, None, SystemEvent::Joined { users: vec![devon] });
    world.settle();
    let heard = &world.devices[at].announced;
    assert!(
        heard.ends_with(&["News in Ana Cruz. Update Halyard to see it.".into(), "Missed call from Ana Cruz".into()])
    );
}

#[test]
fn pages_lead_over_what_is_not_known() {
    let (mut world, at, id) = begin();
    for n in 2..=150 {
        if n % 3 == 0 || (90..=110).contains(&n) {
            unknown(&mut world, id);
        } else {
            world.server.receive(number(ANA), number(FRONT_DESK), &n.to_string());
        }
    }
    let expected: Vec<String> = world.server.conversations[&id]
        .entries
        .iter()
        .map(|entry| entry.message().map_or_else(|| ["(", UNKNOWN, ")"].concat(), |message| message.body.clone()))
        .collect();
    world.settle();
    open(&mut world, at, id);
    let card = CardKey::Conversation(id);
    for _ in 0..8 {
        world.act(at, Ui::Conversations(ConversationsAction::LoadOlder(card)));
    }
    assert_eq!(rows(&mut world, at, id), expected);
    let env = world.env();
    assert_eq!(world.phone(at).timeline_view(card, &env).map(|view| view.older), Some(OlderView::Beginning));
}

#[test]
fn without_a_network_it_stands_in_its_place() {
    let (mut world, at, id) = begin();
    open(&mut world, at, id);
    world.act(at, Ui::Window(WindowAction::SetPinned(CardKey::Conversation(id), true)));
    unknown(&mut world, id);
    call(&mut world, id, Author::Number(number(ANA)), CallOutcome::Missed, 0);
    world.server.receive(number(ANA), number(FRONT_DESK), "two");
    unknown(&mut world, id);
    world.wait(5_000);
    let before = rows(&mut world, at, id);
    assert_eq!(before.len(), 5);
    world.network(at, false);
    restart(&mut world, at);
    assert_eq!(rows(&mut world, at, id), before);
    assert_eq!(world.column(at), [["Ana Cruz: ", UNKNOWN].concat()]);
}

#[test]
fn after_an_update_what_was_not_known_is_shown() {
    for opened in [true, false] {
        let (mut world, at, id) = begin();
        // More than a page of them, with messages between.
        for n in 2..=120 {
            if n % 10 == 0 {
                unknown(&mut world, id);
            } else {
                world.server.receive(number(ANA), number(FRONT_DESK), &n.to_string());
            }
        }
        world.settle();
        open(&mut world, at, id);
        let card = CardKey::Conversation(id);
        for _ in 0..4 {
            world.act(at, Ui::Conversations(ConversationsAction::LoadOlder(card)));
        }
        if !opened {
            world.act(at, Ui::Window(WindowAction::Close(card)));
        }
        world.wait(10_000);
        // What it was, and what the earlier version did not know.
        for entry in &mut world.server.conversations.get_mut(&id).expect("it is there").entries {
            if let Entry::Unknown(UnknownEntry { id, conversation, seq, at }) = *entry {
                let (from, outcome) = (Author::Number(number(ANA)), CallOutcome::Missed);
                let call =
                    Call { id, conversation, seq, at, from, outcome, answered_by: None, seconds: 0, reason: None };
                *entry = Entry::Call(call);
            }
        }
        written_by_an_earlier_version(&world, at);
        // It begins without a network: nothing changes until the server answers.
        world.network(at, false);
        restart(&mut world, at);
        assert_eq!(world.column(at), [["Ana Cruz: ", UNKNOWN].concat()]);
        world.network(at, true);
        world.wait(60_000);
        assert_eq!(world.column(at), ["Ana Cruz: Missed call"], "opened: {opened}");
        open(&mut world, at, id);
        for _ in 0..4 {
            world.act(at, Ui::Conversations(ConversationsAction::LoadOlder(card)));
        }
        let shown = rows(&mut world, at, id);
        assert_eq!((shown.len(), shown.iter().filter(|row| *row == "(Missed call)").count()), (120, 12));
        // From now on the device has them.
        world.wait(10_000);
        world.network(at, false);
        restart(&mut world, at);
        assert_eq!(world.column(at), ["Ana Cruz: Missed call"]);
        assert!(!rows(&mut world, at, id).iter().any(|row| row.contains(UNKNOWN)));
    }
}

#[test]
fn what_stays_unknown_is_asked_for_once_in_a_run() {
    let (mut world, at, id) = begin();
    unknown(&mut world, id);
    world.settle();
    open(&mut world, at, id);
    world.wait(5_000);
    restart(&mut world, at);
    world.wait(5_000);
    let card = CardKey::Conversation(id);
    for _ in 0..3 {
        world.act(at, Ui::Window(WindowAction::Close(card)));
        world.ui(at, Ui::Conversations(ConversationsAction::Open(id)));
        let asked = world.devices[at].requests.iter().filter(|(_, request)| request.path.contains("/entries")).count();
        assert_eq!(asked, 0);
        world.settle();
    }
    assert_eq!(rows(&mut world, at, id), ["one", &["(", UNKNOWN, ")"].concat()]);
}

/// `data/rows_of_messages.json` is a device's database as the last release before entries has written it: Ana's card is pinned, Devon's
/// open; a message waits, and a draft.
#[test]
fn rows_of_before_entries_are_read_and_nothing_of_the_users_is_lost() {
    let (mut world, at, id) = begin();
    open(&mut world, at, id);
    world.network(at, false);
    let kept: Vec<Value> = serde_json::from_str(include_str!("data/rows_of_messages.json")).expect("JSON");
    let said =
        |word: &str| kept.iter().filter(|row| row["text"].as_str().is_some_and(|text| text.contains(word))).count();
    assert_eq!((said(r#""last_message":{"#), said("entry")), (3, 0), "rows as they were written");
    let text = |row: &Value, member: &str| row[member].as_str().expect("a text").to_owned();
    let mut writes: Vec<Write> = Store::ALL.map(|store| Write::Delete(Range::all(store))).to_vec();
    for row in &kept {
        let store = Store::ALL.into_iter().find(|store| store.name() == row["store"]).expect("a store");
        writes.push(Write::Put(Row { store, key: text(row, "key"), text: text(row, "text") }));
    }
    world.devices[at].commands.clear();
    world.devices[at].disk.borrow_mut().run(DbCommand::Write { owner: None, writes, token: None });
    restart(&mut world, at);

    let chat = world.chat_of(&[MAYA, DEVON]);
    assert_eq!(world.titles(at), ["Ana Cruz", "Devon Kerr"]);
    let quoted = "A \"quote\", and \"last_message\":{ as it is written";
    let mut expected = vec!["one".to_owned(), quoted.to_owned(), "three [Delivered]".to_owned()];
    expected.push("written without a network [Sending\u{2026}]".to_owned());
    assert_eq!(world.log_of(at, id), expected);
    assert_eq!(world.log_of(at, chat), ["Lunch?"]);
    let column = ["Ana Cruz: You: written without a network", "Ben Hale: from Ben (1)", "Devon Kerr: Lunch?"];
    assert_eq!(world.column(at), column);
    assert_eq!(world.phone(at).composer_view(CardKey::Conversation(chat)).draft, "half a sen");
    assert_eq!((world.devices[at].outbox().len(), world.devices[at].drafts()), (1, vec!["half a sen".to_owned()]));
    let pinned = |world: &World| world.phone(at).cards_view().iter().filter(|card| card.pinned).count();
    assert_eq!(pinned(&world), 1);

    // The server of this test has another history: what waited is sent, what was typed stays.
    world.network(at, true);
    world.wait(60_000);
    assert_eq!(world.server.texts(id), ["one", "written without a network"]);
    assert_eq!(world.phone(at).composer_view(CardKey::Conversation(chat)).draft, "half a sen");
    assert_eq!(pinned(&world), 1);
    world.act(at, Ui::Composer(CardKey::Conversation(chat), ComposerAction::Submit));
    assert_eq!(world.server.texts(chat), ["half a sen"]);
}
