//! The column.

use super::*;

pub(super) async fn the_column_comes_in_pages_newest_first(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let mut sent = Vec::new();
    for line in 200..210 {
        // Two conversations share each moment: the id decides between them.
        bench.test.pass(if line % 2 == 0 { 1_000 } else { 0 });
        let message = maya.text(101, &[line], "Hello").await;
        sent.push((message.at, message.conversation));
    }
    sent.sort_unstable_by(|a, b| b.cmp(a));
    let me = maya.bootstrap().await.me.user.id;
    let mut tx = bench.app.store.read().await.unwrap();
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let (page, older) = store::conversations::page(&mut tx, me, before, 3).await.unwrap();
        assert!(page.iter().all(|row| row.last_message().is_some_and(|last| last.deliveries.len() == 1)));
        seen.extend(page.iter().map(|row| (row.last_activity, row.id)));
        before = older;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, sent);
}

pub(super) async fn a_deleted_conversation_comes_back_whole_or_with_the_next_message(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    for n in 0..3 {
        maya.chat(&["1002"], &format!("Number {n}")).await;
    }
    let id = devon.bootstrap().await.conversations[0].id;
    let path = format!("/conversations/{id}");
    assert_eq!(devon.delete(&path).await.status, 204);
    assert!(devon.bootstrap().await.conversations.is_empty());
    assert_eq!(devon.get(&path).await.code(), ErrorCode::NotFound);
    let back = devon.post(&format!("{path}/restore"), &()).await.value();
    assert_eq!((back["unread"].as_u64(), back["cleared_seq"].as_u64()), (Some(3), Some(0)));

    assert_eq!(devon.delete(&path).await.status, 204);
    maya.chat(&["1002"], "Number 3").await;
    let column = devon.bootstrap().await.conversations;
    assert_eq!((column[0].unread, column[0].cleared_seq, column[0].last_seq), (1, 3, 4));
    let page = devon.get(&format!("{path}/entries")).await.value();
    assert_eq!(page["entries"].as_array().unwrap().len(), 1);
    assert_eq!(page["more"], false);
}
