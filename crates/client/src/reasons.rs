//! Why something can't be done, as it is said to the user: the texts of the server's codes and of the rules that both ends check.
//!
//! Always holds: each code that the app can be answered with has a text, under the code's own name. A code of a newer server, or one for
//! programs of administrators (`CauseCode::OF_ADMINISTRATION`), gets the general text of its error; where that does not say enough, what the
//! server says in its own words stands behind it.

use halyard_protocol::{Cause, CauseCode, ErrorCode, PhoneNumberError};
use halyard_words::{self as words, Text};

/// The rule that is broken, of those that both ends check.
pub(crate) fn rule(error: impl Into<Cause>) -> Text {
    cause(error.into()).unwrap_or_else(|| words::INVALID.into())
}

/// A cause; nothing for a code that this version does not know or has no words for, or one without its arguments.
#[inline(never)]
pub(crate) fn cause(cause: Cause) -> Option<Text> {
    let word = match cause.code {
        CauseCode::NobodyToWriteTo => words::NOBODY_TO_WRITE_TO,
        CauseCode::ExtensionsAndNumbers => words::EXTENSIONS_AND_NUMBERS,
        CauseCode::UnknownRecipient => words::UNKNOWN_RECIPIENT,
        CauseCode::WriteToYourself => words::WRITE_TO_YOURSELF,
        CauseCode::TextToOwnNumber => words::TEXT_TO_OWN_NUMBER,
        CauseCode::NoNumberToTextFrom => words::NO_NUMBER_TO_TEXT_FROM,
        CauseCode::NumberCannotText => words::NUMBER_CANNOT_TEXT,
        CauseCode::NumberCannotGroup => words::NUMBER_CANNOT_GROUP,
        CauseCode::SenderTakesNoAnswer => words::SENDER_TAKES_NO_ANSWER,
        CauseCode::NumberCannotTextShortCodes => words::NUMBER_CANNOT_TEXT_SHORT_CODES,
        CauseCode::ShortCodeInGroup => words::SHORT_CODE_IN_GROUP,
        CauseCode::EmergencyNumber => words::EMERGENCY_NUMBER,
        CauseCode::TooManyNumbers => return Some(words::too_many_numbers(cause.limit?)),
        CauseCode::TooManyPeople => return Some(words::too_many_people(cause.limit?)),
        CauseCode::NumberInChat => words::NUMBER_IN_CHAT,
        CauseCode::NotInDirectory => words::NOT_IN_DIRECTORY,
        CauseCode::MessageIsEmpty => words::MESSAGE_IS_EMPTY,
        CauseCode::MessageTooLong => return Some(words::message_too_long(cause.limit?, cause.length?)),
        CauseCode::UnsupportedFile => words::UNSUPPORTED_FILE,
        CauseCode::DamagedFile => words::DAMAGED_FILE,
        CauseCode::TooManyFiles => return Some(words::too_many_files(cause.limit?)),
        CauseCode::NumberCannotSendFiles => words::NUMBER_CANNOT_SEND_FILES,
        CauseCode::FileTooLarge => return Some(words::file_too_large(cause.limit? / 1_000_000)),
        CauseCode::FilesTooLargeForText => return Some(words::files_too_large_for_text(cause.limit? / 1_000)),
        CauseCode::TooManyUnsentFiles => words::TOO_MANY_UNSENT_FILES,
        CauseCode::ContactIsEmpty => words::CONTACT_IS_EMPTY,
        CauseCode::NameOrCompanyTooLong => return Some(words::name_or_company_too_long(cause.limit?)),
        CauseCode::TooManyContactNumbers => return Some(words::too_many_contact_numbers(cause.limit?)),
        CauseCode::TooManyEmails => return Some(words::too_many_emails(cause.limit?)),
        CauseCode::NotesTooLong => return Some(words::notes_too_long(cause.limit?)),
        CauseCode::AddressTooLong => return Some(words::address_too_long(cause.limit?)),
        CauseCode::LabelTooLong => return Some(words::label_too_long(cause.limit?)),
        CauseCode::UnknownScope => words::UNKNOWN_SCOPE,
        CauseCode::InvalidEmail => words::INVALID_EMAIL,
        CauseCode::InvalidPhoto => return Some(words::invalid_photo(cause.limit? / 1_024)),
        CauseCode::TooManyContacts => return Some(words::too_many_contacts(cause.limit?)),
        CauseCode::ContactChanged => words::CONTACT_CHANGED_MEANWHILE,
        CauseCode::RepeatedContact => words::REPEATED_CONTACT,
        CauseCode::SharedContactsReadOnly => words::SHARED_CONTACTS_READ_ONLY,
        CauseCode::PasswordTooShort => return Some(words::password_too_short(cause.limit?)),
        CauseCode::PasswordTooLong => words::PASSWORD_TOO_LONG,
        CauseCode::WrongPassword => words::WRONG_PASSWORD,
        CauseCode::LinkExpired => words::LINK_EXPIRED,
        CauseCode::TextsOfUserToday => return Some(words::texts_of_user_today(cause.limit?)),
        CauseCode::TextsOfBusinessToday => return Some(words::texts_of_business_today(cause.limit?)),
        CauseCode::FilesOfBusiness => words::FILES_OF_BUSINESS,
        CauseCode::ContactsKept => return Some(words::contacts_kept(cause.limit?)),
        CauseCode::GroupNameTooLong => return Some(words::group_name_too_long(cause.limit?)),
        CauseCode::NotAGroup => words::NOT_A_GROUP,
        CauseCode::NotAGroupChat => words::NOT_A_GROUP_CHAT,
        CauseCode::NotInGroup => words::NOT_IN_GROUP,
        CauseCode::StatusTextTooLong => return Some(words::status_text_too_long(cause.limit?)),
        CauseCode::UnknownAvailability => words::UNKNOWN_AVAILABILITY,
        CauseCode::NulCharacter => words::NUL_CHARACTER,
        CauseCode::OwnNumberGone => words::OWN_NUMBER_GONE,
        CauseCode::NoCarrier => words::NO_CARRIER,
        CauseCode::NumberNotInUse => words::NUMBER_NOT_IN_USE,
        CauseCode::NumberNotReached => words::NUMBER_NOT_REACHED,
        CauseCode::NumberCannotReceiveTexts => words::NUMBER_CANNOT_RECEIVE_TEXTS,
        CauseCode::NumberCannotReceiveGroupTexts => words::NUMBER_CANNOT_RECEIVE_GROUP_TEXTS,
        CauseCode::NumberCannotReceiveFiles => words::NUMBER_CANNOT_RECEIVE_FILES,
        CauseCode::CountryNotAllowed => words::COUNTRY_NOT_ALLOWED,
        CauseCode::RecipientOptedOut => words::RECIPIENT_OPTED_OUT,
        CauseCode::BlockedByCarrier => words::BLOCKED_BY_CARRIER,
        CauseCode::NumberNotRegistered => words::NUMBER_NOT_REGISTERED,
        CauseCode::CarrierAccountProblem => words::CARRIER_ACCOUNT_PROBLEM,
        CauseCode::FilesNotTakenByCarrier => words::FILES_NOT_TAKEN_BY_CARRIER,
        // The app asks for nothing that is answered with these.
        CauseCode::RoleDoesNotAllow
        | CauseCode::OwnAccount
        | CauseCode::UnknownRole
        | CauseCode::InvalidCallingCode
        | CauseCode::ExtensionTaken
        | CauseCode::InvalidExtension
        | CauseCode::InvalidUserName
        | CauseCode::NumberTaken
        | CauseCode::DomainTaken
        | CauseCode::HelpTextTooLong
        | CauseCode::InvalidCarrierSetting
        | CauseCode::NoSecretKey
        | CauseCode::CarrierAccountInUse
        | CauseCode::InvalidDomain
        | CauseCode::Unknown => return None,
    };
    Some(word.into())
}

