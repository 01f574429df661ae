//! Files in messages: from the text box to the server, and what becomes of those that can't go.

use halyard_client::composer::ComposerAction;
use halyard_client::conversations::ConversationsAction;
use halyard_client::outbox::OutboxAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::session::SessionAction;
use halyard_client::storage::{Range, Store};
use halyard_client::view::MediaShape;
use halyard_client::windows::WindowAction;
use halyard_client::{CardKey, Ui};
use halyard_protocol::{CauseCode, ConversationId, ErrorCode, Message, Peer};

use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, REPAIRS, number};
use crate::support::server::{problem, refusal};
use crate::support::{Fate, World};

fn begin() -> (World, usize, ConversationId, CardKey) {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    let id = world.texts(FRONT_DESK, &[ANA]);
    (world, at, id, CardKey::Conversation(id))
}

/// A photo of so many bytes.
fn photo(size: usize) -> Vec<u8> {
    let mut photo = b"\xFF\xD8\xFF\xE0".to_vec();
    photo.resize(size, 7);
    photo
}

/// A recording of four samples.
fn wav() -> Vec<u8> {
    b"RIFF\x2C\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data\x08\0\0\0\0\0\0\0\0\0\0\0"
        .to_vec()
}

fn attach(world: &mut World, at: usize, card: CardKey, files: &[(&str, &[u8])]) {
    world.attach(at, card, files);
    world.settle();
}

/// Names and notes of the files in a text box.
fn files(world: &World, at: usize, card: CardKey) -> Vec<String> {
    let composer = world.phone(at).composer_view(card);
    composer.files.iter().map(|file| [&file.name.english(), " ", &*file.note.english()].concat()).collect()
}

fn problem_of(world: &World, at: usize, card: CardKey) -> String {
    world.phone(at).composer_view(card).problem.unwrap_or_default().english()
}

fn kept(world: &World, at: usize, store: Store) -> usize {
    world.devices[at].disk.borrow().read(&Range::all(store)).len()
}

fn sent(world: &World, id: ConversationId) -> Vec<&Message> {
    world.server.conversations.get(&id).map(|shared| shared.messages().collect()).unwrap_or_default()
}

/// What the server has of the files of a conversation's messages: sizes.
fn sizes(world: &World, id: ConversationId) -> Vec<usize> {
    let media = sent(world, id).into_iter().flat_map(|message| &message.media);
    media.map(|media| world.server.media[&media.id].content.chars().count()).collect()
}

#[test]
fn a_picture_goes_first_and_then_its_message() {
    let (mut world, at, id, card) = begin();
    attach(&mut world, at, card, &[("boat.jpg", &photo(90_000))]);
    assert_eq!(files(&world, at, card), ["boat.jpg 90 kB"]);
    let counter = world.phone(at).composer_view(card).counter.expect("a text is counted");
    assert_eq!(counter.text, "0 / 1600", "with a file it is one message, not segments");
    assert_eq!((kept(&world, at, Store::Attachments), kept(&world, at, Store::Files)), (1, 1));
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(files(&world, at, card), [""; 0]);
    let row = world.messages(at, id)[0].clone();
    assert_eq!((row.media[0].shape, row.media[0].name.as_written()), (MediaShape::Picture, "boat.jpg"));
    world.commit(at);
    assert!(world.devices[at].requests.is_empty(), "the file is read from the device first");
    world.settle();
    assert_eq!(sizes(&world, id), [90_000]);
    assert_eq!(world.messages(at, id)[0].id, row.id, "the same row");
    assert_eq!(world.column(at), ["Ana Cruz: You: Picture"]);
    assert_eq!((kept(&world, at, Store::Attachments), kept(&world, at, Store::Files)), (0, 0));
}

