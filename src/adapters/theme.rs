//! Light or dark: kept on this device, set as `data-theme` at the page's root, where `style/tokens.css` reads it.

const KEY: &str = "halyard.theme";

/// How the app looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the device does.
    #[default]
    Device,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All of them, in the order of showing.
    pub(crate) const ALL: [Self; 3] = [Self::Device, Self::Light, Self::Dark];

    /// As kept and as `data-theme`; none for the device's own.
    fn word(self) -> Option<&'static str> {
        match self {
            Self::Device => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The theme that was chosen on this device.
#[must_use]
pub(crate) fn chosen() -> Theme {
    let stored = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    Theme::ALL.into_iter().find(|theme| theme.word() == stored.as_deref()).unwrap_or_default()
}

/// Chooses a theme: shows it at once and keeps it. A device that can't keep it shows it until the next start.
pub(crate) fn choose(theme: Theme) {
    if let Some(storage) = storage() {
        let _ = match theme.word() {
            Some(word) => storage.set_item(KEY, word),
            None => storage.remove_item(KEY),
        };
    }
    show(theme);
}

/// Shows a theme.
pub(crate) fn show(theme: Theme) {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
    if let Some(root) = root {
        let _ = match theme.word() {
            Some(word) => root.set_attribute("data-theme", word),
            None => root.remove_attribute("data-theme"),
        };
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
