//! Why something can't be done, or was not delivered, in a form that has no language: a stable code with its arguments.
//!
//! The app has words for each code that it can be answered with, under the code's own name (`public/words`), so the user reads it in their
//! language. The rules that both ends check (`RecipientsError` and its kin) become causes, too.

use serde::{Deserialize, Serialize};

use crate::codes::codes;

codes! {
/// Why something can't be done, or was not delivered.
pub enum CauseCode {
    /// The message has no recipient.
    NobodyToWriteTo = "nobody_to_write_to",
    /// Colleagues and outside numbers are in one conversation.
    ExtensionsAndNumbers = "extensions_and_numbers",
    /// A recipient is of a kind that this version does not know.
    UnknownRecipient = "unknown_recipient",
    /// The author is among the recipients.
    WriteToYourself = "write_to_yourself",
    /// The own number is among the recipients.
    TextToOwnNumber = "text_to_own_number",
    /// The user has no number to send texts from.
    NoNumberToTextFrom = "no_number_to_text_from",
    /// The own number can't send texts.
    NumberCannotText = "number_cannot_text",
    /// The own number can't send to groups.
    NumberCannotGroup = "number_cannot_group",
    /// Nobody can answer a business that texts under a word.
    SenderTakesNoAnswer = "sender_takes_no_answer",
    /// The carrier of the own number takes no texts to short codes.
    NumberCannotTextShortCodes = "number_cannot_text_short_codes",
    /// A short code is in a group with others.
    ShortCodeInGroup = "short_code_in_group",
    /// A text is addressed to the emergency services.
    EmergencyNumber = "emergency_number",
    /// A group text from the own number goes to `limit` numbers at most.
    TooManyNumbers = "too_many_numbers",
    /// A group chat has `limit` people at most.
    TooManyPeople = "too_many_people",
    /// A chat with colleagues names an own number.
    NumberInChat = "number_in_chat",
    /// One of the people is not in the directory.
    NotInDirectory = "not_in_directory",
    /// The message has neither a text nor a file.
    MessageIsEmpty = "message_is_empty",
    /// The message has `length` characters, and may have `limit`.
    MessageTooLong = "message_too_long",
    /// The file is of no kind that can be sent.
    UnsupportedFile = "unsupported_file",
    /// The file is damaged.
    DamagedFile = "damaged_file",
    /// A message carries `limit` files at most.
    TooManyFiles = "too_many_files",
    /// The own number can't send files.
    NumberCannotSendFiles = "number_cannot_send_files",
    /// A file in a chat has `limit` bytes at most.
    FileTooLarge = "file_too_large",
    /// The files of a text have `limit` bytes at most.
    FilesTooLargeForText = "files_too_large_for_text",
    /// Too many files of the user were uploaded and not sent.
    TooManyUnsentFiles = "too_many_unsent_files",
    /// The contact has no name, company, e-mail address or number.
    ContactIsEmpty = "contact_is_empty",
    /// A name or company has `limit` characters at most.
    NameOrCompanyTooLong = "name_or_company_too_long",
    /// A contact has `limit` numbers at most.
    TooManyContactNumbers = "too_many_contact_numbers",
    /// A contact has `limit` e-mail addresses at most.
    TooManyEmails = "too_many_emails",
    /// The notes of a contact have `limit` characters at most.
    NotesTooLong = "notes_too_long",
    /// The postal address of a contact has `limit` characters at most.
    AddressTooLong = "address_too_long",
    /// A number's own label has `limit` characters at most.
    LabelTooLong = "label_too_long",
    /// This version does not know who is to see the contact.
    UnknownScope = "unknown_scope",
    /// This is no e-mail address.
    InvalidEmail = "invalid_email",
    /// A contact's photo is a JPEG, PNG or WebP picture of `limit` bytes at most.
    InvalidPhoto = "invalid_photo",
    /// An import has `limit` contacts at most.
    TooManyContacts = "too_many_contacts",
    /// The contact was changed or deleted in the meantime.
    ContactChanged = "contact_changed_meanwhile",
    /// Two contacts of an import have the same id.
    RepeatedContact = "repeated_contact",
    /// The role does not allow to change shared contacts.
    SharedContactsReadOnly = "shared_contacts_read_only",
    /// The role does not allow it.
    RoleDoesNotAllow = "role_does_not_allow",
    /// Nobody disables, removes or gives another role to themselves.
    OwnAccount = "own_account",
    /// This version does not know this role.
    UnknownRole = "unknown_role",
    /// A country's calling code has one to three digits.
    InvalidCallingCode = "invalid_calling_code",
    /// The extension is another user's.
    ExtensionTaken = "extension_taken",
    /// An extension has two to eight digits.
    InvalidExtension = "invalid_extension",
    /// A user has a name, of `limit` characters at most.
    InvalidUserName = "invalid_user_name",
    /// A password has `limit` characters at least.
    PasswordTooShort = "password_too_short",
    /// A password has `limit` bytes at most.
    PasswordTooLong = "password_too_long",
    /// The current password is another one.
    WrongPassword = "wrong_password",
    /// The link for a new password was used, has expired, or never was.
    LinkExpired = "link_expired",
    /// The number is in use on this system.
    NumberTaken = "number_taken",
    /// The domain is in use on this system.
    DomainTaken = "domain_taken",
    /// A domain has letters, digits, hyphens and dots.
    InvalidDomain = "invalid_domain",
    /// The user has sent `limit` texts today, which is all that they may.
    TextsOfUserToday = "texts_of_user_today",
    /// The business has sent `limit` texts today, which is all that it may.
    TextsOfBusinessToday = "texts_of_business_today",
    /// The files of the business have `limit` megabytes, which is all that they may.
    FilesOfBusiness = "files_of_business",
    /// `limit` contacts are kept, which is all that may be.
    ContactsKept = "contacts_kept",
    /// A group's name has `limit` characters at most.
    GroupNameTooLong = "group_name_too_long",
    /// Only groups have a name.
    NotAGroup = "not_a_group",
    /// People are added to group chats, and removed from those alone.
    NotAGroupChat = "not_a_group_chat",
    /// The author is not in the group that the message goes to, or no longer.
    NotInGroup = "not_in_group",
    /// A status text has `limit` characters at most.
    StatusTextTooLong = "status_text_too_long",
    /// This version does not know this availability.
    UnknownAvailability = "unknown_availability",
    /// A text holds the character U+0000.
    NulCharacter = "nul_character",
    /// Not delivered: no carrier is set up for the recipient's number.
    NoCarrier = "no_carrier",
    /// Not delivered: the recipient's number is no longer in use.
    NumberNotInUse = "number_not_in_use",
    /// Not delivered: the number that it was sent from is no longer the business's.
    OwnNumberGone = "own_number_gone",
    /// Not delivered: the recipient could not be reached.
    NumberNotReached = "number_not_reached",
    /// Not delivered: the recipient's number can't receive texts.
    NumberCannotReceiveTexts = "number_cannot_receive_texts",
    /// Not delivered: the recipient's number can't receive group texts.
    NumberCannotReceiveGroupTexts = "number_cannot_receive_group_texts",
    /// Not delivered: the recipient's number can't receive files.
    NumberCannotReceiveFiles = "number_cannot_receive_files",
    /// Not sent or not delivered: the recipient does not want texts from this number.
    RecipientOptedOut = "recipient_opted_out",
    /// Not delivered: the recipient's carrier took it for spam, or blocks the recipient.
    BlockedByCarrier = "blocked_by_carrier",
    /// Not delivered: the own number is not registered for texts with the networks.
    NumberNotRegistered = "number_not_registered",
    /// Not delivered: something is wrong with the business's account at its carrier.
    CarrierAccountProblem = "carrier_account_problem",
    /// Not delivered: the carrier does not take a file of this kind or size.
    FilesNotTakenByCarrier = "files_not_taken_by_carrier",
    /// The business may not text to the recipient's country.
    CountryNotAllowed = "country_not_allowed",
    /// What HELP is answered with has `limit` characters at most.
    HelpTextTooLong = "help_text_too_long",
    /// A setting of a carrier account is missing or wrong.
    InvalidCarrierSetting = "invalid_carrier_setting",
    /// The server has no key to seal secrets with.
    NoSecretKey = "no_secret_key",
    /// Numbers are still carried by the account.
    CarrierAccountInUse = "carrier_account_in_use",
}
}

