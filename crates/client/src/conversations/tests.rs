//! The conversations alone.

use halyard_protocol::{
    Author, Conversation, ConversationId, ConversationKind, Entry, EntryId, MessageId, Peer, Seq, Ulid, UnixMs, UserId,
};

use super::{Call, Conversations, ConversationsAction, Wanted};
use crate::effect::{Effect, HttpOutcome, Method, NetworkFailure};
use crate::fact::Fact;
use crate::testing::{Alone, Done, answer};
use crate::windows::CardKey;

const ID: ConversationId = ConversationId(Ulid::from_bits(7));
const OTHER: UserId = UserId(Ulid::from_bits(2));

fn conversation(last_seq: Seq, read_seq: Seq, unread: u32) -> Conversation {
    Conversation {
        opted_out: Vec::new(),
        id: ID,
        kind: ConversationKind::Chat,
        own_number: None,
        peers: vec![Peer::User(OTHER)],
        title: String::new(),
        last_seq,
        last_entry: None,
        last_activity: UnixMs(1),
        read_seq,
        unread,
        cleared_seq: 0,
        muted: false,
        last_sent_at: None,
        reads: Vec::new(),
    }
}

fn text(seq: Seq) -> Entry {
    Entry::Message(halyard_protocol::Message {
        id: MessageId(Ulid::from_bits(seq.into())),
        conversation: ID,
        seq,
        author: Author::User(OTHER),
        body: format!("text {seq}"),
        media: Vec::new(),
        at: UnixMs(1),
        deliveries: Vec::new(),
    })
}

/// A conversation whose texts are here; those after `read` are unread.
fn with_texts(count: Seq, read: Seq) -> (Conversations, Alone) {
    let (mut all, mut alone) = (Conversations::default(), Alone::new());
    alone.turn(|cx| all.conversation_changed(conversation(0, 0, 0), cx));
    for seq in 1..=count {
        let (read_seq, unread) = (read.min(seq), u32::try_from(seq.saturating_sub(read)).unwrap_or_default());
        alone.turn(|cx| {
            let me = cx.user().expect("a user");
            all.entry_added(&text(seq), unread, read_seq, me, cx);
        });
    }
    (all, alone)
}

/// The end of a turn in which the card is looked at.
fn look(all: &mut Conversations, alone: &mut Alone, back: bool) -> Done {
    alone.turn(|cx| {
        all.look(ID, back, cx);
        all.see(ID, cx);
        all.mark_new(cx);
    })
}

fn goes_to_unread(done: &Done) -> bool {
    done.effects.iter().any(|effect| matches!(effect, Effect::ShowUnread(_)))
}

fn scrolled(all: &mut Conversations, alone: &mut Alone, last: Option<Seq>, to_unread: bool) {
    let last_id = last.map(|seq| EntryId::from(MessageId(Ulid::from_bits(seq.into()))));
    let card = CardKey::Conversation(ID);
    let action = ConversationsAction::Scrolled { card, at_bottom: last.is_none(), last: last_id, to_unread };
    alone.turn(|cx| all.act(action, cx));
}

fn unread(all: &Conversations) -> u32 {
    all.get(ID).expect("a conversation").conversation.unread
}

