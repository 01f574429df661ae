//! Group chats: how they begin, who comes and goes, and what each of them sees.

use halyard_protocol::rest::EntriesPage;
use halyard_protocol::{
    CauseCode, Conversation, ConversationId, ConversationKey, ConversationKind, Entry, SystemEvent, ToGroup,
};
use serde_json::json;

use super::*;
use crate::testing::bench::{Answer, Browser};

/// Where the first message of a group goes that its author begins with these people.
async fn begin(author: &Browser<'_>, people: &[&str], title: &str) -> Destination {
    author.begin_group(author.colleagues(people).await.peers, title).await
}

async fn send(author: &Browser<'_>, to: Destination, body: &str) -> Answer {
    author.send(author.bench.message_id(), to, body).await
}

/// What stands in a timeline: texts, and lines as their `type`.
async fn timeline(user: &Browser<'_>, id: ConversationId) -> Vec<String> {
    let page: EntriesPage = user.get(&format!("/conversations/{id}/entries")).await.json();
    let words = |entry: &Entry| match entry {
        Entry::Message(message) => message.body.clone(),
        Entry::System(line) => match &line.event {
            SystemEvent::Joined { users } => format!("joined {}", users.len()),
            SystemEvent::Left { users } => format!("left {}", users.len()),
            SystemEvent::Renamed { title } => format!("named {title}"),
            SystemEvent::OptedOut { .. } => "opted out".to_owned(),
            SystemEvent::OptedIn { .. } => "opted in".to_owned(),
            SystemEvent::HelpAnswered { .. } => "help".to_owned(),
            SystemEvent::FilesMissing { files } => format!("{files} files missing"),
            SystemEvent::Unknown => panic!("{line:?}"),
        },
        Entry::Call(_) | Entry::Voicemail(_) | Entry::Note(_) | Entry::Unknown(_) => panic!("{entry:?}"),
    };
    page.entries.iter().map(words).collect()
}

async fn row(user: &Browser<'_>, id: ConversationId) -> Option<Conversation> {
    user.bootstrap().await.conversations.into_iter().find(|row| row.id == id)
}

pub(super) async fn the_same_people_may_have_several_groups(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let crew = begin(&maya, &["1002", "1003"], " Dock crew ").await;
    let other = begin(&maya, &["1002", "1003"], "").await;
    let of_before = maya.colleagues(&["1002", "1003"]).await;
    let mut ids = Vec::new();
    // An app of before names the people alone: that is the newest group of these.
    for (to, title) in [(&crew, "Dock crew"), (&other, ""), (&of_before, "")] {
        bench.test.pass(1_000);
        let id = send(&maya, to.clone(), "Hello").await.json::<Message>().conversation;
        let seen = row(&devon, id).await.unwrap();
        let unread = 1 + u32::from(to == &of_before);
        assert_eq!((seen.kind, seen.title.as_str(), seen.unread), (ConversationKind::GroupChat, title, unread));
        assert_eq!(seen.peers.len(), 2);
        ids.push(id);
    }
    assert_eq!(ids[..2], [&crew, &other].map(|to| to.group.as_ref().unwrap().id));
    assert_eq!(ids[1], ids[2]);
    // The same first message again, as an app without an answer sends it, and the next one, that was written before that.
    assert_eq!(send(&maya, crew.clone(), "And more").await.json::<Message>().seq, 2);
    // Everybody in it writes into it by its id, also into one that an app of before began.
    for id in ids {
        let to = row(&devon, id).await.unwrap().to_destination();
        assert_eq!(send(&devon, to, "Hello all").await.json::<Message>().conversation, id);
    }
}

