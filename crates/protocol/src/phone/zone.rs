//! Which time zone a phone number is of, as far as its digits say so: by its area code in North America, elsewhere by its country.
//!
//! Source: the plans of the North American Numbering Plan Administrator and the IANA time zone database. Where an area code or a country is
//! in several zones, it is that in which most people live; a number that was taken along to another place is not known to be there.
//! Always holds: a zone stands for all that have kept the same clocks since 2022, so few are named.

use super::PhoneNumber;

/// The zone of each area code of North America and the Caribbean, by its letter in [`ZONES`]: a line for each hundred, from 200 on. A dot is an area
/// code of no place, or none.
const AREAS: &[u8; 800] = b"\
    .EEECCPEMPC.EPCEECCEE..ECCEECE.E..ECP..EE.E...A.EEPCEPC.CP..E.CEA..EAEE.E.C.E..P.C.EA....E..........\
    .EEMEERMCCP.CECECECCCE.PECEC.EECE.C.EC.EAP.E.JCE..PEECE.....PC.EEE.EMP..........E.E..ME.............\
    .ECMECMEPCE.EECPECEE...CPP..H.CCC.EM.EE.EHPE.E.CE.E.......P....EC...ECE.EACE..ECX...E...............\
    .CEPCMHCEPP.CEECEEEEX.........PC..C....CEP......E..E.....C.P.EPCP..E..EECCEM...ECEE.CEEM............\
    .CXEPCEECEE.CEECEECPC..X..P.PCCE....C..REC...EEE.EPC....EPJCCPC.A..E.PGGP.....E.EECES.E..C..........\
    .CPEEEEPCN..CCPCEEEMMA..EPCEE.CCE.E..CP.E.EE...PM....EE..EA.P.EC.E.A.CEEECEP..PCMEH.ACEA............\
    .MEEEPCEWAE.EEECCCPEPE...ME.EACPC..E..EEP..E.E.CEAE...E.EEPEE.EEEE.XAAC.CE..J.EN....................\
    .CHCEEELEPE.ECEMPECEC....P..XEEC..E.CECACEEE.C.EEP.PC.E.C..E..........MPCE.C..ECE..MECM..E..........\
    ";

/// The zones of [`AREAS`].
const ZONES: &[(u8, &str)] = &[
    (b'E', "America/New_York"),
    (b'C', "America/Chicago"),
    (b'P', "America/Los_Angeles"),
    (b'M', "America/Denver"),
    (b'A', "America/Puerto_Rico"),
    (b'X', "America/Phoenix"),
    (b'H', "America/Halifax"),
    (b'J', "America/Jamaica"),
    (b'R', "America/Regina"),
    (b'G', "Pacific/Guam"),
    (b'N', "America/St_Johns"),
    (b'S', "Pacific/Pago_Pago"),
    (b'W', "Pacific/Honolulu"),
    (b'L', "America/Anchorage"),
];

/// Zones with the calling codes of countries in them, a blank on both sides of each.
const COUNTRIES: &[(&str, &str)] = &[
    ("Europe/London", " 44 298 351 353 "),
    (
        "Europe/Paris",
        " 31 32 33 34 36 39 41 43 45 46 47 48 49 350 352 355 356 376 377 378 381 382 383 385 386 387 389 420 421 423 ",
    ),
    ("Europe/Athens", " 30 40 357 358 359 370 371 372 373 380 "),
    ("Europe/Moscow", " 7 90 375 "),
    ("Africa/Abidjan", " 220 221 222 223 224 225 226 228 231 232 233 245 354 "),
    ("Africa/Lagos", " 213 216 227 229 234 235 236 237 240 241 242 244 "),
    ("Africa/Johannesburg", " 27 250 257 258 260 263 265 266 267 268 "),
    ("Africa/Cairo", " 20 "),
    ("Asia/Beirut", " 961 "),
    ("Asia/Jerusalem", " 972 "),
    ("Asia/Riyadh", " 251 252 253 254 255 256 261 269 962 963 964 965 966 967 973 974 "),
    ("Asia/Tehran", " 98 "),
    ("Asia/Dubai", " 230 248 374 968 971 994 995 "),
    ("Asia/Karachi", " 92 960 992 993 998 "),
    ("Asia/Kolkata", " 91 94 "),
    ("Asia/Kathmandu", " 977 "),
    ("Asia/Dhaka", " 880 975 996 "),
    ("Asia/Yangon", " 95 "),
    ("Asia/Bangkok", " 62 66 84 855 856 "),
    ("Asia/Singapore", " 60 63 65 86 673 852 853 886 "),
    ("Asia/Tokyo", " 81 82 850 "),
    ("Australia/Sydney", " 61 "),
    ("Pacific/Auckland", " 64 "),
    ("America/Mexico_City", " 52 501 502 503 504 505 506 "),
    ("America/Bogota", " 51 57 507 593 "),
    ("America/Caracas", " 58 591 592 "),
    ("America/Santiago", " 56 "),
    ("America/Sao_Paulo", " 54 55 594 595 597 598 "),
    ("America/Havana", " 53 "),
    ("America/New_York", " 509 "),
    ("America/Puerto_Rico", " 297 590 596 599 "),
];

impl PhoneNumber {
    /// A time zone of the IANA database whose clocks are those of the number's place, if its digits say where that is.
    #[must_use]
    pub fn time_zone(self) -> Option<&'static str> {
        // A text may go to many, and this is asked at each key press: most numbers need no look at the plans of countries.
        if self.0 / 10_000_000_000 == 1 {
            let area = usize::try_from(self.0 / 10_000_000 % 1_000).ok()?;
            let letter = AREAS.get(area.checked_sub(200)?)?;
            return ZONES.iter().find(|(zone, _)| zone == letter).map(|(_, zone)| *zone);
        }
        let code = self.calling_code()?;
        let code = [" ", &code.0.to_string(), " "].concat();
        COUNTRIES.iter().find(|(_, codes)| codes.contains(&code)).map(|(zone, _)| *zone)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::CallingCode;

    #[test]
    fn numbers_have_the_clocks_of_their_place() {
        for (number, zone) in [
            ("+16195550142", Some("America/Los_Angeles")),
            ("+12125550142", Some("America/New_York")),
            ("+16055550142", Some("America/Chicago")),
            ("+16025550142", Some("America/Phoenix")),
            ("+19075550142", Some("America/Anchorage")),
            ("+18085550142", Some("Pacific/Honolulu")),
            ("+14165550142", Some("America/New_York")),
            ("+17095550142", Some("America/St_Johns")),
            ("+18005550142", None),
            ("+442079460018", Some("Europe/London")),
            ("+33123456789", Some("Europe/Paris")),
            ("+5215512345678", Some("America/Mexico_City")),
            ("+919876543210", Some("Asia/Kolkata")),
            ("+80012345678", None),
            ("+12005550142", None),
            ("+16195550", None),
            ("+999024273", None),
        ] {
            assert_eq!(PhoneNumber::from_e164(number).unwrap().time_zone(), zone, "{number}");
        }
    }

    #[test]
    fn each_area_and_each_country_is_in_one_zone_at_most() {
        for letter in AREAS {
            assert!(*letter == b'.' || ZONES.iter().filter(|(zone, _)| zone == letter).count() == 1, "{letter}");
        }
        let mut countries = BTreeSet::new();
        for code in COUNTRIES.iter().flat_map(|(_, codes)| codes.split_whitespace()) {
            let number: u16 = code.parse().unwrap();
            assert!(super::super::plan::Plan::of(CallingCode(number)).is_some() && countries.insert(number), "{code}");
        }
    }
}
