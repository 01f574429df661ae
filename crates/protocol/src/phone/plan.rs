//! Numbering plans: which calling codes there are, how long their national numbers are, and what is dialled
//! before them at home.
//!
//! Source: the list of ITU-T E.164 assigned country codes and the national plans filed with the ITU. The lengths
//! are those of numbers that can be reached from abroad; where a plan is being extended, both lengths stand. A
//! number within the range may still not be in use: the carrier says so.

use super::CallingCode;

/// What is dialled in front of a national number at home, and left out from abroad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trunk {
    /// Nothing; where numbers begin with 0, that 0 belongs to them.
    None,
    /// `0`, and no number begins with 0.
    Zero,
    /// `01`, and no number begins with 0 (Mexico).
    ZeroOne,
    /// `06`, and no number begins with 0 (Hungary).
    ZeroSix,
    /// `8`, although numbers may begin with 8, too.
    Eight,
    /// `80`, although numbers may begin with 8, too (Belarus).
    EightZero,
    /// `1`; no number begins with 1 (North America).
    One,
}

impl Trunk {
    pub(super) const fn digits(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Zero => "0",
            Self::ZeroOne => "01",
            Self::ZeroSix => "06",
            Self::Eight => "8",
            Self::EightZero => "80",
            Self::One => "1",
        }
    }
}

/// The plan of one calling code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) code: u16,
    /// Digits of a national number at least, without calling code and trunk prefix.
    pub(super) shortest: u8,
    /// Digits of a national number at most.
    pub(super) longest: u8,
    pub(super) trunk: Trunk,
}

const fn plan(code: u16, shortest: u8, longest: u8, trunk: Trunk) -> Plan {
    Plan { code, shortest, longest, trunk }
}

use Trunk::{Eight, EightZero, None as No, One, Zero, ZeroOne, ZeroSix};