pub(super) async fn nobody_takes_the_id_of_another_conversation(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let rosa = bench.sign_in("1001@atlas").await;
    let me = devon.bootstrap().await.me;
    let maya_id = bench.user("1001@harbor").await;
    let refused = async |author: &Browser<'_>, to: Destination| {
        let answer = send(author, to, "Hello").await;
        assert_eq!(answer.cause(), CauseCode::NotInGroup, "{answer:?}");
    };
    let mut to = begin(&devon, &["1003"], "").await;
    // The chat that two others will have.
    let kim = maya.colleagues(&["1003"]).await;
    let Peer::User(kim) = kim.peers[0] else { panic!("{kim:?}") };
    to.group.as_mut().unwrap().id = ConversationKey::chat([maya_id, kim]).id(me.tenant.id);
    refused(&devon, to).await;
    // A group that another begins, before it is there and after.
    let crew = begin(&maya, &["1003"], "").await;
    refused(&devon, Destination { peers: devon.colleagues(&["1001"]).await.peers, ..crew.clone() }).await;
    assert_eq!(send(&maya, crew.clone(), "Just us").await.status, 202);
    refused(&devon, Destination { peers: devon.colleagues(&["1001"]).await.peers, ..crew.clone() }).await;
    let known = Destination {
        group: Some(ToGroup { id: crew.group.unwrap().id, begin: None }),
        ..Destination::new(None, vec![])
    };
    refused(&devon, known.clone()).await;
    refused(&rosa, known).await;
    // A chat is no group, and a group that is not there does not begin by its id alone.
    let chat = maya.chat(&["1002"], "Hello").await.conversation;
    for id in [chat, ConversationId(bench.app.env.ulid())] {
        refused(&maya, Destination { group: Some(ToGroup { id, begin: None }), ..maya.colleagues(&["1002"]).await })
            .await;
    }
    let long = begin(&maya, &["1002"], &"x".repeat(halyard_protocol::limits::NAME_LENGTH + 1)).await;
    assert_eq!(send(&maya, long, "Hello").await.cause(), CauseCode::GroupNameTooLong);
}

pub(super) async fn people_come_and_go_and_the_timeline_says_so(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let kim = bench.sign_in("1003@harbor").await;
    let kim_id = bench.user("1003@harbor").await;
    let to = begin(&maya, &["1002"], "").await;
    let id = send(&maya, to, "Before").await.json::<Message>().conversation;
    let path = format!("/conversations/{id}");
    let people = format!("{path}/people");
    assert_eq!(kim.post(&people, &json!({ "users": [kim_id] })).await.code(), ErrorCode::NotFound, "not by oneself");

    let (devons, kims) = (devon.bootstrap().await.cursor, kim.bootstrap().await.cursor);
    let added: Conversation = devon.post(&people, &json!({ "users": [kim_id, kim_id] })).await.json();
    assert_eq!(added.peers.len(), 2);
    assert_eq!(devon.post(&people, &json!({ "users": [kim_id] })).await.json::<Conversation>(), added, "once");
    maya.send(bench.message_id(), added.to_destination(), "After").await;
    let words = |events: Vec<LoggedEvent>| -> Vec<&'static str> {
        let word = |event: &LoggedEvent| match &event.change {
            Change::ConversationChanged { .. } => "conversation",
            Change::EntryAdded { entry: Entry::System(_), .. } => "line",
            Change::EntryAdded { .. } => "message",
            Change::ConversationRemoved { .. } => "removed",
            other => panic!("{other:?}"),
        };
        events.iter().map(word).collect()
    };
    assert_eq!(words(devon.events(devons).await), ["conversation", "line", "message"]);
    assert_eq!(words(kim.events(kims).await), ["conversation", "line", "message"]);
    assert_eq!(timeline(&maya, id).await, ["Before", "joined 1", "After"]);
    assert_eq!(timeline(&kim, id).await, ["joined 1", "After"], "what was written before is not theirs to read");
    let seen = row(&kim, id).await.unwrap();
    assert_eq!((seen.unread, seen.last_seq, seen.last_message().unwrap().body.as_str()), (1, 3, "After"));
    assert_eq!(row(&devon, id).await.unwrap().unread, 2, "a line is unread for nobody");

    let kims = kim.bootstrap().await.cursor;
    assert_eq!(kim.delete(&format!("{people}/{kim_id}")).await.status, 204);
    assert_eq!(words(kim.events(kims).await), ["removed"]);
    assert_eq!(kim.delete(&format!("{people}/{kim_id}")).await.code(), ErrorCode::NotFound);
    assert!(row(&kim, id).await.is_none());
    assert_eq!(kim.get(&format!("{path}/entries")).await.code(), ErrorCode::NotFound);
    assert_eq!(
        kim.send(bench.message_id(), added.to_destination(), "Still there?").await.cause(),
        CauseCode::NotInGroup
    );
    let last = row(&devon, id).await.unwrap();
    assert!(matches!(last.last_entry, Some(Entry::System(_))), "{last:?}");
    assert_eq!((last.peers.len(), last.reads.len()), (1, 1));

    // Devon removes Maya, and is alone.
    let maya_id = bench.user("1001@harbor").await;
    assert_eq!(devon.delete(&format!("{people}/{maya_id}")).await.status, 204);
    assert!(row(&maya, id).await.is_none());
    let alone = row(&devon, id).await.unwrap();
    assert!(alone.peers.is_empty());
    assert_eq!(
        devon.send(bench.message_id(), alone.to_destination(), "Anybody?").await.cause(),
        CauseCode::NotInDirectory
    );
    // Whoever comes back begins anew.
    assert_eq!(devon.post(&people, &json!({ "users": [maya_id] })).await.status, 200);
    assert_eq!(timeline(&maya, id).await, ["joined 1"]);
    assert_eq!(timeline(&devon, id).await, ["Before", "joined 1", "After", "left 1", "left 1", "joined 1"]);
    let devon_id = bench.user("1002@harbor").await;
    for (who, user) in [(&devon, devon_id), (&maya, maya_id)] {
        assert_eq!(who.delete(&format!("{people}/{user}")).await.status, 204);
    }
    assert!(row(&maya, id).await.is_none(), "nobody is left");
}

