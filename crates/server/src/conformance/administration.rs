//! Administration, over REST.

use halyard_protocol::admin::ActorKind;
use halyard_protocol::admin::{
    AddedUser, AuditAction, AuditEntry, AuditPage, JobsReport, NumberAccounts, PasswordLink, TenantAccounts,
    UserAccount, UserAccounts,
};
use halyard_protocol::rest::{Devices, PasswordChosen};
use halyard_protocol::{Availability, CauseCode, Change, ErrorCode, Permission, Role};
use serde_json::json;

use crate::store;
use crate::testing::bench::{Bench, Browser, PASSWORD};

async fn audit(browser: &Browser<'_>) -> Vec<AuditEntry> {
    browser.get("/audit").await.json::<AuditPage>().entries
}

fn token(link: &PasswordLink) -> String {
    link.url.strip_prefix("/password#").unwrap().to_owned()
}

pub(super) async fn a_new_user_chooses_a_password_by_a_link(bench: &Bench) {
    let manager = bench.sign_in("1004@harbor").await;
    let maya = bench.sign_in("1001@harbor").await;
    let before = maya.bootstrap().await.cursor;
    let new = json!({ "extension": "1010", "name": " Kim Ito ", "role": "basic", "email": "kim@harbor.example" });
    let answer = manager.post("/users", &new).await;
    assert_eq!((answer.status.as_u16(), answer.headers["cache-control"].to_str().unwrap()), (201, "no-store"));
    let added: AddedUser = answer.json();
    assert_eq!(added.account.user.name, "Kim Ito");
    let events = maya.events(before).await;
    assert_eq!(events[0].change, Change::UserChanged { user: added.account.user.clone() });
    let link = added.link.expect("a link");
    assert!(!format!("{link:?}").contains(&token(&link)), "a link is in no log");

    let kim = bench.stranger();
    let used = |password: &str| json!({ "token": token(&link), "password": password });
    assert_eq!(kim.post("/password-links/use", &used("short")).await.cause(), CauseCode::PasswordTooShort);
    let chosen: PasswordChosen = kim.post("/password-links/use", &used("battery staple")).await.json();
    assert_eq!(chosen.login, "1010@harbor");
    assert_eq!(kim.post("/password-links/use", &used("battery staple")).await.cause(), CauseCode::LinkExpired);
    let login = json!({ "login": chosen.login, "password": "battery staple" });
    assert_eq!(kim.post("/session", &login).await.status, 200);

    let entries = audit(&maya).await;
    let actions: Vec<AuditAction> = entries.iter().map(|entry| entry.action).take(3).collect();
    assert_eq!(actions, [AuditAction::PasswordChanged, AuditAction::PasswordLinkMade, AuditAction::UserAdded]);
    assert_eq!(entries[2].actor_name, "1004@harbor 1004 of harbor");
    assert_eq!((entries[2].actor, entries[0].actor), (ActorKind::User, ActorKind::System));
    assert_eq!(entries[2].subject_name, "1010 Kim Ito");
}

pub(super) async fn a_link_ends_after_three_days_and_when_another_is_made_or_the_user_disabled(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.user("1002@harbor").await;
    let path = format!("/users/{devon}/password-link");
    let make = async || maya.post(&path, &()).await.json::<PasswordLink>();
    let try_it = async |link: &PasswordLink| {
        let body = json!({ "token": token(link), "password": "battery staple" });
        bench.stranger().post("/password-links/use", &body).await
    };
    let first = make().await;
    let second = make().await;
    assert_eq!(try_it(&first).await.cause(), CauseCode::LinkExpired);
    bench.test.pass(3 * crate::app::DAY);
    assert_eq!(try_it(&second).await.cause(), CauseCode::LinkExpired);
    let third = make().await;
    let user = format!("/users/{devon}");
    maya.patch(&user, &json!({ "disabled": true })).await;
    assert_eq!(try_it(&third).await.cause(), CauseCode::LinkExpired);
    assert_eq!(maya.post(&path, &()).await.code(), ErrorCode::Conflict);
    // Enabled again, or with another role, he needs another link.
    maya.patch(&user, &json!({ "disabled": false })).await;
    assert_eq!(try_it(&third).await.cause(), CauseCode::LinkExpired);
    let fourth = make().await;
    maya.patch(&user, &json!({ "role": "administrator" })).await;
    assert_eq!(try_it(&fourth).await.cause(), CauseCode::LinkExpired);
    for odd in ["", "x", &"g".repeat(64), &"a".repeat(64)] {
        let body = json!({ "token": odd, "password": "battery staple" });
        assert_eq!(bench.stranger().post("/password-links/use", &body).await.cause(), CauseCode::LinkExpired);
    }
}

