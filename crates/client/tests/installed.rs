//! The installed app: a newer release, what it is opened with, and what is said about installing.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::installation::{AppEvent, Browser};
use halyard_client::installation::{Install, Links};
use halyard_client::notices::NoticesAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::session::SessionAction;
use halyard_client::windows::WindowAction;
use halyard_client::{AppCommand, CardKey, Route, System, Ui};
use halyard_protocol::{ConversationKey, Peer};

use crate::support::World;
use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, STRANGER, number};

fn open(world: &mut World, at: usize, address: &str) {
    world.system(at, System::App(AppEvent::Launched(address.to_owned())));
    world.settle();
}

fn draft(world: &World, at: usize, card: CardKey) -> String {
    world.phone(at).composer_view(card).draft
}

fn bubbles(world: &World, at: usize, card: CardKey) -> Vec<String> {
    let people = world.phone(at).recipients_view(card).expect("people");
    people.bubbles.into_iter().map(|bubble| bubble.name.english()).collect()
}

fn asked(world: &mut World, at: usize) -> Vec<AppCommand> {
    core::mem::take(&mut world.devices[at].asked)
}

/// A text from Ana is there, and no card is open.
fn with_a_text() -> (World, usize, CardKey) {
    let mut world = World::new();
    world.server.receive(number(ANA), number(FRONT_DESK), "Is the dock open?");
    let at = world.signed_in(MAYA);
    let id = ConversationKey::text(number(FRONT_DESK), [number(ANA)]).id(world.server.tenant.id);
    (world, at, CardKey::Conversation(id))
}

#[test]
fn a_link_opens_the_conversation_that_is_there_and_adds_to_what_was_typed() {
    let (mut world, at, card) = with_a_text();
    open(&mut world, at, "/open?url=sms%3A%2B16195550142%3Fbody%3DYes%2520it%2520is");
    assert_eq!((world.front(at), draft(&world, at, card)), (card, "Yes it is".to_owned()));
    open(&mut world, at, "/open?url=sms%3A%2B16195550142%3Fbody%3DUntil%25205");
    assert_eq!(draft(&world, at, card), "Yes it is\nUntil 5");
    // The words are kept as if they had been typed, and nothing has left.
    assert_eq!(world.devices[at].drafts(), ["Yes it is\nUntil 5"]);
    assert!(world.devices[at].outbox().is_empty());
    open(&mut world, at, "/open?url=tel%3A619-555-0142");
    assert_eq!((world.front(at), draft(&world, at, card)), (card, "Yes it is\nUntil 5".to_owned()));
}

#[test]
fn several_people_become_a_new_conversation_with_the_text() {
    let (mut world, at, _) = with_a_text();
    world.act(at, Ui::NewConversation);
    let begun = world.front(at);
    world.ui(at, Ui::Composer(begun, ComposerAction::Draft("Half a thought".to_owned())));
    open(&mut world, at, "/open?url=smsto%3A%2B16195550142%2C%2B16195550143%3Fbody%3DHigh%2520tide");
    let card = world.front(at);
    assert_eq!(bubbles(&world, at, card), ["Ana Cruz", "Ben Hale"]);
    assert_eq!(draft(&world, at, card), "High tide");
    assert_eq!(draft(&world, at, begun), "Half a thought");
    world.act(at, Ui::Recipients(card, RecipientsAction::Finish));
    assert_eq!(draft(&world, at, world.front(at)), "High tide");
}

#[test]
fn who_cannot_be_added_stays_in_the_field_with_the_reason() {
    let (mut world, at, _) = with_a_text();
    open(&mut world, at, "/open?url=sms%3A%2B16195550177%2C12%2C1002%3Fbody%3DHi");
    let card = world.front(at);
    let people = world.phone(at).recipients_view(card).expect("people");
    assert_eq!((bubbles(&world, at, card).len(), people.query.as_str()), (1, "12, 1002"));
    assert!(people.error.is_some());
    assert_eq!(draft(&world, at, card), "Hi");
    open(&mut world, at, "/open?url=javascript%3Aalert(1)");
    let notices = world.phone(at).notices_view();
    assert!(
        notices.iter().any(|notice| notice.is_error && notice.text.english().contains("can't open this kind of link"))
    );
}

