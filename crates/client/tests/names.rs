//! Contacts: whoever is saved, renamed or deleted reads so at once, everywhere.

use halyard_client::contacts::ContactField;
use halyard_client::contacts::ContactsAction;
use halyard_client::contacts::ContactsFilter;
use halyard_client::contacts::Pick;
use halyard_client::contacts::export::{ExportFormat, ExportedContacts};
use halyard_client::contacts::{FormField, NumberField};
use halyard_client::conversations::ConversationsAction;
use halyard_client::effect::PhotoOf;
use halyard_client::importing::ImportAction;
use halyard_client::notices::NoticesAction;
use halyard_client::{CardKey, Event, FocusTarget, Route, Ui};
use halyard_protocol::event::Favourite;
use halyard_protocol::{
    Change, ContactDetails, ContactDraft, ContactId, ContactScope, ErrorCode, NumberLabel, Peer, PhotoId, Ulid,
};

use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, PRIYA, STRANGER, contact, contact_id, number};
use crate::support::server::problem;
use crate::support::{Fate, World};

#[test]
fn a_number_saved_later_renames_row_card_and_timeline_at_once_on_every_device() {
    let mut world = World::new();
    let here = world.signed_in(MAYA);
    let there = world.signed_in(MAYA);
    world.server.receive(number(STRANGER), number(FRONT_DESK), "Is the slip free?");
    world.settle();
    let id = world.texts(FRONT_DESK, &[STRANGER]);
    for at in [here, there] {
        world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
        assert_eq!(world.titles(at), ["(619) 555\u{2011}0177"]);
    }
    let header = world.phone(here).header_view(CardKey::Conversation(id)).expect("a header");
    assert_eq!(header.contact_action.unwrap(), "Add to Contacts");
    world.act(here, Ui::Conversations(ConversationsAction::ViewContact(id)));
    let form = world.phone(here).form_view().expect("a form with the number in it");
    assert_eq!(form.numbers[0].text, "(619) 555\u{2011}0177");
    let draft = ContactDraft { given: "Noor".into(), family: "Haddad".into(), ..form.draft };
    world.ui(here, Ui::Contacts(ContactsAction::Field(ContactField::Draft(Box::new(draft)))));
    world.act(here, Ui::Contacts(ContactsAction::Save));
    for at in [here, there] {
        assert_eq!(world.titles(at), ["Noor Haddad"]);
        assert_eq!(world.column(at), ["Noor Haddad: Is the slip free?"]);
        let header = world.phone(at).header_view(CardKey::Conversation(id)).expect("a header");
        assert_eq!(header.subtitle, "(619) 555\u{2011}0177 \u{b7} mobile \u{b7} Front desk");
    }
    assert_eq!(world.notices(here), ["Contact saved."]);
    let entry = world.phone(here).details_view().expect("details").entry;
    assert_eq!(world.phone(here).route(), Route::Contacts(Some(entry)));
}

#[test]
fn a_form_says_what_is_wrong_and_keeps_what_was_typed() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Contacts(ContactsAction::New(None)));
    world.act(at, Ui::Contacts(ContactsAction::Save));
    let error = world.phone(at).form_view().and_then(|form| form.error).expect("an error");
    assert_eq!(error.message, "Give the contact a name, a company, an e-mail address or a number.");
    let numbers = vec![NumberField { label: NumberLabel::Work, text: "555".to_owned(), ..NumberField::default() }];
    world.ui(at, Ui::Contacts(ContactsAction::Field(ContactField::Numbers(numbers))));
    world.act(at, Ui::Contacts(ContactsAction::Save));
    let form = world.phone(at).form_view().expect("the form");
    assert_eq!(form.error.and_then(|error| error.field), Some(FormField::Number(0)));
    assert_eq!(form.numbers[0].text, "555");
    assert_eq!(world.devices[at].focus, Some(FocusTarget::Invalid));

    let numbers =
        vec![NumberField { label: NumberLabel::Work, text: "619 555 0199".to_owned(), ..NumberField::default() }];
    world.ui(at, Ui::Contacts(ContactsAction::Field(ContactField::Numbers(numbers))));
    world.server.fail_next("PUT contacts", problem(ErrorCode::Forbidden, "Your role does not change shared contacts."));
    world.act(at, Ui::Contacts(ContactsAction::Save));
    let form = world.phone(at).form_view().expect("the form is still there");
    assert_eq!(form.numbers[0].text, "619 555 0199");
    assert!(!form.saving);
}

