//! The people of the demo: a marina and a boat builder. All of them are invented.

use halyard_protocol::{Availability, Role};

/// A user of the demo.
pub(super) struct Person {
    pub(super) extension: &'static str,
    pub(super) name: &'static str,
    pub(super) department: &'static str,
    pub(super) role: Role,
    pub(super) availability: Availability,
    pub(super) status: &'static str,
}

/// A number of the demo: area code and line, name, largest group, and who texts from it.
pub(super) struct OwnNumber {
    pub(super) number: &'static str,
    pub(super) label: &'static str,
    pub(super) group: u8,
    pub(super) users: &'static [&'static str],
}

/// A tenant of the demo.
pub(super) struct Business {
    pub(super) domain: &'static str,
    pub(super) name: &'static str,
    pub(super) people: &'static [Person],
    pub(super) lines: &'static [OwnNumber],
}

const fn person(extension: &'static str, name: &'static str, department: &'static str) -> Person {
    let (role, availability, status) = (Role::Basic, Availability::Available, "");
    Person { extension, name, department, role, availability, status }
}

impl Person {
    const fn with_role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    const fn says(mut self, availability: Availability, status: &'static str) -> Self {
        self.availability = availability;
        self.status = status;
        self
    }
}

pub(super) const HARBOR: Business = Business {
    domain: "harbor",
    name: "Harbor Marina",
    people: &[
        person("1001", "Maya Okafor", "Front Office")
            .with_role(Role::Administrator)
            .says(Availability::Available, "At the desk until 5"),
        person("1002", "Devon Kerr", "Dock Crew").says(Availability::Available, "On C dock"),
        person("1003", "Priya Raman", "Fuel Dock"),
        person("1004", "Tomás Aguilar", "Harbor Master").with_role(Role::OfficeManager),
        person("1005", "Grace Lindqvist", "Front Office"),
        person("1006", "Samir Haddad", "Boatyard").with_role(Role::Supervisor),
        person("1007", "Noor Rahimi", "Boatyard").says(Availability::Busy, "Travel lift until 3"),
        person("1008", "Eli Novak", "Boatyard"),
        person("1009", "Hana Fujimoto", "Accounting").with_role(Role::OfficeManager),
        person("1010", "Marcus Bell", "Security").with_role(Role::Supervisor),
        person("1011", "Ingrid Solberg", "Charters"),
        person("1012", "Rafael Duarte", "Events").says(Availability::Away, "Walk-through at the pavilion"),
        person("1013", "Aisha Bello", "Events"),
        person("1014", "Connor Walsh", "Dock Crew"),
        person("1015", "Lucía Ferrer", "Dock Crew"),
        person("1016", "Jonas Weber", "Maintenance"),
        person("1017", "Thandiwe Nkosi", "Front Office"),
        person("1018", "Viktor Petrov", "Maintenance"),
        person("1019", "Amelia Hart", "Sailing School").with_role(Role::Supervisor),
        person("1020", "Kenji Morita", "Sailing School"),
        person("1021", "Leilani Kahale", "Sailing School"),
        person("1022", "Oskar Lindgren", "Fuel Dock"),
        person("1023", "Fatima Zahra", "Ship's Store"),
        person("1024", "Daniel Osei", "Ship's Store"),
        person("1025", "Bridget Doyle", "Accounting"),
        person("1026", "Mateo Rivas", "Night Shift"),
        person("1027", "Yara Haddad", "Night Shift"),
        person("1028", "Pavel Dvorak", "Night Shift").says(Availability::DoNotDisturb, "Asleep until 16:00"),
        person("1029", "Chiara Romano", "Galley Café"),
        person("1030", "Ben Adeyemi", "Galley Café"),
        person("1031", "Sofia Marchetti", "Charters"),
        person("1032", "Wei Zhang", "Information Systems").with_role(Role::Administrator),
        person("1033", "Ruth Abrams", "Human Resources"),
        person("1034", "Anders Holm", "Rigging"),
        person("1035", "Camille Laurent", "Rigging"),
        person("1036", "Tariq Mahmood", "Security"),
        person("1037", "Nina Kowalski", "Housekeeping"),
        person("1038", "Joaquín Mora", "Parking"),
        person("1039", "Esther Mwangi", "Environmental"),
        person("1040", "George Papadakis", "General Manager").with_role(Role::Administrator),
    ],
    lines: &[
        OwnNumber { number: "619-0101", label: "Front desk", group: 10, users: &["1001", "1005", "1017"] },
        OwnNumber { number: "619-0102", label: "Slip rentals", group: 10, users: &["1001"] },
        OwnNumber { number: "619-0103", label: "Events", group: 8, users: &["1001", "1012", "1013"] },
        OwnNumber { number: "619-0104", label: "Fuel dock", group: 10, users: &["1003", "1022"] },
        OwnNumber { number: "619-0105", label: "Boatyard", group: 10, users: &["1006", "1007"] },
        OwnNumber { number: "619-0106", label: "Charters", group: 20, users: &["1011", "1031"] },
        OwnNumber { number: "619-0107", label: "Dock crew", group: 0, users: &["1002"] },
        OwnNumber { number: "619-0108", label: "Sailing school", group: 10, users: &["1019"] },
        OwnNumber { number: "619-0109", label: "Security", group: 0, users: &["1010", "1026"] },
    ],
};

pub(super) const ATLAS: Business = Business {
    domain: "atlas",
    name: "Atlas Boatworks",
    people: &[
        person("1001", "Rosa Whitaker", "Workshop").with_role(Role::Administrator),
        person("1002", "Ian Castellanos", "Sales").with_role(Role::OfficeManager),
        person("1003", "Mirela Popescu", "Paint Shop"),
        person("1004", "Obi Nwosu", "Workshop"),
    ],
    lines: &[
        OwnNumber { number: "858-0110", label: "Workshop", group: 10, users: &["1001", "1004"] },
        OwnNumber { number: "858-0111", label: "Sales", group: 10, users: &["1002"] },
    ],
};