#[test]
fn a_call_to_a_number_opens_its_conversation_and_an_extension_is_a_chat() {
    let (mut world, at, _) = with_a_text();
    open(&mut world, at, "/open?url=tel:+16195550177;ext=4");
    let id = world.texts(FRONT_DESK, &[STRANGER]);
    assert_eq!(world.front(at), CardKey::Conversation(id));
    open(&mut world, at, "/open?url=tel:1002");
    let id = world.chat_of(&[MAYA, DEVON]);
    assert_eq!(world.front(at), CardKey::Conversation(id));
}

#[test]
fn what_the_app_is_opened_with_waits_for_the_log_in_and_is_done_once() {
    let mut world = World::new();
    let at = world.browser();
    open(&mut world, at, "/open?url=sms%3A%2B16195550143%3Fbody%3DHello");
    world.sign_in(at, MAYA);
    let card = world.front(at);
    assert_eq!(draft(&world, at, card), "Hello");
    assert_eq!(bubbles(&world, at, card), ["Ben Hale"]);
    assert_eq!(world.devices[at].history.last(), Some(&Route::Home));
    world.act(at, Ui::Session(SessionAction::SignOut));
    world.sign_in(at, MAYA);
    let open: Vec<CardKey> = world.phone(at).cards_view().into_iter().map(|card| card.key).collect();
    assert!(open.iter().all(|card| draft(&world, at, *card) != "Hello\nHello"));
}

#[test]
fn what_is_shared_begins_a_conversation_and_files_are_asked_for() {
    let (mut world, at, _) = with_a_text();
    world.act(at, Ui::Navigate(Route::Settings));
    open(&mut world, at, "/share?title=Tides&text=Noon");
    let card = world.front(at);
    assert_eq!((draft(&world, at, card).as_str(), world.phone(at).route()), ("Tides\nNoon", Route::Chats(None)));
    open(&mut world, at, "/share?files=1");
    assert_eq!(asked(&mut world, at), [AppCommand::TakeShared]);
    let vcf = b"BEGIN:VCARD\nVERSION:3.0\nFN:Rosa Tanaka\nTEL:+16195550133\nEND:VCARD\n".to_vec();
    world.system(at, System::App(AppEvent::File { name: "rosa.VCF".to_owned(), bytes: vcf }));
    assert_eq!(world.phone(at).import_view(), None, "the user is asked first");
    world.act(at, Ui::Notices(NoticesAction::Answer(true)));
    assert_eq!(world.phone(at).import_view().map(|import| import.rows.len()), Some(1));
    let share = |name: &str, bytes: &[u8]| System::App(AppEvent::File { name: name.to_owned(), bytes: bytes.to_vec() });
    world.system(at, share("dock.jpg", b"\xFF\xD8\xFF\xE0\0\x10"));
    world.system(at, share("boat.png", b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0"));
    let files = |world: &World, card| {
        let files = world.phone(at).composer_view(card).files;
        files.into_iter().map(|file| file.name.english()).collect::<Vec<_>>()
    };
    let shared = world.front(at);
    assert_eq!(files(&world, shared), ["dock.jpg", "boat.png"], "into one new conversation");
    assert!(shared != card && world.phone(at).recipients_view(shared).is_some());
    open(&mut world, at, "/share?text=These&files=1");
    world.system(at, share("tide.jpg", b"\xFF\xD8\xFF\xE0\0\x10"));
    let card = world.front(at);
    assert_eq!((draft(&world, at, card).as_str(), files(&world, card)), ("These", vec!["tide.jpg".to_owned()]));
    world.system(at, share("tool.exe", b"MZ"));
    let problem = world.phone(at).composer_view(card).problem.expect("a word");
    assert!(problem.english().starts_with("tool.exe: Pictures (JPEG"), "{problem:?}");
    open(&mut world, at, "/contacts");
    assert_eq!(world.phone(at).route(), Route::Contacts(None));
}

#[test]
fn in_a_narrow_window_back_does_not_do_it_again() {
    let mut world = World::new();
    let at = world.browser_of(390, 390, 700);
    world.sign_in(at, MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(BEN)), from: None }));
    let card = world.front(at);
    world.act(at, Ui::Window(WindowAction::Back));
    open(&mut world, at, "/open?url=sms%3A%2B16195550143%3Fbody%3DHello");
    assert_eq!((world.front(at), draft(&world, at, card)), (card, "Hello".to_owned()));
    world.back(at);
    assert_eq!(draft(&world, at, card), "Hello");
}

