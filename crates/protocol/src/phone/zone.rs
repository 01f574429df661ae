//! Which time zone a phone number is of, as far as its digits say so: by its area code in North America, elsewhere by its country.
//!
//! Source: the plans of the North American Numbering Plan Administrator and the IANA time zone database. Where an area code or a country is
//! in several zones, it is that in which most people live; a number that was taken along to another place is not known to be there.
//! Always holds: a zone stands for all that have kept the same clocks since 2022, so few are named.

use super::{CallingCode, PhoneNumber};

/// Zones with the area codes of North America and the Caribbean in them, three digits each.
const AREAS: &[(&str, &str)] = &[
    (
        "America/New_York",
        "201202203207212215216219220223226227229231234239240242248249252260263267269270272276283289301302304305313315317\
         321324326329330332336339343347351352354363364365367380382386401404407410412413416418419434437438440443445448450\
         463468470472475478484502508513514516517518519540548551561567570571574579581582585586603606607609610613614616617\
         631640645646647649656667678680681683686703704705706716717718724727728732734740742743753754757762765770771772774\
         781786802803804807810812813814819821826828835838839843845848850854856857859860862863864865873878904905906908910\
         912914917919929930934937941942943947948954959973978980984989",
    ),
    (
        "America/Chicago",
        "204205210214217218224225228235251254256262274281308309312314316318319320325327331334337346353361402405409414417\
         423430431432447464469474479501504507512515531534539557563572573580584601605608612615618620629630636641651659660\
         662682689701708712713715726730731737763769773779785806815816817830832847870872901903913918920931936938940945952\
         956972975979985",
    ),
    (
        "America/Los_Angeles",
        "206209213236250253257279310323341350360369408415424425442458503509510530541559562564604619626628650657661669672\
         702707714725738747760775778805818820831840858909916925949951971",
    ),
    ("America/Denver", "208303307368385403406435505575587719720748780801825915970983986"),
    ("America/Puerto_Rico", "246264268284340473664721758767784787809829849868869939"),
    ("America/Phoenix", "480520602623867928"),
    ("America/Halifax", "428441506782902"),
    ("America/Jamaica", "345658876"),
    ("America/Regina", "306639"),
    ("Pacific/Guam", "670671"),
    ("America/St_Johns", "709879"),
    ("Pacific/Pago_Pago", "684"),
    ("Pacific/Honolulu", "808"),
    ("America/Anchorage", "907"),
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
        let code = self.calling_code()?;
        if code == CallingCode(1) {
            let area = self.0.to_string();
            let area = area.get(1..4)?.as_bytes();
            let is_in = |areas: &&(&str, &str)| areas.1.as_bytes().chunks_exact(3).any(|one| one == area);
            return AREAS.iter().find(is_in).map(|(zone, _)| *zone);
        }
        let code = [" ", &code.0.to_string(), " "].concat();
        COUNTRIES.iter().find(|(_, codes)| codes.contains(&code)).map(|(zone, _)| *zone)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

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
            ("+999024273", None),
        ] {
            assert_eq!(PhoneNumber::from_e164(number).unwrap().time_zone(), zone, "{number}");
        }
    }

    #[test]
    fn no_area_and_no_country_is_in_two_zones() {
        let mut areas = BTreeSet::new();
        for area in AREAS.iter().flat_map(|(_, areas)| areas.as_bytes().chunks(3)) {
            assert!(area.len() == 3 && (b'2'..=b'9').contains(&area[0]) && areas.insert(area), "{area:?}");
        }
        let mut countries = BTreeSet::new();
        for code in COUNTRIES.iter().flat_map(|(_, codes)| codes.split_whitespace()) {
            let number: u16 = code.parse().unwrap();
            assert!(super::super::plan::Plan::of(CallingCode(number)).is_some() && countries.insert(number), "{code}");
        }
    }
}
