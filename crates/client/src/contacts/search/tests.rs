use std::collections::BTreeMap;

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug, Default)]
struct Person {
    name: String,
    company: String,
    emails: Vec<String>,
    extension: String,
    numbers: Vec<PhoneNumber>,
}

impl Person {
    fn new(name: &str, company: &str, email: &str, extension: &str, number: &str) -> Self {
        Self {
            name: name.into(),
            company: company.into(),
            emails: [email].iter().filter(|text| !text.is_empty()).map(|text| (*text).to_owned()).collect(),
            extension: extension.into(),
            numbers: PhoneNumber::from_e164(number).into_iter().collect(),
        }
    }

    fn fields(&self) -> Fields<'_> {
        Fields {
            name: &self.name,
            company: &self.company,
            emails: &self.emails,
            extension: &self.extension,
            numbers: &self.numbers,
        }
    }
}

fn harbor() -> SearchIndex<u32> {
    let people = [
        Person::new("Maya Delgado", "Kittiwake", "maya@kittiwake.example", "", "+16195550142"),
        Person::new("Priya Iyer", "Sales", "", "1014", ""),
        Person::new("Jürgen Weiß", "Delgado & Söhne", "", "", "+4930901820"),
        Person::new("Theo Brandt", "Maya Boats", "theo@example.com", "", "+442079460018"),
        Person::new("Alexandra Papadopoulos", "", "", "", "+16195550177"),
        Person::new("Mayara Stone", "", "", "1001", ""),
    ];
    let mut index = SearchIndex::default();
    for (key, person) in (0..).zip(&people) {
        index.insert(key, person.fields());
    }
    index
}

fn keys(index: &SearchIndex<u32>, query: &str) -> Vec<u32> {
    index.search(query, 20).iter().map(|hit| hit.key).collect()
}

#[test]
fn words_are_found_by_their_beginning_and_ranked() {
    let index = harbor();
    // The word itself in the name, then in the company, then the beginning of a name.
    assert_eq!(keys(&index, "maya"), [0, 3, 5]);
    assert_eq!(keys(&index, "MAYA d"), [0]);
    assert_eq!(keys(&index, "delgado"), [0, 2]);
    assert_eq!(keys(&index, "jurgen weiss"), [2]);
    assert_eq!(keys(&index, "kittiwake.exa"), [0]);
    assert_eq!(keys(&index, "aya"), [0; 0]);
    assert_eq!(keys(&index, ""), [0; 0]);
    assert_eq!(keys(&index, " - "), [0; 0]);
}

#[test]
fn numbers_are_found_by_digits_as_they_are_typed() {
    let index = harbor();
    for query in ["6195550142", "(619) 555-0142", "+1 619 555 0142", "0142", "619 555 014", "619-555-0142 maya"] {
        assert_eq!(keys(&index, query), [0], "{query}");
    }
    assert_eq!(keys(&index, "619"), [4, 0]);
    assert_eq!(keys(&index, "61"), [0; 0]);
    assert_eq!(keys(&index, "020 7946"), [3]);
    assert_eq!(keys(&index, "+44 (0)20 7946 0018"), [3]);
    assert_eq!(keys(&index, "030 9018"), [2]);
    assert_eq!(keys(&index, "1014"), [1]);
    assert_eq!(keys(&index, "10"), [5, 1]);
}

#[test]
fn typos_are_forgiven_when_little_else_is_found() {
    let index = harbor();
    for query in ["delgdao", "delgaddo", "delgado", "dalgado", "elgado"] {
        assert_eq!(keys(&index, query)[0], 0, "{query}");
    }
    assert_eq!(keys(&index, "papadopulso"), [4]);
    assert!(index.search("papadopulso", 5)[0].by_typo);
    assert!(!index.search("papa", 5)[0].by_typo);
    assert_eq!(keys(&index, "iyr"), [0; 0]);
    assert_eq!(keys(&index, "iyerr"), [1]);
    // What is found as typed stands first.
    assert_eq!(keys(&index, "mayar"), [5, 0, 3]);
}

#[test]
fn what_is_removed_or_replaced_is_no_longer_found() {
    let mut index = harbor();
    assert!(index.remove(0));
    assert!(!index.remove(0));
    assert_eq!(keys(&index, "maya d"), [0; 0]);
    index.insert(3, Person::new("Theo Brandt", "Atlas Boatworks", "", "", "").fields());
    assert_eq!(keys(&index, "atlas"), [3]);
    assert_eq!(keys(&index, "maya boats"), [0; 0]);
    assert_eq!(index.len(), 5);
}

#[test]
fn a_filter_does_not_starve_the_list() {
    let mut index = SearchIndex::default();
    for key in 0..500_u32 {
        index.insert(key, Fields { name: &format!("Maya {key:05}"), ..Fields::default() });
    }
    let hits = index.search_where("maya", 10, |key| key >= 490);
    assert_eq!(hits.iter().map(|hit| hit.key).collect::<Vec<_>>(), (490..500).collect::<Vec<_>>());
}

