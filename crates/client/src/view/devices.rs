//! The devices that I am signed in on.

use halyard_protocol::rest::Device;
use halyard_protocol::{DeviceId, UnixMs};
use halyard_words::{self as words, Text};

use crate::installation::browser_and_system;
use crate::softphone::Softphone;

/// A device that I am signed in on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceView {
    /// Its id.
    pub id: DeviceId,
    /// "Firefox on macOS", or as it was named by what signed in there.
    pub name: Text,
    /// Whether it is a phone.
    pub phone: bool,
    /// When it signed in.
    pub signed_in_at: UnixMs,
    /// When it was last heard of.
    pub seen_at: UnixMs,
    /// Whether it is this one.
    pub current: bool,
}

impl Softphone {
    /// My devices, once asked for.
    #[must_use]
    pub fn devices_view(&self) -> Option<Vec<DeviceView>> {
        self.devices.list().map(|devices| devices.iter().map(device_view).collect())
    }
}

fn device_view(device: &Device) -> DeviceView {
    let Device { id, ref name, signed_in_at, seen_at, current } = *device;
    let phone = name.ends_with("Android") || name.ends_with("iPhone");
    let name = match browser_and_system(name) {
        Some((browser, system)) => words::device_name(browser, system),
        None if name.is_empty() => words::UNNAMED_DEVICE.into(),
        None => Text::as_is(name),
    };
    DeviceView { id, name, phone, signed_in_at, seen_at, current }
}

#[cfg(test)]
mod tests {
    use super::*;
    use halyard_protocol::Ulid;

    #[test]
    fn a_device_is_named_by_its_browser_and_system() {
        for (name, shown, phone) in [
            ("Firefox on macOS", words::device_name("Firefox", "macOS"), false),
            ("Chrome on Android", words::device_name("Chrome", "Android"), true),
            ("Safari on iPhone", words::device_name("Safari", "iPhone"), true),
            ("Safari on iPad", words::device_name("Safari", "iPad"), false),
            ("backup script", Text::as_is("backup script"), false),
            ("", words::UNNAMED_DEVICE.into(), false),
        ] {
            let id = DeviceId(Ulid::from_bits(1));
            let (signed_in_at, seen_at) = (UnixMs(1), UnixMs(2));
            let view = device_view(&Device { id, name: name.to_owned(), signed_in_at, seen_at, current: true });
            let wanted = DeviceView { id, name: shown, phone, signed_in_at, seen_at, current: true };
            assert_eq!(view, wanted, "{name:?}");
        }
    }
}