#[test]
fn a_contact_that_is_deleted_can_be_brought_back() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "Hello");
    world.settle();
    world.act(at, Ui::Contacts(ContactsAction::Delete(contact_id(1))));
    assert_eq!(world.column(at), ["(619) 555\u{2011}0142: Hello (1)"]);
    assert!(!world.server.contacts.contains_key(&contact_id(1)));
    world.undo(at);
    assert_eq!(world.column(at), ["Ana Cruz: Hello (1)"]);
    assert!(world.server.contacts.contains_key(&contact_id(1)));
    assert_eq!(world.phone(at).route(), Route::Contacts(Some(Favourite::Contact(contact_id(1)))));
}

#[test]
fn an_undo_that_comes_before_the_deletion_is_through_wins_all_the_same() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.ui(at, Ui::Contacts(ContactsAction::Delete(contact_id(1))));
    let notice = world.phone(at).notices_view()[0].id;
    world.ui(at, Ui::Notices(NoticesAction::Accept(notice)));
    // The newest request arrives first, if it can.
    while let Some(last) = world.devices[at].requests.len().checked_sub(1) {
        world.carry(at, last, Fate::Answered);
    }
    world.settle();
    assert!(world.server.contacts.contains_key(&contact_id(1)));
    assert!(world.phone(at).contact_row_view(Favourite::Contact(contact_id(1))).is_some());
}

#[test]
fn a_deletion_that_the_server_refuses_is_taken_back() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.server.fail_next("DELETE contacts", problem(ErrorCode::Forbidden, "Only managers may."));
    world.act(at, Ui::Contacts(ContactsAction::Delete(contact_id(1))));
    assert!(world.phone(at).contact_row_view(Favourite::Contact(contact_id(1))).is_some());
    assert!(world.notices(at).contains(&"You are not allowed to do this.".to_owned()));
}

#[test]
fn contacts_saved_and_deleted_while_the_pages_come_are_right_in_the_end() {
    let mut world = World::new();
    world.server.page = 2;
    let maya = world.server.user(MAYA);
    for n in 10..16 {
        world.server.save_contact(maya, contact_id(n), contact("Old", "Friend", BEN, ContactScope::Shared));
    }
    let at = world.signed_in(MAYA);
    world.server.log(maya, Change::ContactsReplaced);
    // The first two pages come; the last one is read, and does not come yet.
    while world.follow(at, 100) {}
    for _ in 0..3 {
        world.carry(at, 0, Fate::Answered);
        world.deliver_answer(at, 0);
    }
    while world.carry(at, 0, Fate::Answered) {}
    world.server.save_contact(maya, contact_id(3), contact("New", "Face", STRANGER, ContactScope::Personal));
    world.server.save_contact(maya, contact_id(30), contact("Late", "Comer", STRANGER, ContactScope::Personal));
    world.server.delete_contact(contact_id(15));
    while world.follow(at, 100) {}
    world.settle();
    let mut shown = world.devices[at].phone.contacts_view().entries.to_vec();
    shown.retain(|entry| matches!(entry, Favourite::Contact(_)));
    shown.sort_unstable();
    let truth: Vec<Favourite> = world.server.contacts.keys().map(|id| Favourite::Contact(*id)).collect();
    assert_eq!(shown, truth);
}

#[test]
fn a_search_that_ends_shows_the_list_from_before_and_what_has_come_since() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let search = |world: &mut World, text: &str| {
        world.ui(at, Ui::Contacts(ContactsAction::Search(text.to_owned())));
        world.devices[at].phone.contacts_view().entries
    };
    let all = world.devices[at].phone.contacts_view().entries;
    assert_ne!(search(&mut world, "cruz"), all);
    assert!(std::sync::Arc::ptr_eq(&search(&mut world, ""), &all), "not put in order once more");
    search(&mut world, "cruz");
    let maya = world.server.user(MAYA);
    world.server.save_contact(maya, contact_id(3), contact("New", "Face", STRANGER, ContactScope::Personal));
    while world.follow(at, 100) {}
    world.settle();
    assert_eq!(search(&mut world, "").len(), all.len() + 1);
}

