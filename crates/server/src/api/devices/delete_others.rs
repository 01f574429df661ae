//! `DELETE /devices`: sign out everywhere else.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::api::extract::SignedIn;
use crate::app::App;
use crate::operations::devices;
use crate::problem::Problem;

/// Sign out on all other devices; their connections end at once.
#[utoipa::path(
    delete, path = "/devices", tag = "session", responses((status = 204, description = "Signed out on all others"))
)]
pub async fn delete_others(State(app): State<Arc<App>>, SignedIn(session): SignedIn) -> Result<StatusCode, Problem> {
    let mut tx = app.store.write(session.tenant).await?;
    devices::sign_out_elsewhere(&mut tx, &app.actor(&session)).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use crate::testing::bench::Bench;
    use halyard_protocol::ErrorCode;
    use halyard_protocol::rest::Devices;

    #[tokio::test]
    async fn this_device_alone_stays_signed_in() {
        let bench = Bench::new().await;
        let here = bench.sign_in("1001@harbor").await;
        let there = bench.sign_in("1001@harbor").await;
        let colleague = bench.sign_in("1002@harbor").await;
        assert_eq!(here.delete("/devices").await.status, 204);
        assert_eq!(there.get("/session").await.code(), ErrorCode::SignedOut);
        assert_eq!(colleague.get("/session").await.status, 200);
        assert_eq!(here.get("/devices").await.json::<Devices>().devices.len(), 1);
        assert_eq!(here.delete("/devices").await.status, 204, "the answer may have got lost");
    }
}
