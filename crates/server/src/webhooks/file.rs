//! `GET /webhooks/files/{account}/{until}/{signature}/{file}`: an account's carrier fetches a file of a text that it was handed.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use halyard_protocol::CarrierAccountId;

use crate::app::App;
use crate::carriers::{FileAs, is_file_link};
use crate::media::convert::{convert, for_carrier};
use crate::problem::Problem;
use crate::store;

/// Gives a file to whoever has its address, which was made for one carrier and ends; as that carrier takes it.
///
/// # Errors
/// `not_found` for any other address.
pub async fn show(
    State(app): State<Arc<App>>,
    Path((account, until, signature, file)): Path<(String, String, String, String)>,
) -> Result<Response, Problem> {
    let named = (account.parse::<CarrierAccountId>(), until.parse::<i64>(), FileAs::read(&file));
    let (Ok(account), Ok(until), Some(file_as)) = named else { return Err(Problem::not_found()) };
    let mut tx = app.store.read().await?;
    let record = store::carrier_accounts::by_id(&mut tx, account).await?.ok_or_else(Problem::not_found)?;
    if !is_file_link(&record, file_as, until, &signature, app.env.now()) {
        return Err(Problem::not_found());
    }
    let file = store::media::for_carrier(&mut tx, file_as.media).await?.ok_or_else(Problem::not_found)?;
    let content = match file.object {
        Some(object) => {
            drop(tx);
            app.contents.get_all(object).await?
        }
        None => store::contents::bytes(&mut tx, &file.hash).await?.ok_or_else(Problem::not_found)?.into(),
    };
    let FileAs { kind, bytes, .. } = file_as;
    let content = if kind == file.media.kind && file.media.size <= bytes {
        content
    } else {
        let converted = convert(move || for_carrier(file.media.kind, &content, &[kind], bytes)).await;
        converted.and_then(Result::ok).ok_or_else(Problem::not_found)?.content.into()
    };
    let headers = [(header::CONTENT_TYPE, kind.mime()), (header::CACHE_CONTROL, "private, no-store")];
    Ok((headers, content).into_response())
}
