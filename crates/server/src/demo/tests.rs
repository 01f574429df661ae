//! The demo as one of its users finds it.

use super::*;
use crate::sealing::Sealing;
use crate::testing::{TestEnv, store};

#[tokio::test]
async fn maya_finds_a_lived_in_place() {
    let test = TestEnv::new();
    let (store, _folder) = store().await;
    assert!(make(&store, &test.env()).await.unwrap());
    assert!(!make(&store, &test.env()).await.unwrap(), "the second time there is nothing to do");

    let mut tx = store.read().await.unwrap();
    let tenant = store::tenants::by_domain(&mut tx, "harbor").await.unwrap().unwrap();
    let users = store::users::directory(&mut tx, tenant.id).await.unwrap();
    assert_eq!(users.len(), 40);
    let maya = users[0].id;
    assert_eq!(store::numbers::of_user(&mut tx, maya).await.unwrap().len(), 3);
    assert_eq!(store::numbers::of_user(&mut tx, users[1].id).await.unwrap().len(), 1);
    assert!(store::numbers::of_user(&mut tx, users[39].id).await.unwrap().is_empty());

    let book = AddressBook { user: Some(maya), tenant: tenant.id };
    let contacts = store::contacts::page(&mut tx, book, None, 1_000).await.unwrap();
    assert_eq!(contacts.len(), CONTACTS + 3, "the shared ones and three of her own");

    let (column, older) = store::conversations::page(&mut tx, maya, None, 200).await.unwrap();
    assert!(column.len() > 25 && older.is_none());
    assert!(column.is_sorted_by_key(|conversation| std::cmp::Reverse(conversation.last_activity)));
    assert_eq!(column.iter().map(|conversation| conversation.unread).sum::<u32>(), 10);
    assert!(column.iter().all(|conversation| conversation.last_entry.is_some()));
    assert!(column.iter().any(|conversation| conversation.title == "Harbor crew"));
}

#[tokio::test]
async fn a_text_between_the_businesses_is_on_both_sides() {
    let test = TestEnv::new();
    let (store, _folder) = store().await;
    make(&store, &test.env()).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let atlas = store::tenants::by_domain(&mut tx, "atlas").await.unwrap().unwrap();
    let key = ConversationKey::text(number("858-0110"), [number("619-0105")]);
    let (messages, _) = store::messages::page(&mut tx, key.id(atlas.id), None, 0, 100).await.unwrap();
    assert_eq!(messages.len(), 8);
    assert_eq!(messages[0].message().unwrap().author, Author::Number(number("619-0105")));
    assert!(matches!(messages[1].message().unwrap().author, Author::User(_)));
    assert_eq!(messages[1].message().unwrap().deliveries[0].state, DeliveryState::Delivered);
}

#[tokio::test]
async fn a_number_of_the_marina_is_carried_by_the_simulator_wherever_that_is() {
    let test = TestEnv::new();
    let (store, folder) = store().await;
    let env = test.env();
    make(&store, &env).await.unwrap();
    let sealing = Sealing::new(Some(folder.path().join("test.key")));
    let mut tx = store.read().await.unwrap();
    let harbor = store::tenants::by_domain(&mut tx, "harbor").await.unwrap().unwrap().id;
    drop(tx);
    let mut before = None;
    for (api, token, is_same) in [
        ("http://127.0.0.1:8089", PASSWORD, false),
        ("http://127.0.0.1:8089", PASSWORD, true),
        ("http://127.0.0.1:9001", PASSWORD, false),
        ("http://127.0.0.1:9001", "another", false),
        ("http://127.0.0.1:9001", "another", true),
    ] {
        let line = simulated::carry(&store, &env, &sealing, api, token).await.unwrap();
        let mut tx = store.read().await.unwrap();
        let [account] = &store::carrier_accounts::of_tenant(&mut tx, harbor).await.unwrap()[..] else {
            panic!("{api}")
        };
        assert_eq!((account.name.as_str(), account.settings["api"].as_str()), ("Simulated carrier", api));
        assert_eq!(store::carrier_accounts::of_number(&mut tx, line).await.unwrap(), Some(account.id));
        assert_eq!(before.replace(account.id) == Some(account.id), is_same, "{api} {token}");
        for extension in ["1001", "1002"] {
            let user = store::users::account_by_extension(&mut tx, harbor, extension).await.unwrap().unwrap().user.id;
            let numbers = store::numbers::of_user(&mut tx, user).await.unwrap();
            let own = numbers.iter().find(|own| own.number == line).unwrap();
            assert_eq!((own.label.as_str(), own.capabilities.group_recipients), ("Simulated line", 10));
        }
    }
    assert!(
        simulated::carry(&store, &env, &sealing, "http://carrier.example", "token").await.is_err(),
        "no secret leaves in the open"
    );
}
