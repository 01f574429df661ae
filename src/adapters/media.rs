//! Files of messages: chosen by the user, made ready, given to the server, shown.
//!
//! Always holds: a file that was made ready here is shown from here as long as the page has it at hand, so a picture stays
//! the same element from the text box to the receipt; nothing of the files is left when the user leaves.

use halyard_client::composer::ComposerAction;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use halyard_client::composer::{ChosenFile, Files};
use halyard_client::composer::{HEAD, STEPS};
use halyard_client::effect::{FileCommand, FileContent};
use halyard_client::{CardKey, Event, HttpOutcome, Net, NetworkFailure, Ui};
use halyard_protocol::media::{clean_name, path};
use halyard_protocol::{Media as Described, MediaId, MediaKind};
use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{Blob, File};

use super::browser::{call, get, resolved};
use super::http::{self, Body};
use super::photos::{self, Source};
use super::pictures::{blob_of, bytes, shrunk, side};
use super::worker::REFUSED;
use super::{Dispatch, spawn};

/// What the service worker keeps of a user: the server's files, and which messages were refused.
const CACHES: [&str; 2] = ["halyard-media", REFUSED];
/// Files that were chosen and may still be asked for.
const CHOSEN: usize = 64;
/// Files that are shown from the page's memory.
const SHOWN: usize = 48;
/// Milliseconds until an upload counts as failed: ten megabytes on a slow line.
const TIMEOUT_MS: u32 = 300_000;

/// Holds the files that are at hand.
pub(super) struct Media {
    send: Dispatch,
    at_hand: Rc<RefCell<AtHand>>,
}

#[derive(Default)]
struct AtHand {
    last: u32,
    chosen: VecDeque<(u32, File)>,
    /// Addresses of files in memory.
    shown: VecDeque<(MediaId, String)>,
}

impl Media {
    pub(super) fn new(send: Dispatch) -> Self {
        Self { send, at_hand: Rc::default() }
    }

    /// Tells of files that the user chose for a card.
    pub(super) fn choose(&self, card: CardKey, files: Vec<File>) {
        let (send, at_hand) = (self.send.clone(), self.at_hand.clone());
        spawn(async move {
            let mut chosen = Vec::new();
            for file in files {
                // One that can't be read is none that can be sent.
                let head = match file.slice_with_f64_and_f64(0.0, f64::from(HEAD)) {
                    Ok(head) => bytes(&head).await.unwrap_or_default(),
                    Err(_) => Vec::new(),
                };
                let number = at_hand.borrow_mut().keep(file.clone());
                let name = clean_name(&file.name(), MediaKind::of(&head));
                chosen.push(ChosenFile { number, name, size: file.size() as u64, head });
            }
            send(Event::Ui(Ui::Composer(card, ComposerAction::Attach(chosen))));
        });
    }

    /// Where a file can be shown from.
    pub(super) fn address(&self, id: MediaId) -> String {
        let at_hand = self.at_hand.borrow();
        at_hand.shown.iter().find(|(known, _)| *known == id).map_or_else(|| path(id), |(_, address)| address.clone())
    }

    pub(super) fn run(&self, command: FileCommand) {
        let send = self.send.clone();
        match command {
            FileCommand::Prepare { id, content, most } => {
                let at_hand = self.at_hand.clone();
                spawn(async move {
                    let files = prepare(id, content, most, &at_hand).await.unwrap_or(Files::Unreadable(id));
                    send(Event::Files(files));
                });
            }
            FileCommand::Photo { of, content } => photos::shrink(of, Source::Content(content), send),
            FileCommand::Fetch(ids) => spawn(async move {
                for id in ids {
                    let _ = fetch(id).await;
                }
            }),
            FileCommand::Upload { request, media, content } => spawn(async move {
                let outcome: HttpOutcome = upload(&media, &content).await.map_err(|_| NetworkFailure);
                send(Event::Net(Net::Http(request, outcome)));
            }),
        }
    }

    /// The user leaves: nothing of their files stays.
    pub(super) fn forget(&self) {
        for (_, address) in self.at_hand.borrow_mut().shown.drain(..) {
            let _ = web_sys::Url::revoke_object_url(&address);
        }
        let caches = get(&web_sys::window().into(), "caches");
        // Where there is none, nothing is in it.
        for name in CACHES {
            let _ = call(&caches, "delete", &[name.into()]);
        }
    }
}

