//! Running until told to stop, and stopping in order.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::connections::{self, Entrance};
use crate::{upkeep, web};

/// How long what is under way may take to finish.
const FAREWELL: Duration = Duration::from_secs(10);

/// Serves until `stop`: then sockets are closed with "service restart", requests and jobs under way finish, and
/// the database is closed. Says on standard output, in one line, where it listens. With `tls` it speaks that.
///
/// # Errors
/// When the address can't be listened at.
pub async fn serve(
    app: Arc<App>,
    router: Router,
    listen: SocketAddr,
    tls: Option<Arc<ServerConfig>>,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    if tls.is_none() {
        app.carriers.links().listens_at(address);
    }
    if let Some(listen) = app.settings.metrics_listen {
        let (listener, routes, stop) = (TcpListener::bind(listen).await?, web::metrics::routes(&app), app.stop.clone());
        tracing::info!(address = %listener.local_addr()?, "metrics");
        tokio::spawn(async move { axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await });
    }
    let redirect = match (app.settings.http_redirect, &app.settings.public_url) {
        (Some(listen), Some(url)) => {
            let entrance = Entrance::plain(TcpListener::bind(listen).await?);
            tracing::info!(address = %entrance.listener.local_addr()?, "plain HTTP");
            Some((entrance, web::redirect::router(url)))
        }
        _ => None,
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let entrance = Entrance { listener, tls: tls.map(TlsAcceptor::from) };
    let workers = tokio::spawn(app.workers.clone().run(app.stop.clone()));
    let trunks = tokio::spawn(app.carriers.clone().keep_connected(Arc::clone(&app.metrics), app.stop.clone()));
    let upkeep = tokio::spawn(upkeep::run(Arc::clone(&app), app.stop.clone()));
    let teller = tokio::spawn(app.teller.clone().run(app.stop.clone()));
    {
        let mut out = std::io::stdout().lock();
        writeln!(out, "halyard-server listening on {scheme}://{address}")?;
        out.flush()?;
    }

    let stopping = Arc::clone(&app);
    tokio::spawn(async move {
        stop.cancelled().await;
        tracing::info!("stopping");
        stopping.stop.cancel();
    });
    let finished = async {
        let redirects = async {
            if let Some((entrance, router)) = redirect {
                connections::serve(&app, router, entrance, app.stop.clone()).await;
            }
        };
        tokio::join!(connections::serve(&app, router, entrance, app.stop.clone()), redirects);
        app.sockets.close();
        app.sockets.wait().await;
        let _ = tokio::join!(workers, trunks, upkeep, teller);
    };
    let cancelled = async {
        app.stop.cancelled().await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        () = finished => {}
        () = cancelled => tracing::warn!("some requests did not finish in time"),
    }
    // Who holds a connection after that is cut off with it.
    let _ = tokio::time::timeout(FAREWELL, app.store.close()).await;
    Ok(())
}

/// Cancelled by Ctrl-C, or by the signal with which a service manager asks to stop.
#[must_use]
pub fn signals() -> CancellationToken {
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        let terminated = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminated => {}
        }
        token.cancel();
    });
    stop
}
