//! `GET /audit/export`: the whole audit log, as a table.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, Response, header};
use futures_util::stream;
use halyard_protocol::ErrorBody;
use halyard_protocol::admin::AuditEntry;

use crate::api::extract::Administration;
use crate::app::App;
use crate::operations::audit::{self, table};
use crate::problem::Problem;

/// The whole audit log as a table (CSV), the newest entry first. A cell that a spreadsheet would take for a formula begins with an apostrophe.
#[utoipa::path(
    get, path = "/audit/export", tag = "administration", params(crate::api::extract::InTenant),
    responses(
        (status = 200, description = "The table", body = String, content_type = "text/csv"),
        (status = 403, description = "`forbidden`: your role does not allow it", body = ErrorBody),
        (status = 404, description = "`not_found`: no such business", body = ErrorBody),
    )
)]
pub async fn export(
    State(app): State<Arc<App>>,
    Administration(actor): Administration,
) -> Result<Response<Body>, Problem> {
    // The first page before the answer begins: who may not read it hears so.
    let mut tx = app.store.read().await?;
    let first = audit::page(&mut tx, &actor, None, audit::PAGE).await?;
    drop(tx);
    let heading = Bytes::from(table::HEADING);
    let rest = stream::try_unfold(Some(first), move |page| {
        let app = Arc::clone(&app);
        async move {
            let Some(page) = page else { return Ok::<_, std::io::Error>(None) };
            let rows: String = page.entries.iter().map(table::row).collect();
            let last = page.entries.last().filter(|_| page.older).map(|entry: &AuditEntry| entry.seq);
            let next = match last {
                Some(before) => {
                    let mut tx = app.store.read().await.map_err(std::io::Error::other)?;
                    let page = audit::page(&mut tx, &actor, Some(before), audit::PAGE).await;
                    Some(page.map_err(|problem| std::io::Error::other(problem.detail().to_owned()))?)
                }
                None => None,
            };
            Ok(Some((Bytes::from(rows), next)))
        }
    });
    let body = Body::from_stream(stream::StreamExt::chain(stream::once(async move { Ok(heading) }), rest));
    let mut response = Response::new(body);
    for (name, value) in [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
