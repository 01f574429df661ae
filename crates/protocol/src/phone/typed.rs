//! Reads a phone number in any usual way of writing it.

use super::plan::{Plan, Trunk};
use super::{CallingCode, PhoneNumber, PhoneNumberError};
use crate::letters::{digit, is_alphabetic};

/// Digits of the longest international number, its prefix and a trunk prefix in parentheses, and some to spare.
const MOST_DIGITS: usize = 24;

/// The digits that were written, and what was between them where that matters.
struct Written {
    digits: [u8; MOST_DIGITS],
    length: usize,
    /// A plus sign came first.
    plus: bool,
    /// Where among the digits a lone `(0)` stood.
    bracketed_zero: Option<usize>,
}

impl PhoneNumber {
    /// Reads a number as people write it: with spaces, dots, dashes, slashes and parentheses in any place, with
    /// `tel:`, `+`, `00` or the home country's own prefix for abroad, with or without the trunk prefix (also as in
    /// `+44 (0)20 7946 0018`), in the digits of several scripts ([`digit`]), in North America also with a word on the keys
    /// (`1-800-FLOWERS`). A number without a country is one of `home`.
    ///
    /// # Errors
    /// [`PhoneNumberError`]: no number, or none that can exist by the country's numbering plan. The emergency number of
    /// `home` is refused, and a number with an extension, too; [`PhoneNumber::split_extension`] takes that apart.
    pub fn from_typed(text: &str, home: CallingCode) -> Result<Self, PhoneNumberError> {
        let text = without_scheme(text);
        if Self::split_extension(text).1.is_some() {
            return Err(PhoneNumberError::Extension);
        }
        if is_emergency(text, home) {
            return Err(PhoneNumberError::Emergency);
        }
        let mut written = match Written::read(text) {
            Err(PhoneNumberError::NotANumber) => return lettered(text, home),
            written => written?,
        };
        if written.plus {
            return written.international(0);
        }
        let own_prefix = Plan::international_prefix(home);
        let mut refused = None;
        for prefix in [own_prefix, "00"] {
            if written.text().starts_with(prefix) {
                match written.international(prefix.len()) {
                    Ok(number) => return Ok(number),
                    Err(error) => refused = refused.or(Some(error)),
                }
            }
        }
        match refused {
            // Where 8 is dialled for the own country and 810 for abroad, an area code may begin with 10.
            Some(error) if Plan::of(home).is_some_and(|plan| matches!(plan.trunk, Trunk::Eight | Trunk::EightZero)) => {
                written.national(home).map_err(|_| error)
            }
            Some(error) => Err(error),
            None => written.national(home),
        }
    }

    /// Splits `619-555-0142 ext. 5` or `tel:+1-619-555-0142;ext=5` into the number and the extension's digits; `None`
    /// without an extension.
    #[must_use]
    pub fn split_extension(text: &str) -> (&str, Option<&str>) {
        let text = without_scheme(text);
        let none = (text, None);
        let Some(start) = text.find(|c: char| is_alphabetic(c) || matches!(c, '#' | ',' | ';')) else { return none };
        let (number, rest) = text.split_at(start);
        if !number.contains(|c| digit(c).is_some()) {
            return none;
        }
        let rest = rest.trim_start_matches([',', ';', '#', ' ']);
        let letters = rest.len() - rest.trim_start_matches(is_alphabetic).len();
        let (word, rest) = rest.split_at(letters);
        if !EXTENSION.contains(&["|", &word.to_ascii_lowercase(), "|"].concat()) {
            return none;
        }
        let rest = rest.trim_matches(['.', ':', '=', '#', ' ', '\u{a0}']);
        if rest.is_empty() || !rest.chars().all(|c| digit(c).is_some() || c == '#') {
            return none;
        }
        (number.trim_end(), Some(rest))
    }
}

/// What is written between a number and its extension, in several languages.
const EXTENSION: &str = "||x|ext|extn|extension|p|w|local|loc|anexo|interno|int|dw|durchwahl|poste|";

/// The digits on the keys with the letters A to Z.
const KEYS: &[u8; 26] = b"22233344455566677778889999";

