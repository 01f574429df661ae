//! Times the search index with 100,000 contacts: `cargo run --release -p halyard-client --example search_bench`.
//!
//! Names are put together from a fixed list by a small generator, so every run searches the same people. Each figure
//! is the slowest and the middle one of 50 repetitions.

use std::time::{Duration, Instant};

use halyard_client::contacts::search::{Fields, SearchIndex};
use halyard_protocol::PhoneNumber;

const PEOPLE: u32 = 100_000;
const CHUNK: u32 = 5_000;
const REPETITIONS: usize = 50;
const SYLLABLES: [&str; 24] = [
    "ma", "del", "pri", "theo", "nor", "a", "lex", "is", "bran", "dt", "ka", "ri", "jo", "nas", "wil", "o", "fi", "el",
    "san", "ga", "ren", "tu", "vik", "mer",
];

/// Enough disorder for names (Knuth's multiplicative generator).
struct Disorder(u64);

impl Disorder {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn word(&mut self, syllables: usize) -> String {
        (0..syllables).map(|_| SYLLABLES[self.below(SYLLABLES.len())]).collect()
    }
}

fn main() {
    let mut disorder = Disorder(7);
    let mut index = SearchIndex::default();
    let (mut longest_insert, mut longest_chunk) = (Duration::ZERO, Duration::ZERO);
    let building = Instant::now();
    for chunk in 0..PEOPLE / CHUNK {
        let started = Instant::now();
        for key in chunk * CHUNK..(chunk + 1) * CHUNK {
            let name = [disorder.word(2), disorder.word(3)].join(" ");
            let company = [disorder.word(3).as_str(), "Boatworks"].join(" ");
            let emails = [[name.replace(' ', ".").as_str(), "@", &disorder.word(2), ".example"].concat()];
            let number = format!("+1{}555{:04}", 200 + disorder.below(800), disorder.below(10_000));
            let numbers: Vec<PhoneNumber> = PhoneNumber::from_e164(&number).into_iter().collect();
            let inserting = Instant::now();
            let fields = Fields { name: &name, company: &company, emails: &emails, extension: "", numbers: &numbers };
            index.insert(key, fields);
            longest_insert = longest_insert.max(inserting.elapsed());
        }
        longest_chunk = longest_chunk.max(started.elapsed());
    }
    println!("{PEOPLE} contacts built in {:?}", building.elapsed());
    println!("slowest chunk of {CHUNK}: {longest_chunk:?}; slowest insert: {longest_insert:?}");
    println!("{:>24} {:>8} {:>12} {:>12}", "query", "hits", "middle", "slowest");
    let queries = [
        "m",
        "ma",
        "mad",
        "made",
        "madel prior",
        "m d",
        "boat",
        "boatworks",
        "exa",
        "madel norka",
        "karisan",
        "wilmadel",
        "vikmertu",
        "mafielga",
        "xyzzy",
        "renntusan",
        "6",
        "619",
        "6195",
        "0142",
        "555",
        "619 555 0142",
        "619555",
        "ma 619",
    ];
    for query in queries {
        let mut times = Vec::new();
        let mut hits = 0;
        for _ in 0..REPETITIONS {
            let started = Instant::now();
            hits = index.search(query, 500).len();
            times.push(started.elapsed());
        }
        times.sort();
        println!("{query:>24} {hits:>8} {:>12.2?} {:>12.2?}", times[REPETITIONS / 2], times[REPETITIONS - 1]);
    }
    let removing = Instant::now();
    for key in (0..PEOPLE).step_by(10) {
        index.remove(key);
    }
    println!("a tenth of them removed in {:?}", removing.elapsed());
}