/// Codes are prefix-free: no code begins with another one.
#[rustfmt::skip]
static PLANS: &[Plan] = &[
    plan(1, 10, 10, One), plan(7, 10, 10, Eight),
    // Codes of two digits.
    plan(20, 8, 10, Zero), plan(27, 9, 9, Zero), plan(30, 10, 10, No), plan(31, 7, 11, Zero),
    plan(32, 8, 9, Zero), plan(33, 9, 9, Zero), plan(34, 9, 9, No), plan(36, 8, 9, ZeroSix),
    plan(39, 6, 12, No), plan(40, 9, 9, Zero), plan(41, 9, 12, Zero), plan(43, 5, 13, Zero),
    plan(44, 7, 10, Zero), plan(45, 8, 8, No), plan(46, 6, 12, Zero), plan(47, 8, 12, No),
    plan(48, 9, 9, No), plan(49, 5, 13, Zero), plan(51, 8, 9, Zero), plan(52, 10, 10, ZeroOne),
    plan(53, 6, 10, Zero), plan(54, 10, 11, Zero), plan(55, 10, 11, Zero), plan(56, 8, 11, No),
    plan(57, 8, 11, No), plan(58, 10, 10, Zero), plan(60, 8, 10, Zero), plan(61, 6, 10, Zero),
    plan(62, 7, 13, Zero), plan(63, 6, 11, Zero), plan(64, 8, 10, Zero), plan(65, 8, 11, No),
    plan(66, 8, 10, Zero), plan(81, 8, 10, Zero), plan(82, 7, 12, Zero), plan(84, 7, 10, Zero),
    plan(86, 7, 12, Zero), plan(90, 7, 13, Zero), plan(91, 8, 13, Zero), plan(92, 8, 12, Zero),
    plan(93, 9, 9, Zero), plan(94, 9, 9, Zero), plan(95, 6, 10, Zero), plan(98, 8, 10, Zero),
    // Africa and the Atlantic.
    plan(211, 9, 9, Zero), plan(212, 9, 9, Zero), plan(213, 8, 9, Zero), plan(216, 8, 8, No),
    plan(218, 8, 9, Zero), plan(220, 7, 7, No), plan(221, 9, 9, No), plan(222, 8, 8, No),
    plan(223, 8, 8, No), plan(224, 8, 9, No), plan(225, 10, 10, No), plan(226, 8, 8, No),
    plan(227, 8, 8, No), plan(228, 8, 8, No), plan(229, 8, 10, No), plan(230, 7, 10, No),
    plan(231, 7, 9, Zero), plan(232, 8, 8, Zero), plan(233, 8, 9, Zero), plan(234, 7, 11, Zero),
    plan(235, 8, 8, No), plan(236, 8, 8, No), plan(237, 8, 9, No), plan(238, 7, 7, No),
    plan(239, 7, 7, No), plan(240, 9, 9, No), plan(241, 7, 8, No), plan(242, 9, 9, No),
    plan(243, 7, 10, Zero), plan(244, 9, 9, No), plan(245, 7, 9, No), plan(246, 7, 7, No),
    plan(247, 4, 6, No), plan(248, 7, 7, No), plan(249, 9, 9, Zero), plan(250, 8, 9, Zero),
    plan(251, 9, 9, Zero), plan(252, 6, 9, Zero), plan(253, 8, 8, No), plan(254, 7, 10, Zero),
    plan(255, 9, 9, Zero), plan(256, 9, 9, Zero), plan(257, 8, 8, No), plan(258, 8, 9, No),
    plan(260, 9, 9, Zero), plan(261, 9, 10, Zero), plan(262, 9, 9, Zero), plan(263, 5, 10, Zero),
    plan(264, 8, 9, Zero), plan(265, 7, 9, Zero), plan(266, 8, 8, No), plan(267, 7, 8, No),
    plan(268, 8, 9, No), plan(269, 7, 7, No), plan(290, 4, 5, No), plan(291, 7, 7, Zero),
    plan(297, 7, 7, No), plan(298, 6, 6, No), plan(299, 6, 6, No),
    // Europe.
    plan(350, 8, 8, No), plan(351, 9, 9, No), plan(352, 4, 11, No), plan(353, 7, 10, Zero),
    plan(354, 7, 9, No), plan(355, 6, 9, Zero), plan(356, 8, 8, No), plan(357, 8, 8, No),
    plan(358, 5, 12, Zero), plan(359, 6, 9, Zero), plan(370, 8, 8, Zero), plan(371, 8, 8, No),
    plan(372, 7, 10, No), plan(373, 8, 8, Zero), plan(374, 8, 8, Zero), plan(375, 9, 10, EightZero),
    plan(376, 6, 9, No), plan(377, 8, 9, Zero), plan(378, 6, 10, No), plan(380, 9, 10, Zero),
    plan(381, 6, 12, Zero), plan(382, 8, 9, Zero), plan(383, 8, 12, Zero), plan(385, 6, 9, Zero),
    plan(386, 5, 8, Zero), plan(387, 8, 9, Zero), plan(389, 8, 8, Zero), plan(420, 9, 12, No),
    plan(421, 6, 9, Zero), plan(423, 7, 9, No),
    // The Americas.
    plan(500, 5, 5, No), plan(501, 7, 11, No), plan(502, 8, 11, No), plan(503, 7, 11, No),
    plan(504, 8, 11, No), plan(505, 8, 8, No), plan(506, 8, 10, No), plan(507, 7, 11, No),
    plan(508, 6, 9, Zero), plan(509, 8, 8, No), plan(590, 9, 9, Zero), plan(591, 7, 9, Zero),
    plan(592, 7, 7, No), plan(593, 8, 11, Zero), plan(594, 9, 9, Zero), plan(595, 6, 11, Zero),
    plan(596, 9, 9, Zero), plan(597, 6, 7, No), plan(598, 7, 10, Zero), plan(599, 7, 8, No),
    // The Pacific.
    plan(670, 7, 8, No), plan(672, 5, 6, No), plan(673, 7, 7, No), plan(674, 7, 7, No),
    plan(675, 7, 11, No), plan(676, 5, 7, No), plan(677, 5, 7, No), plan(678, 5, 7, No),
    plan(679, 7, 11, No), plan(680, 7, 7, No), plan(681, 6, 9, No), plan(682, 5, 5, No),
    plan(683, 4, 7, No), plan(685, 5, 10, No), plan(686, 5, 8, No), plan(687, 6, 6, No),
    plan(688, 5, 7, No), plan(689, 6, 9, No), plan(690, 4, 7, No), plan(691, 7, 7, No),
    plan(692, 7, 7, No),
    // Services that belong to no country: freephone, shared cost, satellites, networks, premium.
    plan(800, 8, 8, No), plan(808, 8, 8, No), plan(870, 9, 12, No), plan(878, 10, 12, No),
    plan(881, 8, 12, No), plan(882, 7, 12, No), plan(883, 7, 12, No), plan(979, 9, 9, No),
    // Asia.
    plan(850, 6, 10, Zero), plan(852, 8, 11, No), plan(853, 7, 8, No), plan(855, 8, 10, Zero),
    plan(856, 8, 10, Zero), plan(880, 6, 10, Zero), plan(886, 7, 10, Zero), plan(960, 7, 10, No),
    plan(961, 7, 8, Zero), plan(962, 8, 9, Zero), plan(963, 8, 9, Zero), plan(964, 8, 10, Zero),
    plan(965, 7, 8, No), plan(966, 8, 10, Zero), plan(967, 7, 9, Zero), plan(968, 7, 9, No),
    plan(970, 8, 10, Zero), plan(971, 5, 12, Zero), plan(972, 7, 12, Zero), plan(973, 8, 8, No),
    plan(974, 7, 8, No), plan(975, 7, 8, No), plan(976, 8, 10, Zero), plan(977, 8, 11, Zero),
    plan(992, 9, 9, No), plan(993, 8, 8, Eight), plan(994, 9, 9, Zero), plan(995, 9, 9, Zero),
    plan(996, 9, 10, Zero), plan(998, 9, 9, No),
];

