//! The contacts alone.

use halyard_protocol::event::Favourite;
use halyard_protocol::{
    CauseCode, Contact, ContactDetails, ContactDraft, ContactId, ContactScope, ErrorBody, ErrorCode, PhoneNumber, Ulid,
};

use super::{ContactField, Contacts, ContactsAction};
use crate::effect::{Effect, FocusTarget, HttpOutcome, Method, NetworkFailure};
use crate::fact::{Fact, Offer};
use crate::route::Route;
use crate::testing::{Alone, Done, answer};
use crate::update::Changed;

fn ana() -> Contact {
    let draft = halyard_protocol::ContactDraft {
        scope: ContactScope::Personal,
        given: "Ana".to_owned(),
        family: "Cruz".to_owned(),
        ..halyard_protocol::ContactDraft::default()
    };
    draft.into_contact(ContactId(Ulid::from_bits(7)), 1)
}

fn with_ana() -> (Contacts, Alone) {
    let (mut contacts, mut alone) = (Contacts::default(), Alone::new());
    alone.turn(|cx| contacts.changed(ana(), cx));
    (contacts, alone)
}

fn delete(contacts: &mut Contacts, alone: &mut Alone) -> Done {
    alone.turn(|cx| contacts.act(ContactsAction::Delete(ana().id), cx))
}

fn answer_with(contacts: &mut Contacts, alone: &mut Alone, asked: &Done, outcome: HttpOutcome) -> Done {
    let (id, _) = asked.requests()[0];
    let call = contacts.requests.take(id).expect("a request that is under way");
    alone.turn(|cx| contacts.answered(call, outcome, cx))
}

#[test]
fn a_deletion_shows_at_once_asks_the_server_and_offers_to_undo() {
    let (mut contacts, mut alone) = with_ana();
    let done = delete(&mut contacts, &mut alone);
    assert!(contacts.book.contact(ana().id).is_none());
    let asked: Vec<_> =
        done.requests().into_iter().map(|(_, request)| (request.method, request.path.clone())).collect();
    assert_eq!(asked, [(Method::Delete, format!("/api/v1/contacts/{}", ana().id))]);
    assert!(done.changed.contains(&Changed::Contacts));
    assert!(done.facts.iter().any(|fact| matches!(fact, Fact::Renamed(_))));
    let offered = |fact: &Fact| matches!(fact, Fact::Notice(notice) if notice.offer == Some(Offer::RestoreContact(Box::new(ana()))));
    assert!(done.facts.iter().any(offered));
}

