//! What the database says became of everything that was sent, and whether that is the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use sqlx::Row as _;

use crate::crowd::Acknowledged;
use crate::people::People;

/// How long the jobs may take that are left: as long as claims of servers that died go on, and some more.
pub(crate) const SETTLING: Duration = Duration::from_secs(60);

/// A connection of our own to the database.
pub(crate) enum Truth {
    Sqlite(sqlx::SqlitePool),
    Postgres(sqlx::PgPool),
}

impl Truth {
    /// Of the database at an address.
    pub(crate) async fn of(address: &str) -> Self {
        if address.starts_with("sqlite:") {
            Self::Sqlite(sqlx::SqlitePool::connect(address).await.unwrap())
        } else {
            Self::Postgres(sqlx::PgPool::connect(address).await.unwrap())
        }
    }

    /// The same, when all jobs are done.
    pub(crate) async fn settled(address: &str) -> Self {
        let truth = Self::of(address).await;
        let end = Instant::now() + SETTLING;
        while !truth.is_settled().await {
            assert!(Instant::now() < end, "jobs are left: {:?}", truth.jobs().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        truth
    }

    /// Whether all jobs are done.
    pub(crate) async fn is_settled(&self) -> bool {
        self.number("SELECT COUNT(*) FROM jobs").await == 0
    }

    /// The jobs that are left.
    pub(crate) async fn jobs(&self) -> Vec<Vec<String>> {
        self.rows("SELECT lane, position, due_at, attempts, lease, payload FROM jobs").await
    }

    /// The rows of an answer, all as texts.
    pub(crate) async fn rows(&self, sql: &'static str) -> Vec<Vec<String>> {
        macro_rules! texts {
            ($rows:expr) => {
                $rows.iter().map(|row| (0..row.len()).map(|place| text!(row, place)).collect()).collect()
            };
        }
        macro_rules! text {
            ($row:expr, $place:expr) => {
                match $row.try_get::<Option<String>, _>($place) {
                    Ok(text) => text.unwrap_or_default(),
                    Err(_) => $row.get::<Option<i64>, _>($place).unwrap_or_default().to_string(),
                }
            };
        }
        match self {
            Self::Sqlite(pool) => texts!(sqlx::query(sql).fetch_all(pool).await.unwrap()),
            Self::Postgres(pool) => texts!(sqlx::query(sql).fetch_all(pool).await.unwrap()),
        }
    }

    /// The one number of an answer.
    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        self.rows(sql).await[0][0].parse().unwrap()
    }

    pub(crate) async fn nothing(&self, what: &str, sql: &'static str) {
        assert_eq!(self.rows(sql).await, Vec::<Vec<String>>::new(), "{what}");
    }

    /// Holds everything against what was acknowledged to each sender.
    pub(crate) async fn check(&self, people: &People, sent: &[Vec<Acknowledged>]) {
        let conversations = self.conversations().await;
        acknowledged(people, sent, &conversations);
        self.arrived(people, &conversations).await;
        self.deliveries(sent).await;
        self.logs().await;
        self.counters(people, sent).await;
    }

    /// The messages of each conversation in their order: author, id, text. Their places have no gaps.
    async fn conversations(&self) -> BTreeMap<String, Vec<[String; 3]>> {
        let rows =
            self.rows("SELECT conversation, seq, author, id, body FROM messages ORDER BY conversation, seq").await;
        let mut conversations: BTreeMap<String, Vec<[String; 3]>> = BTreeMap::new();
        for row in rows {
            let [conversation, seq, author, id, body] = row.try_into().unwrap();
            let messages = conversations.entry(conversation).or_default();
            messages.push([author, id, body]);
            assert_eq!(seq, messages.len().to_string(), "places without gaps");
        }
        self.nothing(
            "a conversation counts its messages",
            "SELECT id, last_seq FROM conversations
             WHERE last_seq <> (SELECT COUNT(*) FROM messages WHERE conversation = conversations.id)",
        )
        .await;
        conversations
    }

    /// What came to Atlas from a number is what was written from it, in the same order.
    async fn arrived(&self, people: &People, conversations: &BTreeMap<String, Vec<[String; 3]>>) {
        let remote = people.recipients[0].number.to_string();
        let rows =
            self.rows("SELECT id, own_number, participants FROM conversations WHERE own_number IS NOT NULL").await;
        let texts = |own: &str, other: &str| {
            let row = rows.iter().find(|row| row[1] == own && row[2] == other);
            let messages = row.and_then(|row| conversations.get(&row[0])).into_iter().flatten();
            messages.map(|[.., body]| body.clone()).collect::<Vec<_>>()
        };
        let numbers: BTreeSet<String> = people.senders.iter().map(|person| person.number.to_string()).collect();
        for number in numbers {
            let written = texts(&number, &remote);
            assert!(!written.is_empty());
            assert_eq!(texts(&remote, &number), written, "each once, in order");
        }
    }

    async fn deliveries(&self, sent: &[Vec<Acknowledged>]) {
        let texts = i64::try_from(sent.iter().flatten().filter(|message| message.is_text).count()).unwrap();
        self.nothing("all are final", "SELECT seq, state, reason FROM deliveries WHERE state <> 'delivered'").await;
        assert_eq!(self.number("SELECT COUNT(*) FROM deliveries").await, texts, "one delivery for each text");
        assert_eq!(self.number("SELECT COUNT(*) FROM received").await, texts, "each came in once");
        self.nothing("no job died", "SELECT lane, position, reason FROM dead_jobs").await;
        // Both who share a number hear of each.
        let heard = "SELECT COUNT(*) FROM events WHERE change LIKE '%delivery_changed%'";
        assert_eq!(self.number(heard).await, 2 * texts, "each delivery is told once");
    }

    /// Each user's log has all cursors, and each entry once, in the order of its conversation.
    async fn logs(&self) {
        self.nothing(
            "cursors without gaps",
            "SELECT id, cursor FROM users WHERE cursor <> (SELECT COUNT(*) FROM events WHERE user_id = users.id)
             OR cursor <> COALESCE((SELECT MAX(cursor) FROM events WHERE user_id = users.id), 0)",
        )
        .await;
        self.nothing(
            "each member is told of each entry once",
            "SELECT b.user_id, m.conversation, m.seq FROM memberships AS b
             JOIN messages AS m ON m.conversation = b.conversation
             LEFT JOIN (SELECT user_id, subject, seq, COUNT(*) AS times FROM events WHERE change = 'entry_added'
                        GROUP BY user_id, subject, seq) AS e
                 ON e.user_id = b.user_id AND e.subject = m.conversation AND e.seq = m.seq
             WHERE COALESCE(e.times, 0) <> 1",
        )
        .await;
        let mut last: BTreeMap<(String, String), i64> = BTreeMap::new();
        let told = "SELECT user_id, subject, seq FROM events WHERE change = 'entry_added' ORDER BY user_id, cursor";
        for row in self.rows(told).await {
            let [user, conversation, seq] = row.try_into().unwrap();
            let (seq, last) = (seq.parse().unwrap(), last.entry((user, conversation)).or_default());
            assert_eq!(seq, *last + 1, "entries are told in order");
            *last = seq;
        }
    }

    async fn counters(&self, people: &People, sent: &[Vec<Acknowledged>]) {
        self.nothing(
            "what is unread is counted",
            "SELECT b.conversation, b.user_id, b.unread, b.read_seq FROM memberships AS b
             JOIN conversations AS c ON c.id = b.conversation
             WHERE unread <> (SELECT COUNT(*) FROM messages AS m
                              WHERE m.conversation = b.conversation AND m.seq > b.read_seq AND m.author <> b.user_id
                                AND (c.own_number IS NULL OR m.inbound))",
        )
        .await;
        // At midnight the counts begin again.
        if self.number("SELECT COUNT(DISTINCT day) FROM usage WHERE in_day > 0").await > 1 {
            return;
        }
        let rows = self.rows("SELECT owner, in_day FROM usage").await;
        let mut all = 0;
        for (person, sent) in people.senders.iter().zip(sent) {
            let texts = sent.iter().filter(|message| message.is_text).count();
            let found = rows.iter().find(|row| row[0] == person.id.to_string()).map(|row| row[1].clone());
            assert_eq!(found, Some(texts.to_string()), "a user's texts are counted");
            all += texts;
        }
        assert!(rows.iter().any(|row| row[1] == all.to_string()), "and the tenant's: {rows:?}");
    }
}

/// Each acknowledged message is where its answer said, each once, and nobody wrote anything else; each sender's are in order.
fn acknowledged(people: &People, sent: &[Vec<Acknowledged>], conversations: &BTreeMap<String, Vec<[String; 3]>>) {
    for (person, sent) in people.senders.iter().zip(sent) {
        let author = person.id.to_string();
        for message in sent {
            let place = usize::try_from(message.seq).unwrap() - 1;
            let found = conversations.get(&message.conversation.to_string()).and_then(|all| all.get(place));
            let expected = [author.clone(), message.id.to_string(), message.body.clone()];
            assert_eq!(found, Some(&expected), "an acknowledged message is lost");
        }
        let mut written = 0;
        for messages in conversations.values() {
            let mine = messages.iter().filter(|message| message[0] == author).map(|message| &message[2]);
            let numbers: Vec<u64> = mine.map(|body| body.split_once(' ').unwrap().1.parse().unwrap()).collect();
            assert!(numbers.is_sorted_by(|a, b| a < b), "a sender's messages are in order, each once: {numbers:?}");
            written += numbers.len();
        }
        assert_eq!(written, sent.len(), "nothing is there that was not acknowledged in the end");
    }
}