#[test]
fn pages_of_contacts_that_fail_are_asked_for_again() {
    let mut world = World::new();
    world.server.page = 1;
    for _ in 0..3 {
        let busy = halyard_client::HttpResponse { status: 503, body: String::new(), retry_after: None };
        world.server.fail_next("GET contacts", busy);
    }
    let at = world.signed_in(MAYA);
    assert!(world.devices[at].phone.contacts_view().loading);
    world.wait(60_000);
    let list = world.devices[at].phone.contacts_view();
    assert!(!list.loading);
    assert_eq!(list.entries.len(), 5, "two contacts and three extensions");
}

#[test]
fn a_colleague_who_is_renamed_reads_so_in_what_they_wrote() {
    let mut world = World::new();
    let maya = world.signed_in(MAYA);
    let devon = world.signed_in(DEVON);
    world.act(devon, Ui::Conversations(ConversationsAction::Message { peer: Peer::Number(number(ANA)), from: None }));
    world.send(devon, world.front(devon), "Devon here");
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.act(maya, Ui::Conversations(ConversationsAction::Open(id)));
    assert_eq!(world.messages(maya, id)[0].from.as_ref().unwrap(), &"Devon Kerr", "a shared number says who wrote");
    assert_eq!(world.column(maya), ["Ana Cruz: Devon: Devon here"]);
    let user = world.server.user(DEVON);
    let account = world.server.accounts.get_mut(&user).expect("Devon");
    account.user.name = "Dev Kerr".to_owned();
    let changed = Change::UserChanged { user: account.user.clone() };
    let me = world.server.user(MAYA);
    world.server.log(me, changed);
    world.settle();
    assert_eq!(world.messages(maya, id)[0].from.as_ref().unwrap(), &"Dev Kerr");
    assert_eq!(world.column(maya), ["Ana Cruz: Dev: Devon here"]);
}

#[test]
fn a_star_that_the_server_refuses_goes_again() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let ana = Favourite::Contact(contact_id(1));
    world.act(at, Ui::Contacts(ContactsAction::SetFavourite(ana, true)));
    assert!(world.phone(at).contact_row_view(ana).is_some_and(|row| row.favourite));
    world.server.fail_next("PUT favourites", problem(ErrorCode::Invalid, "No."));
    world.act(at, Ui::Contacts(ContactsAction::SetFavourite(ana, false)));
    assert!(world.phone(at).contact_row_view(ana).is_some_and(|row| row.favourite));
}

#[test]
fn a_form_that_is_left_opens_again_with_what_was_typed() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let company = |world: &World| world.phone(at).form_view().map(|form| form.draft.company);
    let write = |world: &mut World, text: &str| {
        let form = world.phone(at).form_view().expect("a form");
        let draft = ContactDraft { company: text.to_owned(), ..form.draft };
        world.ui(at, Ui::Contacts(ContactsAction::Field(ContactField::Draft(Box::new(draft)))));
    };
    world.act(at, Ui::Contacts(ContactsAction::New(None)));
    write(&mut world, "Lindqvist Sails");
    world.act(at, Ui::Contacts(ContactsAction::Select(Some(Favourite::Contact(contact_id(1))))));
    assert_eq!(company(&world), None, "the details show");
    assert_eq!(world.notices(at), ["Your changes are saved as a draft. Choose New contact to go on with them."]);
    world.act(at, Ui::Contacts(ContactsAction::Edit(contact_id(1))));
    write(&mut world, "Cruz & Daughters");
    world.back(at);
    world.act(at, Ui::Contacts(ContactsAction::New(None)));
    assert_eq!(company(&world).as_deref(), Some("Lindqvist Sails"));
    world.act(at, Ui::Contacts(ContactsAction::Edit(contact_id(1))));
    assert_eq!(company(&world).as_deref(), Some("Cruz & Daughters"));
    world.act(at, Ui::Contacts(ContactsAction::Cancel));
    world.act(at, Ui::Contacts(ContactsAction::Edit(contact_id(1))));
    assert_ne!(company(&world).as_deref(), Some("Cruz & Daughters"), "it was canceled");
}

