//! Writes a phone number for people: at home as it is dialled there, from abroad with its country code.

use super::plan::{Plan, Trunk};
use super::{CallingCode, PhoneNumber};
use crate::letters::digit;

/// Keeps a North American number on one line.
const HYPHEN: char = '\u{2011}';

impl PhoneNumber {
    /// The number as people of `home` write it: `(619) 555‑0142` at home, `+1 619‑555‑0142` from abroad. For reading
    /// only; [`PhoneNumber::from_typed`] with the same home reads it back. A short code is its digits.
    #[must_use]
    pub fn display(self, home: CallingCode) -> String {
        if let Some(digits) = self.short_code_digits() {
            return digits;
        }
        let digits = self.0.to_string();
        let Some((plan, code_length)) = Plan::of_international(&digits) else {
            return ["+", &digits].concat();
        };
        let (code, national) = digits.split_at(code_length);
        let at_home = plan.code == home.0;
        let mut text = String::with_capacity(24);
        if plan.code == 1 && national.len() == 10 {
            north_american(&mut text, national, if at_home { "" } else { "+1 " }, HYPHEN);
            return text;
        }
        if at_home && plan.code == 54 && national.len() == 11 && national.starts_with("911") {
            text.push_str("011 15 ");
            group(&mut text, &national[3..], 0x44);
            return text;
        }
        if !at_home || !has_national_form(plan, national) {
            text.extend(["+", code, " "]);
        } else if takes_trunk(plan, national) {
            text.push_str(plan.trunk.digits());
            if plan.trunk != Trunk::Zero {
                text.push(' ');
            }
        }
        group(&mut text, national, pattern(plan.code, national));
        text
    }

    /// The country calling code; `None` if no country has these digits.
    #[must_use]
    pub fn calling_code(self) -> Option<CallingCode> {
        Plan::of_international(&self.0.to_string()).map(|(plan, _)| CallingCode(plan.code))
    }
}

