//! `serve`.

use crate::app::App;
use crate::config::Serve;
use crate::env::Env;
use crate::media::contents::Contents;
use crate::web::assets::Assets;
use crate::{lifecycle, routes, telemetry, tls};

use super::CommandError;

/// Serves until told to stop.
///
/// # Errors
/// [`CommandError`]: the database or the address.
pub async fn run(serve: Serve, env: Env) -> Result<(), CommandError> {
    // Each connection is a file. As many as the system lets this program have; where it does not say, the usual limit.
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1_024);
    let settings = serve.settings(files).map_err(CommandError::Refused)?;
    let place = serve.media.place(&serve.database).map_err(CommandError::Refused)?;
    telemetry::start(serve.log);
    let stop = lifecycle::signals();
    let contents = Contents::open(&place)?;
    let app = App::start(&serve.database.database, contents, env, settings).await?;
    for setting in app.store.careless_settings().await? {
        tracing::warn!(
            setting,
            "PostgreSQL does not wait for the disk: what was acknowledged is lost when its machine fails"
        );
    }
    let contents = app.contents.clone();
    // Not waited for: texts and chats do without, and it may come back.
    tokio::spawn(async move {
        if let Err(error) = contents.answers().await {
            tracing::error!(%error, "contents of files can't be reached");
        }
    });
    let router = routes::router(&app, assets(&serve))?;
    let connections = app.settings.connections.all;
    tracing::info!(database = app.store.kind(), media = %place, secure = app.settings.secure, connections, "starting");
    let tls = app.settings.tls.clone().map(|source| tls::start(source, &app.certificate, app.stop.clone())).transpose();
    let tls = tls.map_err(|error| CommandError::Refused(error.to_string()))?;
    lifecycle::serve(app, router, serve.listen, tls, stop).await?;
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