/// Reads a number in which letters stand for digits: a word on the keys (`1-800-FLOWERS`), in North America, where people write so.
///
/// # Errors
/// When a single letter looks like a digit: which; else that it is no number.
fn lettered(text: &str, home: CallingCode) -> Result<PhoneNumber, PhoneNumberError> {
    let is_letter = |c: char| c.is_ascii_alphabetic();
    let by_key = |c: char| match c.to_ascii_uppercase() {
        c @ 'A'..='Z' => char::from(KEYS[usize::from(c as u8 - b'A')]),
        _ => c,
    };
    let by_look = |c: char| match c {
        'O' | 'o' => '0',
        'l' | 'I' => '1',
        _ => c,
    };
    let read = |digit: &dyn Fn(char) -> char| {
        let digits: String = text.chars().map(digit).collect();
        if digits.contains(is_letter) {
            Err(PhoneNumberError::NotANumber)
        } else {
            PhoneNumber::from_typed(&digits, home)
        }
    };
    let runs = || text.split(|c| !is_letter(c)).filter(|run| !run.is_empty());
    let digits = text.chars().filter(|c| digit(*c).is_some()).count();
    if digits < 3 || !text.starts_with(|c| digit(c).is_some() || is_separator(c) || c == '+') {
        return Err(PhoneNumberError::NotANumber);
    }
    // A word in small letters may be any text, unless it is written as a number is; one with both is no word on keys.
    let has = |wanted: fn(&char) -> bool| text.chars().any(|c| wanted(&c));
    let (small, capital) = (has(char::is_ascii_lowercase), has(char::is_ascii_uppercase));
    if runs().all(|run| run.len() > 2) && small != capital && (capital || text.contains('-')) {
        let number = read(&by_key).ok().filter(|number| number.calling_code() == Some(CallingCode(1)));
        return number.ok_or(PhoneNumberError::NotANumber);
    }
    match text.chars().find(|c| is_letter(*c)) {
        Some(letter) if read(&by_look).is_ok() => Err(PhoneNumberError::Letter(letter)),
        _ => Err(PhoneNumberError::NotANumber),
    }
}

/// Whether this is a number of the emergency services in the home country: 112 works in most, some have others besides.
fn is_emergency(text: &str, home: CallingCode) -> bool {
    let digits: String = text.chars().filter_map(digit).map(|value| char::from(b'0' + value)).collect();
    let own: &[&str] = match home.0 {
        1 | 52 | 54 | 57 | 63 => &["911"],
        44 | 65 | 353 | 852 | 971 => &["999"],
        61 => &["000"],
        64 => &["111"],
        81 | 82 | 86 | 886 => &["110", "119"],
        33 => &["15", "17", "18"],
        41 | 43 => &["117", "133", "144"],
        49 => &["110"],
        55 => &["190", "192"],
        _ => &[],
    };
    (digits == "112" && home.0 != 1 || own.contains(&digits.as_str()))
        && text.chars().all(|c| digit(c).is_some() || is_separator(c) || is_invisible(c))
}

impl Written {
    fn read(text: &str) -> Result<Self, PhoneNumberError> {
        let mut written = Self { digits: [0; MOST_DIGITS], length: 0, plus: false, bracketed_zero: None };
        let mut brackets = ['\0'; 3];
        for c in text.chars() {
            if is_invisible(c) {
                continue;
            }
            brackets = [brackets[1], brackets[2], c];
            if let Some(digit) = digit(c) {
                *written.digits.get_mut(written.length).ok_or(PhoneNumberError::TooLong)? = b'0' + digit;
                written.length += 1;
            } else if matches!(c, '+' | '＋') && written.length == 0 && !written.plus {
                written.plus = true;
            } else if !is_separator(c) {
                return Err(PhoneNumberError::NotANumber);
            } else if brackets == ['(', '0', ')'] && written.bracketed_zero.is_none() {
                written.bracketed_zero = Some(written.length - 1);
            }
        }
        if written.length == 0 { Err(PhoneNumberError::NotANumber) } else { Ok(written) }
    }

    fn text(&self) -> &str {
        // Only ASCII digits are in it.
        core::str::from_utf8(&self.digits[..self.length]).unwrap_or_default()
    }

