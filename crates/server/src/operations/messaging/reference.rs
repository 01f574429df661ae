//! Our references of texts, under which carriers get them and report on them: `<conversation>.<place>.<recipient>`, with 0 for a group.

use halyard_protocol::{ConversationId, Message, PhoneNumber, Seq};

/// The reference of a message for one recipient, or for all of a group whose carrier gets one submission.
#[must_use]
pub fn write(message: &Message, to: Option<PhoneNumber>) -> String {
    format!("{}.{}.{}", message.conversation, message.seq, to.map_or(0, PhoneNumber::value))
}

/// What a reference names: the message, and the recipient if it is one.
#[must_use]
pub fn read(reference: &str) -> Option<(ConversationId, Seq, Option<PhoneNumber>)> {
    let mut parts = reference.split('.');
    let (conversation, seq, to) = (parts.next()?, parts.next()?, parts.next()?);
    let to = if to == "0" { None } else { Some(PhoneNumber::from_e164(&format!("+{to}")).ok()?) };
    Some((conversation.parse().ok()?, seq.parse().ok()?, to)).filter(|_| parts.next().is_none())
}

/// A reference for logs: no number belongs there.
#[must_use]
pub fn without_number(reference: &str) -> &str {
    reference.rsplit_once('.').map_or(reference, |(message, _)| message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_message_and_its_recipient() {
        let conversation = "01J9ZK4T6Q8Y2M0C5R7W3X1B9D";
        let (one, seq, to) = read(&format!("{conversation}.7.16195550142")).unwrap();
        assert_eq!((one.to_string().as_str(), seq, to.unwrap().value()), (conversation, 7, 16_195_550_142));
        assert_eq!(read(&format!("{conversation}.7.0")).unwrap().2, None);
        for text in ["", ".", "a.7.0", "01J9ZK4T6Q8Y2M0C5R7W3X1B9D.x.0", "01J9ZK4T6Q8Y2M0C5R7W3X1B9D.7.0.1"] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
