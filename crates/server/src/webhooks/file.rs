//! `GET /webhooks/files/{account}/{media}/{until}/{signature}`: an account's carrier fetches a file of a text that it was handed.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use halyard_protocol::{CarrierAccountId, MediaId};

use crate::app::App;
use crate::carriers::is_file_link;
use crate::problem::Problem;
use crate::store;

/// Gives a file to whoever has its address, which was made for one carrier and ends.
///
/// # Errors
/// `not_found` for any other address.
pub async fn show(
    State(app): State<Arc<App>>,
    Path((account, media, until, signature)): Path<(String, String, String, String)>,
) -> Result<Response, Problem> {
    let ids = (account.parse::<CarrierAccountId>(), media.parse::<MediaId>(), until.parse::<i64>());
    let (Ok(account), Ok(media), Ok(until)) = ids else { return Err(Problem::not_found()) };
    let mut tx = app.store.read().await?;
    let record = store::carrier_accounts::by_id(&mut tx, account).await?.ok_or_else(Problem::not_found)?;
    if !is_file_link(&record, media, until, &signature, app.env.now()) {
        return Err(Problem::not_found());
    }
    let file = store::media::for_carrier(&mut tx, media).await?.ok_or_else(Problem::not_found)?;
    let body = match file.object {
        Some(object) => {
            drop(tx);
            Body::from_stream(app.contents.get(object, u64::from(file.media.size), None).await?)
        }
        None => Body::from(store::contents::bytes(&mut tx, &file.hash).await?.ok_or_else(Problem::not_found)?),
    };
    let headers = [
        (header::CONTENT_TYPE, file.media.kind.mime().to_owned()),
        (header::CONTENT_LENGTH, file.media.size.to_string()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, body).into_response())
}