pub(super) async fn links_are_not_guessed_for_ever(bench: &Bench) {
    let body = json!({ "token": "a".repeat(64), "password": "battery staple" });
    for _ in 0..crate::app::PER_ADDRESS.get() {
        assert_eq!(bench.stranger().post("/password-links/use", &body).await.cause(), CauseCode::LinkExpired);
    }
    let answer = bench.stranger().post("/password-links/use", &body).await;
    assert_eq!(answer.code(), ErrorCode::TooManyRequests);
}

pub(super) async fn users_are_changed_disabled_enabled_and_removed(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let devon = bench.sign_in("1002@harbor").await;
    devon.chat(&["1003"], "Before I go").await;
    let id = bench.user("1002@harbor").await;
    let path = format!("/users/{id}");
    let changed: UserAccount =
        maya.patch(&path, &json!({ "name": "Devon Kerr", "role": "supervisor", "extension": "1012" })).await.json();
    assert_eq!((changed.user.name.as_str(), changed.user.role), ("Devon Kerr", Role::Supervisor));
    assert_eq!(devon.get("/session").await.value()["user"]["extension"], "1012", "he stays signed in");
    let before = audit(&maya).await;
    assert_eq!(before[0].before["role"], "Basic User");
    assert_eq!(before[0].after["extension"], "1012");
    maya.patch(&path, &json!({ "name": "Devon Kerr" })).await;
    assert_eq!(audit(&maya).await.len(), before.len(), "the same is no news");
    assert_eq!(maya.patch(&path, &json!({ "extension": "1003" })).await.cause(), CauseCode::ExtensionTaken);
    for (wrong, cause) in [
        (json!({ "extension": "1" }), CauseCode::InvalidExtension),
        (json!({ "extension": "10x1" }), CauseCode::InvalidExtension),
        (json!({ "name": " " }), CauseCode::InvalidUserName),
        (json!({ "email": "nobody" }), CauseCode::InvalidEmail),
        (json!({ "role": "emperor" }), CauseCode::UnknownRole),
        (json!({ "status_text": "x".repeat(121) }), CauseCode::StatusTextTooLong),
    ] {
        assert_eq!(maya.patch(&path, &wrong).await.cause(), cause, "{wrong}");
    }

    maya.patch(&path, &json!({ "disabled": true })).await;
    assert_eq!(devon.get("/session").await.code(), ErrorCode::SignedOut);
    let list: UserAccounts = maya.get("/users").await.json();
    let found = list.users.iter().find(|account| account.user.id == id).unwrap();
    assert!(found.disabled_at.is_some() && found.numbers.len() == 1);
    maya.patch(&path, &json!({ "disabled": false })).await;
    bench.sign_in("1012@harbor").await;

    assert_eq!(maya.delete(&path).await.status, 204);
    assert_eq!(maya.delete(&path).await.code(), ErrorCode::NotFound);
    let old = json!({ "login": "1012@harbor", "password": PASSWORD });
    assert_eq!(bench.stranger().post("/session", &old).await.code(), ErrorCode::WrongCredentials);
    let again = json!({ "extension": "1012", "name": "Another", "role": "basic", "password": PASSWORD });
    assert_eq!(maya.post("/users", &again).await.status, 201, "the extension is free");
    let kit = bench.sign_in("1003@harbor").await;
    assert_eq!(kit.bootstrap().await.conversations.len(), 1, "what he wrote stays");
    let new = bench.sign_in("1012@harbor").await.bootstrap().await;
    assert!(new.conversations.is_empty() && new.me.numbers.is_empty() && new.me.user.id != id);
}

