//! Why something can't be done, as it is said to the user: the rules that both ends check, and the server's error codes.

use halyard_protocol::contact::ContactError;
use halyard_protocol::media::MediaError;
use halyard_protocol::recipients::TextError;
use halyard_protocol::{ErrorCode, PhoneNumberError, RecipientsError, limits};
use halyard_words::{self as words, Text};

/// Why a conversation of these people can't be.
pub(crate) fn recipients(error: RecipientsError) -> Text {
    match error {
        RecipientsError::Nobody => words::NOBODY_TO_WRITE_TO.into(),
        RecipientsError::Mixed => words::EXTENSIONS_AND_NUMBERS.into(),
        RecipientsError::Unknown => words::UNKNOWN_RECIPIENT.into(),
        RecipientsError::Yourself => words::WRITE_TO_YOURSELF.into(),
        RecipientsError::OwnNumber => words::TEXT_TO_OWN_NUMBER.into(),
        RecipientsError::NoSmsNumber => words::NO_SMS_NUMBER_BUT_CHAT.into(),
        RecipientsError::CannotText => words::NUMBER_CANNOT_TEXT.into(),
        RecipientsError::CannotGroup => words::NUMBER_CANNOT_GROUP.into(),
        RecipientsError::TooManyNumbers(most) => words::too_many_numbers(most),
        RecipientsError::TooManyUsers(most) => words::too_many_people(most),
    }
}

/// Why a text can't be sent.
pub(crate) fn text(error: TextError) -> Text {
    match error {
        TextError::Empty => words::MESSAGE_IS_EMPTY.into(),
        TextError::TooLong { length, limit } => words::message_too_long(limit, length),
    }
}

/// Why a file can't be sent.
pub(crate) fn media(error: MediaError) -> Text {
    match error {
        MediaError::Kind => words::FILE_KINDS.into(),
        MediaError::TooMany => words::too_many_files(limits::MEDIA_PER_MESSAGE),
        MediaError::CannotSend => words::NUMBER_CANNOT_SEND_FILES.into(),
        MediaError::TooLarge => words::file_too_large(limits::CHAT_MEDIA_BYTES / 1_000_000),
        MediaError::TooLargeForText => words::files_too_large_for_text(limits::TEXT_MEDIA_BYTES / 1_000),
    }
}

/// Why a contact can't be saved.
pub(crate) fn contact(error: ContactError) -> Text {
    match error {
        ContactError::Empty => words::CONTACT_IS_EMPTY.into(),
        ContactError::NameTooLong => words::name_or_company_too_long(limits::NAME_LENGTH),
        ContactError::TooManyNumbers => words::too_many_contact_numbers(limits::CONTACT_NUMBERS),
        ContactError::TooManyEmails => words::too_many_emails(limits::CONTACT_EMAILS),
        ContactError::NotesTooLong => words::notes_too_long(limits::CONTACT_NOTES_LENGTH),
        ContactError::AddressTooLong => words::address_too_long(limits::CONTACT_ADDRESS_LENGTH),
        ContactError::LabelTooLong => words::label_too_long(limits::NUMBER_NAME_LENGTH),
        ContactError::UnknownScope => words::UNKNOWN_SCOPE.into(),
        ContactError::InvalidEmail => words::INVALID_EMAIL.into(),
    }
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

/// Why the server refused; `said` is its own sentence, empty when there was no answer of ours. Which rule was broken, only its own sentence says: the app checks most rules before it asks.
pub(crate) fn server(code: ErrorCode, said: &str) -> Text {
    let word = match code {
        ErrorCode::SignedOut => words::SESSION_ENDED,
        ErrorCode::WrongCredentials => words::WRONG_EXTENSION_OR_PASSWORD,
        ErrorCode::Forbidden => words::NOT_ALLOWED,
        ErrorCode::NotFound => words::NOT_FOUND,
        ErrorCode::IdempotencyConflict | ErrorCode::Conflict => words::CHANGED_MEANWHILE,
        ErrorCode::UndoExpired => words::UNDO_EXPIRED,
        ErrorCode::TooLarge => words::TOO_LARGE,
        ErrorCode::UnknownMedia => words::FILE_NOT_WITH_SERVER,
        ErrorCode::NotYourNumber => words::NOT_YOUR_NUMBER,
        ErrorCode::TooManyRequests => words::TOO_MANY_TRIES,
        ErrorCode::Internal => words::SERVER_FAILED,
        ErrorCode::Unavailable if said.is_empty() => words::SERVER_CANNOT_BE_REACHED,
        ErrorCode::Unavailable => words::SERVER_BUSY,
        ErrorCode::Unknown if said.is_empty() => words::ANSWER_UNREADABLE,
        ErrorCode::MalformedRequest
        | ErrorCode::WrongOrigin
        | ErrorCode::MethodNotAllowed
        | ErrorCode::UnsupportedMediaType
        | ErrorCode::Invalid
        | ErrorCode::InvalidRecipients
        | ErrorCode::InvalidText
        | ErrorCode::InvalidMedia
        | ErrorCode::Unknown => return Text::as_is(said),
    };
    word.into()
}

/// Why a message is not sent: what the server said, or the name of a file that is no longer here.
pub(crate) fn parked(code: ErrorCode, reason: &str) -> Text {
    match code {
        ErrorCode::UnknownMedia if !reason.is_empty() => words::file_problem(reason, words::FILE_GONE),
        // What the server can't do now is tried again, so it is about the device.
        ErrorCode::Unavailable => words::FILE_NEEDS_RELOAD.into(),
        code => server(code, reason),
    }
}
