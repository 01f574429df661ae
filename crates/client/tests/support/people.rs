//! The people of Harbor Marina, and whom they write to.

use halyard_protocol::{
    Availability, Capabilities, Contact, ContactDraft, ContactId, ContactNumber, ContactScope, NumberLabel,
    PhoneNumber, Role, SmsNumber, Ulid, UnixMs, User, UserId,
};

use super::server::{Account, Server};

/// Three numbers: for groups of eight, of two, and none.
pub(crate) const MAYA: &str = "1001";
/// One number, which Maya has, too.
pub(crate) const DEVON: &str = "1002";
/// No number.
pub(crate) const PRIYA: &str = "1003";

/// Maya's and Devon's first number.
pub(crate) const FRONT_DESK: &str = "+16195550100";
/// Maya's second number.
pub(crate) const SALES: &str = "+16195550101";
/// Maya's third number: no groups.
pub(crate) const REPAIRS: &str = "+16195550102";

/// Ana Cruz, mobile.
pub(crate) const ANA: &str = "+16195550142";
/// Ben Hale, mobile; his fax is 0145.
pub(crate) const BEN: &str = "+16195550143";
/// Nobody that anybody has saved.
pub(crate) const STRANGER: &str = "+16195550177";

/// A number from its kept form.
pub(crate) fn number(text: &str) -> PhoneNumber {
    PhoneNumber::from_e164(text).expect("a number")
}

/// A contact with one mobile number.
pub(crate) fn contact(given: &str, family: &str, mobile: &str, scope: ContactScope) -> ContactDraft {
    ContactDraft {
        scope,
        given: given.to_owned(),
        family: family.to_owned(),
        numbers: vec![ContactNumber::new(NumberLabel::Mobile, number(mobile))],
        ..ContactDraft::default()
    }
}

/// An id that sorts by its number.
pub(crate) fn contact_id(n: u128) -> ContactId {
    ContactId(Ulid::from_bits(n))
}

fn own(text: &str, label: &str, group_recipients: u8) -> SmsNumber {
    let capabilities =
        Capabilities { sms: true, mms: group_recipients > 0, group_recipients, short_codes: group_recipients > 0 };
    SmsNumber { number: number(text), label: label.to_owned(), capabilities }
}

fn account(n: u128, extension: &str, name: &str, role: Role, numbers: Vec<SmsNumber>) -> Account {
    let user = User {
        id: UserId(Ulid::from_bits(n)),
        extension: extension.to_owned(),
        name: name.to_owned(),
        department: "Dock".to_owned(),
        email: String::new(),
        role,
        availability: Availability::Available,
        status_text: String::new(),
        connected: false,
    };
    Account { user, password: ["tide-", extension].concat(), numbers }
}

/// A marina with three extensions and two shared contacts.
pub(crate) fn harbor(now: UnixMs) -> Server {
    let mut server = Server::new(now);
    let numbers = vec![own(FRONT_DESK, "Front desk", 8), own(SALES, "Sales", 2), own(REPAIRS, "Repairs", 0)];
    for account in [
        account(11, MAYA, "Maya Delgado", Role::OfficeManager, numbers),
        account(12, DEVON, "Devon Kerr", Role::Basic, vec![own(FRONT_DESK, "Front desk", 8)]),
        account(13, PRIYA, "Priya Nair", Role::Basic, Vec::new()),
    ] {
        server.accounts.insert(account.user.id, account);
    }
    let maya = server.user(MAYA);
    let ana: Contact = server.save_contact(maya, contact_id(1), contact("Ana", "Cruz", ANA, ContactScope::Shared));
    debug_assert_eq!(ana.display_name(), "Ana Cruz");
    let mut ben = contact("Ben", "Hale", BEN, ContactScope::Shared);
    ben.numbers.push(ContactNumber::new(NumberLabel::Fax, number("+16195550145")));
    server.save_contact(maya, contact_id(2), ben);
    server
}
