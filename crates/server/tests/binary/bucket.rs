//! Contents of files in a bucket: another's server speaks S3 here, with a signature that has to be right.

use std::net::SocketAddr;

use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::contents::{files, give, shown, signed_in, started};
use crate::site::Site;

const FIRST: &str = "01J9ZK4T6Q8Y2M0C5R7W3X1B01";
const SECOND: &str = "01J9ZK4T6Q8Y2M0C5R7W3X1B02";

/// A server with one bucket, `phones`; gone when dropped.
struct Buckets {
    _runtime: Runtime,
    folder: TempDir,
    address: SocketAddr,
}

impl Buckets {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("phones")).unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single("halyard", "fair winds"));
        let service = service.build();
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve(listener, service));
        Self { _runtime: runtime, folder, address }
    }

    fn settings(&self, secret: &str) -> Vec<(&'static str, String)> {
        vec![
            ("HALYARD_MEDIA", "s3://phones/files".to_owned()),
            ("AWS_ENDPOINT", format!("http://{}", self.address)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "halyard".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", secret.to_owned()),
        ]
    }

    /// The objects of the prefix, as files.
    fn objects(&self) -> Vec<std::path::PathBuf> {
        files(&self.folder.path().join("phones/files"))
    }
}

async fn serve(listener: TcpListener, service: S3Service) {
    while let Ok((stream, _)) = listener.accept().await {
        let service = service.clone();
        tokio::spawn(async move {
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

#[test]
fn contents_go_to_a_bucket_and_come_from_there() {
    let buckets = Buckets::start();
    let site = Site::with(buckets.settings("fair winds"));
    let server = started(&site);
    assert_eq!((give(&server, FIRST, "first"), give(&server, SECOND, "second")), (200, 200));
    assert_eq!(buckets.objects().len(), 2);
    assert!(!site.path("test.media").exists(), "nothing is in a folder");
    assert_eq!(shown(&server, FIRST), (200, "%PDF-1.7 first".to_owned()));
    assert_eq!(server.open(&format!("/media/{SECOND}"), "9-11").unwrap(), (206, "sec".to_owned()));
    assert_eq!(server.open(&format!("/media/{SECOND}"), "900-").unwrap(), (416, String::new()));
    // Put, refused, and deleted again.
    assert_eq!(give(&server, FIRST, "another"), 409);
    assert_eq!(buckets.objects().len(), 2);
    assert!(server.stop());

    assert!(site.says("doctor").contains("contents of files: 2 in s3://phones/files"));
    let copy = site.path("copy.db").display().to_string();
    assert!(site.says(&format!("backup {copy}")).contains("s3://phones/files, which has to be backed up by itself"));
    assert!(!site.path("copy.media").exists());
    site.says(&format!("restore {copy} --replace"));
    let server = signed_in(&site);
    assert_eq!(shown(&server, FIRST).0, 200);

    let lost = buckets.objects().remove(0);
    std::fs::remove_file(&lost).unwrap();
    let name = lost.file_name().and_then(|name| name.to_str()).unwrap();
    assert!(site.says("doctor").contains(&format!("1 are missing there, the first is {name}")));
    assert!(site.fails(&format!("restore {copy} --replace")).contains("in use"));
    let mut answers = [shown(&server, FIRST).0, shown(&server, SECOND).0];
    answers.sort_unstable();
    assert_eq!(answers, [200, 500]);
    assert!(server.stop());
    assert!(site.fails(&format!("restore {copy} --replace")).contains(name), "it is in neither place");
}

#[test]
fn a_bucket_that_refuses_keeps_nobody_from_texting() {
    let buckets = Buckets::start();
    let site = Site::with(buckets.settings("another secret"));
    let server = started(&site);
    assert_eq!(give(&server, FIRST, "first"), 503, "the app tries again later");
    assert_eq!(server.ask("GET", "/bootstrap", "", "").unwrap().0, 200);
    let said = site.fails("doctor");
    assert!(said.contains("the folder or bucket of contents"), "{said}");
    assert!(!said.contains("another secret"), "{said}");
    assert!(server.stop());
}