#[test]
fn many_changes_leave_few_runs() {
    let mut index = SearchIndex::default();
    for round in 0..5_u32 {
        for key in 0..1_000_u32 {
            index.insert(key, Fields { name: &format!("Maya {round} {key}"), ..Fields::default() });
        }
    }
    assert_eq!(index.len(), 1_000);
    let held: usize = index.runs.iter().map(|(_, run)| run.keys.len()).sum();
    assert!(held <= 2_000, "{held} entries are held for 1,000");
    assert!(index.runs.len() <= 16, "{} runs", index.runs.len());
    assert_eq!(index.search("4 999", 10).len(), 1);
    assert_eq!(index.search("3 999", 10).len(), 0);
}

#[test]
fn what_is_found_is_marked() {
    let marked = |text: &str, query: &str| -> Vec<String> {
        highlight(text, query).into_iter().map(|range| text[range].to_owned()).collect()
    };
    assert_eq!(marked("Maya Delgado", "del ma"), ["Ma", "Del"]);
    assert_eq!(marked("Jürgen Weiß", "jur weis"), ["Jür", "Weiß"]);
    assert_eq!(marked("Seán O’Brien", "obri"), ["O’Bri"]);
    assert_eq!(marked("maya@harbor.example", "maya@har"), ["maya", "har"]);
    assert_eq!(marked("(619) 555‑0142", "6195550"), ["619) 555‑0"]);
    assert_eq!(marked("(619) 555‑0142", "0142"), ["0142"]);
    assert_eq!(marked("020 7946 0018", "020 79"), ["020", "79"]);
    assert_eq!(marked("Maya", ""), [""; 0]);
}

/// The same search, the slow and obvious way.
mod oracle {
    use super::*;

    /// Edits (one letter wrong, missing, too many, or two neighbours swapped) from `a` to the best beginning of `b`.
    fn edits_to_beginning(a: &[char], b: &[char]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i == 0 {
                    j
                } else if j == 0 {
                    i
                } else {
                    let wrong = usize::from(a[i - 1] != b[j - 1]);
                    let mut cost = (table[i - 1][j - 1] + wrong).min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        cost = cost.min(table[i - 2][j - 2] + 1);
                    }
                    cost
                };
            }
        }
        table[a.len()].iter().copied().min().unwrap()
    }

    fn of_word(word: &str, wanted: &str, typos: bool) -> Option<u16> {
        if word == wanted {
            return Some(0);
        }
        if word.starts_with(wanted) {
            return Some(1);
        }
        let letters: Vec<char> = wanted.chars().collect();
        let most = match letters.len() {
            _ if !typos || wanted.bytes().all(|byte| byte.is_ascii_digit()) => 0,
            4..=7 => 1,
            8..=32 => 2,
            _ => 0,
        };
        let edits = edits_to_beginning(&letters, &word.chars().collect::<Vec<_>>());
        (1..=most).contains(&edits).then_some(2 + edits as u16)
    }

    fn of_number(number: PhoneNumber, digits: &str) -> Option<u16> {
        let international = number.value().to_string();
        let code = number.calling_code().map_or(0, |code| code.0.to_string().len());
        let national = &international[code..];
        let mut forms = vec![(digits, national), (digits, &international)];
        if let Some(rest) = digits.strip_prefix("011").or_else(|| digits.strip_prefix("00")) {
            forms.push((rest, &international));
        }
        if let Some(rest) = digits.strip_prefix('0').filter(|rest| !rest.starts_with('0')) {
            forms.push((rest, national));
        }
        forms.retain(|(digits, _)| !digits.is_empty());
        if digits.len() < 3 || digits.len() > 15 {
            None
        } else if forms.iter().any(|(digits, form)| digits == form) {
            Some(0)
        } else if forms.iter().any(|(digits, form)| form.starts_with(digits)) {
            Some(1)
        } else {
            (digits.len() >= 4 && international.contains(digits)).then_some(2)
        }
    }

    fn of_term(person: &Person, word: &str, digits: &str, typos: bool) -> Option<u16> {
        let mut costs = Vec::new();
        let fields: Vec<(&str, u16)> = [(&*person.name, 0), (&person.extension, 1), (&person.company, 2)]
            .into_iter()
            .chain(person.emails.iter().map(|email| (email.as_str(), 3)))
            .collect();
        for (text, field) in fields {
            fold::words(text, |known| {
                if !word.is_empty()
                    && let Some(class) = of_word(known, word, typos)
                {
                    costs.push((class << 3 | field) + if class > 2 { 256 } else { 0 });
                }
            });
        }
        let is_figure = digits.bytes().all(|byte| byte.is_ascii_digit());
        let numbers = person.numbers.iter().filter(|_| is_figure).filter_map(|&number| of_number(number, digits));
        costs.into_iter().chain(numbers.map(|class| class << 3 | 4)).min()
    }

    pub(super) fn search(people: &BTreeMap<u32, Person>, query: &str, limit: usize) -> Vec<u32> {
        let mut words = Vec::new();
        fold::words(query, |word| words.push(word.to_owned()));
        let found = |typos: bool| {
            let mut hits = Vec::new();
            for (&key, person) in people {
                let apart = words.iter().map(|word| of_term(person, word, word, typos)).sum::<Option<u16>>();
                let mut joined = Vec::new();
                let figure = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
                for chunk in words.chunk_by(|a, b| figure(a) && figure(b)) {
                    let digits: Vec<&str> = chunk
                        .iter()
                        .enumerate()
                        .filter(|(at, word)| *at == 0 || *word != "0")
                        .map(|(_, word)| &**word)
                        .collect();
                    let word = if chunk.len() == 1 { chunk[0].as_str() } else { "" };
                    joined.push(of_term(person, word, &digits.concat(), typos));
                }
                let joined = joined.into_iter().sum::<Option<u16>>();
                if let Some(cost) = [apart, joined].into_iter().flatten().min().filter(|_| !words.is_empty()) {
                    hits.push((cost, fold(&person.name), key));
                }
            }
            hits.sort();
            hits
        };
        let hits = found(false);
        let hits = if hits.len() < FEW.min(limit) { found(true) } else { hits };
        hits.into_iter().map(|(_, _, key)| key).take(limit).collect()
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[abc]{1,5}",
        2 => prop::sample::select(vec!["maya", "mayara", "delgado", "delgada", "alexandra", "aleksandr", "Ångström", "жанна", "12"])
            .prop_map(str::to_owned),
    ]
}