/// Shapes a number while it is typed: North American numbers only, and only once there are too many digits for an
/// extension. Everything else comes back as it is. Never adds anything at the end, so that a deleted character stays
/// deleted, and shaping twice is shaping once.
#[must_use]
pub fn format_partial(text: &str, home: CallingCode) -> String {
    let abroad = text.strip_prefix("+1");
    let shapeable = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.');
    let rest = abroad.unwrap_or(text);
    if (abroad.is_none() && home.0 != 1) || !rest.chars().all(shapeable) {
        return text.to_owned();
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let (prefix, national) = match digits.strip_prefix('1') {
        _ if abroad.is_some() => ("+1 ", digits.as_str()),
        Some(national) => ("1 ", national),
        None => ("", digits.as_str()),
    };
    // Area codes begin with 2 to 9. Five digits may still become an extension.
    if national.starts_with(['0', '1']) || national.len() > 10 || (abroad.is_none() && digits.len() < 6) {
        return text.to_owned();
    }
    let mut shaped = String::with_capacity(18);
    match national.len() {
        0 => shaped.push_str(if text.ends_with(' ') { "+1 " } else { "+1" }),
        1..=3 => shaped.extend([prefix, national]),
        4..=7 => shaped.extend([prefix, &national[..3], "-", &national[3..]]),
        _ => north_american(&mut shaped, national, prefix, '-'),
    }
    shaped
}

/// Eight to ten digits; parentheses only where the country stays unsaid.
fn north_american(text: &mut String, national: &str, prefix: &str, hyphen: char) {
    let (area, line) = national.split_at(3);
    let (exchange, line) = line.split_at(3);
    text.push_str(prefix);
    if prefix.starts_with('+') {
        text.push_str(area);
        text.push(hyphen);
    } else {
        text.extend(["(", area, ") "]);
    }
    text.push_str(exchange);
    text.push(hyphen);
    text.push_str(line);
}

/// Numbers of a length outside of the plan, or that begin with what at home would be a prefix, show their country.
fn has_national_form(plan: Plan, national: &str) -> bool {
    let fits = (usize::from(plan.shortest)..=usize::from(plan.longest)).contains(&national.len());
    let abroad = Plan::international_prefix(CallingCode(plan.code));
    let prefix = if plan.trunk == Trunk::None { abroad } else { "0" };
    // Behind the trunk prefix, too: Russia's 8 and 10 together are the way abroad.
    let rest = abroad.strip_prefix(plan.trunk.digits()).unwrap_or(abroad);
    let is_mobile_of_argentina = plan.code == 54 && national.starts_with('9');
    fits && !is_mobile_of_argentina
        && !national.starts_with("00")
        && !national.starts_with(prefix)
        && !national.starts_with(rest)
}

fn takes_trunk(plan: Plan, national: &str) -> bool {
    // Australia's 1300 and 1800 numbers are dialled alike from everywhere in the country.
    // Mexico has given up its prefix in 2019.
    plan.trunk != Trunk::None && plan.code != 52 && !(plan.code == 61 && national.starts_with('1'))
}

/// How a national number's digits are grouped: a hexadecimal digit a group, `0x244` for 2, 4 and 4. Groups that don't
/// add up to the number's length give way to [`generic`].
fn pattern(code: u16, national: &str) -> u32 {
    let first = national.as_bytes().first().copied().unwrap_or_default();
    match (code, national.len()) {
        (44, 10) => match first {
            b'2' => 0x244,
            b'1' if national[1..].starts_with('1') || national[2..].starts_with('1') => 0x334,
            b'1' | b'7' => 0x46,
            _ => 0x334,
        },
        (61, 10) => 0x433,
        (61, 9) if first != b'4' => 0x144,
        (33, 9) => 0x1_2222,
        (31, 9) if first == b'6' => 0x144,
        (49, _) if ["30", "40", "69", "89"].iter().any(|area| national.starts_with(area)) => match national.len() {
            8 => 0x233,
            9 => 0x234,
            10 => 0x244,
            _ => 0,
        },
        (32, 8) => 0x1322,
        (32, 9) => 0x3222,
        (41 | 46 | 380 | 998, 9) => 0x2322,
        (7 | 90, 10) => 0x3322,
        (45 | 47, 8) => 0x2222,
        (52, 10) if ["33", "55", "56", "81"].iter().all(|area| !national.starts_with(area)) => 0x334,
        (54, 10) if !national.starts_with("11") => 0x334,
        (54, 11) if !national.starts_with("911") => 0x1334,
        (39, 10) if ["02", "06"].iter().any(|area| national.starts_with(area)) => 0x244,
        (52 | 81 | 82, 10) | (54 | 55, 10) => 0x244,
        (55, 11) => 0x254,
        (54, 11) => 0x1244,
        (91, 10) => 0x55,
        (36 | 64, 8) => 0x134,
        (27 | 31 | 36 | 60 | 64 | 66 | 82 | 353 | 966 | 971 | 972, 9) => 0x234,
        (56 | 81, 9) => 0x144,
        _ => 0,
    }
}

/// Groups of three and four, the longer ones at the end, where the eye compares.
const fn generic(length: usize) -> u32 {
    match length {
        5 => 0x23,
        6 => 0x33,
        7 => 0x34,
        8 => 0x44,
        9 => 0x333,
        10 => 0x334,
        11 => 0x344,
        12 => 0x3333,
        13 => 0x3334,
        14 => 0x3344,
        length => length as u32,
    }
}

fn group(text: &mut String, digits: &str, pattern: u32) {
    let sizes = |pattern: u32| (0..8).rev().map(move |place| (pattern >> (place * 4)) & 15).filter(|&size| size > 0);
    let fits = sizes(pattern).sum::<u32>() as usize == digits.len();
    let mut sizes = sizes(if fits { pattern } else { generic(digits.len()) });
    let mut left = sizes.next().unwrap_or_default();
    for c in digits.chars() {
        if left == 0 {
            text.push(' ');
            left = sizes.next().unwrap_or(15);
        }
        left -= 1;
        debug_assert!(digit(c).is_some());
        text.push(c);
    }
}
