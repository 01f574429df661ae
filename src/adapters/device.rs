//! What this device is: its name in the list of devices, its keyboard, and whether anybody has signed in on it.

use halyard_protocol::MessageId;

use super::browser::get;

/// "Firefox on Linux"; an installed app says so.
pub(crate) fn name() -> String {
    let agent = web_sys::window().and_then(|window| window.navigator().user_agent().ok()).unwrap_or_default();
    let find = |known: &[(&str, &'static str)], otherwise| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map_or(otherwise, |(_, name)| *name)
    };
    // Browsers name those that they descend from, too: the youngest comes first.
    let browser = find(
        &[("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")],
        "Browser",
    );
    let system = find(
        &[
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS", "macOS"),
            ("CrOS", "ChromeOS"),
            ("Linux", "Linux"),
        ],
        "this device",
    );
    [browser, " on ", system].concat()
}

/// Whether its keyboard has ⌘ where others have Ctrl.
pub(crate) fn is_mac() -> bool {
    web_sys::window().and_then(|window| window.navigator().platform().ok()).is_some_and(|name| name.starts_with("Mac"))
}

/// Whether it is mostly used by touch: its keyboard is on the screen, and takes half of it.
pub(crate) fn is_touch_screen() -> bool {
    let coarse = web_sys::window().and_then(|window| window.match_media("(pointer: coarse)").ok().flatten());
    coarse.is_some_and(|coarse| coarse.matches())
}

/// Whether the browser sizes text boxes by what is in them (`field-sizing: content`).
pub(crate) fn sizes_text_boxes(field: &web_sys::HtmlElement) -> bool {
    !get(&field.style(), "fieldSizing").is_undefined()
}

/// Kept from the first time on that somebody is signed in.
const KNOWN: &str = "halyard.known";

/// Whether nobody has ever signed in with this browser: then nobody's things can be on the device. A browser that keeps nothing does
/// not say.
pub(crate) fn is_new() -> bool {
    storage().is_some_and(|storage| storage.get_item(KNOWN) == Ok(None))
}

/// Somebody is signed in.
pub(crate) fn remember() {
    if let Some(storage) = storage() {
        // Where it can't be kept the next start waits for the answer that this one has not waited for.
        let _ = storage.set_item(KNOWN, "1");
    }
}

/// The id of the newest message that was written in this browser.
const NEWEST: &str = "halyard.newest";

/// What was kept by [`keep_newest`].
pub(crate) fn newest() -> Option<MessageId> {
    storage()?.get_item(NEWEST).ok()??.parse().ok()
}

pub(super) fn keep_newest(id: MessageId) {
    if let Some(storage) = storage() {
        // Another tab may have kept a newer one: a clock that was set back is no reason to forget it.
        let newest = newest().map_or(id, |kept| kept.max(id));
        // Without it the order of writing depends on the clock where the database does not answer either.
        let _ = storage.set_item(NEWEST, &newest.to_string());
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
