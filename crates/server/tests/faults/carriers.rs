//! The server is killed a hundred times at random moments, while texts leave for phones outside and come from there.
//!
//! A carrier that has a text has it once, whatever became of the server between its "taken" and our commit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use halyard_protocol::rest::SendMessage;
use halyard_protocol::{Destination, Message, MessageId, Peer, PhoneNumber, UnixMs};
use hyper::Method;
use serde_json::json;
use tokio::sync::watch;

use crate::crowd::{Client, PAUSE};
use crate::dice::{Dice, rounds};
use crate::outside::{Outside, Told};
use crate::people::{People, Person};
use crate::site::{Database, Kind, Live, Server, folder};
use crate::truth::Truth;

/// The phones, and how each behaves.
const PHONES: [(&str, &str); 6] = [
    ("+12025550110", "delivers"),
    ("+12025550111", "reports_first"),
    ("+12025550112", "loses_answer"),
    ("+12025550113", "never_confirms"),
    ("+12025550114", "reports_first"),
    ("+12025550115", "throttles"),
];
/// The one that is sent nothing alone, as who is asked to wait keeps its number's other texts waiting.
const THROTTLES: usize = 5;
/// Phones that write to us.
const WRITERS: [&str; 3] = ["+12025550120", "+12025550121", "+12025550122"];
/// Recipients of texts that are being handed over, as far as the database knows.
const IN_DOUBT: &str = "SELECT COUNT(*) FROM deliveries WHERE submitting_at IS NOT NULL AND state = 'accepted'";
/// How long all that is left may take: as long as claims of servers that died go on, and the pauses between tries.
const SETTLING: Duration = Duration::from_secs(240);

/// A text that was acknowledged.
struct Sent {
    id: MessageId,
    answer: Message,
    body: String,
}

async fn killed(kind: Kind) {
    let mut dice = Dice::new(&format!("carriers on {kind:?}"));
    let (database, folder) = (Database::new(kind), folder());
    let people = People::seed(&database.address).await;
    let mut outside = Outside::start(&database.address, &people, folder.path()).await;
    for (phone, behavior) in PHONES {
        outside.set(phone, behavior).await;
    }
    let live = Live::default();
    let (stop, stopped) = watch::channel(false);
    let (count, mut acknowledged) = watch::channel(0_u64);
    let count = Arc::new(count);
    let senders: Vec<_> = people
        .senders
        .iter()
        .enumerate()
        .map(|(index, person)| {
            let client = Client::new(&live, person, &mut dice);
            let sender = Sender { client, dice: dice.fork(), index, person: person.clone(), count: Arc::clone(&count) };
            tokio::spawn(sender.run(stopped.clone()))
        })
        .collect();

    let mut writers: Vec<Writer> = WRITERS.iter().map(|phone| Writer { phone, written: Vec::new() }).collect();
    let mut server = Server::start(&database.address, &live);
    let address = server.address();
    let mut in_doubt = 0;
    for _ in 0..rounds(100) {
        outside.look().await;
        for writer in &mut writers {
            writer.turn(&outside, &people, &mut dice).await;
        }
        let goal = *acknowledged.borrow() + 1 + dice.below(6);
        let heard = tokio::time::timeout(Duration::from_secs(60), acknowledged.wait_for(|count| *count >= goal));
        heard.await.expect("nothing is acknowledged any more").unwrap();
        tokio::time::sleep(Duration::from_micros(dice.below(400_000))).await;
        server.kill();
        // These may be with the carrier, and nobody has written down that they are.
        let truth = Truth::of(&database.address).await;
        in_doubt += truth.number(IN_DOUBT).await;
        server = Server::again(&database.address, &live, address);
    }
    stop.send(true).unwrap();
    let mut sent = Vec::new();
    for sender in senders {
        sent.push(sender.await.unwrap());
    }
    let truth = settled(&database.address, &mut outside).await;
    eprintln!(
        "{} texts, {in_doubt} times one was in doubt after a kill; {} taken, {} brought",
        sent.iter().map(Vec::len).sum::<usize>(),
        outside.taken.len(),
        outside.brought.len()
    );
    assert!(in_doubt > 0, "no kill was between the carrier's answer and the commit");
    is_kept(&truth, &people, &sent).await;
    is_taken_once(&truth, &outside).await;
    has_arrived(&truth, &outside, &writers).await;
    truth.nothing("no job died", "SELECT lane, position, reason FROM dead_jobs").await;
    drop(truth);
    assert!(server.stop(), "a server that is asked to stop ends well");
}