/// Whether the same text may get through when it is sent once more.
pub(crate) fn may_pass(because: Option<Cause>) -> bool {
    !matches!(
        because.map(|because| because.code),
        Some(
            CauseCode::RecipientOptedOut
                | CauseCode::BlockedByCarrier
                | CauseCode::OwnNumberGone
                | CauseCode::NumberNotInUse
                | CauseCode::NumberCannotReceiveTexts
                | CauseCode::NumberCannotReceiveGroupTexts
                | CauseCode::NumberCannotReceiveFiles
                | CauseCode::FilesNotTakenByCarrier
        )
    )
}

/// Why what was typed is no phone number.
pub(crate) fn number(error: PhoneNumberError) -> Text {
    match error {
        PhoneNumberError::NotANumber => words::NOT_A_NUMBER,
        PhoneNumberError::TooShort => words::NUMBER_TOO_SHORT,
        PhoneNumberError::TooLong => words::NUMBER_TOO_LONG,
        PhoneNumberError::UnknownCountry => words::UNKNOWN_COUNTRY,
        PhoneNumberError::NoSuchNumber => words::NO_SUCH_NUMBER,
        PhoneNumberError::Extension => words::NUMBER_WITH_EXTENSION,
        PhoneNumberError::Letter(letter) => return words::letter_in_number(letter.to_string()),
        PhoneNumberError::Emergency => words::EMERGENCY_NUMBER,
    }
    .into()
}