pub(super) async fn a_group_takes_only_who_can_be_in_it(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let stranger = bench.user("1001@atlas").await;
    let id = send(&maya, begin(&maya, &["1002"], "").await, "Hello").await.json::<Message>().conversation;
    let people = |id: ConversationId| format!("/conversations/{id}/people");
    let add = async |id: ConversationId, users: &[UserId]| maya.post(&people(id), &json!({ "users": users })).await;
    assert_eq!(add(id, &[stranger]).await.cause(), CauseCode::NotInDirectory);
    let many: Vec<UserId> = (0..49).map(|_| UserId(bench.app.env.ulid())).collect();
    assert_eq!(add(id, &many).await.cause(), CauseCode::TooManyPeople);
    assert_eq!(maya.delete(&format!("{}/{stranger}", people(id))).await.code(), ErrorCode::NotFound);
    let kim = bench.user("1003@harbor").await;
    let chat = maya.chat(&["1002"], "Hello").await.conversation;
    let text = maya.text(101, &[142, 143], "Hello").await.conversation;
    for other in [chat, text] {
        assert_eq!(add(other, &[kim]).await.cause(), CauseCode::NotAGroupChat);
        assert_eq!(maya.delete(&format!("{}/{kim}", people(other))).await.cause(), CauseCode::NotAGroupChat);
    }
    // A name is told in the timeline, of a group text, too, and doesn't bring the group back to who deleted it.
    let devon = bench.sign_in("1002@harbor").await;
    assert_eq!(devon.delete(&format!("/conversations/{id}")).await.status, 204);
    for id in [id, text] {
        maya.patch(&format!("/conversations/{id}"), &json!({ "title": "Regatta" })).await;
        assert_eq!(timeline(&maya, id).await, ["Hello", "named Regatta"]);
    }
    assert!(row(&devon, id).await.is_none());
    assert_eq!(add(id, &[kim]).await.status, 200);
    assert!(row(&devon, id).await.is_none());
}