#[test]
fn a_new_release_is_told_once_and_loaded_once() {
    let (mut world, at, _) = with_a_text();
    world.system(at, System::App(AppEvent::Whole));
    assert_eq!(asked(&mut world, at), [AppCommand::Settle]);
    for _ in 0..2 {
        world.system(at, System::App(AppEvent::UpdateReady));
    }
    assert!(world.phone(at).installation_view().update);
    world.ui(at, Ui::App(AppCommand::Update));
    for _ in 0..2 {
        world.system(at, System::App(AppEvent::ReleaseChanged));
    }
    assert_eq!(asked(&mut world, at), [AppCommand::Update, AppCommand::Reload]);
    // Signing out changes nothing about it.
    world.act(at, Ui::Session(SessionAction::SignOut));
    assert!(world.phone(at).installation_view().update);
}

#[test]
fn a_newer_release_is_looked_for_now_and_then() {
    let (mut world, at, _) = with_a_text();
    world.system(at, System::Attention(halyard_client::Attention::Focused));
    assert_eq!(asked(&mut world, at), [], "nothing is kept yet");
    world.system(at, System::App(AppEvent::Whole));
    for (minutes, expected) in [(14, None), (1, Some(AppCommand::Check)), (1, None)] {
        world.wait(minutes * 60_000);
        asked(&mut world, at).retain(|command| *command != AppCommand::Settle);
        world.system(at, System::Attention(halyard_client::Attention::Focused));
        assert_eq!(asked(&mut world, at), expected.into_iter().collect::<Vec<_>>());
    }
    // The server was away for a moment: it may be another now.
    world.disconnect(at);
    world.wait(30_000);
    world.settle();
    assert_eq!(asked(&mut world, at), [AppCommand::Check]);
}

#[test]
fn installing_is_offered_where_it_can_be_and_explained_where_it_cannot() {
    let (mut world, at, _) = with_a_text();
    for (name, install) in [
        ("Firefox on Linux", Install::Never),
        ("Firefox on Android", Install::Menu),
        ("Safari on macOS", Install::Safari),
        ("Chrome on iPhone", Install::Safari),
        ("Edge on Windows", Install::Menu),
    ] {
        let browser = Browser { name: name.to_owned(), hints: true, links: true, ..Browser::default() };
        world.system(at, System::App(AppEvent::Browser(browser)));
        let view = world.phone(at).installation_view();
        assert_eq!((view.install, view.links, view.hint), (install, Links::Possible, false), "{name}");
    }
    world.system(at, System::App(AppEvent::Installable(true)));
    assert!(world.phone(at).installation_view().hint);
    world.ui(at, Ui::App(AppCommand::HideHint));
    let view = world.phone(at).installation_view();
    assert_eq!((view.hint, view.install), (false, Install::Offered));
    world.ui(at, Ui::App(AppCommand::Install));
    world.system(at, System::App(AppEvent::Installed));
    world.system(at, System::App(AppEvent::Installable(false)));
    assert_eq!(world.phone(at).installation_view().install, Install::Done);
    world.ui(at, Ui::App(AppCommand::HandleLinks));
    world.system(at, System::App(AppEvent::LinksAsked(true)));
    assert_eq!(world.phone(at).installation_view().links, Links::Asked);
    assert_eq!(asked(&mut world, at), [AppCommand::HideHint, AppCommand::Install, AppCommand::HandleLinks]);
}

#[test]
fn without_a_network_the_log_in_shows_where_something_is_sealed() {
    let (mut world, at, card) = with_a_text();
    world.act(at, Ui::Conversations(ConversationsAction::Open(card.conversation().expect("a conversation"))));
    world.act(at, Ui::Window(WindowAction::SetPinned(card, true)));
    world.act(at, Ui::Session(SessionAction::SignOut));
    world.network(at, false);
    world.crash(at);
    world.settle();
    let view = world.phone(at).session_view();
    assert!(
        matches!(&view, halyard_client::view::SessionView::SignedOut { sealed, .. } if sealed.len() == 1),
        "{view:?}"
    );
}

