//! The palette and the keys: from anywhere to a card, a conversation, a person, an action.

use halyard_client::conversations::ConversationsAction;
use halyard_client::overlay::OverlayAction;
use halyard_client::windows::{SnapZone, WindowAction};
use halyard_client::{CardKey, Command, FocusTarget, Route, System, Ui};
use halyard_client::{commands::Target, view::PaletteView};
use halyard_protocol::Peer;
use halyard_protocol::event::Favourite;

use crate::support::World;
use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, PRIYA, STRANGER, number};

fn palette(world: &World, at: usize) -> PaletteView {
    world.phone(at).palette_view().expect("an open palette")
}

/// What it offers: names and notes, the marked one in brackets.
fn offered(world: &World, at: usize) -> Vec<String> {
    let PaletteView { entries, marked, .. } = palette(world, at);
    let words = |(index, entry): (usize, &halyard_client::view::PaletteEntry)| {
        let note = match entry.note {
            halyard_client::view::Note::Word(word) => word.english(),
            halyard_client::view::Note::Keys(keys) => keys,
        };
        let words = [&entry.title.english(), ": ", note].concat();
        if index == marked { ["[", &words, "]"].concat() } else { words }
    };
    entries.iter().enumerate().map(words).collect()
}

fn typed(world: &mut World, at: usize, text: &str) -> Vec<String> {
    world.act(at, Ui::Run(Command::Palette));
    world.act(at, Ui::Overlay(OverlayAction::Query(text.to_owned())));
    offered(world, at)
}

/// Enter.
fn take(world: &mut World, at: usize) {
    let PaletteView { entries, marked, .. } = palette(world, at);
    world.act(at, Ui::Overlay(OverlayAction::Pick(entries[marked].target)));
}

/// Somebody with three open cards: Ana behind, Ben in the dock, Devon in front.
fn with_cards() -> (World, usize) {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    for peer in [Peer::Number(number(ANA)), Peer::Number(number(BEN)), world.colleague(DEVON)] {
        world.act(at, Ui::Conversations(ConversationsAction::Message { peer, from: None }));
    }
    let ben = CardKey::Conversation(world.texts(FRONT_DESK, &[BEN]));
    world.act(at, Ui::Window(WindowAction::Minimise(ben)));
    (world, at)
}

#[test]
fn with_nothing_typed_it_goes_back_to_the_cards_the_last_one_first() {
    let (mut world, at) = with_cards();
    world.act(at, Ui::Run(Command::Palette));
    let all = offered(&world, at);
    assert_eq!(all[..3], ["Devon Kerr: Open card", "[Ben Hale: Minimized]", "Ana Cruz: Open card"]);
    assert_eq!(all[3], "New Conversation: Alt+N");
    assert!(all.contains(&"Tile all: Alt+T".to_owned()));
    assert!(!all.contains(&"Float: ".to_owned()), "it floats already");
}

#[test]
fn a_minimised_card_comes_back_where_it_was_with_the_focus_in_its_box() {
    let (mut world, at) = with_cards();
    let ben = CardKey::Conversation(world.texts(FRONT_DESK, &[BEN]));
    let place = |world: &World| world.phone(at).cards_view().into_iter().find(|card| card.key == ben).unwrap();
    let before = place(&world);
    assert_eq!(typed(&mut world, at, "ben h")[0], "[Ben Hale: Minimized]");
    world.devices[at].focus = None;
    take(&mut world, at);
    assert!(world.phone(at).palette_view().is_none());
    assert_eq!(world.front(at), ben);
    assert_eq!(place(&world).bounds, before.bounds);
    assert_eq!(world.devices[at].focus, Some(FocusTarget::Composer(ben)));
}

#[test]
fn conversations_come_before_people_and_nobody_twice() {
    let (mut world, at) = with_cards();
    let ana = world.texts(FRONT_DESK, &[ANA]);
    world.act(at, Ui::Window(WindowAction::Close(CardKey::Conversation(ana))));
    world.server.receive(number(ANA), number(FRONT_DESK), "one");
    world.settle();
    assert_eq!(typed(&mut world, at, "ana"), ["[Ana Cruz: Conversation]"]);
    take(&mut world, at);
    assert_eq!(world.front(at), CardKey::Conversation(ana));
}

#[test]
fn a_colleague_is_chatted_with_and_a_number_is_texted() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let priya = typed(&mut world, at, "priya");
    assert!(priya[0].ends_with(": Extension]"), "{priya:?}");
    take(&mut world, at);
    assert_eq!(world.front(at), CardKey::Conversation(world.chat_of(&[MAYA, PRIYA])));

    assert_eq!(typed(&mut world, at, "619-555-0177").last().unwrap(), "[(619) 555\u{2011}0177: Send to this number]");
    take(&mut world, at);
    assert_eq!(world.front(at), CardKey::Conversation(world.texts(FRONT_DESK, &[STRANGER])));
}

#[test]
fn whoever_can_be_written_to_in_no_one_way_is_shown() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    // Maya herself: nobody writes to themselves.
    let mine = world.server.user(MAYA);
    typed(&mut world, at, "1001");
    assert_eq!(palette(&world, at).entries[0].target, Target::Details(Favourite::User(mine)));
    take(&mut world, at);
    assert_eq!(world.phone(at).route(), Route::Contacts(Some(Favourite::User(mine))));
}