impl AtHand {
    fn keep(&mut self, file: File) -> u32 {
        self.last += 1;
        self.chosen.push_back((self.last, file));
        if self.chosen.len() > CHOSEN {
            self.chosen.pop_front();
        }
        self.last
    }

    fn take(&mut self, number: u32) -> Option<File> {
        let at = self.chosen.iter().position(|(known, _)| *known == number)?;
        self.chosen.remove(at).map(|(_, file)| file)
    }

    /// From now on the file is shown from memory.
    fn show(&mut self, id: MediaId, blob: &Blob) {
        if let Ok(address) = web_sys::Url::create_object_url_with_blob(blob) {
            self.shown.push_back((id, address));
        }
        if self.shown.len() > SHOWN
            && let Some((_, address)) = self.shown.pop_front()
        {
            let _ = web_sys::Url::revoke_object_url(&address);
        }
    }
}

/// Reads a file, and makes a picture smaller that has more bytes than it may have.
async fn prepare(
    id: MediaId,
    content: FileContent,
    most: Option<u32>,
    at_hand: &RefCell<AtHand>,
) -> Result<Files, JsValue> {
    let content = match content {
        FileContent::Chosen(number) => {
            let file = at_hand.borrow_mut().take(number).ok_or(JsValue::NULL)?;
            bytes(&file).await?
        }
        FileContent::Bytes(bytes) => bytes,
    };
    let mut kind = MediaKind::of(&content).ok_or(JsValue::NULL)?;
    let mut content = content;
    let (mut width, mut height) = (0, 0);
    let mut blob = blob_of(&content, kind)?;
    if kind.is_picture() {
        // As it is to be seen: turned the way that the camera noted.
        let picture = resolved(call(&web_sys::window().into(), "createImageBitmap", &[blob.clone().into()])).await?;
        (width, height) = (side(&picture, "width"), side(&picture, "height"));
        if let Some(most) = most.filter(|most| blob.size() > f64::from(*most)) {
            (blob, width, height) = shrunk(&picture, width, height, most, &STEPS).await?;
            content = bytes(&blob).await?;
            kind = MediaKind::Jpeg;
        }
        let _ = call(&picture, "close", &[]);
    }
    at_hand.borrow_mut().show(id, &blob);
    Ok(Files::Ready { id, kind, width, height, content: content.into_iter().map(char::from).collect() })
}

/// Asks for a file, for the service worker to keep it; without one there would be nobody to do so.
async fn fetch(id: MediaId) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    if get(&get(&window.navigator(), "serviceWorker"), "controller").is_object() {
        wasm_bindgen_futures::JsFuture::from(window.fetch_with_str(&path(id))).await?;
    }
    Ok(())
}

/// Gives a file to the server, and then to the service worker, which keeps the server's files.
async fn upload(media: &Described, content: &str) -> Result<halyard_client::HttpResponse, JsValue> {
    let content: Vec<u8> = content.chars().map(|byte| byte as u8).collect();
    let blob = blob_of(&content, media.kind)?;
    let name = String::from(js_sys::encode_uri_component(&media.name));
    let address = ["/api/v1/media/", &media.id.to_string(), "?name=", &name].concat();
    let body = Body { content: blob.clone().into(), kind: media.kind.mime() };
    let response = http::send("PUT", &address, Some(body), None, TIMEOUT_MS).await?;
    if response.status == 200 {
        // It is only a convenience: where there is no room, the server's is fetched when it is wanted.
        let _ = keep(media, &blob);
    }
    Ok(response)
}

/// Hands a file to the service worker, which keeps it for its user.
fn keep(media: &Described, blob: &Blob) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let controller = get(&get(&window.navigator(), "serviceWorker"), "controller");
    let file = Object::new();
    Reflect::set(&file, &"path".into(), &path(media.id).into())?;
    Reflect::set(&file, &"file".into(), blob)?;
    Reflect::set(&file, &"name".into(), &media.name.as_str().into())?;
    call(&controller, "postMessage", &[file.into()]).map(drop)
}