#[test]
fn text_and_several_files_are_one_message() {
    let (mut world, at, _, _) = begin();
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: world.colleague(DEVON), from: None }));
    let id = world.chat_of(&[MAYA, DEVON]);
    let card = CardKey::Conversation(id);
    let (large, pdf) = (photo(3_000_000), [b"%PDF-1.7".to_vec(), vec![b' '; 5_000_000]].concat());
    attach(&mut world, at, card, &[("boat.jpg", &large), ("plan.pdf", &pdf)]);
    assert_eq!(files(&world, at, card), ["boat.jpg 2.0 MB", "plan.pdf 5.0 MB"], "a chat takes more than a text");
    world.send(at, card, "The plan");
    let [message] = sent(&world, id)[..] else { panic!("one message") };
    assert_eq!((message.body.as_str(), message.media.len()), ("The plan", 2));
    assert_eq!(sizes(&world, id), [2_000_000, 5_000_008]);
}

#[test]
fn pictures_of_a_text_share_what_carriers_take() {
    let (mut world, at, id, card) = begin();
    let large = photo(4_000_000);
    attach(&mut world, at, card, &[("1.jpg", &large), ("2.jpg", &large), ("3.jpg", &large)]);
    assert_eq!(files(&world, at, card), ["1.jpg 200 kB", "2.jpg 200 kB", "3.jpg 200 kB"]);
    attach(&mut world, at, card, &[("4.jpg", &large)]);
    assert!(problem_of(&world, at, card).starts_with("4.jpg: Carriers take 600 kB"));
    assert_eq!(files(&world, at, card).len(), 3);
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(sizes(&world, id), [200_000; 3]);
}

#[test]
fn what_cannot_be_sent_is_refused_with_the_reason_and_the_draft_stays() {
    let (mut world, at, _, card) = begin();
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("See this".to_owned())));
    for (name, content, reason) in [
        ("film.mov", b"\0\0\0\x14ftypqt  ".to_vec(), "film.mov: Pictures (JPEG"),
        ("tool.jpg", b"MZ\x90".to_vec(), "tool.jpg: Pictures (JPEG"),
        ("memo.wav", wav(), "memo.wav: Pictures (JPEG"),
        (
            "dance.gif",
            [b"GIF89a\x01\0\x01\0\0\0\0,".to_vec(), vec![0; 600_000]].concat(),
            "dance.gif: Carriers take 600 kB",
        ),
        ("boat.jpg", [photo(500), b"damaged".to_vec()].concat(), "boat.jpg: The file can't be read."),
    ] {
        attach(&mut world, at, card, &[(name, &content)]);
        assert!(problem_of(&world, at, card).starts_with(reason), "{}", problem_of(&world, at, card));
        assert_eq!(files(&world, at, card), [""; 0]);
    }
    assert_eq!(world.phone(at).composer_view(card).draft, "See this");
    attach(&mut world, at, card, &[("boat.jpg", &photo(100))]);
    assert_eq!(problem_of(&world, at, card), "", "one that can be sent takes the word away");

    world.act(
        at,
        Ui::Conversations(ConversationsAction::Message {
            peer: Peer::Number(number(BEN)),
            from: Some(number(REPAIRS)),
        }),
    );
    let plain = CardKey::Conversation(world.texts(REPAIRS, &[BEN]));
    attach(&mut world, at, plain, &[("boat.jpg", &photo(100))]);
    assert!(problem_of(&world, at, plain).contains("This number can't send pictures"));
}

#[test]
fn enter_waits_for_a_file_that_is_being_made_ready() {
    let (mut world, at, id, card) = begin();
    world.attach(at, card, &[("boat.jpg", &photo(100))]);
    assert_eq!(files(&world, at, card), ["boat.jpg Preparing\u{2026}"]);
    world.ui(at, Ui::Composer(card, ComposerAction::Draft("Look".to_owned())));
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(world.phone(at).composer_view(card).draft, "Look", "it has not left");
    world.settle();
    assert_eq!(world.server.texts(id), ["Look"]);
    assert_eq!(sizes(&world, id), [100]);
}