#[test]
fn an_action_that_begins_as_typed_comes_first() {
    let (mut world, at) = with_cards();
    assert_eq!(typed(&mut world, at, "tile")[0], "[Tile all: Alt+T]");
    assert_eq!(typed(&mut world, at, "left h")[0], "[Left half: Alt+L]");
    take(&mut world, at);
    let front = world.phone(at).cards_view().into_iter().find(|card| card.front).unwrap();
    assert_eq!(front.snapped, Some(SnapZone::Left));
    assert_eq!(typed(&mut world, at, "zzz"), [""; 0]);
}

#[test]
fn the_mark_goes_round() {
    let (mut world, at) = with_cards();
    typed(&mut world, at, "");
    let count = palette(&world, at).entries.len();
    world.act(at, Ui::Overlay(OverlayAction::Step(-2)));
    assert_eq!(palette(&world, at).marked, count - 1);
    world.act(at, Ui::Overlay(OverlayAction::Step(1)));
    assert_eq!(palette(&world, at).marked, 0);
    // In an empty list there is nowhere to go.
    typed(&mut world, at, "zzz");
    world.act(at, Ui::Overlay(OverlayAction::Step(1)));
    assert_eq!(palette(&world, at).marked, 0);
}

#[test]
fn from_the_settings_it_leads_back_to_the_cards() {
    let (mut world, at) = with_cards();
    world.act(at, Ui::Navigate(Route::Settings));
    typed(&mut world, at, "ana");
    take(&mut world, at);
    assert_eq!(world.phone(at).route(), Route::Chats(None));
    assert_eq!(world.front(at), CardKey::Conversation(world.texts(FRONT_DESK, &[ANA])));
}

#[test]
fn on_a_phone_a_card_fills_the_pane_and_nothing_is_arranged() {
    let mut world = World::new();
    let at = world.browser_of(390, 390, 700);
    world.sign_in(at, MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    assert_eq!(typed(&mut world, at, "tile"), [""; 0]);
    world.act(at, Ui::Overlay(OverlayAction::Close));
    world.act(at, Ui::Run(Command::Minimise));
    assert!(world.phone(at).rail_view().shows_column);
    assert_eq!(world.devices[at].focus, Some(FocusTarget::Column));
    typed(&mut world, at, "ana");
    take(&mut world, at);
    assert!(!world.phone(at).rail_view().shows_column);
}

#[test]
fn keys_act_on_the_card_in_front_and_on_none_that_is_covered() {
    let (mut world, at) = with_cards();
    let front = world.front(at);
    let card = |world: &World| world.phone(at).cards_view().into_iter().find(|card| card.key == front);
    let before = card(&world).unwrap().bounds;
    world.act(at, Ui::Run(Command::Move(16, 0)));
    assert_eq!(card(&world).unwrap().bounds.x, before.x + 16);
    world.act(at, Ui::Run(Command::Resize(16, 0)));
    assert_eq!(card(&world).unwrap().bounds.w, before.w + 16);
    world.act(at, Ui::Run(Command::Pin));
    assert!(card(&world).unwrap().pinned);
    assert_eq!(world.devices[at].announced.last().map(String::as_str), Some("Pinned"));

    world.act(at, Ui::Navigate(Route::Settings));
    world.act(at, Ui::Run(Command::Close));
    assert!(card(&world).is_some());
    world.act(at, Ui::Navigate(Route::Chats(None)));
    world.act(at, Ui::Run(Command::Close));
    assert!(card(&world).is_none());
}

#[test]
fn before_the_sign_in_no_key_does_anything() {
    let mut world = World::new();
    let at = world.browser_of(1440, 1032, 786);
    world.system(at, System::Attention(halyard_client::Attention::Focused));
    for command in [Command::Palette, Command::NewConversation, Command::Shortcuts, Command::Contacts] {
        world.act(at, Ui::Run(command));
    }
    assert!(world.phone(at).palette_view().is_none() && !world.phone(at).shows_shortcuts());
    assert!(world.phone(at).cards_view().is_empty());
}

#[test]
fn an_action_is_found_by_the_word_that_people_use_for_it() {
    let (mut world, at) = with_cards();
    for (word, action) in [
        ("minim", "Minimize all"),
        ("close all", "Close all"),
        ("log out", "Sign out"),
        ("help", "Keyboard shortcuts"),
        ("dark", "Settings"),
    ] {
        let found = typed(&mut world, at, word);
        assert!(found.iter().any(|entry| entry.trim_matches(['[', ']']).starts_with(action)), "{word}: {found:?}");
        let first = found[0].trim_matches(['[', ']']);
        let (title, _) = first.split_once(':').expect("a title and a note");
        assert!(
            ["Minimize", "Close all", "Sign out", "Keyboard shortcuts", "Settings"].contains(&title),
            "{word}: {first}"
        );
    }
}

#[test]
fn all_cards_are_minimized_or_closed_at_once() {
    let (mut world, at) = with_cards();
    world.act(at, Ui::Run(Command::MinimiseAll));
    assert!(world.phone(at).cards_view().iter().all(|card| card.minimised));
    world.act(at, Ui::Run(Command::CloseAll));
    assert!(world.phone(at).cards_view().is_empty());
    assert!(!typed(&mut world, at, "").iter().any(|entry| entry.contains("Close all")), "none is open");
}

#[test]
fn going_to_a_list_by_its_keys_puts_the_focus_into_its_search() {
    let (mut world, at) = with_cards();
    for command in [Command::Contacts, Command::Chats] {
        world.act(at, Ui::Run(command));
        assert_eq!(world.devices[at].focus, Some(FocusTarget::Search));
    }
}