#[test]
fn an_error_lands_in_the_form_that_it_is_about() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Contacts(ContactsAction::Edit(contact_id(1))));
    world.server.fail_next("PUT contacts", problem(ErrorCode::Forbidden, "You may not change shared contacts."));
    world.ui(at, Ui::Contacts(ContactsAction::Save));
    world.ui(at, Ui::Contacts(ContactsAction::New(None)));
    world.settle();
    assert_eq!(world.phone(at).form_view().and_then(|form| form.error), None);
    assert!(world.notices(at).iter().any(|notice| notice == "You are not allowed to do this."));
}

#[test]
fn a_contact_is_found_by_nickname_and_shows_its_own_label_and_notes() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    world.act(at, Ui::Contacts(ContactsAction::Edit(contact_id(1))));
    let form = world.phone(at).form_view().expect("a form");
    let details = ContactDetails {
        nickname: "Captain".into(),
        notes: "Slip 12\nWinter".into(),
        prefix: "Dr.".into(),
        ..ContactDetails::default()
    };
    let draft = ContactDraft { details: Some(Box::new(details)), ..form.draft };
    world.ui(at, Ui::Contacts(ContactsAction::Field(ContactField::Draft(Box::new(draft)))));
    let numbers = vec![NumberField { name: " Boat ".into(), ..form.numbers[0].clone() }];
    world.ui(at, Ui::Contacts(ContactsAction::Field(ContactField::Numbers(numbers))));
    world.act(at, Ui::Contacts(ContactsAction::Save));
    let shown = world.phone(at).details_view().expect("details");
    assert!(shown.name.starts_with("Dr. "), "{}", shown.name);
    assert_eq!(shown.numbers[0].label, "Boat");
    let texts: Vec<&str> = shown.texts.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["Captain", "Slip 12\nWinter"]);
    world.act(at, Ui::Contacts(ContactsAction::Search("capt".to_owned())));
    assert!(world.devices[at].phone.contacts_view().entries.contains(&Favourite::Contact(contact_id(1))));
    // Emptied details go, on the server as well.
    world.act(at, Ui::Contacts(ContactsAction::Edit(contact_id(1))));
    let form = world.phone(at).form_view().expect("a form");
    let draft = ContactDraft { details: Some(Box::default()), ..form.draft };
    world.ui(at, Ui::Contacts(ContactsAction::Field(ContactField::Draft(Box::new(draft)))));
    world.act(at, Ui::Contacts(ContactsAction::Save));
    assert_eq!(world.phone(at).details_view().map(|shown| shown.texts.len()), Some(0));
}

#[test]
fn contacts_are_exported_by_filter_or_alone() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let exported = |which, format| world.phone(at).exported_view(which, format, &[]);
    let export = |filter, one: Option<ContactId>, format| {
        exported(one.map_or(ExportedContacts::Filter(filter), ExportedContacts::One), format)
    };
    let file = export(ContactsFilter::All, None, ExportFormat::VCard4).expect("a file");
    assert_eq!((file.name.english().as_str(), file.media_type), ("Contacts.vcf", "text/vcard;charset=utf-8"));
    assert_eq!(file.content.matches("BEGIN:VCARD").count(), 2);
    // Colleagues are no contacts: all contacts are exported in their place.
    assert_eq!(export(ContactsFilter::Directory, None, ExportFormat::VCard4), Some(file));
    assert_eq!(ContactsFilter::Directory.exported().word(), ContactsFilter::All.word());
    assert_eq!(export(ContactsFilter::Favourites, None, ExportFormat::Csv), None);
    let file = export(ContactsFilter::All, Some(contact_id(1)), ExportFormat::Csv).expect("a file");
    assert_eq!((file.name.english().as_str(), file.content.lines().count()), ("Ana Cruz.csv", 2));
    let picked = |world: &World| world.phone(at).exported_view(ExportedContacts::Picked, ExportFormat::Csv, &[]);
    assert_eq!(picked(&world), None, "nobody is selected");
    world.act(at, Ui::Contacts(ContactsAction::Pick(Pick::Toggle(contact_id(1)))));
    assert_eq!(picked(&world), Some(file.clone()), "one is called by their name");
    let all: Vec<_> = world.devices[at].phone.contacts_view().entries.to_vec();
    let other = all.into_iter().find(|entry| matches!(entry, Favourite::Contact(id) if *id != contact_id(1)));
    let Some(Favourite::Contact(other)) = other else { panic!("a second contact") };
    world.act(at, Ui::Contacts(ContactsAction::Pick(Pick::Toggle(other))));
    let both = picked(&world).expect("a file");
    assert_eq!((both.name.english().as_str(), both.content.lines().count()), ("Contacts.csv", 3));
    let bytes = file.content.into_bytes();
    world.act(at, Ui::Import(ImportAction::File { name: "ana.csv".to_owned(), bytes }));
    let rows = world.phone(at).import_view().expect("the preview").rows;
    assert!(rows.iter().all(|row| !row.taken && row.outcome != "New"));
}

