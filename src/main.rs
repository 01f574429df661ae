//! The app in the browser: the only crate that knows Leptos and web-sys.
//!
//! [`runtime`] feeds events to the softphone and carries its effects to the adapters; [`signals`] holds what the views
//! read; [`views`] draw it. A view reads signals and sends events; it decides nothing.

#![recursion_limit = "512"]
// The component macro makes the properties of a private component public.
#![allow(unreachable_pub)]

mod adapters;
mod erased;
mod format;
mod prelude;
mod problem;
mod runtime;
mod signals;
mod views;
mod words;

fn main() {
    problem::watch();
    adapters::theme::show(adapters::theme::chosen());
    wasm_bindgen_futures::spawn_local(async {
        adapters::language::load().await;
        if let Some(boot) = leptos::prelude::document().get_element_by_id("boot") {
            boot.remove();
        }
        leptos::mount::mount_to_body(|| {
            let app = runtime::start();
            views::App(views::AppProps { app })
        });
    });
}
