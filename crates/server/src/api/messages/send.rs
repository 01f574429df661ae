//! `POST /messages`: write to somebody.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use halyard_protocol::rest::{IDEMPOTENCY_KEY, SendMessage};
use halyard_protocol::{ErrorBody, ErrorCode, Message, MessageId};

use crate::api::extract::{Body, SignedIn};
use crate::app::App;
use crate::operations::messaging;
use crate::problem::Problem;

/// Write to colleagues, or from an own number to numbers outside.
///
/// The header `Idempotency-Key` is the message's id. The same id with the same body gets the first answer again,
/// with another body a conflict. The answer comes after the message is safe on disk.
#[utoipa::path(
    post, path = "/messages", tag = "conversations", request_body = SendMessage,
    params(("Idempotency-Key" = MessageId, Header, description = "The message's id, chosen by the device")),
    responses(
        (status = 202, description = "Accepted, and on its way", body = Message),
        (status = 409, description = "`idempotency_conflict`, or `conflict`: the id is another message's",
         body = ErrorBody),
        (status = 422, description = "`invalid_recipients`, `invalid_text`, `not_your_number`, `invalid_media`, `unknown_media`, \
                                     `limit_reached` or `invalid`",
         body = ErrorBody),
        (status = 429, description = "`too_many_requests`: too many texts in this minute", body = ErrorBody),
    )
)]
pub async fn send(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    headers: HeaderMap,
    Body(request): Body<SendMessage>,
) -> Result<(StatusCode, Json<Message>), Problem> {
    let id = idempotency_key(&headers)?;
    let message = messaging::send::send(&app.store, &app.actor(&session), id, request).await?;
    Ok((StatusCode::ACCEPTED, Json(message)))
}