#[test]
fn a_photo_shows_wherever_the_contact_does_and_goes_with_an_undo_and_comes_back() {
    let mut world = World::new();
    let here = world.signed_in(MAYA);
    let there = world.signed_in(MAYA);
    world.server.receive(number(ANA), number(FRONT_DESK), "Is the slip free?");
    world.settle();
    let id = world.texts(FRONT_DESK, &[ANA]);
    world.act(there, Ui::Conversations(ConversationsAction::Open(id)));
    let entry = Favourite::Contact(contact_id(1));
    let shown = |world: &World, at: usize| {
        let phone = world.phone(at);
        let avatars = [
            phone.contact_row_view(entry).map(|row| row.avatar),
            phone.header_view(CardKey::Conversation(id)).map(|header| header.avatar),
            Some(phone.person_avatar(Peer::Number(number(ANA)), "Ana")),
        ];
        avatars.map(|avatar| avatar.expect("an avatar").photo)
    };
    assert_eq!(shown(&world, there), [None, None, None]);

    world.act(here, Ui::Contacts(ContactsAction::Edit(contact_id(1))));
    world.handle(here, Event::Photo(PhotoOf::Form(contact_id(2)), Some("iVBO".to_owned())));
    assert_eq!(world.phone(here).form_view().expect("a form").avatar.photo, None, "another contact's");
    world.handle(here, Event::Photo(PhotoOf::Form(contact_id(1)), None));
    let error = world.phone(here).form_view().and_then(|form| form.error).expect("an error");
    assert_eq!(error.message, "This photo can't be read. Choose a JPEG, PNG or WebP picture.");
    world.handle(here, Event::Photo(PhotoOf::Form(contact_id(1)), Some("/9j/4AAQ".to_owned())));
    let form = world.phone(here).form_view().expect("a form");
    assert_eq!((form.error, form.avatar.photo.as_deref()), (None, Some("data:image/jpeg;base64,/9j/4AAQ")));
    world.act(here, Ui::Contacts(ContactsAction::Save));
    let address = format!("/media/photos/{}", PhotoId(Ulid::from_bits(8)));
    for at in [here, there] {
        assert_eq!(shown(&world, at), [Some(address.clone()), Some(address.clone()), Some(address.clone())]);
    }

    world.act(here, Ui::Contacts(ContactsAction::Delete(contact_id(1))));
    let undo = world.phone(here).notices_view().last().map(|notice| notice.id).expect("a notice");
    world.act(here, Ui::Notices(NoticesAction::Accept(undo)));
    assert_eq!(shown(&world, there)[0].as_ref(), Some(&address), "an undo brings it back");

    world.act(here, Ui::Contacts(ContactsAction::Edit(contact_id(1))));
    let form = world.phone(here).form_view().expect("a form");
    let draft = ContactDraft { photo: None, photo_content: Some(String::new()), ..form.draft };
    world.ui(here, Ui::Contacts(ContactsAction::Field(ContactField::Draft(Box::new(draft)))));
    assert_eq!(world.phone(here).form_view().expect("a form").avatar.photo, None);
    world.act(here, Ui::Contacts(ContactsAction::Save));
    assert_eq!(shown(&world, there), [None, None, None]);
}

