//! Administration by command, beside a running server.

use crate::postgres::Cluster;
use crate::site::Site;

#[test]
fn a_business_is_set_up_by_commands() {
    let site = Site::new();
    site.says("tenant add harbor --name Harbor");
    assert!(site.fails("tenant add harbor --name Again").contains("Another business has this domain"));
    site.says("user add 1001@harbor --name Maya --role administrator --password halyard-test");
    let made = site.says("user add 1002@harbor --name Devon");
    assert!(made.lines().any(|line| line.starts_with("Password: ") && line.len() == 26), "{made}");
    assert!(site.fails("user add 1002@harbor --name Devon").contains("Another user has this extension"));
    assert!(site.fails("user add 1003@nowhere --name Kim").contains("there is no tenant nowhere"));
    assert!(site.fails("user add 1003@harbor --name Kim --password short").contains("at least 8 characters"));
    site.says("number add +16195550101 --tenant harbor --label Desk");
    assert!(site.fails("number add +16195550101 --tenant harbor").contains("is in use"));
    assert!(site.fails("number assign +16195550199 1001@harbor").contains("is no number of harbor"));
    for who in ["1001", "1002"] {
        site.says(&format!("number assign +16195550101 {who}@harbor"));
    }
    assert_eq!(site.says("number list harbor"), "+16195550101\tDesk\t1001 1002\n");
    site.says("number unassign +16195550101 1002@harbor");
    assert_eq!(site.says("user list harbor"), "1001\tMaya\t\t+16195550101\n1002\tDevon\t\t\n");
    assert!(site.says("doctor").contains("tenant harbor: 2 users, 1 SMS numbers"));
    assert_eq!(site.says("jobs list"), "0 jobs wait or run.\n");
    assert_eq!(site.says("jobs retry"), "0 jobs run again.\n");
}

#[test]
fn commands_change_what_they_have_added() {
    let site = Site::new();
    for domain in ["harbor", "atlas"] {
        site.says(&format!("tenant add {domain} --name Business"));
        site.says(&format!("user add 1001@{domain} --name Maya --role administrator --password halyard-test"));
    }
    assert_eq!(
        site.says("tenant change harbor --name Marina --calling-code 44"),
        "Tenant harbor is Marina, calling code +44.\n"
    );
    site.says("tenant operator harbor");
    assert_eq!(site.says("tenant list"), "atlas\t+1\tBusiness\nharbor\t+44\tMarina\toperator\n");
    site.says("user add 1002@harbor --name Devon --password halyard-test");
    site.says("user change 1002@harbor --extension 1012 --name Kerr --role supervisor");
    assert!(site.fails("user change 1012@harbor --extension 1001").contains("Another user has this extension"));
    assert!(site.fails("user change 1012@harbor --extension 1").contains("two to eight digits"));
    let link = site.says("user password-link 1012@harbor --public-url https://phone.example");
    assert!(link.starts_with("https://phone.example/password#") && link.trim().len() == 31 + 64, "{link}");

    let mut server = site.serve();
    assert_eq!(server.sign_in("1012@harbor", "halyard-test"), 200);
    let devices = site.says("user devices 1012@harbor");
    let device = devices.split('\t').next().unwrap();
    assert!(site.fails("user sign-out 1012@harbor --device 01J9ZK4T6Q8Y2M0C5R7W3X1B9D").contains("nothing here"));
    site.says(&format!("user sign-out 1012@harbor --device {device}"));
    assert_eq!(server.ask("GET", "/session", "", "").unwrap().0, 401);
    assert_eq!(server.sign_in("1012@harbor", "halyard-test"), 200);
    site.says("user sign-out 1012@harbor");
    assert_eq!(server.ask("GET", "/session", "", "").unwrap().0, 401);

    site.says("number add +16195550101 --tenant harbor --label Desk");
    site.says("number change +16195550101 --label Front --group-recipients 0");
    site.says("number assign +16195550101 1012@harbor");
    assert_eq!(site.says("number list harbor"), "+16195550101\tFront\t1012\n");
    assert!(site.fails("number move +16195550101 --to nowhere").contains("there is no tenant nowhere"));
    site.says("number move +16195550101 --to atlas");
    assert_eq!(
        (site.says("number list harbor"), site.says("number list atlas")),
        (String::new(), "+16195550101\t\t\n".to_owned())
    );
    site.says("number retire +16195550101");
    assert!(site.fails("number retire +16195550101").contains("not in use"));
    site.says("user remove 1012@harbor");
    assert!(site.fails("user enable 1012@harbor").contains("there is no user"));
    site.says("tenant close atlas");
    assert!(site.fails("user list atlas").contains("there is no tenant atlas"));

    let audit = site.says("audit export harbor");
    let actions: Vec<&str> = audit.lines().skip(1).map(|line| line.split(',').nth(5).unwrap()).collect();
    let expected = [
        "user_removed",
        "number_moved",
        "number_assigned",
        "number_changed",
        "number_added",
        "devices_signed_out",
        "device_signed_out",
        "password_link_made",
        "user_changed",
        "user_added",
        "tenant_changed",
        "tenant_changed",
        "user_added",
        "tenant_added",
    ];
    assert_eq!(actions, expected, "{audit}");
    assert!(audit.lines().skip(1).all(|line| line.split(',').nth(2) == Some("operator")), "{audit}");
    assert_eq!(site.says("audit list harbor --limit 3").lines().count(), 4);
}

