//! Punycode (RFC 3492): a label of a host's name in ASCII.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;

/// The label as `xn--…`, without the prefix; `None` where it is longer than any label.
pub(super) fn encode(label: &str) -> Option<String> {
    let mut code: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(code.len()).ok()?;
    if basic > 0 {
        code.push('-');
    }
    let total = u32::try_from(label.chars().count()).ok()?;
    let (mut n, mut delta, mut bias, mut handled) = (0x80, 0_u32, 72, basic);
    while handled < total {
        let next = label.chars().map(u32::from).filter(|&c| c >= n).min()?;
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta = delta.checked_add(1)?;
            } else if c == n {
                write(delta, bias, &mut code);
                bias = adapted(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(code)
}

/// A number with digits whose weights depend on the bias (RFC 3492, 3.3).
fn write(number: u32, bias: u32, code: &mut String) {
    let mut rest = number;
    let mut place = BASE;
    loop {
        let threshold = place.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if rest < threshold {
            break;
        }
        code.push(digit(threshold + (rest - threshold) % (BASE - threshold)));
        rest = (rest - threshold) / (BASE - threshold);
        place += BASE;
    }
    code.push(digit(rest));
}

/// `a` to `z`, then `0` to `9`.
fn digit(value: u32) -> char {
    char::from_digit((value + 10) % BASE, BASE).unwrap_or('a')
}

/// The bias for the next number (RFC 3492, 6.1).
fn adapted(delta: u32, handled: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / handled;
    let mut bias = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        bias += BASE;
    }
    bias + (BASE - T_MIN + 1) * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The way back (RFC 3492, 6.2), for the test alone.
    fn decode(code: &str) -> Option<String> {
        let (basic, extended) = code.rsplit_once('-').unwrap_or(("", code));
        let mut label: Vec<char> = basic.chars().collect();
        let (mut n, mut at, mut bias) = (0x80_u32, 0_u32, 72);
        let mut digits = extended.chars();
        while !digits.as_str().is_empty() {
            let (before, mut weight, mut place) = (at, 1_u32, BASE);
            loop {
                let digit = (digits.next()?.to_digit(BASE)? + BASE - 10) % BASE;
                at = at.checked_add(digit.checked_mul(weight)?)?;
                let threshold = place.saturating_sub(bias).clamp(T_MIN, T_MAX);
                if digit < threshold {
                    break;
                }
                weight = weight.checked_mul(BASE - threshold)?;
                place += BASE;
            }
            let count = u32::try_from(label.len()).ok()? + 1;
            bias = adapted(at - before, count, before == 0);
            n += at / count;
            at %= count;
            label.insert(usize::try_from(at).ok()?, char::from_u32(n)?);
            at += 1;
        }
        Some(label.into_iter().collect())
    }

    #[test]
    fn writes_as_browsers_do() {
        for (label, code) in [
            ("bücher", "bcher-kva"),
            ("münchen", "mnchen-3ya"),
            ("аррӏе", "80ak6aa92e"),
            ("pаypal", "pypal-4ve"),
            ("例え", "r8jz45g"),
            ("испытание", "80akhbyknj4f"),
            ("ü", "tda"),
            ("faß", "fa-hia"),
            ("😀", "e28h"),
            ("abc", "abc-"),
            ("", ""),
        ] {
            assert_eq!(encode(label).as_deref(), Some(code), "{label}");
        }
    }

    proptest! {
        #[test]
        fn another_label_is_another_code_that_leads_back(label in "[a-z\u{e0}-\u{24f}\u{400}-\u{4ff}\u{4e00}-\u{4e10}😀-😂-]{0,20}") {
            let code = encode(&label).unwrap();
            prop_assert!(code.is_ascii());
            prop_assert_eq!(decode(&code), Some(label));
        }
    }
}