#[test]
fn the_same_link_twice_adds_its_text_once() {
    let (mut world, at, card) = with_a_text();
    let link = "/open?url=sms%3A%2B16195550142%3Fbody%3DYes%2520it%2520is";
    open(&mut world, at, link);
    open(&mut world, at, link);
    assert_eq!(draft(&world, at, card), "Yes it is");
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Hello\nYes it is".to_owned())));
    open(&mut world, at, link);
    assert_eq!(draft(&world, at, card), "Hello\nYes it is");
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Oh. Yes it is".to_owned())));
    open(&mut world, at, link);
    assert_eq!(draft(&world, at, card), "Oh. Yes it is\nYes it is", "that was somebody's own sentence");
    // To somebody new it opens one card.
    for _ in 0..2 {
        open(&mut world, at, "/open?url=smsto%3A%2B16195550177%2C%2B16195550143%3Fbody%3DHigh%2520tide");
    }
    assert_eq!(world.new_cards(at).len(), 1);
    assert_eq!(draft(&world, at, world.front(at)), "High tide");
}

#[test]
fn of_many_shared_files_each_that_cannot_be_sent_is_named() {
    let (mut world, at, _) = with_a_text();
    let photo = b"\xFF\xD8\xFF\xE0\0\x10";
    open(&mut world, at, "/share?text=These&files=1");
    let mut share = |name: String, bytes: &[u8]| {
        world.system(at, System::App(AppEvent::File { name, bytes: bytes.to_vec() }));
    };
    share("tool.exe".to_owned(), b"MZ");
    for n in 1..=12 {
        share(format!("{n}.jpg"), photo);
    }
    let view = world.phone(at).composer_view(world.front(at));
    assert_eq!(view.files.len(), 10);
    let problem = view.problem.expect("a problem").english();
    assert!(problem.contains("tool.exe: Pictures"), "{problem}");
    assert!(problem.contains("11.jpg, 12.jpg: A message carries 10 files"), "{problem}");
    // What comes later is another matter.
    world.ui(at, Ui::Composer(world.front(at), ComposerAction::Draft("These two".to_owned())));
    world.system(at, System::App(AppEvent::File { name: "13.jpg".to_owned(), bytes: photo.to_vec() }));
    let problem = world.phone(at).composer_view(world.front(at)).problem.expect("a problem").english();
    assert!(problem.starts_with("13.jpg: A message carries 10 files"), "{problem}");
}

#[test]
fn shared_cards_are_imported_or_sent_as_the_user_says() {
    let (mut world, at, _) = with_a_text();
    let card = b"BEGIN:VCARD\nVERSION:3.0\nFN:Rosa Tanaka\nTEL:+16195550133\nEND:VCARD\n";
    let share = |world: &mut World, name: &str| {
        world.system(at, System::App(AppEvent::File { name: name.to_owned(), bytes: card.to_vec() }));
    };
    let question = |world: &World| world.phone(at).question_view().map(|question| question.text.english());
    share(&mut world, "rosa.vcf");
    share(&mut world, "team.vcf");
    assert_eq!(question(&world).as_deref(), Some("rosa.vcf, team.vcf"));
    world.act(at, Ui::Notices(NoticesAction::SendCards));
    let front = world.front(at);
    let files: Vec<_> =
        world.phone(at).composer_view(front).files.into_iter().map(|file| file.name.english()).collect();
    assert_eq!((files, question(&world)), (vec!["rosa.vcf".to_owned(), "team.vcf".to_owned()], None));
    assert!(world.phone(at).import_view().is_none());

    share(&mut world, "rosa.vcf");
    world.act(at, Ui::Notices(NoticesAction::Answer(false)));
    assert_eq!((world.phone(at).import_view(), question(&world)), (None, None));

    share(&mut world, "rosa.vcf");
    share(&mut world, "team.vcf");
    world.act(at, Ui::Notices(NoticesAction::Answer(true)));
    let import = world.phone(at).import_view().expect("the import");
    assert_eq!((import.files.len(), import.rows.len()), (2, 2), "one import over all of them");
    // A table can't be sent.
    world.system(at, System::App(AppEvent::File { name: "more.csv".to_owned(), bytes: b"Name\nAna\n".to_vec() }));
    assert_eq!((world.phone(at).import_view().map(|import| import.files.len()), question(&world)), (Some(3), None));
}
