//! What accounts' carriers bring, and who wants no texts.

use halyard_carriers::simulator;
use halyard_protocol::admin::{CarrierAccount, CarrierAccounts, OptOuts};
use halyard_protocol::{Author, CauseCode, ConversationKind, Entry, PhoneNumber, SenderId, SystemEvent};
use serde_json::{Value, json};

use super::*;
use crate::app::App;
use crate::operations::carriers;
use crate::operations::messaging::reference;
use crate::testing::bench::Browser;

/// The secret of the account under test.
const TOKEN: &str = "a-token-that-nobody-guesses";

/// An account of harbor that carries its number 101; `webhook` is where its carrier brings texts.
pub(super) struct Line<'a> {
    bench: &'a Bench,
    pub(super) account: CarrierAccount,
}

impl<'a> Line<'a> {
    pub(super) async fn add(bench: &'a Bench, maya: &Browser<'_>) -> Self {
        Self::at(bench, maya, "http://127.0.0.1:9").await
    }

    /// The same with a carrier at an address.
    pub(super) async fn at(bench: &'a Bench, maya: &Browser<'_>, api: &str) -> Self {
        let me = maya.bootstrap().await.me;
        let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
        let new = serde_json::from_value(json!({
            "kind": "simulator", "name": "Outside", "settings": { "api": api },
            "secrets": { "token": TOKEN },
        }));
        let App { env, sealing, .. } = &*bench.app;
        carriers::add(&mut tx, &bench.operator(me.tenant.id), env, sealing, new.unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        let first = async || maya.get("/carriers").await.json::<CarrierAccounts>().carriers.into_iter().next().unwrap();
        let body = json!({ "account": first().await.id });
        assert_eq!(maya.put("/numbers/+16195550101/carrier", &body).await.status, 200);
        let account = first().await;
        Self { bench, account }
    }

    /// The carrier brings these events; how it was answered.
    pub(super) async fn bring(&self, events: &[Value]) -> u16 {
        let body = json!({ "events": events }).to_string();
        let signature = simulator::sign(TOKEN, self.bench.app.env.now(), body.as_bytes());
        self.post(&self.path(), &signature, body).await
    }

    fn path(&self) -> String {
        let at = self.account.webhook.find("/webhooks/").unwrap();
        self.account.webhook[at..].to_owned()
    }

    async fn post(&self, path: &str, signature: &str, body: String) -> u16 {
        self.bench.webhook(path, simulator::SIGNATURE, signature, body).await
    }

    /// Somebody outside writes to number 101, and it is taken in.
    async fn write(&self, id: &str, from: u16, body: &str) {
        assert_eq!(self.bring(&[inbound(id, from, body)]).await, 204);
        self.bench.work().await;
    }
}

fn inbound(id: &str, from: u16, body: &str) -> Value {
    json!({ "type": "inbound", "id": id, "from": number(from), "to": number(101), "body": body })
}

/// What stands in the newest conversation, in short.
pub(super) async fn timeline(browser: &Browser<'_>) -> Vec<String> {
    let newest = browser.bootstrap().await.conversations.remove(0);
    let page: EntriesPage = browser.get(&format!("/conversations/{}/entries", newest.id)).await.json();
    let short = |entry: &Entry| match entry {
        Entry::Message(message) => message.body.clone(),
        Entry::System(line) => match &line.event {
            SystemEvent::OptedOut { .. } => "- opted out".to_owned(),
            SystemEvent::OptedIn { .. } => "- opted in".to_owned(),
            SystemEvent::HelpAnswered { .. } => "- help".to_owned(),
            SystemEvent::FilesMissing { files } => format!("- {files} missing"),
            SystemEvent::Joined { .. }
            | SystemEvent::Left { .. }
            | SystemEvent::Renamed { .. }
            | SystemEvent::Unknown => "- another line".to_owned(),
        },
        Entry::Call(_) | Entry::Voicemail(_) | Entry::Note(_) | Entry::Unknown(_) => "another entry".to_owned(),
    };
    page.entries.iter().map(short).collect()
}

pub(super) async fn what_a_carrier_brings_arrives_once_and_is_believed_by_its_signature(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let line = Line::add(bench, &maya).await;
    for _ in 0..2 {
        line.write("in-1", 142, "Is the slip free?").await;
    }
    line.write("in-2", 142, "On Friday?").await;
    assert_eq!(timeline(&maya).await, ["Is the slip free?", "On Friday?"]);
    let body = json!({ "events": [inbound("in-3", 142, "Forged")] }).to_string();
    let now = bench.app.env.now();
    let right = simulator::sign(TOKEN, now, body.as_bytes());
    let path = line.path();
    for (path, signature, status) in [
        (path.as_str(), simulator::sign("another token", now, body.as_bytes()), 403),
        (path.as_str(), simulator::sign(TOKEN, now.plus(-600_000), body.as_bytes()), 403),
        (path.as_str(), String::new(), 403),
        (&path[..path.len() - 1], right.clone(), 404),
        (&path.replace("simulator", "twilio"), right.clone(), 404),
        ("/webhooks/simulator/01J9ZK4T6Q8Y2M0C5R7W3X1B9D/word", right.clone(), 404),
        ("/webhooks/simulator/nothing/word", right, 404),
    ] {
        assert_eq!(line.post(path, &signature, body.clone()).await, status, "{path} {signature}");
    }
    assert_eq!(line.post(&path, &simulator::sign(TOKEN, now, b"{"), "{".to_owned()).await, 400);
    bench.work().await;
    assert_eq!(timeline(&maya).await.len(), 2, "nothing of it counts");
    // A number of another business is none of this account's.
    let elsewhere = json!({ "type": "inbound", "id": "in-9", "from": number(142), "to": number(110), "body": "Hello" });
    assert_eq!(line.bring(&[elsewhere]).await, 204);
    bench.work().await;
    assert!(bench.sign_in("1001@atlas").await.bootstrap().await.conversations.is_empty());
}

pub(super) async fn short_codes_and_words_are_read_and_answered_where_that_can_be(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let line = Line::add(bench, &maya).await;
    let from = |id: &str, from: &str, body: &str| json!({ "type": "inbound", "id": id, "from": from, "to": number(101), "body": body });
    let texts = [from("1", "24273", "Your code is 4711"), from("2", "24273", "STOP"), from("3", "ACME, Bank", "HELP")];
    assert_eq!(line.bring(&texts).await, 204);
    bench.work().await;
    let conversations = maya.bootstrap().await.conversations;
    let code = PhoneNumber::short_code("24273").unwrap();
    let word = SenderId::read("ACME, Bank").unwrap();
    let with = |peer: Peer| conversations.iter().find(|one| one.only_peer() == Some(peer)).unwrap();
    let bodies = async |id| {
        let page: EntriesPage = maya.get(&format!("/conversations/{id}/entries")).await.json();
        let read = page.entries.iter().filter_map(Entry::message).map(|one| (one.author, one.body.clone()));
        (read.collect::<Vec<_>>(), page.entries.len())
    };
    let said = |author, body: &str| (author, body.to_owned());
    // Programs are behind them: no word of theirs is heeded or answered.
    let of_code = [said(Author::Number(code), "Your code is 4711"), said(Author::Number(code), "STOP")];
    assert_eq!(bodies(with(Peer::Number(code)).id).await, (of_code.to_vec(), 2));
    assert_eq!(bodies(with(Peer::Sender(word)).id).await, (vec![said(Author::Sender(word), "HELP")], 1));
    assert_eq!((with(Peer::Sender(word)).unread, with(Peer::Sender(word)).kind), (1, ConversationKind::Sms));

    let to = |from: u16, peers: &[Peer]| Destination::new(Some(number(from)), peers.to_vec());
    assert_eq!(maya.send(bench.message_id(), to(101, &[Peer::Number(code)]), "STOP").await.status, 202);
    let emergency = Peer::Number(PhoneNumber::short_code("911").unwrap());
    for (peers, cause) in [
        (&[Peer::Sender(word)][..], CauseCode::SenderTakesNoAnswer),
        (&[Peer::Number(code), Peer::Number(number(142))], CauseCode::ShortCodeInGroup),
        (&[emergency], CauseCode::EmergencyNumber),
    ] {
        assert_eq!(maya.send(bench.message_id(), to(101, peers), "Hello").await.cause(), cause, "{peers:?}");
    }
    // No account carries the other number.
    let refused = maya.send(bench.message_id(), to(102, &[Peer::Number(code)]), "Hello").await;
    assert_eq!(refused.cause(), CauseCode::NumberCannotTextShortCodes);
}

pub(super) async fn texts_that_are_brought_at_once_arrive_once_each(bench: &Bench) {
    const TEXTS: usize = 30;
    let maya = bench.sign_in("1001@harbor").await;
    let line = Line::add(bench, &maya).await;
    line.write("first", 142, "The first one").await;
    let texts: Vec<String> = (0..TEXTS).map(|n| format!("Text {n}")).collect();
    // Each twice, as a carrier does that has not heard the answer.
    let bring = |n: usize| {
        let event = inbound(&format!("in-{}", n % TEXTS), 142, &texts[n % TEXTS]);
        let line = &line;
        async move { line.bring(&[event]).await }
    };
    let answers = futures_util::future::join_all((0..2 * TEXTS).map(bring)).await;
    assert!(answers.iter().all(|status| *status == 204), "{answers:?}");
    assert_eq!(bench.work().await, 2 * TEXTS);
    let newest = maya.bootstrap().await.conversations.remove(0);
    assert_eq!((newest.last_seq, newest.unread as usize), (TEXTS as u64 + 1, TEXTS + 1));
    let page: EntriesPage = maya.get(&format!("/conversations/{}/entries?limit=100", newest.id)).await.json();
    let mut came: Vec<&str> = page.entries.iter().filter_map(Entry::message).map(|it| it.body.as_str()).collect();
    let mut expected: Vec<&str> = texts.iter().map(String::as_str).chain(["The first one"]).collect();
    came.sort_unstable();
    expected.sort_unstable();
    assert_eq!(came, expected);
}

pub(super) async fn who_opts_out_gets_nothing_until_they_opt_in(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let line = Line::add(bench, &maya).await;
    line.write("1", 142, "Yes").await;
    let before = devon.bootstrap().await.cursor;
    line.write("2", 142, " stop. ").await;
    line.write("3", 142, "STOP").await;
    assert_eq!(timeline(&maya).await, ["Yes", " stop. ", "- opted out", "STOP"], "said once");
    assert_eq!(maya.bootstrap().await.conversations[0].opted_out, [number(142)]);
    let told = devon.events(before).await.into_iter().any(|event| {
        matches!(event.change, Change::ConversationChanged { conversation } if conversation.opted_out == [number(142)])
    });
    assert!(told, "whoever has the number hears of it");
    let to = |lines: &[u16]| {
        Destination::new(Some(number(101)), lines.iter().map(|line| Peer::Number(number(*line))).collect())
    };
    for people in [&[142][..], &[142, 143]] {
        let refused = maya.send(bench.message_id(), to(people), "Hello").await;
        assert_eq!(refused.cause(), CauseCode::RecipientOptedOut, "{people:?}");
    }
    let other = Destination::new(Some(number(102)), vec![Peer::Number(number(142))]);
    assert_eq!(maya.send(bench.message_id(), other, "From another number").await.status, 202);
    line.write("4", 142, "HELP").await;
    line.write("5", 142, "Start!").await;
    let all = timeline(&devon).await;
    assert_eq!(all[4..], ["HELP", "- help", "Start!", "- opted in"]);
    assert_eq!(maya.send(bench.message_id(), to(&[142]), "Welcome back").await.status, 202);
}

pub(super) async fn a_text_that_waits_does_not_leave_for_who_opts_out_meanwhile(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let line = Line::add(bench, &maya).await;
    maya.text(101, &[142], "Hello").await;
    assert_eq!(line.bring(&[inbound("1", 142, "STOP")]).await, 204);
    // The carrier can't be reached: the text waits, and the opt-out comes first.
    for _ in 0..20 {
        bench.work().await;
        bench.test.pass(60_000);
    }
    let newest = maya.bootstrap().await.conversations.remove(0);
    let page: EntriesPage = maya.get(&format!("/conversations/{}/entries", newest.id)).await.json();
    let text = page.entries.iter().find_map(Entry::message).unwrap();
    let delivery = &text.deliveries[0];
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert_eq!(delivery.cause.unwrap().code, CauseCode::RecipientOptedOut);
}

pub(super) async fn reports_on_a_group_count_for_each_though_nobody_wrote_down_that_it_was_taken(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let line = Line::add(bench, &maya).await;
    let message = maya.text(101, &[142, 143], "Hello").await;
    // It is being handed over, and then its server dies.
    let mut tx = bench.app.store.write(maya.bootstrap().await.me.tenant.id).await.unwrap();
    let handed = Some((bench.app.env.now(), Some(line.account.id)));
    for to in [142, 143] {
        store::deliveries::set_submitting(&mut tx, &message, number(to), handed).await.unwrap();
    }
    tx.commit().await.unwrap();
    for to in [142, 143] {
        let reference = reference::write(&message, None);
        let receipt =
            json!({ "type": "receipt", "id": "1", "reference": reference, "to": number(to), "state": "delivered" });
        assert_eq!(line.bring(&[receipt]).await, 204);
        bench.work().await;
    }
    let page: EntriesPage = maya.get(&format!("/conversations/{}/entries", message.conversation)).await.json();
    let text = page.entries.iter().find_map(Entry::message).unwrap();
    let states: Vec<DeliveryState> = text.deliveries.iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [DeliveryState::Delivered; 2]);
}