/// Why the server refused; `detail` is its own sentence, empty when there was no answer of ours.
pub(crate) fn server(code: ErrorCode, because: Option<Cause>, detail: &str) -> Text {
    if let Some(text) = because.and_then(cause) {
        return text;
    }
    // Whether the code says enough for the user to go on.
    let (word, enough) = match code {
        ErrorCode::SignedOut => (words::SIGNED_OUT, true),
        ErrorCode::WrongCredentials => (words::WRONG_CREDENTIALS, true),
        ErrorCode::Forbidden => (words::FORBIDDEN, true),
        ErrorCode::WrongOrigin => (words::WRONG_ORIGIN, true),
        ErrorCode::NotFound => (words::NOT_FOUND, true),
        ErrorCode::MalformedRequest | ErrorCode::MethodNotAllowed | ErrorCode::UnsupportedMediaType => {
            (words::MALFORMED_REQUEST, true)
        }
        ErrorCode::IdempotencyConflict => (words::IDEMPOTENCY_CONFLICT, true),
        ErrorCode::Conflict => (words::CONFLICT, true),
        ErrorCode::UndoExpired => (words::UNDO_EXPIRED, true),
        ErrorCode::TooLarge => (words::TOO_LARGE, true),
        ErrorCode::UnknownMedia => (words::UNKNOWN_MEDIA, true),
        ErrorCode::NotYourNumber => (words::NOT_YOUR_NUMBER, true),
        ErrorCode::LimitReached => (words::LIMIT_REACHED, true),
        ErrorCode::TooManyRequests => (words::TOO_MANY_REQUESTS, true),
        ErrorCode::Internal => (words::INTERNAL, true),
        ErrorCode::Unavailable if detail.is_empty() => (words::SERVER_CANNOT_BE_REACHED, true),
        ErrorCode::Unavailable => (words::UNAVAILABLE, true),
        ErrorCode::Unknown if detail.is_empty() => (words::ANSWER_UNREADABLE, true),
        ErrorCode::Invalid => (words::INVALID, false),
        ErrorCode::InvalidRecipients => (words::INVALID_RECIPIENTS, false),
        ErrorCode::InvalidText => (words::INVALID_TEXT, false),
        ErrorCode::InvalidMedia => (words::INVALID_MEDIA, false),
        ErrorCode::Unknown => (words::UNKNOWN_PROBLEM, false),
    };
    if enough || detail.is_empty() { word.into() } else { words::problem_with_detail(word, detail) }
}

/// Why a message is not sent: what the server said, or the name of a file that is no longer here.
pub(crate) fn parked(code: ErrorCode, because: Option<Cause>, reason: &str) -> Text {
    match code {
        ErrorCode::UnknownMedia if !reason.is_empty() => words::file_problem(reason, words::FILE_GONE),
        // What the server can't do now is tried again, so it is about the device.
        ErrorCode::Unavailable => words::FILE_NEEDS_RELOAD.into(),
        code => server(code, because, reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_a_text_but_for_administration() {
        for code in CauseCode::ALL {
            let has_words = !CauseCode::OF_ADMINISTRATION.contains(code);
            assert_eq!(cause(code.limit(8).length(9)).is_some(), has_words, "{code:?}");
        }
        assert_eq!(cause(CauseCode::TooManyPeople.limit(50)).unwrap(), "A group chat has 50 people at most.");
        assert_eq!(cause(CauseCode::FileTooLarge.limit(10_000_000)).unwrap(), "A file in a chat has 10 MB at most.");
    }

    #[test]
    fn a_cause_says_more_than_the_code() {
        let because = Some(CauseCode::SharedContactsReadOnly.into());
        let text = server(ErrorCode::Forbidden, because, "Only Office Managers and Administrators may.");
        assert_eq!(text, "Only office managers and administrators can change shared contacts.");
        assert_eq!(server(ErrorCode::Forbidden, None, "Only they may."), "You are not allowed to do this.");
    }

    #[test]
    fn what_a_newer_server_says_is_general_with_its_own_words() {
        for because in [None, Some(CauseCode::Unknown.into()), Some(CauseCode::TooManyNumbers.into())] {
            let text = server(ErrorCode::InvalidRecipients, because, "Nobody writes to the moon.");
            assert_eq!(text, "These people can't be in one conversation. The server says: Nobody writes to the moon.");
        }
        let taken = Some(CauseCode::ExtensionTaken.into());
        assert_eq!(server(ErrorCode::Conflict, taken, "Another user has this extension."), words::CONFLICT.english());
        let text = server(ErrorCode::Unknown, None, "The tide is out.");
        assert_eq!(text, "The server refused this. The server says: The tide is out.");
        assert_eq!(server(ErrorCode::InvalidText, None, ""), "This text can't be sent.");
    }
}