#[test]
fn one_that_is_taken_out_leaves_the_device() {
    let (mut world, at, id, card) = begin();
    attach(&mut world, at, card, &[("boat.jpg", &photo(100)), ("dock.jpg", &photo(200))]);
    let first = world.phone(at).composer_view(card).files[0].id;
    world.act(at, Ui::Composer(card, ComposerAction::Detach(first)));
    assert_eq!((kept(&world, at, Store::Attachments), kept(&world, at, Store::Files)), (1, 1));
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(sizes(&world, id), [200]);
}

#[test]
fn without_a_network_and_across_crashes_it_leaves_once() {
    let (mut world, at, id, card) = begin();
    world.wait(1_000);
    attach(&mut world, at, card, &[("boat.jpg", &photo(100))]);
    world.crash(at);
    world.settle();
    assert_eq!(files(&world, at, card), ["boat.jpg 1 kB"]);
    world.network(at, false);
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    world.crash(at);
    world.settle();
    assert_eq!(world.phone(at).connection_view().waiting, 1);
    world.network(at, true);
    while world.devices[at].requests.iter().all(|(_, request)| !request.path.contains("/media/")) {
        assert!(
            world.commit(at) || world.carry(at, 0, Fate::Answered) || world.deliver_answer(at, 0) || world.hurry(at)
        );
    }
    // The file arrives, and the browser dies before it hears of that.
    while world.carry(at, 0, Fate::AnswerLost) {}
    assert_eq!((world.server.media.len(), sent(&world, id).len()), (1, 0));
    world.crash(at);
    world.wait(10_000);
    assert_eq!((sizes(&world, id), kept(&world, at, Store::Files)), (vec![100], 0));
}

#[test]
fn an_answer_that_is_lost_makes_no_second_message() {
    let (mut world, at, id, card) = begin();
    attach(&mut world, at, card, &[("boat.jpg", &photo(100))]);
    world.ui(at, Ui::Composer(card, ComposerAction::Submit));
    // First the file's, then the message's.
    for _ in 0..2 {
        while world.devices[at].requests.is_empty() {
            assert!(world.commit(at) || world.hurry(at));
        }
        world.carry(at, 0, Fate::AnswerLost);
        world.deliver_answer(at, 0);
    }
    world.wait(120_000);
    assert_eq!(sizes(&world, id), [100]);
}

#[test]
fn a_server_that_has_forgotten_the_file_gets_it_again() {
    let (mut world, at, id, card) = begin();
    attach(&mut world, at, card, &[("boat.jpg", &photo(100))]);
    world.server.fail_next("POST messages", problem(ErrorCode::UnknownMedia, "One of the files is not here."));
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert!(sent(&world, id).is_empty());
    world.server.media.clear();
    world.wait(10_000);
    assert_eq!(sizes(&world, id), [100]);
}

#[test]
fn one_that_the_server_refuses_parks_the_message_and_edit_brings_it_back() {
    let (mut world, at, id, card) = begin();
    attach(&mut world, at, card, &[("boat.jpg", &photo(100)), ("dock.jpg", &photo(200))]);
    world.server.fail_next("PUT media/", refusal(ErrorCode::InvalidMedia, CauseCode::DamagedFile, "It has no end."));
    world.send(at, card, "Two");
    assert_eq!(world.log_of(at, id), ["Two [Not sent. This file is damaged.]"]);
    let row = world.messages(at, id)[0].id;
    world.act(at, Ui::Outbox(OutboxAction::Edit(row)));
    assert_eq!(files(&world, at, card), ["boat.jpg 1 kB", "dock.jpg 1 kB"]);
    let first = world.phone(at).composer_view(card).files[0].id;
    world.act(at, Ui::Composer(card, ComposerAction::Detach(first)));
    world.crash(at);
    world.settle();
    assert_eq!(files(&world, at, card), ["dock.jpg 1 kB"]);
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!((world.server.texts(id), sizes(&world, id)), (vec!["Two"], vec![200]));
}

