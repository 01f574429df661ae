//! New conversations alone.

use halyard_protocol::rest::Me;

use super::*;
use crate::contacts::Book;
use crate::conversations::Conversations;
use crate::testing::{Alone, Done};

struct Bench {
    recipients: Recipients,
    card: CardKey,
    book: Book,
    conversations: Conversations,
    me: Me,
    alone: Alone,
}

impl Bench {
    fn new() -> Self {
        let mut alone = Alone::new();
        let (mut recipients, me, card) = (Recipients::default(), alone.me(), CardKey::New(7));
        alone.turn(|_| recipients.expect(card));
        let (book, conversations) = (Book::default(), Conversations::default());
        Self { recipients, card, book, conversations, me, alone }
    }

    fn act(&mut self, action: RecipientsAction) -> Done {
        let Self { recipients, card, book, conversations, me, alone } = self;
        let people = People { book, conversations, me: Some(me) };
        alone.turn(|cx| recipients.act(*card, action, people, cx))
    }

    fn type_in(&mut self, text: &str) -> Done {
        self.act(RecipientsAction::Query(text.to_owned()))
    }

    fn new_conversation(&self) -> &NewConversation {
        self.recipients.get(self.card).expect("the new conversation")
    }
}

#[test]
fn nobody_is_added_twice_however_the_number_is_written() {
    let mut bench = Bench::new();
    for text in ["6195550142", "(619) 555-0142", "+1 619 555 0142"] {
        bench.type_in(text);
        bench.act(RecipientsAction::AddTyped);
        assert_eq!((bench.new_conversation().peers.len(), bench.new_conversation().query.as_str()), (1, ""), "{text}");
    }
    let peer = bench.new_conversation().peers[0];
    bench.act(RecipientsAction::Add(peer));
    assert_eq!(bench.new_conversation().peers, [peer]);
    bench.act(RecipientsAction::Remove(peer));
    assert_eq!(bench.new_conversation().peers, []);
}

#[test]
fn what_cannot_be_added_stays_in_the_field_with_the_reason_until_something_else_is_typed() {
    let mut bench = Bench::new();
    bench.type_in("nobody's name");
    bench.act(RecipientsAction::AddTyped);
    let refused = bench.new_conversation();
    assert!(refused.peers.is_empty() && refused.error.is_some());
    assert_eq!(refused.query, "nobody's name");
    bench.type_in("nobody's nam");
    assert_eq!(bench.new_conversation().error, None);
}

#[test]
fn of_a_list_that_was_pasted_all_are_added_who_can_be_and_the_others_stay_in_the_field() {
    let mut bench = Bench::new();
    bench.type_in("6195550142; 12, 6195550143\n619555014");
    let new = bench.new_conversation();
    assert_eq!((new.peers.len(), new.query.as_str()), (2, "12, 619555014"));
    assert!(new.error.is_some(), "12 is an extension that nobody has");
}

#[test]
fn a_new_conversation_that_was_closed_in_the_middle_goes_on() {
    let mut bench = Bench::new();
    bench.type_in("6195550142");
    let stored = NewConversation { query: "older".to_owned(), ..NewConversation::default() };
    bench.recipients.take_stored(&[(7, stored.clone()), (8, stored.clone())]);
    assert_eq!(bench.new_conversation().query, "6195550142", "what is typed here is newer");
    assert_eq!(bench.recipients.get(CardKey::New(8)), Some(&stored));
    let card = bench.card;
    let windows = Windows::default();
    let mut begun = None;
    let Bench { recipients, alone, .. } = &mut bench;
    alone.turn(|cx| begun = Some(recipients.begin(&windows, cx.env)));
    assert_eq!(begun, Some(card));
    let Bench { recipients, alone, .. } = &mut bench;
    alone.turn(|cx| begun = Some(recipients.begin_fresh(cx.env, |_| true)));
    assert!(begun.is_some_and(|begun| begun != card && begun != CardKey::New(8)), "nothing is typed in a fresh one");
}