pub(super) async fn nobody_manages_above_their_role_or_locks_themselves_out(bench: &Bench) {
    let (manager, maya) = (bench.sign_in("1004@harbor").await, bench.sign_in("1001@harbor").await);
    let administrator = format!("/users/{}", bench.user("1001@harbor").await);
    let own = format!("/users/{}", bench.user("1004@harbor").await);
    let devon = format!("/users/{}", bench.user("1002@harbor").await);
    let denied = CauseCode::RoleDoesNotAllow;
    assert_eq!(manager.patch(&administrator, &json!({ "name": "Mine" })).await.cause(), denied);
    assert_eq!(manager.delete(&administrator).await.cause(), denied);
    assert_eq!(manager.delete(&format!("{administrator}/devices")).await.cause(), denied);
    assert_eq!(manager.post(&format!("{administrator}/password-link"), &()).await.cause(), denied);
    let taken = json!({ "password": "battery staple" });
    assert_eq!(manager.put(&format!("{administrator}/password"), &taken).await.cause(), denied);
    assert_eq!(manager.patch(&devon, &json!({ "role": "administrator" })).await.cause(), denied);
    let new = json!({ "extension": "1010", "name": "Kim", "role": "administrator" });
    assert_eq!(manager.post("/users", &new).await.cause(), denied);
    assert_eq!(manager.patch(&own, &json!({ "role": "administrator" })).await.cause(), CauseCode::OwnAccount);
    for (who, path) in [(&manager, &own), (&maya, &administrator)] {
        assert_eq!(who.patch(path, &json!({ "role": "basic" })).await.cause(), CauseCode::OwnAccount);
        assert_eq!(who.patch(path, &json!({ "disabled": true })).await.cause(), CauseCode::OwnAccount);
        assert_eq!(who.delete(path).await.cause(), CauseCode::OwnAccount);
        assert_eq!(who.patch(path, &json!({ "department": "Office" })).await.status, 200);
        assert_eq!(who.put(&format!("{path}/password"), &taken).await.cause(), CauseCode::OwnAccount, "not this way");
        assert_eq!(who.post(&format!("{path}/password-link"), &()).await.cause(), CauseCode::OwnAccount);
    }
}

pub(super) async fn a_supervisor_sets_the_status_of_others_and_nothing_else(bench: &Bench) {
    let (supervisor, _) = bench.with_role(Role::Supervisor).await;
    let devon = format!("/users/{}", bench.user("1002@harbor").await);
    let set: UserAccount = supervisor.patch(&devon, &json!({ "availability": "away" })).await.json();
    assert_eq!(set.user.availability, Availability::Away);
    let more = json!({ "availability": "busy", "name": "Mine" });
    assert_eq!(supervisor.patch(&devon, &more).await.cause(), CauseCode::RoleDoesNotAllow);
    let chief = format!("/users/{}", bench.user("1001@harbor").await);
    let set: UserAccount = supervisor.patch(&chief, &json!({ "status_text": "In a meeting" })).await.json();
    assert!(set.user.status_text == "In a meeting" && set.numbers.is_empty(), "of anybody, and without their numbers");
    let maya = bench.sign_in("1001@harbor").await;
    maya.patch(&devon, &json!({ "disabled": true })).await;
    assert_eq!(supervisor.patch(&devon, &json!({ "availability": "busy" })).await.code(), ErrorCode::NotFound);
    let before = maya.bootstrap().await.cursor;
    maya.patch(&devon, &json!({ "name": "Gone" })).await;
    assert!(maya.events(before).await.is_empty(), "who is disabled does not come back into the directory");
    maya.patch(&devon, &json!({ "disabled": false })).await;
    let basic = bench.sign_in("1003@harbor").await;
    assert_eq!(basic.patch(&devon, &json!({ "availability": "busy" })).await.cause(), CauseCode::RoleDoesNotAllow);
}

