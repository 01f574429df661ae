//! `serve`.

use crate::app::App;
use crate::config::Serve;
use crate::env::Env;
use crate::web::assets::Assets;
use crate::{lifecycle, telemetry};

use super::CommandError;

/// Serves until told to stop.
///
/// # Errors
/// [`CommandError`]: the database or the address.
pub async fn run(serve: Serve, env: Env) -> Result<(), CommandError> {
    let settings = serve.settings().map_err(CommandError::Refused)?;
    telemetry::start(serve.log);
    let stop = lifecycle::signals();
    let app = App::start(&serve.database.database, env, settings).await?;
    let router = app.router(assets(&serve))?;
    tracing::info!(database = app.store.kind(), secure = app.settings.secure, "starting");
    lifecycle::serve(app, router, serve.listen, stop).await?;
    Ok(())
}

fn assets(serve: &Serve) -> Assets {
    match &serve.app_dir {
        Some(folder) => Assets::Folder(folder.clone()),
        #[cfg(feature = "embed-app")]
        None => Assets::Embedded,
        #[cfg(not(feature = "embed-app"))]
        None => Assets::None,
    }
}
