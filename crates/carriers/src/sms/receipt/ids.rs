//! The ids by which receipts name messages. Some SMSCs write an id in hexadecimal when they take the message, and in decimal in its
//! receipt, or pad it with zeros in one of the two.

/// How an SMSC writes its ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ids {
    /// The same everywhere.
    AsIs,
    /// Hexadecimal when the message is taken, decimal in the receipt.
    HexThenDecimal,
    /// Decimal when the message is taken, hexadecimal in the receipt.
    DecimalThenHex,
    /// Nobody has said: the same is tried first, then the two others.
    #[default]
    Auto,
}

/// An id of a message that was taken, as it is to be kept so that [`candidates`] finds it: in lower case, without zeros in front, but for
/// [`Ids::AsIs`].
#[must_use]
pub fn kept_form(id: &str, ids: Ids) -> String {
    let id = id.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if ids == Ids::AsIs {
        return id.to_owned();
    }
    let id = id.to_ascii_lowercase();
    let bare = id.trim_start_matches('0');
    if bare.is_empty() && !id.is_empty() { "0".to_owned() } else { bare.to_owned() }
}

/// The kept forms of the message that a receipt's id may name, the likeliest first. The caller takes the first that it knows with the
/// receipt's two numbers.
#[must_use]
pub fn candidates(id: &str, ids: Ids) -> Vec<String> {
    let same = kept_form(id, ids);
    let to_hex = || same.parse::<u128>().ok().map(|number| format!("{number:x}"));
    let to_decimal = || u128::from_str_radix(&same, 16).ok().map(|number| number.to_string());
    let found = match ids {
        Ids::AsIs => [Some(same), None, None],
        Ids::HexThenDecimal => [to_hex(), Some(same), None],
        Ids::DecimalThenHex => [to_decimal(), Some(same), None],
        Ids::Auto => {
            let others = (to_hex(), to_decimal());
            [Some(same), others.0, others.1]
        }
    };
    let mut candidates: Vec<String> = Vec::new();
    for id in found.into_iter().flatten().filter(|id| !id.is_empty()) {
        if !candidates.contains(&id) {
            candidates.push(id);
        }
    }
    candidates
}