pub(super) async fn users_are_signed_out_by_those_who_manage_them(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let (first, second) = (bench.sign_in("1002@harbor").await, bench.sign_in("1002@harbor").await);
    let path = format!("/users/{}/devices", bench.user("1002@harbor").await);
    let list: Devices = maya.get(&path).await.json();
    assert_eq!(list.devices.len(), 2);
    let id = first.bootstrap().await.me.device;
    assert_eq!(maya.delete(&format!("{path}/{id}")).await.status, 204);
    assert_eq!(maya.delete(&format!("{path}/{id}")).await.code(), ErrorCode::NotFound);
    assert_eq!(first.get("/session").await.code(), ErrorCode::SignedOut);
    assert_eq!(second.get("/session").await.status, 200);
    assert_eq!(maya.delete(&path).await.status, 204);
    assert_eq!(second.get("/session").await.code(), ErrorCode::SignedOut);
    let actions: Vec<AuditAction> = audit(&maya).await.iter().map(|entry| entry.action).take(2).collect();
    assert_eq!(actions, [AuditAction::DevicesSignedOut, AuditAction::DeviceSignedOut]);
}

pub(super) async fn an_operator_administers_numbers_and_businesses(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let number = json!({ "number": "+16195550177", "label": "Fuel dock",
                         "capabilities": { "sms": true, "mms": true, "group_recipients": 8 } });
    assert_eq!(rosa.post("/numbers?tenant=harbor", &number).await.code(), ErrorCode::NotFound);
    bench.make_operator("atlas").await;
    assert_eq!(rosa.post("/numbers?tenant=harbor", &number).await.status, 201);
    assert_eq!(rosa.post("/numbers?tenant=harbor", &number).await.cause(), CauseCode::NumberTaken);
    let devon = bench.user("1002@harbor").await;
    let assigned = format!("/numbers/+16195550177/users/{devon}");
    assert_eq!(maya.put(&assigned, &()).await.status, 204);
    let labelled = maya.patch("/numbers/+16195550177", &json!({ "label": "Fuel" })).await;
    assert_eq!(labelled.value()["number"]["label"], "Fuel");
    let more = json!({ "capabilities": { "sms": true, "mms": false, "group_recipients": 0 } });
    assert_eq!(maya.patch("/numbers/+16195550177", &more).await.cause(), CauseCode::RoleDoesNotAllow);
    let list: NumberAccounts = maya.get("/numbers").await.json();
    let fuel = list.numbers.iter().find(|account| account.number.label == "Fuel").unwrap();
    assert_eq!(fuel.users, [devon]);

    let new = json!({ "domain": "Quay", "name": "Quay Side", "calling_code": 44 });
    assert_eq!(rosa.post("/tenants", &new).await.status, 201);
    assert_eq!(rosa.post("/tenants", &new).await.cause(), CauseCode::DomainTaken);
    let bad = json!({ "domain": "no blanks", "name": "No", "calling_code": 44 });
    assert_eq!(rosa.post("/tenants", &bad).await.cause(), CauseCode::InvalidDomain);
    let first = json!({ "extension": "100", "name": "Ada", "role": "administrator", "password": PASSWORD });
    assert_eq!(rosa.post("/users?tenant=quay", &first).await.status, 201);
    let ada = bench.sign_in("100@quay").await;
    assert_eq!(ada.patch("/tenant", &json!({ "name": "Quay" })).await.value()["name"], "Quay");
    let tenants: TenantAccounts = rosa.get("/tenants").await.json();
    let quay = tenants.tenants.iter().find(|account| account.tenant.domain == "quay").unwrap();
    assert_eq!((quay.users, quay.numbers, quay.operator), (1, 0, false));
    let entries = audit(&ada).await;
    assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [3, 2, 1], "without gaps");
    assert_eq!(entries[1].actor_name, "1001@atlas 1001 of atlas");

    assert_eq!(rosa.delete("/tenant").await.cause(), CauseCode::OwnAccount);
    assert_eq!(rosa.delete("/tenant?tenant=quay").await.status, 204);
    assert_eq!(ada.get("/session").await.code(), ErrorCode::SignedOut);
    assert_eq!(rosa.post("/tenants", &new).await.status, 201, "the domain is free");
}

