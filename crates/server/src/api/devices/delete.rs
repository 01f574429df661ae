//! `DELETE /devices/{id}`: sign out there.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use halyard_protocol::{DeviceId, ErrorBody};

use crate::api::extract::{Id, SignedIn};
use crate::app::App;
use crate::operations::devices;
use crate::problem::Problem;

/// Sign out on another device; its connection ends at once.
#[utoipa::path(
    delete, path = "/devices/{id}", tag = "session", params(("id" = DeviceId, Path, description = "The device")),
    responses(
        (status = 204, description = "Signed out there"),
        (status = 404, description = "`not_found`: none of your devices", body = ErrorBody),
    )
)]
pub async fn delete(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Id(device): Id<DeviceId>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.store.write(session.tenant).await?;
    devices::sign_out(&mut tx, &app.actor(&session), device).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use crate::testing::bench::Bench;
    use halyard_protocol::ErrorCode;
    use halyard_protocol::rest::Devices;

    #[tokio::test]
    async fn signs_out_there_and_nobody_else() {
        let bench = Bench::new().await;
        let here = bench.sign_in("1001@harbor").await;
        bench.test.pass(1_000);
        let there = bench.sign_in("1001@harbor").await;
        let stranger = bench.sign_in("1002@harbor").await;
        let list: Devices = here.get("/devices").await.json();
        assert_eq!(list.devices.iter().map(|device| device.current).collect::<Vec<_>>(), [true, false]);
        let path = format!("/devices/{}", list.devices[1].id);
        assert_eq!(stranger.delete(&path).await.code(), ErrorCode::NotFound, "somebody else's device");
        assert_eq!(here.delete(&path).await.status, 204);
        assert_eq!(there.get("/session").await.code(), ErrorCode::SignedOut);
        assert_eq!(here.delete(&path).await.code(), ErrorCode::NotFound, "it is gone");
        assert_eq!(here.delete("/devices/laptop").await.code(), ErrorCode::NotFound, "that is no id");
    }
}