pub(super) async fn opt_outs_are_listed_and_changed_by_who_may(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let path = "/numbers/+16195550101/opt-outs/+16195550142";
    assert_eq!(maya.put(path, &json!({})).await.status, 204);
    assert_eq!(maya.put(path, &json!({})).await.status, 204, "twice is once");
    let all: OptOuts = maya.get("/opt-outs").await.json();
    assert_eq!(all.opt_outs.len(), 1);
    assert_eq!((all.opt_outs[0].recipient, all.opt_outs[0].source.as_str()), (number(142), "administrator"));
    assert_eq!(maya.put("/numbers/+16195550110/opt-outs/+16195550142", &json!({})).await.status, 404);
    assert_eq!(maya.delete(&format!("{path}?reason=")).await.status, 422);
    assert_eq!(maya.delete(&format!("{path}?reason=Asked%20by%20phone")).await.status, 204);
    assert!(maya.get("/opt-outs").await.json::<OptOuts>().opt_outs.is_empty());
    let atlas = bench.sign_in("1001@atlas").await;
    assert!(atlas.get("/opt-outs").await.json::<OptOuts>().opt_outs.is_empty());
}

pub(super) async fn an_account_keeps_its_secrets_and_goes_when_it_carries_nothing(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let line = Line::add(bench, &maya).await;
    let id = line.account.id;
    let shown = maya.get("/carriers").await;
    assert!(!String::from_utf8_lossy(&shown.body).contains(TOKEN));
    assert_eq!(line.account.secrets["token"], "sealed");
    assert_eq!(line.account.numbers, [number(101)]);
    let audit = maya.get("/audit").await;
    let log = String::from_utf8_lossy(&audit.body).into_owned();
    assert!(log.contains("carrier_added") && log.contains("number_carrier_changed") && !log.contains(TOKEN), "{log}");
    assert_eq!(maya.delete(&format!("/carriers/{id}")).await.cause(), CauseCode::CarrierAccountInUse);
    assert_eq!(maya.put("/numbers/+16195550101/carrier", &json!({})).await.status, 200);
    assert_eq!(maya.delete(&format!("/carriers/{id}")).await.status, 204);
    assert_eq!(maya.delete(&format!("/carriers/{id}")).await.status, 404);
    assert_eq!(line.bring(&[inbound("1", 142, "Hello")]).await, 404, "nobody brings anything for it any more");
    let rosa = bench.sign_in("1001@atlas").await;
    assert!(rosa.get("/carriers").await.json::<CarrierAccounts>().carriers.is_empty());
    for (body, code) in [
        (json!({ "kind": "pigeon", "name": "x" }), 422),
        (json!({ "kind": "twilio", "name": "x", "settings": { "account_sid": "nothing" } }), 422),
        (json!({ "kind": "twilio", "name": "x", "settings": { "api": "https://10.0.0.1" } }), 403),
        (json!({ "kind": "simulator", "name": "x" }), 403),
        (json!({ "kind": "twilio", "name": "x", "shared": true }), 403),
    ] {
        assert_eq!(rosa.post("/carriers", &body).await.status, code, "{body}");
    }
}

