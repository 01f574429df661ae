//! Contents on a real folder, through what can go wrong.

use std::path::Path;

use futures_util::TryStreamExt as _;
use halyard_protocol::{ErrorCode, Media, Ulid};

use super::contents::{move_some, sweep};
use super::tidy;
use crate::app::{DAY, Settings};
use crate::media::contents::{Contents, Place, file_in};
use crate::store::sql::args;
use crate::testing::bench::{Bench, png};
use crate::testing::{TestEnv, folder, sqlite};

async fn objects(bench: &Bench) -> Vec<Ulid> {
    bench.app.contents.list().try_collect().await.unwrap()
}

/// A file with a text.
fn pdf(text: &str) -> Vec<u8> {
    format!("%PDF-1.7 {text}").into_bytes()
}

async fn in_folder(address: &str, around: &Path) -> Bench {
    let contents = Contents::open(&Place::Folder(around.join("media"))).unwrap();
    Bench::keeping(contents, address, Settings::default()).await
}

#[tokio::test]
async fn contents_outlive_the_server_and_one_that_is_lost_is_an_error_of_ours() {
    let ((address, _folder), around) = (sqlite(), folder("halyard-media-"));
    let bench = in_folder(&address, around.path()).await;
    let maya = bench.sign_in("1001@harbor").await;
    let (kept, lost) = (bench.media_id(), bench.media_id());
    assert_eq!(maya.give(kept, "plan.pdf", pdf("kept")).await.status, 200);
    let before = objects(&bench).await;
    assert_eq!(maya.give(lost, "plan.pdf", pdf("lost")).await.status, 200);
    let [object] = objects(&bench).await.into_iter().filter(|object| !before.contains(object)).collect::<Vec<_>>()[..]
    else {
        panic!("one more")
    };
    bench.app.store.close().await;

    let contents = Contents::open(&Place::Folder(around.path().join("media"))).unwrap();
    let again = Bench::again(contents, &address, Settings::default(), bench.test.clone()).await;
    let maya = again.sign_in("1001@harbor").await;
    let shown = maya.open(&format!("/media/{kept}"), None).await;
    assert_eq!((shown.status.as_u16(), shown.body), (200, pdf("kept")));
    assert_eq!(shown.headers["content-length"], pdf("kept").len().to_string());
    let part = maya.open(&format!("/media/{kept}"), Some("bytes=-4")).await;
    assert_eq!(
        (part.status.as_u16(), &part.body[..], part.headers["content-length"].as_bytes()),
        (206, &b"kept"[..], &b"4"[..])
    );

    std::fs::remove_file(file_in(around.path().join("media").as_path(), object)).unwrap();
    let path = format!("/media/{lost}");
    // A device keeps "not found", and tries again after an error.
    assert_eq!(maya.open(&path, None).await.code(), ErrorCode::Internal);
    assert_eq!(maya.open(&path, Some("bytes=0-3")).await.code(), ErrorCode::Internal);
    assert_eq!(maya.open(&path, Some("bytes=5000-")).await.status, 416);
}

#[tokio::test]
async fn two_that_give_the_same_at_once_leave_one_object() {
    let ((address, _folder), around) = (sqlite(), folder("halyard-media-"));
    let bench = in_folder(&address, around.path()).await;
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let (hers, others) = (bench.media_id(), bench.media_id());
    let (first, second) =
        tokio::join!(maya.give(hers, "boat.png", png(3, 2)), rosa.give(others, "boat.png", png(3, 2)));
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200));
    assert_eq!(objects(&bench).await.len(), 1);
    assert_eq!(maya.open(&format!("/media/{hers}"), None).await.body, png(3, 2));
    assert_eq!(rosa.open(&format!("/media/{others}"), None).await.body, png(3, 2));
    assert_eq!(maya.give(bench.media_id(), "again.png", png(3, 2)).await.status, 200);
    assert_eq!(objects(&bench).await.len(), 1, "what is known is not put again");
    assert_eq!(maya.give(hers, "other.png", png(7, 7)).await.code(), ErrorCode::Conflict);
    assert_eq!(objects(&bench).await.len(), 1, "what is refused leaves nothing");
}

#[tokio::test]
async fn what_a_server_that_ended_between_two_steps_has_left_goes_after_a_day() {
    let ((address, _folder), around) = (sqlite(), folder("halyard-media-"));
    let bench = in_folder(&address, around.path()).await;
    let maya = bench.sign_in("1001@harbor").await;
    let id = bench.media_id();
    maya.give(id, "boat.png", png(3, 2)).await;
    let named = objects(&bench).await;
    // Put, and never named.
    let orphan = bench.app.env.ulid();
    bench.app.contents.put(orphan, png(3, 2).into()).await.unwrap();
    bench.test.pass(DAY);
    assert_eq!(sweep(&bench.app).await.unwrap(), 0, "it may be on its way");
    bench.test.pass(1);
    assert_eq!(sweep(&bench.app).await.unwrap(), 1);
    assert_eq!(objects(&bench).await, named);
    assert_eq!(maya.open(&format!("/media/{id}"), None).await.status, 200);
    // Forgotten, and not deleted any more: the row is gone, the object is not.
    let mut tx = bench.app.store.write_system().await.unwrap();
    tx.run("DELETE FROM media", args![]).await.unwrap();
    tx.run("DELETE FROM media_contents", args![]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sweep(&bench.app).await.unwrap(), 1);
    assert!(objects(&bench).await.is_empty());
}

#[tokio::test]
async fn what_nobody_sent_goes_with_its_object_and_comes_back_when_it_is_given_again() {
    let ((address, _folder), around) = (sqlite(), folder("halyard-media-"));
    let bench = in_folder(&address, around.path()).await;
    let maya = bench.sign_in("1001@harbor").await;
    let (id, sent) = (bench.media_id(), bench.media_id());
    maya.give(id, "boat.png", png(3, 2)).await;
    maya.give(sent, "plan.pdf", pdf("sent")).await;
    let to = maya.colleagues(&["1002"]).await;
    assert_eq!(maya.send_with(bench.message_id(), to, "Look", &[sent]).await.status, 202);
    bench.test.pass(8 * DAY);
    tidy(&bench.app).await.unwrap();
    assert_eq!(objects(&bench).await.len(), 1);
    assert_eq!(maya.open(&format!("/media/{id}"), None).await.code(), ErrorCode::NotFound);
    assert_eq!(maya.open(&format!("/media/{sent}"), None).await.body, pdf("sent"));
    assert_eq!(maya.give(id, "boat.png", png(3, 2)).await.json::<Media>().id, id);
    assert_eq!(maya.open(&format!("/media/{id}"), None).await.body, png(3, 2));
}

#[tokio::test]
async fn pictures_of_the_demo_are_moved_when_the_server_runs() {
    let ((address, _folder), around) = (sqlite(), folder("halyard-media-"));
    let contents = Contents::open(&Place::Folder(around.path().join("media"))).unwrap();
    let bench = Bench::again(contents, &address, Settings::default(), TestEnv::new()).await;
    crate::demo::make(&bench.app.store, &bench.app.env).await.unwrap();
    assert!(objects(&bench).await.is_empty());
    assert_eq!(move_some(&bench.app).await.unwrap(), 2);
    assert_eq!(move_some(&bench.app).await.unwrap(), 0);
    assert_eq!(objects(&bench).await.len(), 2);
}
