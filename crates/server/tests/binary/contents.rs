//! Contents of files in a folder beside the database: copies of it, and what is lost.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::site::{Server, Site};

const FIRST: &str = "01J9ZK4T6Q8Y2M0C5R7W3X1B01";
const SECOND: &str = "01J9ZK4T6Q8Y2M0C5R7W3X1B02";

/// Gives a file with a text.
pub(crate) fn give(server: &Server, id: &str, text: &str) -> u16 {
    server.ask("PUT", &format!("/media/{id}?name=plan.pdf"), "", &format!("%PDF-1.7 {text}")).unwrap().0
}

/// What a file has.
pub(crate) fn shown(server: &Server, id: &str) -> (u16, String) {
    server.open(&format!("/media/{id}"), "").unwrap()
}

/// The site with a user, and a server at which they have signed in.
pub(crate) fn started(site: &Site) -> Server {
    site.says("tenant add harbor --name Harbor");
    site.says("user add 1001@harbor --name Maya --password halyard-test");
    signed_in(site)
}

pub(crate) fn signed_in(site: &Site) -> Server {
    let mut server = site.serve();
    assert_eq!(server.sign_in("1001@harbor", "halyard-test"), 200);
    server
}

/// The files in a folder of contents.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let inner = fs::read_dir(folder).into_iter().flatten().map(|inner| inner.unwrap().path());
    inner.flat_map(|inner| fs::read_dir(inner).unwrap().map(|file| file.unwrap().path())).collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn a_copy_has_the_contents_and_brings_back_what_was_lost() {
    let site = Site::new();
    let server = started(&site);
    let (media, copies) = (site.path("test.media"), site.path("copy.media"));
    assert_eq!((give(&server, FIRST, "first"), give(&server, SECOND, "second")), (200, 200));
    assert_eq!(files(&media).len(), 2);
    let all = [media.clone(), files(&media)[0].parent().unwrap().to_owned(), files(&media)[0].clone()];
    assert_eq!(all.map(|path| mode(&path)), [0o700, 0o700, 0o600]);

    let copy = site.path("copy.db").display().to_string();
    let said = site.says(&format!("backup {copy}"));
    assert!(said.contains("Contents of files are in ") && said.contains("copy.media"), "{said}");
    assert_eq!((files(&copies).len(), mode(&copies)), (2, 0o700));
    assert!(files(&copies).iter().all(|file| fs::metadata(file).unwrap().nlink() == 2), "they share the disk");
    assert!(site.fails(&format!("backup {}", site.path("copy").display())).contains("is there already"));
    assert!(!site.path("copy").exists() && files(&copies).len() == 2, "the folder of another copy stays");
    assert!(server.stop());

    fs::remove_dir_all(&media).unwrap();
    assert!(site.says("doctor").contains("2 are missing there, the first is "));
    assert!(!media.exists(), "the doctor changes nothing");
    site.says(&format!("restore {copy} --replace"));
    let back = files(&media);
    assert_eq!((back.len(), mode(&media), mode(&back[0])), (2, 0o700, 0o600));
    assert!(back.iter().all(|file| fs::metadata(file).unwrap().nlink() == 1), "the copy does not depend on them");
    assert!(!site.says("doctor").contains("missing"));
    let server = signed_in(&site);
    assert_eq!(shown(&server, FIRST), (200, "%PDF-1.7 first".to_owned()));
    assert_eq!(server.open(&format!("/media/{SECOND}"), "-6").unwrap(), (206, "second".to_owned()));
    assert!(server.stop());

    let lost = files(&media).remove(0);
    fs::remove_file(&lost).unwrap();
    fs::remove_file(copies.join(lost.strip_prefix(&media).unwrap())).unwrap();
    let before = fs::read(site.path("test.db")).unwrap();
    let refused = site.fails(&format!("restore {copy} --replace"));
    let name = lost.file_name().unwrap().to_str().unwrap();
    assert!(refused.contains("1 contents of files are neither in") && refused.contains(name), "{refused}");
    assert!(fs::read(site.path("test.db")).unwrap() == before, "nothing was changed");
    site.says(&format!("restore {copy} --replace --accept-missing"));
    // What is lost keeps nobody from having a copy of the rest.
    let output = site.run(&format!("backup {}", site.path("rest.db").display()));
    let warned = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && warned.contains("1 contents of files were lost before"), "{warned}");
    let server = signed_in(&site);
    let mut answers = [shown(&server, FIRST).0, shown(&server, SECOND).0];
    answers.sort_unstable();
    assert_eq!(answers, [200, 500], "nobody takes it for a file that is not there");
}

/// What was kept before contents were in a folder comes there while the server runs, and is in a copy meanwhile.
#[test]
fn what_is_still_in_the_database_is_moved_and_copied() {
    let site = Site::new();
    site.says("demo");
    let media = site.path("test.media");
    assert!(site.says("doctor").contains("2 still in the database"));
    assert!(!site.says(&format!("backup {}", site.path("copy.db").display())).contains("Contents of files"));
    assert!(!site.path("copy.media").exists());
    let server = site.serve();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while site.says("doctor").contains("still in the database") && std::time::Instant::now() < end {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(files(&media).len(), 2);
    assert!(site.says("doctor").contains("contents of files: 2 in "));
    assert!(server.stop());
    site.says(&format!("restore {} --replace", site.path("copy.db").display()));
    assert!(site.says("doctor").contains("2 still in the database"));
}

#[test]
fn with_postgresql_it_has_to_be_said_where_contents_are() {
    let site = Site::with(vec![("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none".to_owned())]);
    let refused = site.fails("serve --listen 127.0.0.1:0");
    assert!(refused.contains("`--media FOLDER`"), "{refused}");
    let refused = site.fails(&format!("serve --listen 127.0.0.1:0 --media {}", site.path("media").display()));
    assert!(refused.contains("database is not available"), "{refused}");
    assert!(site.fails("serve --media ftp://files").contains("s3://bucket/prefix"));
}