pub(super) async fn who_had_a_number_keeps_what_was_written_when_it_moves(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    bench.make_operator("atlas").await;
    let id = maya.text(102, &[142], "From harbor").await.conversation;
    assert_eq!(rosa.post("/numbers/+16195550102/move?tenant=harbor", &json!({ "to": "atlas" })).await.status, 204);
    let start = maya.bootstrap().await;
    assert_eq!(start.me.numbers.len(), 1);
    assert!(start.conversations.iter().any(|conversation| conversation.id == id), "she reads on");
    let again = maya.send(bench.message_id(), crate::testing::bench::to_numbers(102, &[142]), "Still mine?").await;
    assert_eq!(again.code(), ErrorCode::NotYourNumber);
    let her = bench.user("1001@atlas").await;
    assert_eq!(rosa.put(&format!("/numbers/+16195550102/users/{her}"), &()).await.status, 204);
    assert!(rosa.bootstrap().await.conversations.is_empty(), "its history stays where it was written");
    let there = rosa.text(102, &[142], "From atlas").await.conversation;
    assert_ne!(there, id);
    let moved = |entries: Vec<AuditEntry>| entries.into_iter().any(|entry| entry.action == AuditAction::NumberMoved);
    assert!(moved(audit(&maya).await) && moved(audit(&rosa).await), "both businesses see it");

    assert_eq!(rosa.delete("/numbers/+16195550102").await.status, 204);
    assert_eq!(rosa.delete("/numbers/+16195550102").await.code(), ErrorCode::NotFound);
    let back =
        json!({ "number": "+16195550102", "capabilities": { "sms": true, "mms": false, "group_recipients": 0 } });
    assert_eq!(rosa.post("/numbers?tenant=harbor", &back).await.status, 201, "a retired one is added again");
    // It goes to somebody else now: who had it before has nothing of it any more.
    assert!(maya.bootstrap().await.conversations.iter().all(|conversation| conversation.id != id));
    let (devon, his) = (bench.sign_in("1002@harbor").await, bench.user("1002@harbor").await);
    maya.put(&format!("/numbers/+16195550102/users/{his}"), &()).await;
    let before = maya.bootstrap().await.cursor;
    assert_eq!(devon.text(102, &[142], "Mine now").await.conversation, id);
    assert!(maya.events(before).await.is_empty());
    let same = rosa.post("/numbers/+16195550102/move?tenant=harbor", &json!({ "to": "harbor" })).await;
    assert_eq!(same.code(), ErrorCode::NotFound, "it is there already");
    assert_eq!(devon.bootstrap().await.me.numbers.len(), 2);
}

pub(super) async fn shared_contacts_are_in_the_audit_log_without_what_is_in_them(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let id = "/contacts/01J9ZK4T6Q8Y2M0C5R7W3X1B9D";
    maya.put(id, &json!({ "scope": "personal", "given": "Private" })).await;
    maya.put(id, &json!({ "scope": "shared", "given": "Dana" })).await;
    let numbers = json!([{ "label": "work", "number": "+16195550142" }]);
    maya.put(id, &json!({ "scope": "shared", "given": "Dana", "numbers": numbers })).await;
    maya.delete(id).await;
    let entries = audit(&maya).await;
    let actions: Vec<AuditAction> = entries.iter().map(|entry| entry.action).take(3).collect();
    assert_eq!(actions, [AuditAction::ContactRemoved, AuditAction::ContactChanged, AuditAction::ContactAdded]);
    assert_eq!(entries[1].after["fields"], "numbers");
    let text = String::from_utf8(maya.get("/audit/export").await.body).unwrap();
    assert!(!text.contains("Private") && !text.contains("5550142"), "{text}");
    assert!(text.starts_with("number,time") && text.lines().count() == entries.len() + 1);
}