#[test]
fn a_file_that_is_gone_from_the_device_says_so() {
    let (mut world, at, id, card) = begin();
    attach(&mut world, at, card, &[("boat.jpg", &photo(100))]);
    world.network(at, false);
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    let all = halyard_client::storage::Write::Delete(Range::all(Store::Files));
    let forget = halyard_client::storage::DbCommand::Write { owner: None, writes: vec![all], token: None };
    world.devices[at].disk.borrow_mut().run(forget);
    world.network(at, true);
    world.settle();
    let log = world.log_of(at, id);
    assert!(log[0].contains("boat.jpg: The file is no longer on this device"), "{log:?}");
}

#[test]
fn a_device_that_cannot_keep_it_sends_it_all_the_same() {
    let (mut world, at, id, card) = begin();
    world.devices[at].health = crate::support::device::Health::Full;
    attach(&mut world, at, card, &[("boat.jpg", &photo(100))]);
    assert!(world.notices(at).iter().any(|notice| notice.starts_with("This device can't keep the file")));
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(sizes(&world, id), [100]);
}

#[test]
fn at_a_log_out_it_is_sealed_and_comes_back() {
    let (mut world, at, id, card) = begin();
    attach(&mut world, at, card, &[("boat.jpg", &photo(100))]);
    world.act(at, Ui::Session(SessionAction::SignOut));
    assert!(world.devices[at].disk.borrow().texts().all(|text| !text.contains("boat") && !text.contains('\u{d8}')));
    world.sign_in(at, MAYA);
    world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
    world.act(at, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    assert_eq!(files(&world, at, card), ["boat.jpg 1 kB"]);
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(sizes(&world, id), [100]);
}

#[test]
fn another_tab_shows_it_and_sends_it_from_the_device() {
    let (mut world, at, id, card) = begin();
    let other = world.tab(at);
    world.system(other, halyard_client::System::Attention(halyard_client::Attention::Hidden));
    world.settle();
    attach(&mut world, at, card, &[("boat.jpg", &photo(100))]);
    assert_eq!(files(&world, other, card), ["boat.jpg 1 kB"]);
    world.kill(at);
    world.act(other, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(sizes(&world, id), [100]);
    assert_eq!(kept(&world, other, Store::Files), 0);
}

#[test]
fn a_new_conversation_takes_its_files_along() {
    let (mut world, at, _, _) = begin();
    world.act(at, Ui::NewConversation);
    let new = world.front(at);
    attach(&mut world, at, new, &[("boat.jpg", &photo(5_000_000))]);
    assert_eq!(files(&world, at, new), ["boat.jpg 300 kB"], "it may become a text");
    world.act(at, Ui::Window(WindowAction::Close(new)));
    world.act(at, Ui::NewConversation);
    assert_eq!((world.front(at), files(&world, at, new).len()), (new, 1), "closing throws nothing away");
    world.act(at, Ui::Recipients(new, RecipientsAction::Add(Peer::Number(number(BEN)))));
    world.act(at, Ui::Recipients(new, RecipientsAction::Finish));
    let id = world.texts(FRONT_DESK, &[BEN]);
    let card = CardKey::Conversation(id);
    assert_eq!(files(&world, at, card).len(), 1);
    world.crash(at);
    world.settle();
    assert_eq!(files(&world, at, card).len(), 1);
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    assert_eq!(sizes(&world, id), [300_000]);
}

#[test]
fn files_of_what_is_pinned_are_fetched_although_nobody_looks_at_them() {
    let (mut world, at, id, card) = begin();
    attach(&mut world, at, card, &[("boat.jpg", &photo(100))]);
    world.act(at, Ui::Composer(card, ComposerAction::Submit));
    world.wait(2_000);
    assert!(world.devices[at].fetched.is_empty());
    world.act(at, Ui::Window(WindowAction::SetPinned(card, true)));
    world.wait(2_000);
    let media = sent(&world, id)[0].media[0].id;
    assert_eq!(world.devices[at].fetched, [media]);
}
