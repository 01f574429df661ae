//! The one list of routes.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use halyard_protocol::limits;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::{self, openapi};
use crate::app::App;
use crate::web;
use crate::web::assets::Assets;
use crate::webhooks;

/// Everything that the server answers.
///
/// # Errors
/// When the OpenAPI page can't be written: a mistake in the handlers' declarations.
pub fn router(app: &Arc<App>, assets: Assets) -> Result<Router, serde_json::Error> {
    let (rest, page) = OpenApiRouter::with_openapi(openapi::Frame::openapi()).nest("/api/v1", v1()).split_for_parts();
    // As bytes, which all connections share: each has its own copy of the handlers, and of what they hold.
    let page = Bytes::from(serde_json::to_vec(&openapi::complete(&page, app.settings.cookie())?)?);
    let page = move || async move { ([(header::CONTENT_TYPE, "application/json")], page) };
    let routes = rest
        .route("/api/openapi.json", get(page))
        .route("/api/docs", get(api::docs::page))
        .route("/api/docs/{file}", get(api::docs::file))
        .route("/media/{id}", get(api::media::show::show))
        .route("/media/photos/{id}", get(api::contacts::show_photo::show))
        .route(
            "/webhooks/{kind}/{account}/{word}",
            post(webhooks::receive::receive).layer(DefaultBodyLimit::max(webhooks::WEBHOOK_BYTES)),
        )
        .route("/webhooks/files/{account}/{until}/{signature}/{file}", get(webhooks::file::show))
        .route("/healthz", get(web::health::health))
        .method_not_allowed_fallback(|| async { web::method_not_allowed() })
        .fallback(move |request: axum::extract::Request| {
            let assets = assets.clone();
            async move { assets.serve(request).await.unwrap_or_else(IntoResponse::into_response) }
        })
        .with_state(Arc::clone(app));
    Ok(web::layers(routes, app))
}

/// What those do who manage users, numbers and businesses.
fn administration() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(api::users::list::list, api::users::add::add))
        .routes(routes!(api::users::update::update, api::users::remove::remove))
        .routes(routes!(api::users::password::set))
        .routes(routes!(api::users::link::make))
        .routes(routes!(api::users::devices::list, api::users::devices::sign_out_everywhere))
        .routes(routes!(api::users::devices::sign_out))
        .routes(routes!(api::numbers::list::list, api::numbers::add::add))
        .routes(routes!(api::numbers::update::update, api::numbers::retire::retire))
        .routes(routes!(api::numbers::move_to::move_to))
        .routes(routes!(api::numbers::assign::assign, api::numbers::assign::unassign))
        .routes(routes!(api::carriers::list::list, api::carriers::add::add))
        .routes(routes!(api::carriers::remove::remove))
        .routes(routes!(api::carriers::test::test))
        .routes(routes!(api::carriers::assign::assign))
        .routes(routes!(api::opt_outs::list::list))
        .routes(routes!(api::opt_outs::add::add, api::opt_outs::remove::remove))
        .routes(routes!(api::opt_outs::texting::show, api::opt_outs::texting::set))
        .routes(routes!(api::tenants::list::list, api::tenants::add::add))
        .routes(routes!(api::tenants::update::update, api::tenants::close::close))
        .routes(routes!(api::audit::list::list))
        .routes(routes!(api::audit::export::export))
        .routes(routes!(api::jobs::list::list))
        .routes(routes!(api::jobs::retry::retry))
}

/// The REST interface and the socket.
fn v1() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(api::session::create::create, api::session::show::show, api::session::delete::delete))
        .routes(routes!(api::devices::list::list, api::devices::delete_others::delete_others))
        .routes(routes!(api::devices::delete::delete))
        .routes(routes!(api::me::update::update))
        .routes(routes!(api::me::password::change))
        .routes(routes!(api::password_links::use_link::use_link))
        .routes(routes!(api::bootstrap::show::show))
        .routes(routes!(api::contacts::list::list))
        .routes(routes!(api::favourites::put::put))
        .routes(routes!(api::conversations::list::list))
        .routes(routes!(
            api::conversations::show::show,
            api::conversations::update::update,
            api::conversations::delete::delete
        ))
        .routes(routes!(api::conversations::restore::restore))
        .routes(routes!(api::conversations::add_people::add_people))
        .routes(routes!(api::conversations::remove_person::remove_person))
        .routes(routes!(api::conversations::read::read))
        .routes(routes!(api::conversations::entries::entries))
        .routes(routes!(api::messages::send::send))
        .routes(routes!(api::socket::socket))
        .merge(administration())
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(api::contacts::put::put, api::contacts::delete::delete))
                .layer(DefaultBodyLimit::max(limits::CONTACT_BYTES)),
        )
        .merge(
            OpenApiRouter::new()
                .routes(routes!(api::contacts::import::import))
                .layer(DefaultBodyLimit::max(limits::IMPORT_BYTES)),
        )
        .merge(
            OpenApiRouter::new()
                .routes(routes!(api::media::put::put))
                .layer(DefaultBodyLimit::max(limits::CHAT_MEDIA_BYTES as usize)),
        )
}