pub(super) async fn the_audit_log_is_read_page_by_page_and_exported_whole(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let devon = format!("/users/{}", bench.user("1002@harbor").await);
    for n in 0..520 {
        maya.patch(&devon, &json!({ "department": format!("Dock {n}") })).await;
    }
    let first: AuditPage = maya.get("/audit?limit=500").await.json();
    assert!(first.older && first.entries.len() == 500);
    let last = first.entries.last().unwrap().seq;
    let second: AuditPage = maya.get(&format!("/audit?before={last}")).await.json();
    assert!(!second.older && second.entries[0].seq == last - 1);
    let exported = maya.get("/audit/export").await;
    assert_eq!(exported.headers["content-type"], "text/csv; charset=utf-8");
    let lines = String::from_utf8(exported.body).unwrap().lines().count();
    assert_eq!(lines, first.entries.len() + second.entries.len() + 1);
}

/// What somebody may is looked at when they have their turn, not when their request began.
pub(super) async fn who_is_disabled_meanwhile_does_nothing_more(bench: &Bench) {
    let (maya, second) = (bench.sign_in("1001@harbor").await, bench.with_role(Role::Administrator).await.0);
    let token = second.cookie.clone().unwrap().split_once('=').unwrap().1.to_owned();
    let mut tx = bench.app.store.read().await.unwrap();
    let (hash, now) = (crate::digest::digest(token), bench.app.env.now());
    let lifetimes = bench.app.settings.lifetimes;
    let session = store::sessions::by_token(&mut tx, &hash, now, lifetimes).await.unwrap().unwrap();
    drop(tx);
    let actor = bench.app.actor(&session);
    assert!(bench.app.administer(actor).await.is_ok());
    let path = format!("/users/{}", session.user);
    maya.patch(&path, &json!({ "role": "basic" })).await;
    let (_, now_basic) = bench.app.administer(actor).await.unwrap();
    assert!(actor.may(Permission::ManageUsers) && !now_basic.may(Permission::ManageUsers));
    maya.patch(&path, &json!({ "disabled": true })).await;
    assert!(bench.app.administer(actor).await.is_err());
}

/// Between "sent" and its turn the number goes to another business: the text does not leave in its name.
pub(super) async fn a_text_does_not_leave_from_a_number_that_was_moved(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    bench.make_operator("atlas").await;
    let sent = maya.text(102, &[110], "Hello").await;
    rosa.post("/numbers/+16195550102/move?tenant=harbor", &json!({ "to": "atlas" })).await;
    bench.work().await;
    let page = maya.get(&format!("/conversations/{}/entries", sent.conversation)).await.value();
    let delivery = &page["entries"][0]["deliveries"][0];
    assert_eq!(
        (delivery["state"].as_str(), delivery["cause"]["code"].as_str()),
        (Some("failed"), Some("own_number_gone"))
    );
    assert!(rosa.bootstrap().await.conversations.is_empty());
}

pub(super) async fn the_operator_sees_the_queue(bench: &Bench) {
    let rosa = bench.sign_in("1001@atlas").await;
    bench.make_operator("atlas").await;
    rosa.text(110, &[101], "Hello").await;
    let report: JobsReport = rosa.get("/jobs").await.json();
    assert_eq!((report.waiting, report.dead.len()), (1, 0));
    assert_eq!(rosa.post("/jobs/retry", &()).await.value()["jobs"], 0);
}
