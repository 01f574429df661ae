//! Administration by command, beside a running server.

use crate::site::Site;

#[test]
fn a_business_is_set_up_by_commands() {
    let site = Site::new();
    site.says("tenant add harbor --name Harbor");
    assert!(site.fails("tenant add harbor --name Again").contains("there is a tenant harbor already"));
    site.says("user add 1001@harbor --name Maya --role administrator --password halyard-test");
    let made = site.says("user add 1002@harbor --name Devon");
    assert!(made.lines().any(|line| line.starts_with("Password: ") && line.len() == 26), "{made}");
    assert!(site.fails("user add 1002@harbor --name Devon").contains("already"));
    assert!(site.fails("user add 1003@nowhere --name Kim").contains("there is no tenant nowhere"));
    assert!(site.fails("user add 1003@harbor --name Kim --password short").contains("at least 8 characters"));
    site.says("number add +16195550101 --tenant harbor --label Desk");
    assert!(site.fails("number add +16195550101 --tenant harbor").contains("in use already"));
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
    assert!(site.fails("user enable 1001@harbor").contains("not disabled"));
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