/// The message's id: bare, or in the quotes that a structured header has.
fn idempotency_key(headers: &HeaderMap) -> Result<MessageId, Problem> {
    let text = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
    let text = text.map(|text| text.trim().trim_matches('"'));
    text.and_then(|text| text.parse().ok()).ok_or_else(|| {
        let message = "The header Idempotency-Key has to carry the message's id: 26 characters.";
        Problem::new(ErrorCode::MalformedRequest, message).at(IDEMPOTENCY_KEY)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bench::{Bench, number, png, to_numbers as texts};
    use axum::http::Method;
    use halyard_protocol::rest::EntriesPage;
    use halyard_protocol::{Change, Destination, MediaId, Peer, Ulid, UserId, limits};
    use serde_json::json;

    #[tokio::test]
    async fn the_same_again_gets_the_first_answer_even_after_delivery() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let id = bench.message_id();
        let first = maya.send(id, texts(101, &[142, 143]), "Hello").await;
        assert_eq!(first.status, 202);
        bench.work().await;
        let again = maya.send(id, texts(101, &[143, 142, 143]), "Hello").await;
        assert_eq!((again.status, again.body), (first.status, first.body), "people in another order are the same");
        assert_eq!(maya.bootstrap().await.conversations[0].last_seq, 1);
        assert_eq!(bench.work().await, 0);
    }

    #[tokio::test]
    async fn the_same_id_with_something_else_is_a_conflict() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let devon = bench.sign_in("1002@harbor").await;
        let id = bench.message_id();
        assert_eq!(maya.send(id, texts(101, &[142]), "Hello").await.status, 202);
        let conflict = ErrorCode::IdempotencyConflict;
        assert_eq!(maya.send(id, texts(101, &[142]), "Bye").await.code(), conflict);
        assert_eq!(maya.send(id, texts(101, &[143]), "Hello").await.code(), conflict);
        assert_eq!(maya.send(id, texts(102, &[142]), "Hello").await.code(), conflict);
        let same_place = devon.send(id, texts(101, &[142]), "Hello").await;
        assert_eq!(same_place.code(), ErrorCode::Conflict, "a colleague took that id in this conversation");
        assert_eq!(devon.send(id, texts(101, &[144]), "Hello").await.status, 202, "elsewhere it is his own");
    }

    #[tokio::test]
    async fn a_disabled_colleague_blocks_no_group_and_is_in_no_new_chat() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let devon = bench.sign_in("1002@harbor").await;
        let (group, kim) = (maya.colleagues(&["1002", "1003"]).await, maya.colleagues(&["1003"]).await);
        let other_group = maya.colleagues(&["1003", "1004"]).await;
        for to in [&group, &kim] {
            assert_eq!(maya.send(bench.message_id(), to.clone(), "Hello").await.status, 202);
        }
        let me = maya.bootstrap().await.me;
        let Peer::User(disabled) = kim.peers[0] else { panic!("a colleague") };
        let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
        crate::store::users::disable(&mut tx, disabled, bench.app.env.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(maya.send(bench.message_id(), group.clone(), "Kim has left").await.status, 202);
        let theirs = devon.bootstrap().await.conversations.remove(0);
        assert_eq!(theirs.last_message().unwrap().body, "Kim has left");
        assert_eq!(theirs.peers.len(), 2, "and stays in the history");
        let former = devon.bootstrap().await.former;
        assert_eq!(former.iter().map(|user| user.id).collect::<Vec<_>>(), [disabled], "with their name");
        for to in [kim, other_group] {
            assert_eq!(maya.send(bench.message_id(), to, "Hello?").await.code(), ErrorCode::InvalidRecipients);
        }
    }

    #[tokio::test]
    async fn refuses_people_who_cannot_be_together() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let me = maya.bootstrap().await.me.user.id;
        let rosa = bench.sign_in("1001@atlas").await.bootstrap().await.me.user.id;
        let to = |peers: Vec<Peer>| Destination::new(None, peers);
        let mixed = vec![Peer::Number(number(142)), maya.colleagues(&["1002"]).await.peers[0]];
        let cases = [
            (to(vec![]), ErrorCode::InvalidRecipients),
            (to(vec![Peer::User(me)]), ErrorCode::InvalidRecipients),
            (to(vec![Peer::User(rosa)]), ErrorCode::InvalidRecipients),
            (to(vec![Peer::User(UserId(Ulid::from_bits(1)))]), ErrorCode::InvalidRecipients),
            (to(mixed), ErrorCode::InvalidRecipients),
            (to(vec![Peer::Number(number(142))]), ErrorCode::InvalidRecipients),
            (texts(101, &[101]), ErrorCode::InvalidRecipients),
            (texts(101, &[1, 2, 3, 4, 5, 6, 7, 8, 9]), ErrorCode::InvalidRecipients),
            (texts(110, &[142]), ErrorCode::NotYourNumber),
            (texts(199, &[142]), ErrorCode::NotYourNumber),
            (Destination { from: Some(number(101)), ..maya.colleagues(&["1002"]).await }, ErrorCode::InvalidRecipients),
        ];
        for (to, code) in cases {
            let answer = maya.send(bench.message_id(), to.clone(), "Hello").await;
            assert_eq!(answer.code(), code, "{to:?}");
        }
        assert!(maya.bootstrap().await.conversations.is_empty());
    }

    #[tokio::test]
    async fn refuses_texts_that_cannot_be_sent() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        for body in ["", " \n ", &"x".repeat(1_601)] {
            let answer = maya.send(bench.message_id(), texts(101, &[142]), body).await;
            assert_eq!(answer.code(), ErrorCode::InvalidText);
            assert_eq!(answer.value()["field"], "body");
        }
        let chat = maya.colleagues(&["1002"]).await;
        assert_eq!(maya.send(bench.message_id(), chat, &"x".repeat(limits::CHAT_TEXT_LENGTH)).await.status, 202);
        let nul = maya.send(bench.message_id(), texts(101, &[142]), "a\u{0}b").await;
        assert_eq!(nul.code(), ErrorCode::Invalid);
    }

    #[tokio::test]
    async fn files_are_in_one_message_of_the_one_who_gave_them() {
        let bench = Bench::new().await;
        let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
        let (one, two) = (bench.media_id(), bench.media_id());
        maya.give(one, "boat.png", png(3, 2)).await;
        maya.give(two, "", b"%PDF-1.7".to_vec()).await;
        let id = bench.message_id();
        let send = |id, files: &[MediaId]| {
            let files = files.to_vec();
            let maya = &maya;
            async move { maya.send_with(id, texts(101, &[142]), "", &files).await }
        };
        assert_eq!(send(id, &[]).await.code(), ErrorCode::InvalidText, "neither a text nor a file");
        assert_eq!(send(id, &[one, bench.media_id()]).await.code(), ErrorCode::UnknownMedia);
        assert_eq!(send(id, &[one, one]).await.code(), ErrorCode::UnknownMedia);
        let theirs = devon.send_with(bench.message_id(), texts(101, &[142]), "", &[one]).await;
        assert_eq!(theirs.code(), ErrorCode::UnknownMedia, "a colleague's");
        let first = send(id, &[one, two]).await;
        assert_eq!(first.status, 202);
        let message: Message = first.json();
        let names: Vec<&str> = message.media.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((names, message.media[0].width), (vec!["boat.png", ""], 3));
        assert_eq!(send(id, &[one, two]).await.body, first.body, "a repeat");
        assert_eq!(send(id, &[two, one]).await.code(), ErrorCode::IdempotencyConflict);
        assert_eq!(send(bench.message_id(), &[one]).await.code(), ErrorCode::UnknownMedia, "in another message");
        assert_eq!(maya.give(one, "boat.png", png(3, 2)).await.status, 200, "given again, as after a lost answer");
        let stored = maya.bootstrap().await.conversations[0].last_message().cloned().unwrap();
        assert_eq!(stored.media, message.media);
        let page: EntriesPage = maya.get(&format!("/conversations/{}/entries", message.conversation)).await.json();
        assert_eq!(page.entries[0].message().map(|it| &it.media), Some(&message.media));
        let events = devon.events(0).await;
        let added = |change: &Change| match change {
            Change::EntryAdded { entry, .. } => entry.message().is_some_and(|it| it.media == message.media),
            _ => false,
        };
        assert!(events.iter().any(|event| added(&event.change)));
    }

    #[tokio::test]
    async fn files_go_where_the_number_and_the_carriers_take_them() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let give = async |size: usize| {
            let id = bench.media_id();
            let mut content = b"%PDF-1.7".to_vec();
            content.resize(size, b' ');
            assert_eq!(maya.give(id, "plan.pdf", content).await.status, 200);
            id
        };
        let large = [give(300_000).await, give(300_001).await];
        let text = maya.send_with(bench.message_id(), texts(101, &[142]), "", &large).await;
        assert_eq!((text.code(), text.value()["field"].as_str()), (ErrorCode::InvalidMedia, Some("media")));
        let chat = maya.colleagues(&["1002"]).await;
        assert_eq!(maya.send_with(bench.message_id(), chat, "", &large).await.status, 202);
        let many: Vec<MediaId> = (0..11).map(|_| bench.media_id()).collect();
        let answer = maya.send_with(bench.message_id(), texts(101, &[142]), "", &many).await;
        assert_eq!(answer.code(), ErrorCode::InvalidMedia);
    }

    #[tokio::test]
    async fn wants_an_id_a_body_and_its_type() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let body = json!({ "to": texts(101, &[142]), "body": "Hello" });
        assert_eq!(maya.post("/messages", &body).await.code(), ErrorCode::MalformedRequest, "no id");
        let id = bench.message_id().to_string();
        let ask = async |text: String, kind: &str| {
            let mut request = maya.build(Method::POST, "/messages", Some(text));
            request.headers_mut().insert("idempotency-key", id.parse().unwrap());
            request.headers_mut().insert("content-type", kind.parse().unwrap());
            bench.raw(request).await
        };
        let json = "application/json";
        assert_eq!(ask(body.to_string(), "text/plain").await.code(), ErrorCode::UnsupportedMediaType);
        for text in ["", "{", "[]", "{}", r#"{"to":{"peers":[1]},"body":"x"}"#, "null", "{\"to\":1}"] {
            assert_eq!(ask(text.to_owned(), json).await.code(), ErrorCode::MalformedRequest, "{text}");
        }
        let newer = r#"{"to":{"peers":[{"robot":1}]},"body":"x"}"#;
        assert_eq!(ask(newer.to_owned(), json).await.code(), ErrorCode::InvalidRecipients, "of another version");
        let twice = format!("{body} {body}");
        assert_eq!(ask(twice, json).await.code(), ErrorCode::MalformedRequest, "two values are none");
        let large = json!({ "to": texts(101, &[142]), "body": "x".repeat(limits::BODY_BYTES) });
        assert_eq!(ask(large.to_string(), json).await.code(), ErrorCode::TooLarge);
        assert_eq!(ask(body.to_string(), "application/json; charset=utf-8").await.status, 202);
    }

    #[tokio::test]
    async fn a_number_that_was_taken_away_still_answers_for_what_was_sent() {
        let bench = Bench::new().await;
        let maya = bench.sign_in("1001@harbor").await;
        let (id, me) = (bench.message_id(), maya.bootstrap().await.me);
        maya.send(id, texts(102, &[142]), "Hello").await;
        let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
        crate::operations::numbers::unassign(&mut tx, &bench.operator(me.tenant.id), number(102), me.user.id)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(maya.send(id, texts(102, &[142]), "Hello").await.status, 202);
        let refused = maya.send(bench.message_id(), texts(102, &[142]), "Hello").await;
        assert_eq!(refused.code(), ErrorCode::NotYourNumber);
    }
}