#[test]
fn a_card_that_comes_on_screen_is_read_up_to_what_the_view_says_shows() {
    let (mut all, mut alone) = with_texts(9, 3);
    all.note_came_on_screen(&[CardKey::Conversation(ID)]);
    let done = look(&mut all, &mut alone, true);
    assert!(goes_to_unread(&done) && done.requests().is_empty());
    assert_eq!(unread(&all), 6, "nothing before the view has said so");
    scrolled(&mut all, &mut alone, Some(5), true);
    let done = look(&mut all, &mut alone, false);
    assert_eq!(unread(&all), 4);
    let asked: Vec<_> = done.requests().iter().map(|(_, request)| request.body.clone().unwrap_or_default()).collect();
    assert_eq!(asked, [r#"{"seq":5}"#]);
    scrolled(&mut all, &mut alone, Some(4), false);
    look(&mut all, &mut alone, false);
    assert_eq!(unread(&all), 4, "scrolled up again");
    scrolled(&mut all, &mut alone, None, false);
    look(&mut all, &mut alone, false);
    assert_eq!(unread(&all), 0);
}

#[test]
fn one_read_mark_is_under_way_at_a_time_and_the_last_one_counts() {
    let (mut all, mut alone) = with_texts(9, 3);
    scrolled(&mut all, &mut alone, Some(5), false);
    let asked = look(&mut all, &mut alone, false);
    scrolled(&mut all, &mut alone, Some(7), false);
    assert!(look(&mut all, &mut alone, false).requests().is_empty());
    let call = all.requests.take(asked.requests()[0].0).expect("a request");
    assert!(matches!(call, Call::MarkRead(ID, 5)));
    let done = alone.turn(|cx| all.answered(call, Ok(answer(204, "")), cx));
    assert_eq!(done.requests()[0].1.body.as_deref(), Some(r#"{"seq":7}"#));
    assert_eq!(all.unsent_reads().keys().count(), 1);
}

#[test]
fn a_read_mark_that_does_not_get_through_is_told_again_and_one_that_is_refused_is_not() {
    for (outcome, left) in [(Err(NetworkFailure), 1), (Ok(answer(404, r#"{"code":"not_found","message":"No."}"#)), 1)] {
        let outcome: HttpOutcome = outcome;
        let (mut all, mut alone) = with_texts(2, 1);
        let asked = look(&mut all, &mut alone, false);
        let call = all.requests.take(asked.requests()[0].0).expect("a request");
        let done = alone.turn(|cx| all.answered(call, outcome, cx));
        assert!(done.facts.iter().any(|fact| matches!(fact, Fact::TryLater)));
        assert_eq!(all.unsent_reads().keys().count(), left);
    }
}

#[test]
fn a_change_that_is_refused_is_taken_back() {
    let (mut all, mut alone) = with_texts(1, 1);
    let asked = alone.turn(|cx| all.act(ConversationsAction::SetMuted(ID, true), cx));
    assert!(all.get(ID).is_some_and(|thread| thread.conversation.muted));
    assert_eq!(asked.requests()[0].1.method, Method::Patch);
    let call = all.requests.take(asked.requests()[0].0).expect("a request");
    alone.turn(|cx| all.answered(call, Ok(answer(403, r#"{"code":"forbidden","message":"No."}"#)), cx));
    assert!(all.get(ID).is_some_and(|thread| !thread.conversation.muted));
}

#[test]
fn an_old_conversation_that_was_never_stored_is_not_deleted_from_the_device() {
    let (mut all, _) = with_texts(1, 1);
    let too_old = Wanted { whole: true, pinned: false, needed: false, since: Some(UnixMs(2)) };
    let mut store = |wanted| {
        let mut writes = Vec::new();
        all.store(ID, wanted, &mut writes);
        writes.len()
    };
    assert_eq!(store(too_old), 0);
    // Of a full device all goes that may be there.
    assert_eq!(store(Wanted { whole: false, ..too_old }), 2);
    assert!(store(Wanted { since: None, ..too_old }) > 0, "it is stored");
    assert_eq!(store(too_old), 2, "both go");
    assert_eq!(store(too_old), 0);
}

#[test]
fn a_page_that_nobody_asked_for_fails_in_silence_and_once() {
    let (mut all, mut alone) = with_texts(1, 1);
    all.older = Some(halyard_protocol::rest::ConversationsBefore { at: UnixMs(1), id: ID });
    let fail = |done: &Done, all: &mut Conversations, alone: &mut Alone| {
        let call = all.requests.take(done.requests()[0].0).expect("a request");
        let failed = alone.turn(|cx| all.answered(call, Err(NetworkFailure), cx));
        failed.facts.iter().any(|fact| matches!(fact, Fact::Failed(_)))
    };
    let asked = alone.turn(|cx| all.load_unasked(cx));
    assert!(!fail(&asked, &mut all, &mut alone));
    assert!(alone.turn(|cx| all.load_unasked(cx)).requests().is_empty(), "it is left at that");
    let asked = alone.turn(|cx| all.act(ConversationsAction::More, cx));
    assert!(fail(&asked, &mut all, &mut alone), "who scrolls down hears of it");
    assert_eq!(alone.turn(|cx| all.load_unasked(cx)).requests().len(), 1);
}
