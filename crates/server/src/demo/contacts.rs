//! The address book of the demo: those who appear in the story, and many more whom a marina knows.

use halyard_protocol::{ContactDraft, ContactNumber, ContactScope, NumberLabel, PhoneNumber};

use super::story::number;

const GIVEN: &str = "\
    Adaeze Alan Anya Beatriz Bruno Carmen Cedric Delphine Dmitri Elena Farah Felix Gita Gunnar Hassan Imogen \
    Isaac Jacinta Jun Kamala Kofi Lars Leila Malik Maren Miguel Nadia Nils Olga Omar Paloma Quentin Rania \
    Reuben Saoirse Sergio Tamar Teodor Uma Valentina Walter Xiomara Yusuf Zelda Hugo Ines Dalia Patrick Meera \
    Thomas";

const FAMILY: &str = "\
    Abbott Almeida Andersen Baptiste Barros Bianchi Carver Chowdhury Dahl Delgado Engström Falk Fonseca \
    Galloway Gupta Hale Hoang Ibarra Jansen Jourdain Kim Kruger Larkin Lopes MacRae Mbeki Mercer Nakamura \
    Navarro O'Brien Ortiz Palmer Quinn Reyes Rossi Sandoval Santos Schreiber Tran Underhill Vargas Voss \
    Watanabe Winters Yilmaz Young Zapata";

const COMPANIES: [(&str, &str); 36] = [
    ("Bluewater Rigging", "bluewaterrigging"),
    ("Pelican Marine Supply", "pelicanmarine"),
    ("Coronado Canvas", "coronadocanvas"),
    ("Tidewater Electric", "tidewaterelectric"),
    ("Anchor & Oak Joinery", "anchorandoak"),
    ("Point Loma Diesel", "pointlomadiesel"),
    ("Seabright Detailing", "seabright"),
    ("Kestrel Yacht Brokers", "kestrelyachts"),
    ("Bayline Towing", "baylinetowing"),
    ("Gray Whale Charters", "graywhale"),
    ("Halcyon Insurance", "halcyoninsurance"),
    ("Mission Bay Divers", "missionbaydivers"),
    ("Saltgrass Catering", "saltgrass"),
    ("Lighthouse Laundry", "lighthouselaundry"),
    ("Marlin Electronics", "marlinelectronics"),
    ("North Cove Upholstery", "northcove"),
    ("Osprey Surveying", "ospreysurveying"),
    ("Pacific Zinc & Prop", "pacificzinc"),
    ("Quarterdeck Books", "quarterdeck"),
    ("Ropewalk Cordage", "ropewalk"),
    ("Sandpiper Events", "sandpiperevents"),
    ("Starboard Signs", "starboardsigns"),
    ("Sunset Pump-Out", "sunsetpumpout"),
    ("Trident Security Systems", "tridentsecurity"),
    ("Upwind Sailmakers", "upwindsails"),
    ("Vista Flowers", "vistaflowers"),
    ("Waterline Paint", "waterlinepaint"),
    ("West Basin Crane", "westbasincrane"),
    ("Windrose Travel", "windrose"),
    ("Yardarm Coffee", "yardarm"),
    ("Zephyr Kites", "zephyrkites"),
    ("Harborside Plumbing", "harborsideplumbing"),
    ("Blue Heron School", "blueheron"),
    ("Cabrillo Freight", "cabrillofreight"),
    ("Driftwood Photo", "driftwood"),
    ("Fairlead Legal", "fairlead"),
];

/// Area codes whose 555-0100 to 555-0199 these contacts have; none of them is the story's or the businesses'.
const AREAS: [&str; 9] = ["760", "949", "714", "310", "415", "206", "503", "808", "602"];

/// Contact number `n` of the address book, always the same.
pub(super) fn filler(n: usize) -> ContactDraft {
    // Steps that share no factor with the lists' lengths: no two contacts have the same name.
    let given = pick(GIVEN, n * 7);
    let family = pick(FAMILY, n * 5 + n / GIVEN.split(' ').count());
    let (company, host) = COMPANIES[(n * 11) % COMPANIES.len()];
    let main = line(n);
    let mut numbers = vec![ContactNumber::new(NumberLabel::Mobile, main)];
    if n.is_multiple_of(3) {
        numbers.push(ContactNumber::new(NumberLabel::Work, line(n + 300)));
    }
    if n.is_multiple_of(10) {
        numbers.push(ContactNumber::new(NumberLabel::Fax, line(n + 600)));
    }
    let user = format!("{}.{}", given.to_lowercase(), family.to_lowercase()).replace(['\'', 'ö'], "o");
    ContactDraft {
        scope: ContactScope::Shared,
        given: if n.is_multiple_of(17) { String::new() } else { given.to_owned() },
        family: if n.is_multiple_of(17) { String::new() } else { family.to_owned() },
        company: if n % 4 == 1 { String::new() } else { company.to_owned() },
        emails: if n % 5 == 2 { Vec::new() } else { vec![format!("{user}@{host}.example")] },
        numbers,
        ..ContactDraft::default()
    }
}

fn pick(list: &'static str, n: usize) -> &'static str {
    let count = list.split(' ').count();
    list.split(' ').nth(n % count).unwrap_or_default()
}

fn line(n: usize) -> PhoneNumber {
    number(&format!("{}-{:04}", AREAS[(n / 100) % AREAS.len()], 100 + n % 100))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_contact_is_sound_and_nobody_is_there_twice() {
        let mut numbers = HashSet::new();
        let mut names = HashSet::new();
        for n in 0..300 {
            let draft = filler(n);
            assert_eq!(draft.check(), Ok(()), "{draft:?}");
            assert!(draft.numbers.iter().all(|entry| numbers.insert(entry.number)), "{draft:?}");
            if !draft.given.is_empty() {
                assert!(names.insert((draft.given.clone(), draft.family.clone())), "{draft:?}");
            }
        }
    }
}
