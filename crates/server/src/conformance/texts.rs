//! Texts between tenants, and whose they are.

use halyard_protocol::UnixMs;

use super::*;

pub(super) async fn a_text_reaches_the_other_tenant_once(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let rosa = bench.sign_in("1001@atlas").await;
    let sent = maya.text(101, &[110], "Do you have a bearing?").await;
    assert_eq!(sent.deliveries[0].state, DeliveryState::Accepted);
    assert_eq!(bench.work().await, 1);
    let column = rosa.bootstrap().await.conversations;
    assert_eq!(column.len(), 1);
    assert_eq!((column[0].kind, column[0].unread), (ConversationKind::Sms, 1));
    let arrived = column[0].last_message().cloned().unwrap();
    assert_eq!(arrived.author, Author::Number(number(101)));
    assert_ne!(arrived.id, sent.id);
    let mine = maya.bootstrap().await.conversations.remove(0).last_message().cloned().unwrap();
    assert_eq!(mine.deliveries[0].state, DeliveryState::Delivered);
}

pub(super) async fn a_picture_reaches_the_other_tenant_once(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let given = bench.media_id();
    assert_eq!(maya.give(given, "boat.png", png(3, 2)).await.status, 200);
    let to = Destination::new(Some(number(101)), vec![Peer::Number(number(110))]);
    let sent: Message = maya.send_with(bench.message_id(), to, "", &[given]).await.json();
    bench.work().await;
    let conversation = rosa.bootstrap().await.conversations.pop().unwrap();
    let came = conversation.last_message().cloned().unwrap();
    let [file] = &came.media[..] else { panic!("one file: {came:?}") };
    assert_ne!(file.id, given, "hers is another");
    assert_eq!((file.name.as_str(), file.size, file.width), ("boat.png", sent.media[0].size, 3));
    let path = |id: MediaId| format!("/media/{id}");
    assert_eq!(rosa.open(&path(file.id), None).await.body, png(3, 2));
    assert_eq!(rosa.open(&path(given), None).await.status, 404);
    assert_eq!(maya.open(&path(file.id), None).await.status, 404);
    bench.test.pass(30 * crate::app::DAY - 1);
    crate::upkeep::tidy(&bench.app).await.unwrap();
    assert_eq!(maya.open(&path(given), None).await.status, 200, "what was sent stays");
}

pub(super) async fn a_number_that_moves_takes_no_history_to_another_tenant(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    maya.text(102, &[110], "From Harbor").await;
    bench.work().await;
    let (from, to) = (maya.bootstrap().await.me, rosa.bootstrap().await);
    let mut tx = bench.app.store.write_system().await.unwrap();
    assert!(numbers::unassign(&mut tx, &bench.operator(from.tenant.id), number(102), from.user.id).await.unwrap());
    tx.run("UPDATE sms_numbers SET tenant = $2 WHERE number = $1", args![number(102), to.me.tenant.id]).await.unwrap();
    assert!(numbers::assign(&mut tx, &bench.operator(to.me.tenant.id), number(102), to.me.user.id).await.unwrap());
    tx.commit().await.unwrap();
    let now = rosa.bootstrap().await;
    assert_eq!(now.me.numbers.len(), 2);
    assert_eq!(now.conversations.len(), to.conversations.len());
}

pub(super) async fn texts_are_counted_by_minute_and_day(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let me = maya.bootstrap().await.me;
    let start = UnixMs(store::usage::DAY * 20_000);
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    for (after, texts, expected) in [
        (0, 2, (2, 2)),
        (59_999, 1, (3, 3)),
        (60_000, 1, (1, 4)),
        (store::usage::DAY - 1, 1, (1, 5)),
        (store::usage::DAY, 4, (4, 4)),
    ] {
        let used = store::usage::count_texts(&mut tx, me.user.id, texts, start.plus(after)).await.unwrap();
        assert_eq!((used.in_minute, used.in_day), expected, "after {after}");
    }
    let before = store::usage::count_bytes(&mut tx, me.tenant.id, 0).await.unwrap();
    assert_eq!(store::usage::count_bytes(&mut tx, me.tenant.id, 7).await.unwrap(), before + 7);
    store::usage::recount_bytes(&mut tx).await.unwrap();
    assert_eq!(store::usage::count_bytes(&mut tx, me.tenant.id, 0).await.unwrap(), 0, "there are no files");
}

/// A file is seen by those who see its message. Whoever gave it has no more right to it than the others, once it is sent.
pub(super) async fn who_loses_a_number_loses_its_pictures(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let me = maya.bootstrap().await.me;
    let id = bench.media_id();
    maya.give(id, "boat.png", png(3, 2)).await;
    assert_eq!(maya.open(&format!("/media/{id}"), None).await.status, 200, "not sent yet");
    let to = crate::testing::bench::to_numbers(102, &[142]);
    assert_eq!(maya.send_with(bench.message_id(), to, "Look", &[id]).await.status, 202);
    assert_eq!(maya.open(&format!("/media/{id}"), None).await.status, 200);
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    assert!(numbers::unassign(&mut tx, &bench.operator(me.tenant.id), number(102), me.user.id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(maya.open(&format!("/media/{id}"), None).await.code(), ErrorCode::NotFound);
}
