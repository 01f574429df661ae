//! People who send all the time, as devices do: the next message leaves when the one before is acknowledged, and one that nobody
//! acknowledged is sent again under its id.

use std::sync::Arc;
use std::time::Duration;

use halyard_protocol::rest::SendMessage;
use halyard_protocol::{ConversationId, Destination, Message, MessageId, Seq, UnixMs};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::dice::Dice;
use crate::people::{People, Person};
use crate::site::Live;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a device waits before it tries again.
pub(crate) const PAUSE: Duration = Duration::from_millis(5);

/// A message that was acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Acknowledged {
    pub(crate) id: MessageId,
    pub(crate) conversation: ConversationId,
    pub(crate) seq: Seq,
    pub(crate) body: String,
    pub(crate) is_text: bool,
}

/// Everybody who sends, at work.
pub(crate) struct Crowd {
    senders: Vec<JoinHandle<Vec<Acknowledged>>>,
    readers: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
    acknowledged: watch::Receiver<u64>,
    refused: watch::Receiver<u64>,
}

impl Crowd {
    /// Lets everybody begin.
    pub(crate) fn start(people: &People, live: &Live, dice: &mut Dice) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (count, acknowledged) = watch::channel(0);
        let (refusals, refused) = watch::channel(0);
        let (count, refusals) = (Arc::new(count), Arc::new(refusals));
        let senders = people.senders.iter().enumerate().map(|(index, person)| {
            let sender = Sender {
                client: Client::new(live, person, dice),
                dice: dice.fork(),
                index: index as u64,
                text: people.text(person),
                chat: people.chat(person),
                count: Arc::clone(&count),
                refusals: Arc::clone(&refusals),
                stopped: stopped.clone(),
            };
            tokio::spawn(sender.run())
        });
        let senders = senders.collect();
        let readers = people
            .recipients
            .iter()
            .map(|person| tokio::spawn(read(Client::new(live, person, dice), dice.fork(), stopped.clone())));
        Self { senders, readers: readers.collect(), stop, acknowledged, refused }
    }

    /// Waits until so many more messages are acknowledged.
    pub(crate) async fn acknowledged(&mut self, more: u64) {
        let goal = *self.acknowledged.borrow() + more;
        let heard = tokio::time::timeout(PATIENCE * 3, self.acknowledged.wait_for(|count| *count >= goal));
        heard.await.expect("nothing is acknowledged any more").expect("nobody sends any more");
    }

    /// Waits until so many more sends were refused: to be tried again.
    pub(crate) async fn refused(&mut self, more: u64) {
        let goal = *self.refused.borrow() + more;
        let heard = tokio::time::timeout(PATIENCE * 3, self.refused.wait_for(|count| *count >= goal));
        heard.await.expect("everything is acknowledged").expect("nobody sends any more");
    }

    /// Lets everybody finish what they are at; what was acknowledged to each, in the order in which they wrote it.
    pub(crate) async fn finish(self) -> Vec<Vec<Acknowledged>> {
        self.stop.send(true).unwrap();
        for reader in self.readers {
            reader.await.unwrap();
        }
        let mut all = Vec::new();
        for sender in self.senders {
            all.push(sender.await.unwrap());
        }
        all
    }
}

/// One who sends.
struct Sender {
    client: Client,
    dice: Dice,
    index: u64,
    text: Destination,
    chat: Destination,
    count: Arc<watch::Sender<u64>>,
    refusals: Arc<watch::Sender<u64>>,
    stopped: watch::Receiver<bool>,
}

impl Sender {
    async fn run(mut self) -> Vec<Acknowledged> {
        let mut all: Vec<Acknowledged> = Vec::new();
        let mut n = 0_u64;
        while !*self.stopped.borrow() {
            let is_text = self.dice.below(3) > 0;
            let id = MessageId::new(UnixMs(1_794_819_600_000), u128::from(self.index << 32 | n));
            let body = format!("{} {n}", self.index);
            let answer = self.send(id, is_text, &body).await;
            if self.dice.below(8) == 0 {
                // The device did not hear it.
                let again = self.send(id, is_text, &body).await;
                assert_eq!((again.seq, again.at), (answer.seq, answer.at), "the first answer again");
            }
            if !is_text && self.dice.below(4) == 0 {
                let path = format!("/conversations/{}/read", answer.conversation);
                self.client.ask_once(Method::POST, &path, json!({ "seq": answer.seq })).await;
            }
            let (conversation, seq) = (answer.conversation, answer.seq);
            all.push(Acknowledged { id, conversation, seq, body, is_text });
            self.count.send_modify(|count| *count += 1);
            n += 1;
        }
        all
    }

