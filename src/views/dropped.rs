//! Files that are dragged over the app, where nothing takes them.

use leptos::ev;
use web_sys::DragEvent;

use crate::prelude::*;

/// Whether files are dragged.
pub(crate) fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.iter().any(|kind| kind == "Files"))
}

/// Files that are let go beside the cards, on the list or in the dock, do nothing: the browser would open them in the app's place.
pub(crate) fn refuse_elsewhere() {
    let refuse = |event: DragEvent| {
        if has_files(&event) && !event.default_prevented() {
            event.prevent_default();
            if let Some(data) = event.data_transfer() {
                data.set_drop_effect("none");
            }
        }
    };
    let handles = [window_event_listener(ev::dragover, refuse), window_event_listener(ev::drop, refuse)];
    on_cleanup(move || handles.map(|handle| handle.remove()).into_iter().collect());
}