    /// Reads code and national number after a prefix of so many digits.
    fn international(&mut self, prefix: usize) -> Result<PhoneNumber, PhoneNumberError> {
        let digits = &self.text()[prefix..];
        let (plan, code_length) = Plan::of_international(digits).ok_or(if digits.len() < 7 {
            PhoneNumberError::TooShort
        } else {
            PhoneNumberError::UnknownCountry
        })?;
        let mut national = &digits[code_length..];
        // "(0)" is said to callers from home; only where numbers begin with 0 does it belong to the number.
        if self.bracketed_zero == Some(prefix + code_length) && plan.trunk != Trunk::None {
            national = &national[1..];
        }
        plan.number(without_trunk(national, plan))
    }

    fn national(&self, home: CallingCode) -> Result<PhoneNumber, PhoneNumberError> {
        let digits = self.text();
        let Some(plan) = Plan::of(home) else { return Err(PhoneNumberError::UnknownCountry) };
        let number = plan.number(without_trunk(digits, plan));
        if number == Err(PhoneNumberError::TooLong)
            && let Some((again, code_length)) = Plan::of_international(digits)
            && again.code == plan.code
        {
            // The own country's code, written without the plus sign.
            return plan.number(without_trunk(&digits[code_length..], plan));
        }
        number
    }
}

fn without_trunk(national: &str, plan: Plan) -> &str {
    let Some(rest) = national.strip_prefix(plan.trunk.digits()) else { return national };
    let may_belong = matches!(plan.trunk, Trunk::Eight | Trunk::EightZero | Trunk::One);
    if may_belong && national.len() <= usize::from(plan.longest) { national } else { rest }
}

impl Plan {
    /// The number with these national digits, if the plan has room for it.
    fn number(self, national: &str) -> Result<PhoneNumber, PhoneNumberError> {
        // Mobile numbers of Mexico had a 1 in front until 2020, and are still written so.
        let national = match national.strip_prefix('1') {
            Some(rest) if self.code == 52 && rest.len() == 10 => rest,
            _ => national,
        };
        // Mobile numbers of Argentina are dialled with a 15 behind the area code at home, with a 9 before it from abroad.
        let mobile;
        let national = match (self.code == 54 && national.len() == 12).then(|| mobile_of_argentina(national)).flatten()
        {
            Some(number) => {
                mobile = number;
                &mobile
            }
            None => national,
        };
        if national.len() < usize::from(self.shortest) {
            return Err(PhoneNumberError::TooShort);
        }
        if national.len() > usize::from(self.longest) {
            return Err(PhoneNumberError::TooLong);
        }
        if self.code == 1 && [0, 3].iter().any(|&at| matches!(national.as_bytes()[at], b'0' | b'1')) {
            return Err(PhoneNumberError::NoSuchNumber);
        }
        let after_zero = matches!(self.trunk, Trunk::Zero | Trunk::ZeroOne | Trunk::ZeroSix);
        if (after_zero && national.starts_with('0')) || national.bytes().all(|digit| digit == b'0') {
            return Err(PhoneNumberError::NoSuchNumber);
        }
        let national_value: u64 = national.parse().map_err(|_| PhoneNumberError::NotANumber)?;
        let value = u64::from(self.code) * 10_u64.pow(national.len() as u32) + national_value;
        // E.164 numbers that are kept have seven digits at least.
        if value < 1_000_000 { Err(PhoneNumberError::TooShort) } else { Ok(PhoneNumber(value)) }
    }
}

/// `11 15 2345 6789` as it is dialled from abroad; the area code has two to four digits.
fn mobile_of_argentina(national: &str) -> Option<String> {
    let lengths = if national.starts_with("11") { 2..=2 } else { 3..=4 };
    let (area, rest) = lengths.map(|length| national.split_at(length)).find(|(_, rest)| rest.starts_with("15"))?;
    Some(["9", area, &rest[2..]].concat())
}

fn without_scheme(text: &str) -> &str {
    let text = text.trim();
    match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => {
            let number = text[4..].trim_start_matches('/').trim_start();
            // What follows a semicolon is a parameter (RFC 3966); the extension is the one that matters.
            match number.split_once(';') {
                Some((number, parameters)) if !parameters.split(';').any(|one| one.starts_with("ext=")) => number,
                _ => number,
            }
        }
        _ => text,
    }
}

/// What stands between a number's digits.
pub(crate) fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '.' | '/' | '(' | ')' | '[' | ']' | '·' | '~' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        || matches!(c, '（' | '）' | '－' | '．' | '／')
}

/// What copying from a web page or an address book leaves behind: soft hyphens, joiners, direction marks, variation selectors.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}'
    )
}
