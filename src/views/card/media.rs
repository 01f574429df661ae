//! The files of a message: pictures, videos and recordings in place, everything else to open or save.

use halyard_client::view::{MediaShape, MediaView};
use halyard_protocol::media::path;

use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Dialog, Icon, IconName};
use crate::words::{self, say, t};

/// The longest side of a picture in a card, in CSS pixels.
const SIDE: f64 = 260.0;

/// The files of a message, one below the other.
pub(super) fn files(media: Vec<MediaView>) -> Vec<AnyView> {
    media.into_iter().map(|file| view! { <File file=file /> }.into_any()).collect()
}

#[component]
fn File(file: MediaView) -> impl IntoView {
    let app = expect_context::<App>();
    // Without a network, or when it is gone from the server.
    let missing = RwSignal::new(false);
    let address = app.address_of(file.id);
    reactive(move || {
        let failed = move |_: web_sys::ErrorEvent| missing.set(true);
        let (file, address) = (file.clone(), address.clone());
        match file.shape {
            _ if missing.get() => named(&file, Some(t(words::NOT_ON_THIS_DEVICE))),
            MediaShape::Picture => view! { <Picture file=file address=address missing=missing /> }.into_any(),
            MediaShape::Video => {
                view! {
                    <video class="media" controls playsinline preload="metadata" src=address aria-label=say(&file.name) on:error=failed></video>
                }.into_any()
            }
            MediaShape::Audio => {
                view! {
                    <audio class="media" controls preload="metadata" src=address aria-label=say(&file.name) on:error=failed></audio>
                }.into_any()
            }
            MediaShape::Document | MediaShape::File => named(&file, None),
        }
    })
}

/// A file by its name: to be opened in a tab of its own, or saved.
fn named(file: &MediaView, note: Option<&'static str>) -> AnyView {
    let opens = file.shape != MediaShape::File;
    let note = note.map_or_else(|| say(&file.size), str::to_owned);
    let name = say(&file.name);
    view! {
        <a
            class="msg file"
            href=path(file.id)
            target=opens.then_some("_blank")
            download=(!opens).then(|| name.clone())
        >
            <Icon name=if opens { IconName::Paperclip } else { IconName::Download } />
            <span class="row-text">
                <b>{name.clone()}</b>
                <span class="num">{note}</span>
            </span>
        </a>
    }
    .into_any()
}

/// A picture, as large as the card bears; it opens to its whole size. Its place is there before it is loaded.
#[component]
fn Picture(file: MediaView, address: String, missing: RwSignal<bool>) -> impl IntoView {
    let open = RwSignal::new(false);
    let label = say(&words::open_item(&file.name));
    let (width, height) = (f64::from(file.width), f64::from(file.height));
    let scale = (SIDE / width.max(height).max(1.0)).min(1.0);
    let known = width > 0.0 && height > 0.0;
    let wide = known.then(|| [&((width * scale).max(48.0).round() as u32).to_string(), "px"].concat());
    let ratio = known.then(|| [&file.width.to_string(), " / ", &file.height.to_string()].concat());
    let source = address.clone();
    view! {
        <button
            class="media picture"
            aria-label=label
            style:inline-size=wide
            style:aspect-ratio=ratio
            on:click=move |_| open.set(true)
        >
            <img src=source alt="" loading="lazy" decoding="async" on:error=move |_| missing.set(true) />
        </button>
        {move || open.get().then(|| viewer(open, &file, &address))}
    }
}

/// A picture in its whole size.
fn viewer(open: RwSignal<bool>, file: &MediaView, address: &str) -> AnyView {
    let (name, address, place) = (say(&file.name), address.to_owned(), path(file.id));
    view! {
        <Dialog title=Signal::stored(name.clone()) class="viewer" on_close=move || open.set(false)>
            <img src=address alt=name.clone() />
            <footer class="buttons end">
                <a class="btn quiet" href=place download=name>
                    <Icon name=IconName::Download />
                    {t(words::SAVE)}
                </a>
            </footer>
        </Dialog>
    }
    .into_any()
}