/// Waits until nothing is under way, on either side.
async fn settled(database: &str, outside: &mut Outside) -> Truth {
    let truth = Truth::of(database).await;
    let end = Instant::now() + SETTLING;
    loop {
        // No text is left to be handed over; then nothing is left that the simulator says of one; then nothing of that is left to be taken in.
        // Looked at all the while, as it keeps its newest texts only.
        let all_left = truth.is_settled().await;
        let under_way = outside.look().await;
        if all_left && !under_way && truth.is_settled().await {
            return truth;
        }
        assert!(Instant::now() < end, "something is left: {:?}", truth.jobs().await);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// What was acknowledged is there, each once, in each sender's order; and nothing else is.
async fn is_kept(truth: &Truth, people: &People, sent: &[Vec<Sent>]) {
    let rows = truth
        .rows(
            "SELECT author, conversation, seq, id, body FROM messages WHERE inbound = FALSE ORDER BY conversation, seq",
        )
        .await;
    for (person, sent) in people.senders.iter().zip(sent) {
        let author = person.id.to_string();
        let found: BTreeSet<&[String]> = rows.iter().filter(|row| row[0] == author).map(|row| &row[1..]).collect();
        assert_eq!(found.len(), sent.len(), "nothing is there that was not acknowledged in the end");
        for Sent { id, answer, body } in sent {
            let expected = [answer.conversation.to_string(), answer.seq.to_string(), id.to_string(), body.clone()];
            assert!(found.contains(&expected[..]), "an acknowledged text is lost: {expected:?}");
        }
    }
    assert_eq!(rows.len(), sent.iter().map(Vec::len).sum::<usize>());
}

/// The carrier has each text once; one that its author sees as not confirmed at most once. Those of a conversation are in order.
async fn is_taken_once(truth: &Truth, outside: &Outside) {
    for (reference, times) in outside.references().await {
        assert!(times <= 1, "{reference} was taken {times} times");
    }
    let mut taken: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut last: BTreeMap<String, u64> = BTreeMap::new();
    for text in &outside.taken {
        taken.entry(&text.reference).or_default().push(&text.body);
        let (conversation, rest) = text.reference.split_once('.').unwrap();
        let (seq, to) = rest.split_once('.').unwrap();
        let (seq, last) = (seq.parse().unwrap(), last.entry(format!("{conversation} {to}")).or_default());
        assert!(seq > *last, "texts of a conversation leave in order: {} after place {last}", text.reference);
        *last = seq;
    }
    let rows = truth
        .rows(
            "SELECT m.conversation, m.seq, m.body, d.recipient, d.state,
                    (SELECT COUNT(*) FROM deliveries AS o WHERE o.conversation = d.conversation AND o.seq = d.seq)
             FROM deliveries AS d JOIN messages AS m ON m.conversation = d.conversation AND m.seq = d.seq",
        )
        .await;
    let mut unconfirmed = 0;
    for row in &rows {
        let [conversation, seq, body, recipient, state, of] = row.as_slice() else { panic!("{row:?}") };
        let to = if of == "1" { recipient.trim_start_matches('+') } else { "0" };
        let bodies = taken.get(format!("{conversation}.{seq}.{to}").as_str()).cloned().unwrap_or_default();
        assert!(bodies.iter().all(|taken| taken == body), "{row:?}: {bodies:?}");
        if state == "unconfirmed" {
            unconfirmed += 1;
            assert!(bodies.len() <= 1, "{row:?} was taken {} times", bodies.len());
            continue;
        }
        assert_eq!(bodies.len(), 1, "{row:?} is at the carrier once");
        let (_, behavior) = PHONES.iter().find(|(phone, _)| phone == recipient).unwrap();
        let expected = if *behavior == "never_confirms" { "sent" } else { "delivered" };
        assert_eq!(state, expected, "{row:?}");
    }
    eprintln!("{unconfirmed} of {} are not confirmed", rows.len());
    let references: BTreeSet<String> = rows.iter().map(|row| format!("{}.{}", row[0], row[1])).collect();
    for reference in taken.keys() {
        let (message, _) = reference.rsplit_once('.').unwrap();
        assert!(references.contains(message), "{reference} is no text of ours");
    }
}

/// What the carrier was told is taken has arrived once, in the order of its phone, with its picture.
async fn has_arrived(truth: &Truth, outside: &Outside, writers: &[Writer]) {
    let rows = truth
        .rows(
            "SELECT m.author, m.body, (SELECT COUNT(*) FROM media WHERE media.conversation = m.conversation AND media.seq = m.seq)
             FROM messages AS m WHERE m.inbound = TRUE AND m.line IS NULL ORDER BY m.conversation, m.seq",
        )
        .await;
    let mut written = 0;
    for writer in writers {
        for text in &writer.written {
            assert_eq!(outside.brought.get(&text.id), Some(&Told::Taken), "{} was not taken in the end", text.body);
            let found: Vec<_> = rows.iter().filter(|row| row[0] == writer.phone && row[1] == text.body).collect();
            assert_eq!(found.len(), 1, "{} has arrived {} times", text.body, found.len());
            assert_eq!(found[0][2], u8::from(text.with_picture).to_string(), "{}: its picture", text.body);
        }
        let numbers = rows.iter().filter(|row| row[0] == writer.phone);
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        for row in numbers {
            let (to, n) = row[1].split_once(' ').unwrap();
            let (n, last) = (n.parse().unwrap(), last.entry(to).or_default());
            assert!(n > *last, "the texts of {} arrive in order", writer.phone);
            *last = n;
        }
        written += writer.written.len();
    }
    assert_eq!(rows.len(), written, "nothing has arrived that nobody wrote");
    truth.nothing("no file is missing", "SELECT line FROM messages WHERE line LIKE '%files_missing%'").await;
}

/// A phone that writes: the next text when the one before was taken, and now and then one is brought twice.
struct Writer {
    phone: &'static str,
    written: Vec<Written>,
}

struct Written {
    id: String,
    body: String,
    with_picture: bool,
}

impl Writer {
    async fn turn(&mut self, outside: &Outside, people: &People, dice: &mut Dice) {
        if let Some(before) = self.written.last() {
            if outside.brought.get(&before.id) != Some(&Told::Taken) {
                return;
            }
            if dice.below(4) == 0 {
                outside.again(&before.id).await;
            }
        }
        let person = &people.senders[usize::try_from(dice.below(people.senders.len() as u64)).unwrap()];
        let body = format!("{} {}", person.number, self.written.len() + 1);
        let with_picture = dice.below(6) == 0;
        let id = outside.write(self.phone, &person.number.to_string(), &body, with_picture).await;
        self.written.push(Written { id, body, with_picture });
    }
}

/// One who texts phones outside, alone and in groups.
struct Sender {
    client: Client,
    dice: Dice,
    index: usize,
    person: Person,
    count: Arc<watch::Sender<u64>>,
}

impl Sender {
    async fn run(mut self, stopped: watch::Receiver<bool>) -> Vec<Sent> {
        let mut all = Vec::new();
        while !*stopped.borrow() {
            let id =
                MessageId::new(UnixMs(1_794_819_600_000), u128::from((self.index as u64) << 32 | all.len() as u64));
            let body = format!("{} {}", self.index, all.len());
            let to = self.recipients();
            let answer = self.send(id, to, &body).await;
            all.push(Sent { id, answer, body });
            self.count.send_modify(|count| *count += 1);
            tokio::time::sleep(Duration::from_millis(self.dice.below(300))).await;
        }
        all
    }

    fn recipients(&mut self) -> Destination {
        let phone = |place: usize| Peer::Number(PhoneNumber::from_e164(PHONES[place].0).unwrap());
        let others = match self.dice.below(12) {
            0 => vec![phone(0), phone(1), phone(3)],
            1 if self.index == 0 => vec![phone(THROTTLES)],
            other => vec![phone(usize::try_from(other).unwrap() % THROTTLES)],
        };
        Destination::new(Some(self.person.number), others)
    }

    /// Sends until somebody acknowledges it.
    async fn send(&mut self, id: MessageId, to: Destination, body: &str) -> Message {
        let message = json!(SendMessage { to, body: body.to_owned(), media: Vec::new() });
        loop {
            match self.client.ask(Method::POST, "/messages", message.clone(), Some(id)).await {
                Some((202, answer)) => return serde_json::from_slice(&answer).unwrap(),
                Some((503, _)) | None => tokio::time::sleep(PAUSE).await,
                Some((status, answer)) => panic!("{status}: {}", String::from_utf8_lossy(&answer)),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_carrier_gets_and_brings_each_text_once_through_a_hundred_kills_on_sqlite() {
    killed(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_carrier_gets_and_brings_each_text_once_through_a_hundred_kills_on_postgres() {
    killed(Kind::Postgres).await;
}