impl Plan {
    /// The plan of a calling code, if there is such a code.
    pub(super) fn of(code: CallingCode) -> Option<Self> {
        PLANS.iter().find(|plan| plan.code == code.0).copied()
    }

    /// The plan of an international number (code and national number), and how many digits its code has.
    pub(super) fn of_international(digits: &str) -> Option<(Self, usize)> {
        (1..=3).find_map(|length| {
            let code = digits.get(..length)?.parse().ok()?;
            // "044" is no way to write 44.
            if digits.starts_with('0') { None } else { Some((Self::of(CallingCode(code))?, length)) }
        })
    }

    /// What is dialled at home to reach another country, besides `00`.
    pub(super) const fn international_prefix(code: CallingCode) -> &'static str {
        match code.0 {
            1 => "011",
            7 => "810",
            61 => "0011",
            62 | 65 | 66 | 82 | 852 | 855 => "001",
            81 => "010",
            886 => "002",
            _ => "00",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_prefix_free_and_lengths_fit_e164() {
        let codes: Vec<String> = PLANS.iter().map(|plan| plan.code.to_string()).collect();
        for (at, plan) in PLANS.iter().enumerate() {
            let code = &codes[at];
            assert!(plan.shortest <= plan.longest, "{code}");
            assert!(code.len() + usize::from(plan.longest) <= 15, "{code} is too long");
            assert!(code.len() + usize::from(plan.shortest) >= 7, "{code} is too short");
            for (other_at, other) in codes.iter().enumerate() {
                assert!(other_at == at || !other.starts_with(code.as_str()), "{code} and {other}");
            }
        }
    }

    #[test]
    fn the_code_is_found_in_front() {
        let found = |digits| Plan::of_international(digits).map(|(plan, length)| (plan.code, length));
        assert_eq!(found("16195550142"), Some((1, 1)));
        assert_eq!(found("442079460018"), Some((44, 2)));
        assert_eq!(found("35312345678"), Some((353, 3)));
        assert_eq!(found("0442079460018"), None);
        assert_eq!(found("2101234567"), None);
        assert_eq!(found(""), None);
    }
}