    /// Sends until somebody acknowledges it.
    async fn send(&mut self, id: MessageId, is_text: bool, body: &str) -> Message {
        let to = if is_text { self.text.clone() } else { self.chat.clone() };
        let message = json!(SendMessage { to, body: body.to_owned(), media: Vec::new() });
        loop {
            match self.client.ask(Method::POST, "/messages", message.clone(), Some(id)).await {
                Some((202, answer)) => return serde_json::from_slice(&answer).unwrap(),
                Some((503, _)) => {
                    self.refusals.send_modify(|count| *count += 1);
                    tokio::time::sleep(PAUSE).await;
                }
                None => tokio::time::sleep(PAUSE).await,
                Some((status, answer)) => panic!("{status}: {}", String::from_utf8_lossy(&answer)),
            }
        }
    }
}

/// Marks what has come as read, up to some place.
async fn read(mut client: Client, mut dice: Dice, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        tokio::time::sleep(PAUSE * 4).await;
        let Some((200, column)) = client.get("/conversations").await else { continue };
        let column: Value = serde_json::from_slice(&column).unwrap();
        for conversation in column["conversations"].as_array().unwrap() {
            let seq = dice.below(conversation["last_seq"].as_u64().unwrap() + 1);
            let path = format!("/conversations/{}/read", conversation["id"].as_str().unwrap());
            client.ask_once(Method::POST, &path, json!({ "seq": seq })).await;
        }
    }
}

/// A browser. Its connection is made again after it broke, to any server that lives.
pub(crate) struct Client {
    live: Live,
    cookie: String,
    dice: Dice,
    connection: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    pub(crate) fn new(live: &Live, person: &Person, dice: &mut Dice) -> Self {
        Self { live: live.clone(), cookie: person.cookie.clone(), dice: dice.fork(), connection: None }
    }

    /// Sends a message that is acknowledged at once.
    pub(crate) async fn acknowledged(&mut self, n: u64, to: Destination) {
        let message = json!(SendMessage { to, body: n.to_string(), media: Vec::new() });
        let id = MessageId::new(UnixMs(1_794_819_600_000), u128::from(n));
        let (status, _) = self.ask(Method::POST, "/messages", message, Some(id)).await.unwrap();
        assert_eq!(status, 202);
    }

    /// Asks for something.
    pub(crate) async fn get(&mut self, path: &str) -> Option<(u16, Bytes)> {
        self.ask(Method::GET, path, Value::Null, None).await
    }

    /// A request that may fail; nothing but an error of ours must not be its answer.
    async fn ask_once(&mut self, method: Method, path: &str, body: Value) {
        if let Some((status, answer)) = self.ask(method, path, body, None).await {
            assert_ne!(status, 500, "{path}: {}", String::from_utf8_lossy(&answer));
        }
    }

    /// One request under `/api/v1`: status and body; `None` when there was no whole answer.
    pub(crate) async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Value,
        id: Option<MessageId>,
    ) -> Option<(u16, Bytes)> {
        let mut connection = match self.connection.take().filter(|connection| !connection.is_closed()) {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        request = request.header(header::HOST, "localhost").header(header::COOKIE, &self.cookie);
        if let Some(id) = id {
            request = request.header("idempotency-key", id.to_string());
        }
        if !body.is_null() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = request.body(Full::from(body)).unwrap();
        let answer = async {
            connection.ready().await.ok()?;
            let answer = connection.send_request(request).await.ok()?;
            let status = answer.status().as_u16();
            Some((status, answer.into_body().collect().await.ok()?.to_bytes()))
        };
        let answer = tokio::time::timeout(PATIENCE, answer).await.expect("an answer, or a connection that breaks")?;
        self.connection = Some(connection);
        Some(answer)
    }

    async fn connect(&mut self) -> Option<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(self.live.pick(&mut self.dice)?).await.ok()?;
        let _ = stream.set_nodelay(true);
        let (sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        Some(sender)
    }
}
