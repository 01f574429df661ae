//! Contents in a folder.

use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::testing::{START, TestEnv, folder};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn listed(contents: &Contents) -> Vec<Ulid> {
    contents.list().try_collect().await.unwrap()
}

async fn all(body: Body) -> Vec<u8> {
    body.try_collect::<Vec<Bytes>>().await.unwrap().concat()
}

#[tokio::test]
async fn a_content_is_as_it_was_put_and_only_its_owner_reads_it() {
    let (around, env) = (folder("halyard-media-"), TestEnv::new().env());
    let place = Place::Folder(around.path().join("a/halyard.media"));
    assert!(Contents::look(&place).unwrap().is_none(), "looking makes nothing");
    let contents = Contents::open(&place).unwrap();
    let (object, content) = (env.ulid(), (0..200_000).map(|n| n as u8).collect::<Vec<_>>());
    contents.put(object, content.clone().into()).await.unwrap();

    let root = contents.folder().unwrap();
    let file = file_in(root, object);
    assert_eq!((mode(root), mode(file.parent().unwrap()), mode(&file)), (0o700, 0o700, 0o600));
    assert_eq!(std::fs::read(&file).unwrap(), content);
    let name = object.to_string();
    assert!(file.ends_with(format!("{}/{name}", &name[24..])), "its folder is by what differs: {}", file.display());

    let again = Contents::look(&place).unwrap().unwrap();
    assert_eq!(all(again.get(object, 200_000, None).await.unwrap()).await, content);
    let part = again.get(object, 200_000, Some(70_000..140_001)).await.unwrap();
    assert_eq!(all(part).await, content[70_000..140_001]);
    assert_eq!(again.get_all(object).await.unwrap(), content);
}

#[tokio::test]
async fn what_is_missing_or_damaged_is_told_apart() {
    let (around, env) = (folder("halyard-media-"), TestEnv::new().env());
    let contents = Contents::open(&Place::Folder(around.path().to_owned())).unwrap();
    let (object, other) = (env.ulid(), env.ulid());
    contents.put(object, Bytes::from_static(b"content")).await.unwrap();
    assert!(matches!(contents.get(other, 7, None).await, Err(ContentsError::Missing(missing)) if missing == other));
    std::fs::write(file_in(around.path(), object), "cont").unwrap();
    let cut = contents.get(object, 7, Some(0..7)).await;
    assert!(matches!(cut, Err(ContentsError::Damaged { expected: 7, found: 4, .. })));
    contents.delete(vec![other, object]).await.unwrap();
    assert!(!file_in(around.path(), object).exists());
}

#[tokio::test]
async fn what_is_not_ours_is_left_alone() {
    let (around, env) = (folder("halyard-media-"), TestEnv::new().env());
    let contents = Contents::open(&Place::Folder(around.path().to_owned())).unwrap();
    let object = env.ulid();
    contents.put(object, Bytes::from_static(b"content")).await.unwrap();
    let inner = file_in(around.path(), object).parent().unwrap().to_owned();
    let strange = [around.path().join("notes"), inner.join("notes"), around.path().join(object.to_string())];
    for file in &strange {
        std::fs::write(file, "").unwrap();
    }
    // As a server leaves it that ends while it writes.
    let (old, new) = (inner.join(format!("{object}#1")), inner.join(format!("{}#7", env.ulid())));
    std::fs::write(&old, "").unwrap();
    assert_eq!(listed(&contents).await, [object]);
    assert_eq!(contents.remove_unfinished(START).await.unwrap(), 0, "it may still be at it");
    std::fs::write(&new, "").unwrap();
    assert_eq!(contents.remove_unfinished(START.plus(1)).await.unwrap(), 2);
    assert!(!old.exists() && !new.exists() && strange.iter().all(|file| file.exists()));
}

#[test]
fn a_folder_that_is_there_keeps_its_mode() {
    let around = folder("halyard-media-");
    let shared = around.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o750)).unwrap();
    Contents::open(&Place::Folder(shared.clone())).unwrap();
    assert_eq!(mode(&shared), 0o750);
    std::fs::write(around.path().join("file"), "").unwrap();
    let refused = Contents::open(&Place::Folder(around.path().join("file"))).err().unwrap().to_string();
    assert!(refused.starts_with("the folder of contents /"), "{refused}");
}