#[test]
fn a_deletion_that_may_not_have_arrived_is_told_again() {
    let (mut contacts, mut alone) = with_ana();
    let asked = delete(&mut contacts, &mut alone);
    let done = answer_with(&mut contacts, &mut alone, &asked, Err(NetworkFailure));
    assert!(contacts.book.contact(ana().id).is_none() && contacts.is_changing());
    assert!(done.facts.iter().any(|fact| matches!(fact, Fact::TryLater)));
    let again = alone.turn(|cx| contacts.resume(cx));
    assert_eq!(again.requests().len(), 1);
    answer_with(&mut contacts, &mut alone, &again, Ok(answer(404, r#"{"code":"not_found","message":"Not found."}"#)));
    assert!(contacts.book.contact(ana().id).is_none() && !contacts.is_changing());
}

#[test]
fn a_deletion_that_is_refused_shows_again_with_the_reason() {
    let (mut contacts, mut alone) = with_ana();
    let asked = delete(&mut contacts, &mut alone);
    let refused = answer(403, r#"{"code":"forbidden","message":"You may not do that."}"#);
    let done = answer_with(&mut contacts, &mut alone, &asked, Ok(refused));
    assert!(contacts.book.contact(ana().id).is_some());
    assert!(
        done.facts.iter().any(|fact| matches!(fact, Fact::Failed(error) if error.detail == "You may not do that."))
    );
}

#[test]
fn a_number_that_is_to_be_saved_stands_in_a_new_form() {
    let (mut contacts, mut alone) = with_ana();
    let number = PhoneNumber::from_e164("+16195550177").expect("a number");
    let done = alone.turn(|cx| contacts.act(ContactsAction::New(Some(number)), cx));
    let form = contacts.form.as_ref().expect("a form");
    assert_eq!(form.numbers[0].text, "(619) 555\u{2011}0177");
    assert!(done.facts.iter().any(|fact| matches!(fact, Fact::Go { route: Route::Contacts(None), .. })));
}

#[test]
fn details_that_open_are_a_route() {
    let (mut contacts, mut alone) = with_ana();
    let entry = Favourite::Contact(ana().id);
    let done = alone.turn(|cx| contacts.act(ContactsAction::Select(Some(entry)), cx));
    let goes = |fact: &Fact| matches!(fact, Fact::Go { route: Route::Contacts(Some(to)), .. } if *to == entry);
    assert!(done.facts.iter().any(goes));
}

#[test]
fn the_way_back_from_details_ends_at_the_row() {
    let (mut contacts, mut alone) = with_ana();
    let entry = Favourite::Contact(ana().id);
    let done = alone.turn(|cx| contacts.act(ContactsAction::Back(entry), cx));
    assert!(done.facts.iter().any(|fact| matches!(fact, Fact::Go { route: Route::Contacts(None), .. })));
    let focus = |effect: &Effect| if let Effect::Focus(target) = effect { Some(*target) } else { None };
    assert_eq!(done.effects.iter().filter_map(focus).next_back(), Some(FocusTarget::Row(entry)));
}

fn with_photo_under_way() -> (Contacts, Alone) {
    let (mut contacts, mut alone) = with_ana();
    alone.turn(|cx| contacts.act(ContactsAction::Edit(ana().id), cx));
    alone.turn(|cx| contacts.act(ContactsAction::Photo(ana().id), cx));
    (contacts, alone)
}

fn photo_ready(contacts: &mut Contacts, alone: &mut Alone, small: Option<&str>) -> Done {
    alone.turn(|cx| contacts.photo_ready(ana().id, small.map(str::to_owned), cx))
}

#[test]
fn a_form_is_saved_with_the_photo_that_is_being_made_small() {
    let (mut contacts, mut alone) = with_photo_under_way();
    alone.turn(|cx| contacts.act(ContactsAction::Photo(ana().id), cx));
    let done = alone.turn(|cx| contacts.act(ContactsAction::Save, cx));
    assert!(done.requests().is_empty());
    assert!(photo_ready(&mut contacts, &mut alone, Some("/9j/first")).requests().is_empty());
    let done = photo_ready(&mut contacts, &mut alone, Some("/9j/second"));
    let body = done.requests()[0].1.body.clone().expect("a body");
    assert!(body.contains("/9j/second"), "{body}");
}

#[test]
fn a_form_whose_photo_is_none_is_not_saved() {
    let (mut contacts, mut alone) = with_photo_under_way();
    alone.turn(|cx| contacts.act(ContactsAction::Save, cx));
    assert!(photo_ready(&mut contacts, &mut alone, None).requests().is_empty());
    let form = contacts.form.as_ref().expect("the form");
    assert!(form.error.is_some() && !form.saves_with_photo && !form.saving);
    assert_eq!(alone.turn(|cx| contacts.act(ContactsAction::Save, cx)).requests().len(), 1);
}

#[test]
fn a_photo_that_comes_after_the_form_was_left_is_there_when_it_opens_again() {
    let (mut contacts, mut alone) = with_photo_under_way();
    alone.turn(|cx| contacts.act(ContactsAction::Save, cx));
    alone.turn(|cx| contacts.act(ContactsAction::New(None), cx));
    assert!(photo_ready(&mut contacts, &mut alone, Some("/9j/late")).requests().is_empty());
    alone.turn(|cx| contacts.act(ContactsAction::Edit(ana().id), cx));
    let form = contacts.form.as_ref().expect("the form");
    assert_eq!(form.draft.photo_content.as_deref(), Some("/9j/late"));
}

/// The form of Ana is open, and the user has typed into it.
fn editing(change: impl FnOnce(&mut ContactDraft)) -> (Contacts, Alone) {
    let (mut contacts, mut alone) = with_ana();
    alone.turn(|cx| contacts.act(ContactsAction::Edit(ana().id), cx));
    let mut draft = contacts.form.as_ref().expect("a form").draft.clone();
    change(&mut draft);
    let field = ContactField::Draft(Box::new(draft));
    alone.turn(|cx| contacts.act(ContactsAction::Field(field), cx));
    (contacts, alone)
}

fn saved_as(done: &Done) -> ContactDraft {
    serde_json::from_str(done.requests()[0].1.body.as_deref().expect("a body")).expect("a draft")
}

fn conflict(contact: Option<Contact>) -> HttpOutcome {
    let body = ErrorBody {
        code: ErrorCode::Conflict,
        cause: Some(CauseCode::ContactChanged.into()),
        detail: String::new(),
        message: String::new(),
        contact: contact.map(Box::new),
        field: None,
    };
    Ok(answer(409, &serde_json::to_string(&body).unwrap()))
}

fn save(contacts: &mut Contacts, alone: &mut Alone) -> Done {
    alone.turn(|cx| contacts.act(ContactsAction::Save, cx))
}

#[test]
fn what_only_others_have_changed_is_taken_over_and_saved_with_the_rest() {
    let (mut contacts, mut alone) = editing(|draft| draft.company = "Sails".to_owned());
    let asked = save(&mut contacts, &mut alone);
    assert_eq!(saved_as(&asked).version, Some(1));
    let notes = ContactDetails { notes: "Slip 12".to_owned(), ..ContactDetails::default() };
    let theirs = Contact { family: "Cruz Vega".to_owned(), details: Some(Box::new(notes)), version: 5, ..ana() };
    let again = answer_with(&mut contacts, &mut alone, &asked, conflict(Some(theirs)));
    let draft = saved_as(&again);
    assert_eq!((draft.version, draft.company.as_str(), draft.family.as_str()), (Some(5), "Sails", "Cruz Vega"));
    assert_eq!(draft.details.unwrap().notes, "Slip 12");
    let done = draft_answer(&again);
    answer_with(&mut contacts, &mut alone, &again, Ok(answer(200, &done)));
    assert!(contacts.form.is_none());
}

fn draft_answer(asked: &Done) -> String {
    serde_json::to_string(&saved_as(asked).into_contact(ana().id, 6)).unwrap()
}

#[test]
fn where_both_have_changed_the_same_the_user_decides() {
    let (mut contacts, mut alone) = editing(|draft| draft.company = "Sails".to_owned());
    let asked = save(&mut contacts, &mut alone);
    let theirs = Contact { company: "Ropes".to_owned(), given: "Anna".to_owned(), version: 5, ..ana() };
    let done = answer_with(&mut contacts, &mut alone, &asked, conflict(Some(theirs)));
    assert!(done.requests().is_empty());
    let form = contacts.form.as_ref().expect("it stays open");
    assert_eq!((form.draft.company.as_str(), form.draft.given.as_str()), ("Sails", "Anna"));
    assert!(form.error.is_some() && !form.saving && form.is_changed());
    assert_eq!(contacts.book.contact(ana().id).unwrap().company, "Ropes", "the list has what is saved");
    let again = save(&mut contacts, &mut alone);
    assert_eq!((saved_as(&again).version, saved_as(&again).company), (Some(5), "Sails".to_owned()));
}

#[test]
fn a_contact_that_was_deleted_meanwhile_comes_back_when_it_is_saved_again() {
    let (mut contacts, mut alone) = editing(|draft| draft.company = "Sails".to_owned());
    let asked = save(&mut contacts, &mut alone);
    let done = answer_with(&mut contacts, &mut alone, &asked, conflict(None));
    assert!(done.requests().is_empty() && contacts.form.as_ref().unwrap().error.is_some());
    let again = save(&mut contacts, &mut alone);
    assert_eq!((saved_as(&again).version, saved_as(&again).company), (None, "Sails".to_owned()));
}
