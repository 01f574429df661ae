//! Contents of files, on both databases: with one of before, and when several are at it.

use super::*;
use crate::store::contents::{self, Claim};
use crate::upkeep::contents::{forget_unused, move_some};

/// What the fifteenth migration finds: contents in the database.
pub(super) async fn contents_of_before_are_given_and_moved(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let (id, path) = (bench.media_id(), |id: MediaId| format!("/media/{id}"));
    assert_eq!(maya.give(id, "boat.png", png(3, 2)).await.status, 200);
    // Back to the fourteenth.
    let store = &bench.app.store;
    let mut tx = store.write_system().await.unwrap();
    tx.run("UPDATE media_contents SET bytes = $1", args![png(3, 2)]).await.unwrap();
    let back = [
        "DROP INDEX media_contents_by_object",
        "DROP INDEX media_contents_to_move",
        "ALTER TABLE media_contents DROP COLUMN object",
        "DELETE FROM _sqlx_migrations WHERE version = 15",
    ];
    for statement in
        back.into_iter().chain(tx.is_postgres().then_some("ALTER TABLE media_contents ALTER COLUMN bytes SET NOT NULL"))
    {
        tx.run(statement, args![]).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert!(store.require_up_to_date().await.is_err());
    store.migrate().await.unwrap();

    assert_eq!(maya.open(&path(id), None).await.body, png(3, 2), "from the database");
    let part = maya.open(&path(id), Some("bytes=1-3")).await;
    assert_eq!((part.status.as_u16(), &part.body[..]), (206, &b"PNG"[..]));
    let again = bench.media_id();
    assert_eq!(rosa.give(again, "boat.png", png(3, 2)).await.status, 200, "known, and not put");
    let count = async || contents::count(&mut store.read().await.unwrap()).await.unwrap();
    assert_eq!((count().await.objects, count().await.here), (0, 1));
    assert_eq!(move_some(&bench.app).await.unwrap(), 1);
    assert_eq!(move_some(&bench.app).await.unwrap(), 0);
    assert_eq!((count().await.objects, count().await.here), (1, 0));
    let sql = "SELECT COUNT(*) AS bytes FROM media_contents WHERE LENGTH(bytes) > 0";
    assert_eq!(store.read().await.unwrap().one(sql, args![]).await.unwrap().count("bytes").unwrap(), 0);
    assert_eq!(maya.open(&path(id), None).await.body, png(3, 2), "from the folder or bucket");
    assert_eq!(rosa.open(&path(again), Some("bytes=1-3")).await.body, b"PNG");
}

pub(super) async fn a_content_is_kept_once_however_many_give_it(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let ids: Vec<MediaId> = (0..4).map(|_| bench.media_id()).collect();
    let answers = tokio::join!(
        maya.give(ids[0], "", png(3, 2)),
        rosa.give(ids[1], "", png(3, 2)),
        maya.give(ids[2], "", png(3, 2)),
        rosa.give(ids[3], "", png(3, 2))
    );
    assert!([answers.0, answers.1, answers.2, answers.3].iter().all(|answer| answer.status == 200));
    let objects: Vec<Ulid> = bench.app.contents.list().try_collect().await.unwrap();
    assert_eq!(objects.len(), 1);
    let mut tx = bench.app.store.read().await.unwrap();
    assert_eq!(contents::objects_after(&mut tx, None, 10).await.unwrap(), objects);
    assert!(contents::objects_after(&mut tx, Some(objects[0]), 10).await.unwrap().is_empty());
    assert_eq!(contents::named(&mut tx, &[objects[0], bench.app.env.ulid()]).await.unwrap(), objects);
    drop(tx);
    bench.test.pass(8 * crate::app::DAY);
    crate::upkeep::tidy(&bench.app).await.unwrap();
    assert_eq!(bench.app.contents.list().count().await, 0);
    assert_eq!(maya.give(ids[0], "", png(3, 2)).await.status, 200);
}

/// A content that a file is about to have is not forgotten, and a file whose content is being forgotten brings it anew. Where writers come
/// one after the other (SQLite) there is nothing in between.
pub(super) async fn a_content_is_claimed_or_forgotten(bench: &Bench) {
    let store = &bench.app.store;
    let object = bench.app.env.ulid();
    let mut tx = store.write_system().await.unwrap();
    assert_eq!(contents::claim(&mut tx, "unused", None).await.unwrap(), Claim::Absent);
    assert_eq!(contents::claim(&mut tx, "unused", Some(object)).await.unwrap(), Claim::Offered);
    assert_eq!(contents::claim(&mut tx, "unused", Some(bench.app.env.ulid())).await.unwrap(), Claim::Known);
    tx.commit().await.unwrap();
    let mut claiming = store.write_system().await.unwrap();
    assert_eq!(contents::claim(&mut claiming, "unused", None).await.unwrap(), Claim::Known);
    assert_eq!(forget_unused(&bench.app).await.unwrap(), 0, "somebody holds it");
    claiming.commit().await.unwrap();
    let mut forgetting = store.write_system().await.unwrap();
    assert_eq!(contents::forget_unused(&mut forgetting, 10).await.unwrap(), (1, vec![object]));
    let mut late = store.write_system().await.unwrap();
    let claim = tokio::join!(contents::claim(&mut late, "unused", None), async {
        tokio::task::yield_now().await;
        forgetting.commit().await.unwrap();
    });
    assert_eq!(claim.0.unwrap(), Claim::Absent);
    late.commit().await.unwrap();

    // A whole upload, of a content that was known when it began.
    let maya = bench.sign_in("1001@harbor").await;
    assert_eq!(maya.give(bench.media_id(), "", png(3, 2)).await.status, 200);
    let mut tx = store.write_system().await.unwrap();
    tx.run("DELETE FROM media", args![]).await.unwrap();
    tx.commit().await.unwrap();
    let mut forgetting = store.write_system().await.unwrap();
    let (forgotten, objects) = contents::forget_unused(&mut forgetting, 10).await.unwrap();
    let (id, before) = (bench.media_id(), bench.app.store.statements());
    let given = tokio::join!(maya.give(id, "", png(3, 2)), async {
        // It has come to where it waits for the content: session, known, tenant, id, unsent, bytes, claim.
        for _ in 0..5_000 {
            if bench.app.store.statements() >= before + 7 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        forgetting.commit().await.unwrap();
        bench.app.contents.delete(objects).await.unwrap();
    });
    assert_eq!((forgotten, given.0.status.as_u16()), (1, 200));
    assert_eq!(maya.open(&format!("/media/{id}"), None).await.body, png(3, 2));
    assert_eq!(bench.app.contents.list().count().await, 1);
}