fn person() -> impl Strategy<Value = Person> {
    let number = prop_oneof![
        (0_u64..40).prop_map(|line| 16_195_550_100 + line),
        (0_u64..40).prop_map(|line| 442_079_460_000 + line),
        (0_u64..10).prop_map(|line| 35_312_345_670 + line),
    ];
    let number = number.prop_map(|value| PhoneNumber::from_e164(&format!("+{value}")).unwrap());
    let name = prop::collection::vec(word(), 0..3).prop_map(|words| words.join(" "));
    (name, word(), prop::collection::vec(word(), 0..2), "1[0-2]{3}|", prop::collection::vec(number, 0..3)).prop_map(
        |(name, company, emails, extension, numbers)| Person {
            name,
            company,
            emails: emails.into_iter().map(|word| format!("{word}@example.com")).collect(),
            extension,
            numbers,
        },
    )
}

fn query() -> impl Strategy<Value = String> {
    let mistyped = (word(), any::<prop::sample::Index>(), "[abcmx]").prop_map(|(word, at, letter)| {
        let mut letters: Vec<char> = word.chars().collect();
        let at = at.index(letters.len());
        letters[at] = letter.chars().next().unwrap();
        letters.into_iter().collect()
    });
    let piece = prop_oneof![4 => word(), 2 => mistyped, 3 => "[0-9]{1,6}", 1 => "619 ?555 ?01[0-3]?", 1 => "020 ?79"];
    prop::collection::vec(piece, 0..3).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn finds_what_the_slow_search_finds(
        changes in prop::collection::vec((0_u32..90, prop::option::weighted(0.8, person())), 0..150),
        queries in prop::collection::vec(query(), 1..8),
        limit in 1_usize..40,
    ) {
        let mut index = SearchIndex::default();
        let mut people = BTreeMap::new();
        for (key, person) in changes {
            match person {
                Some(person) => {
                    index.insert(key, person.fields());
                    people.insert(key, person);
                }
                None => {
                    prop_assert_eq!(index.remove(key), people.remove(&key).is_some());
                }
            }
        }
        prop_assert_eq!(index.len(), people.len());
        let odd = |key: u32| key % 2 == 1;
        let mut wanted: Vec<u32> = people.keys().copied().filter(|key| odd(*key)).collect();
        wanted.sort_by_key(|key| (people[key].name.trim().is_empty(), fold(&people[key].name), *key));
        prop_assert_eq!(index.in_order(odd), wanted);
        for query in queries {
            let hits: Vec<u32> = index.search(&query, limit).iter().map(|hit| hit.key).collect();
            prop_assert_eq!(hits, oracle::search(&people, &query, limit), "{}", query);
        }
    }

    #[test]
    fn any_query_is_searched_and_marked_without_panic(query in "\\PC{0,40}|[0-9 +()-]{0,30}", text in "\\PC{0,30}") {
        let mut index = harbor();
        index.insert(9, Fields { name: &text, ..Fields::default() });
        let _ = index.search(&query, 5);
        for range in highlight(&text, &query) {
            prop_assert!(text.get(range).is_some());
        }
    }
}