pub(super) async fn an_opt_out_of_one_in_a_group_is_of_nobody_else(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let line = Line::add(bench, &maya).await;
    maya.text(101, &[142, 143], "A group text").await;
    assert_eq!(line.bring(&[inbound("1", 143, "STOP")]).await, 204);
    for _ in 0..20 {
        bench.work().await;
        bench.test.pass(60_000);
    }
    let all: OptOuts = maya.get("/opt-outs").await.json();
    assert_eq!(all.opt_outs.iter().map(|out| out.recipient).collect::<Vec<_>>(), [number(143)]);
    let group = maya.bootstrap().await.conversations.into_iter().find(|one| one.kind == ConversationKind::GroupMms);
    let page: EntriesPage = maya.get(&format!("/conversations/{}/entries", group.unwrap().id)).await.json();
    let text = page.entries.iter().find_map(Entry::message).unwrap();
    let causes: Vec<_> = text.deliveries.iter().map(|one| (one.to, one.cause.map(|cause| cause.code))).collect();
    assert_eq!(causes, [(number(142), None), (number(143), Some(CauseCode::RecipientOptedOut))]);
    assert!(text.deliveries.iter().all(|one| one.state == DeliveryState::Failed));
}

pub(super) async fn what_no_database_has_to_keep_is_left_out_of_a_text(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let line = Line::add(bench, &maya).await;
    line.write("1", 142, "a\0b").await;
    assert_eq!(timeline(&maya).await, ["ab"]);
}

pub(super) async fn of_an_account_no_more_is_claimed_than_may_leave(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let line = Line::add(bench, &maya).await;
    let account = line.account.id;
    let mut tx = bench.app.store.write(maya.bootstrap().await.me.tenant.id).await.unwrap();
    store::carrier_accounts::assign(&mut tx, number(102), Some(account)).await.unwrap();
    tx.commit().await.unwrap();
    bench.app.carriers.pacer().set(account, crate::carriers::pace::Pace { account: 2, number: None });
    for outside in 0..5 {
        maya.text(101, &[150 + outside], "Hello").await;
        maya.text(102, &[150 + outside], "Hello").await;
    }
    let claimed = bench.app.workers.claim_for_tests(256).await;
    assert_eq!(claimed, 2, "of both numbers together");
}