/// An app of before names the people of a group: what it sends goes to these and to nobody else, whoever has come and gone meanwhile.
pub(super) async fn a_message_that_names_its_people_reaches_them(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let [devon_id, kit_id] = [bench.user("1002@harbor").await, bench.user("1004@harbor").await];
    let to = maya.colleagues(&["1002", "1003"]).await;
    let first = send(&maya, to.clone(), "One").await.json::<Message>();
    assert_eq!(send(&maya, to.clone(), "Two").await.json::<Message>().conversation, first.conversation);
    let people = format!("/conversations/{}/people", first.conversation);
    maya.post(&people, &json!({ "users": [kit_id] })).await;
    assert_eq!(maya.delete(&format!("{people}/{devon_id}")).await.status, 204);
    // These three have no group any more.
    let id = bench.message_id();
    let again = maya.send(id, to.clone(), "Three").await.json::<Message>();
    assert_ne!(again.conversation, first.conversation);
    assert_eq!(maya.send(id, to.clone(), "Three").await.json::<Message>(), again);
    assert_eq!(timeline(&devon, again.conversation).await, ["Three"]);
    assert_eq!(
        send(&devon, devon.colleagues(&["1001", "1003"]).await, "Four").await.json::<Message>().conversation,
        again.conversation
    );
    // Who is in the first group now is found by its people, too.
    let to = maya.colleagues(&["1003", "1004"]).await;
    assert_eq!(send(&maya, to, "Five").await.json::<Message>().conversation, first.conversation);
}

pub(super) async fn an_account_that_is_removed_leaves_its_groups(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let kim = bench.user("1003@harbor").await;
    let id = send(&maya, begin(&maya, &["1002", "1003"], "").await, "Hello").await.json::<Message>().conversation;
    assert_eq!(maya.delete(&format!("/users/{kim}")).await.status, 204);
    let seen = row(&maya, id).await.unwrap();
    assert_eq!((seen.peers.len(), seen.reads.len()), (1, 1));
    assert_eq!(timeline(&maya, id).await, ["Hello", "left 1"]);
    assert!(maya.bootstrap().await.former.iter().any(|user| user.id == kim));
}

/// With its files, once no log speaks of what was written there; one that somebody is in stays, and so does a file that stands elsewhere, too.
pub(super) async fn a_group_that_all_have_left_is_forgotten(bench: &Bench) {
    let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
    let [maya_id, devon_id] = [bench.user("1001@harbor").await, bench.user("1002@harbor").await];
    let mut groups = Vec::new();
    for (name, width) in [("left", 3), ("alive", 3), ("removed", 5)] {
        let file = bench.media_id();
        assert_eq!(maya.give(file, name, png(width, 2)).await.status, 200);
        let to = begin(&maya, &["1002"], name).await;
        let id = maya.send_with(bench.message_id(), to, "Look", &[file]).await.json::<Message>().conversation;
        groups.push((id, file));
    }
    let [left, alive, removed] = groups[..] else { panic!("{groups:?}") };
    let leave = async |who: &Browser<'_>, id: ConversationId, user: UserId| {
        assert_eq!(who.delete(&format!("/conversations/{id}/people/{user}")).await.status, 204);
    };
    for (id, _) in [left, removed] {
        leave(&maya, id, maya_id).await;
    }
    leave(&devon, left.0, devon_id).await;
    assert_eq!(maya.delete(&format!("/users/{devon_id}")).await.status, 204);
    let kept = async || {
        let mut tx = bench.app.store.read().await.unwrap();
        let mut counts = Vec::new();
        for sql in [
            "SELECT COUNT(*) AS n FROM conversations",
            "SELECT COUNT(*) AS n FROM messages WHERE body = 'Look'",
            "SELECT COUNT(*) AS n FROM media",
        ] {
            counts.push(tx.one(sql, args![]).await.unwrap().count("n").unwrap());
        }
        (counts, bench.app.contents.list().count().await)
    };
    assert_eq!(kept().await, (vec![3, 3, 3], 2));
    bench.test.pass(bench.app.settings.keep_events);
    crate::upkeep::tidy(&bench.app).await.unwrap();
    assert_eq!(kept().await, (vec![3, 3, 3], 2), "a log may speak of it");
    bench.test.pass(crate::app::DAY + 1);
    crate::upkeep::tidy(&bench.app).await.unwrap();
    assert_eq!(kept().await, (vec![1, 1, 1], 1));
    let maya = bench.sign_in("1001@harbor").await;
    assert_eq!(timeline(&maya, alive.0).await, ["Look", "left 1"]);
    assert_eq!(maya.open(&format!("/media/{}", alive.1), None).await.body, png(3, 2));
}