#[test]
fn an_import_brings_photos_and_an_export_says_which_it_lacks() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let card = "BEGIN:VCARD\nVERSION:4.0\nFN:Noor Haddad\nPHOTO:data:image/jpeg;base64,/9j/4AAQ\nEND:VCARD\n";
    world.act(at, Ui::Import(ImportAction::File { name: "noor.vcf".to_owned(), bytes: card.into() }));
    world.act(at, Ui::Import(ImportAction::Confirm));
    let preparing = world.phone(at).import_view().expect("the preview").preparing;
    assert_eq!(preparing, Some((0, 1)), "its photo is made small first");
    assert!(world.shrink_photo(at));
    world.settle();
    assert_eq!(world.phone(at).import_view(), None);
    let photo = PhotoId(Ulid::from_bits(8));
    assert_eq!(
        world.phone(at).photos_to_export(ExportedContacts::Filter(ContactsFilter::All), ExportFormat::VCard3),
        [photo]
    );
    let export = |world: &World, photos: &[(PhotoId, String)]| {
        let file =
            world.phone(at).exported_view(ExportedContacts::Filter(ContactsFilter::All), ExportFormat::VCard4, photos);
        let file = file.expect("a file");
        (file.content.contains("PHOTO:data:image/jpeg;base64,/9j/4AAQ\r\n"), file.lacking)
    };
    assert_eq!(export(&world, &[(photo, "/9j/4AAQ".to_owned())]), (true, 0));
    assert_eq!(export(&world, &[]), (false, 1), "without a network");
    world.act(at, Ui::Contacts(ContactsAction::Exported(1)));
    assert!(world.notices(at).contains(&"The photo of 1 contact is not in the exported file.".to_owned()));
}

/// Whoever is no longer in the directory keeps their name where they wrote, on a device that was there, after a start from what that
/// has stored, and on one that signs in later.
#[test]
fn a_former_colleague_keeps_their_name() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let [maya, devon, priya] = [MAYA, DEVON, PRIYA].map(|extension| world.server.user(extension));
    world.server.chat(devon, &[maya, priya], "I am off");
    world.settle();
    let id = world.chat_of(&[MAYA, DEVON, PRIYA]);
    world.server.disable(devon);
    world.settle();
    let other = world.signed_in(MAYA);
    world.wait(2_000);
    world.network(at, false);
    world.reload(at);
    for at in [at, other] {
        assert_eq!(world.column(at), ["Devon Kerr, Priya Nair: Devon: I am off (1)"]);
        world.act(at, Ui::Conversations(ConversationsAction::Open(id)));
        assert_eq!(*world.messages(at, id)[0].from.as_ref().expect("another's"), "Devon Kerr");
        assert_eq!(world.phone(at).who_can_join(&[], "Devon"), [], "nobody can write to them");
    }
}

#[test]
fn whoever_saves_a_contact_that_somebody_else_has_changed_is_told_and_decides() {
    let mut world = World::new();
    let at = world.signed_in(MAYA);
    let (ana, devon) = (contact_id(1), world.server.user(DEVON));
    world.act(at, Ui::Contacts(ContactsAction::Edit(ana)));
    let company = |company: &str, draft: ContactDraft| ContactDraft { company: company.to_owned(), ..draft };
    let draft = world.phone(at).form_view().expect("a form").draft;
    let typed = ContactField::Draft(Box::new(company("Sails", draft)));
    world.act(at, Ui::Contacts(ContactsAction::Field(typed)));
    world.server.save_contact(devon, ana, company("Ropes", contact("Ana", "Cruz", ANA, ContactScope::Shared)));
    world.act(at, Ui::Contacts(ContactsAction::Save));
    let form = world.phone(at).form_view().expect("it stays open");
    let error = form.error.expect("a reason").message;
    assert_eq!(
        error,
        "Somebody else changed or deleted this contact in the meantime. Save again to keep what you see here, or cancel to keep theirs."
    );
    assert_eq!(world.devices[at].announced.last(), Some(&error.english()));
    assert_eq!((form.draft.company.as_str(), form.saving), ("Sails", false));
    world.act(at, Ui::Contacts(ContactsAction::Save));
    assert!(world.phone(at).form_view().is_none());
    assert_eq!(world.server.contacts[&ana].contact.company, "Sails");
}