/// Copies are made while the server writes, and put back when it has stopped.
#[test]
fn a_copy_is_made_while_the_server_runs_and_put_back() {
    let site = Site::new();
    site.says("tenant add harbor --name Harbor");
    site.says("user add 1001@harbor --name Maya --password halyard-test");
    let copy = site.path("copy.db");
    let mut server = site.serve();
    assert_eq!(server.sign_in("1001@harbor", "halyard-test"), 200);
    let backup = format!("backup {}", copy.display());
    assert!(site.says(&backup).contains("everything up to this moment"));
    assert!(site.fails(&backup).contains("is there already"));
    assert_eq!(server.ask("PATCH", "/me", "", r#"{"status_text":"After the copy"}"#).unwrap().0, 200);

    let restore = format!("restore {} --replace", copy.display());
    assert!(site.fails(&format!("restore {}", copy.display())).contains("--replace"));
    assert!(site.fails(&restore).contains("in use"), "the server runs");
    assert_eq!(server.ask("GET", "/session", "", "").unwrap().1["user"]["status_text"], "After the copy");
    assert!(server.stop());
    let damaged = site.path("damaged.db");
    let mut bytes = std::fs::read(&copy).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&damaged, bytes).unwrap();
    assert!(!site.fails(&format!("restore {} --replace", damaged.display())).is_empty());
    site.says(&restore);
    assert!(site.says("doctor").contains("up to date"));
    let mut server = site.serve();
    assert_eq!(server.sign_in("1001@harbor", "halyard-test"), 200);
    assert_eq!(server.ask("GET", "/session", "", "").unwrap().1["user"]["status_text"], "");
}

#[test]
fn the_doctor_changes_nothing() {
    let site = Site::new();
    assert!(site.fails("doctor").contains("database"), "there is none");
    assert!(!site.path("test.db").exists());
    std::fs::write(site.path("test.db"), "").unwrap();
    assert!(site.fails("doctor").contains("is empty"));
    site.says("migrate");
    let files = || {
        let files = std::fs::read_dir(site.path("")).unwrap().map(|file| file.unwrap().path());
        files.map(|file| (file.clone(), std::fs::read(file).unwrap())).collect::<std::collections::BTreeMap<_, _>>()
    };
    let before = files();
    assert!(site.says("doctor").contains("up to date"));
    assert!(files() == before, "{:?}", files().keys());
}

/// A PostgreSQL that says that something is on the disk before it is.
#[test]
fn it_is_said_where_postgresql_does_not_wait_for_the_disk() {
    let cluster = Cluster::start(tempfile::tempdir().unwrap(), "-c fsync=off");
    let address = cluster.database("careless");
    let site = |more: &str| Site::with(vec![("DATABASE_URL", format!("{address}{more}"))]);
    site("").says("migrate");
    let found = site("").says("doctor");
    assert!(found.contains("fsync is off") && !found.contains("synchronous_commit"), "{found}");
    let careless = site("&options=-csynchronous_commit%3Doff");
    let found = careless.says("doctor");
    assert!(found.contains("fsync is off") && found.contains("synchronous_commit is off"), "{found}");
    // The server says so, too, before it finds that somebody else listens there.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let log = careless.fails(&format!("serve --listen {listen} --media {}", careless.path("media").display()));
    assert!(log.contains("does not wait for the disk") && log.contains("synchronous_commit"), "{log}");
}

#[test]
fn a_running_server_goes_by_what_the_commands_did() {
    let site = Site::new();
    site.says("tenant add harbor --name Harbor");
    site.says("user add 1001@harbor --name Maya --password halyard-test");
    let mut server = site.serve();
    assert_eq!(server.sign_in("1001@harbor", "halyard-test"), 200);
    site.says("user password 1001@harbor --password another-one");
    assert_eq!(server.ask("GET", "/session", "", "").unwrap().0, 401, "signed out everywhere");
    assert_eq!(server.sign_in("1001@harbor", "halyard-test"), 401);
    assert_eq!(server.sign_in("1001@harbor", "another-one"), 200);
    let piped = site.run_with("user password 1001@harbor --password-stdin", "by the pipe\r\n");
    assert!(piped.status.success() && !String::from_utf8_lossy(&piped.stdout).contains("by the pipe"));
    assert_eq!(server.sign_in("1001@harbor", "by the pipe"), 200);
    assert_eq!(site.says("user enable 1001@harbor"), "1001@harbor can sign in.\n", "as before");
    site.says("user disable 1001@harbor");
    assert_eq!(server.ask("GET", "/session", "", "").unwrap().0, 401);
    assert_eq!(server.sign_in("1001@harbor", "by the pipe"), 401);
    site.says("user enable 1001@harbor");
    assert_eq!(server.sign_in("1001@harbor", "by the pipe"), 200);
}

#[test]
fn contacts_come_from_a_file_all_or_none() {
    let site = Site::new();
    site.says("tenant add harbor --name Harbor");
    site.says("user add 1001@harbor --name Maya --password halyard-test");
    let file = site.path("contacts.csv");
    std::fs::write(&file, "given,work\nDana,(619) 555-0142\nKit,call me\n").unwrap();
    let import = format!("import-contacts {} --tenant harbor", file.display());
    assert!(site.fails(&import).contains("line 3: work:"));
    std::fs::write(&file, "given,work\nDana,(619) 555-0142\nKit,619-555-0143\n").unwrap();
    assert_eq!(site.says(&import), "2 shared contacts were added to harbor.\n");
    let mut server = site.serve();
    server.sign_in("1001@harbor", "halyard-test");
    let (_, page) = server.ask("GET", "/contacts", "", "").unwrap();
    assert_eq!(page["contacts"].as_array().unwrap().len(), 2);
}

#[test]
fn the_demo_is_made_once_and_says_how_to_log_in() {
    let site = Site::new();
    let first = site.says("demo");
    assert!(first.starts_with("The demo is ready.") && first.contains("1001@harbor   halyard-demo"), "{first}");
    assert!(site.says("demo").starts_with("The demo is there already."));
    let mut server = site.serve();
    for login in ["1001@harbor", "1002@harbor", "1001@atlas"] {
        assert_eq!(server.sign_in(login, "halyard-demo"), 200, "{login}");
    }
}