/// A code with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cause {
    /// The stable code.
    pub code: CauseCode,
    /// The most that there may be, for codes that name a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How long it is, for codes that name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
}

impl From<CauseCode> for Cause {
    fn from(code: CauseCode) -> Self {
        Self { code, limit: None, length: None }
    }
}

impl CauseCode {
    /// Those that are answered only where businesses, their users and their numbers are administered. The app does nothing of that, so it
    /// has no words for them.
    pub const OF_ADMINISTRATION: &[Self] = &[
        Self::RoleDoesNotAllow,
        Self::OwnAccount,
        Self::UnknownRole,
        Self::InvalidCallingCode,
        Self::ExtensionTaken,
        Self::InvalidExtension,
        Self::InvalidUserName,
        Self::NumberTaken,
        Self::DomainTaken,
        Self::InvalidDomain,
        Self::HelpTextTooLong,
        Self::InvalidCarrierSetting,
        Self::NoSecretKey,
        Self::CarrierAccountInUse,
    ];

    /// The code with the most that there may be.
    #[must_use]
    pub fn limit(self, limit: usize) -> Cause {
        Cause { limit: Some(count(limit)), ..self.into() }
    }
}

impl Cause {
    /// The same, with how long it is.
    #[must_use]
    pub fn length(self, length: usize) -> Self {
        Self { length: Some(count(length)), ..self }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_has_only_the_arguments_of_its_code() {
        for (cause, text) in [
            (CauseCode::NoCarrier.into(), r#"{"code":"no_carrier"}"#),
            (CauseCode::TooManyFiles.limit(10), r#"{"code":"too_many_files","limit":10}"#),
            (
                CauseCode::MessageTooLong.limit(1600).length(1601),
                r#"{"code":"message_too_long","limit":1600,"length":1601}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&cause).unwrap(), text);
            assert_eq!(serde_json::from_str::<Cause>(text).unwrap(), cause);
        }
    }

    #[test]
    fn every_code_reads_as_it_is_written() {
        for code in CauseCode::ALL {
            let text = serde_json::to_string(code).unwrap();
            assert_eq!(text, format!("\"{}\"", code.name()));
            assert_eq!(serde_json::from_str::<CauseCode>(&text).unwrap(), *code);
        }
    }

    #[test]
    fn what_a_newer_version_says_of_a_cause_is_read() {
        let newer = r#"{"code":"of_the_future","until":[1],"limit":3}"#;
        assert_eq!(serde_json::from_str::<Cause>(newer).unwrap(), CauseCode::Unknown.limit(3));
    }
}
